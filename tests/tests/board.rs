//! What a script cannot say: pastes, noise, the heap's end, and the native board's pipes and pseudo-terminal.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmote_tests::bench::{Bench, Place};
use wasmote_tests::board::Board;
use wasmote_tests::generated::{self, Noise};
use wasmote_tests::script::Flash;
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner;

fn bench() -> Arc<Bench> {
    Bench::shared().unwrap()
}

/// Starts the board under test and waits for its prompt.
fn start(bench: &Bench, place: &Place, manner: Manner) -> Session {
    let mut session = Session::start(&bench.board, &place.flash(), manner).unwrap();
    session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    session
}

/// Types a command and gives the rows that it prints.
fn command(session: &mut Session, typed: &str) -> Vec<String> {
    session.command(typed).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The last number but one before ` B free` in what `load` and `unload` print: `heap A -> B B free`.
fn heap(rows: &[String]) -> (u64, u64) {
    let figures = rows.iter().find_map(|row| {
        let (before, after) = row.split_once("heap ")?.1.strip_suffix(" B free")?.split_once(" -> ")?;
        Some((before.parse().ok()?, after.parse().ok()?))
    });
    figures.unwrap_or_else(|| panic!("no heap figures in {rows:?}"))
}

#[test]
fn a_hundred_pasted_lines_all_run() {
    let bench = bench();
    for manner in [Manner::Answering, Manner::Mute] {
        let place = bench.place(Flash::Guests).unwrap();
        let mut session = start(&bench, &place, manner);
        command(&mut session, "load calc");
        for line in 1..=100 {
            session.send(format!("call calc add {line} 1000\r").as_bytes());
        }
        for line in 1..=100 {
            let echoed = session.echo(&format!("call calc add {line} 1000"), PATIENCE);
            echoed.unwrap_or_else(|failure| panic!("{manner:?}: {failure}"));
            let first = session.wait(PATIENCE, Session::next_row).unwrap();
            assert_eq!(first, Some(format!("{}:i32", line + 1000)), "{manner:?}: {}", session.transcript());
            // The figures of the call; the next prompt follows them at once.
            session.wait(PATIENCE, Session::next_row).unwrap();
        }
        session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{manner:?}: {failure}"));
    }
}

#[test]
fn loading_until_the_heap_is_full_fails_and_loses_nothing() {
    let bench = bench();
    let place = bench.place(Flash::Guests).unwrap();
    let mut session = start(&bench, &place, Manner::Answering);
    let (free, _) = heap(&command(&mut session, "load report as r0"));
    let mut loaded = 1;
    let refusal = loop {
        assert!(loaded < 64, "the heap never fills");
        let rows = command(&mut session, &format!("load report as r{loaded}"));
        match rows.as_slice() {
            [row] if row.starts_with("error[") => break row.clone(),
            _ => loaded += 1,
        }
    };
    assert!(refusal.starts_with("error[MEMORY]: "), "{refusal}");
    // Those that are loaded still run; a refused one is not there.
    assert!(command(&mut session, &format!("call r{loaded} report 1 1")).concat().starts_with("error["));
    for index in 0..loaded {
        let rows = command(&mut session, &format!("unload r{index}"));
        let (before, after) = heap(&rows);
        assert!(before < after, "{rows:?}");
    }
    let (full, _) = heap(&command(&mut session, "load report as r0"));
    assert_eq!(full, free, "{}", session.transcript());
    assert!(command(&mut session, "call r0 report 1000 3").contains(&"23997:i64".to_owned()));
}

#[test]
fn generated_code_computes_what_the_host_does() {
    let bench = bench();
    let place = bench.place(Flash::Empty).unwrap();
    let mut session = start(&bench, &place, Manner::Answering);
    for shape in generated::SHAPES {
        let mut install = Command::new(bench.programs.join("wasmote"));
        install.args(["install", &format!("{}.wasm", shape.name)]).current_dir(place.folder());
        let outcome = session.host(install).unwrap();
        assert!(outcome.status.success(), "{}", outcome.printed);
        session.reconnect("");
        session.resync(PATIENCE).unwrap();
        command(&mut session, &format!("load {}", shape.name));
        let rows = command(&mut session, &format!("call {} chain 12345", shape.name));
        let expected = format!("{}:i32", generated::chain(shape.steps, 12345));
        assert_eq!(rows.first(), Some(&expected), "{}", session.transcript());
        command(&mut session, &format!("unload {}", shape.name));
    }
}

/// How long noise is sent. The board must stand it in a debug build too.
const NOISE: Duration = Duration::from_secs(10);

#[test]
fn noise_cannot_crash_the_board() {
    let bench = bench();
    let place = bench.place(Flash::Guests).unwrap();
    let mut session = start(&bench, &place, Manner::Mute);
    let mut noise = Noise::new(20_260_401);
    let until = Instant::now() + NOISE;
    let (mut sent, mut ends) = (0, 0);
    while Instant::now() < until {
        if session.backlog() == 0 {
            let burst = burst(&mut noise);
            sent += burst.len();
            session.send(&burst);
        }
        // Ctrl-D on an empty line ends the native board: well, or the noise has broken it.
        if let Some(status) = session.wait_exit(Duration::from_millis(5)).unwrap() {
            assert!(status.success(), "{status} after {sent} bytes\n{}", session.transcript());
            ends += 1;
            session.restart().unwrap();
        }
    }
    println!("{sent} bytes of noise; the board took {ends} of them for its end");
    assert!(sent > 10_000, "only {sent} bytes were sent");
    let ended = session.wait_exit(Duration::from_secs(2)).unwrap();
    if let Some(status) = ended {
        assert!(status.success(), "{status}\n{}", session.transcript());
        session.restart().unwrap();
    }
    session.reconnect("[after the noise]");
    // Whatever was left open on the line is closed by Ctrl-C.
    session.send(b"\x03");
    session.resync(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(command(&mut session, "echo alive"), ["alive"]);
}

/// Up to 255 bytes: plain noise, or noise behind what opens an escape sequence, a cursor report, or a frame.
fn burst(noise: &mut Noise) -> Vec<u8> {
    const OPENINGS: &[&[u8]] = &[
        b"",
        b"",
        b"\x1b[",
        b"\x1b[0;0R",
        b"\x1b[99999;1R",
        b"\x06\x09",
        b"\x04\x14",
        b"\"",
        b"load ",
        b"\x1b[A",
    ];
    let mut byte = || noise.next().unwrap_or_default();
    let opening = OPENINGS[usize::from(byte()) % OPENINGS.len()];
    let length = usize::from(byte());
    opening.iter().copied().chain(noise.take(length)).collect()
}

/// Runs the native board with its standard input from a pipe.
fn piped(bench: &Bench, input: &str) -> Output {
    let place = bench.place(Flash::Guests).unwrap();
    let mut command = native(bench).command(&place.flash());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn native(bench: &Bench) -> Board {
    Board::parse(&wasmote_tests::bench::native(&bench.programs)).unwrap()
}

#[test]
fn piped_lines_run_without_prompt_or_echo_and_set_the_status() {
    let bench = bench();
    for (input, printed, status) in [
        ("", "", 0),
        ("echo one\necho two\n", "one\ntwo\n", 0),
        ("echo one\r\necho no newline", "one\nno newline\n", 0),
        ("# a comment\n\n", "", 0),
        ("get globals\necho on\n", "error[", 1),
        ("echo \"\n", "error[LINE]: a quote is not closed; add a \"\n", 1),
    ] {
        let output = piped(&bench, input);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(status), "{input:?} printed {text:?}, {output:?}");
        assert!(
            text == printed || printed == "error[" && text.starts_with(printed),
            "{input:?} printed {text:?}"
        );
    }
}

#[test]
fn a_line_of_its_own_takes_the_host_tool() {
    let bench = bench();
    let place = bench.place(Flash::Empty).unwrap();
    let mut board =
        native(&bench).with(&["--pty"]).command(&place.flash()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(board.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let port = said.split_whitespace().find(|word| word.starts_with("/dev/")).unwrap_or_default().to_owned();
    let wasmote = |arguments: &[&str]| {
        let mut command = Command::new(bench.programs.join("wasmote"));
        command.args(["-p", &port]).args(arguments).current_dir(place.folder()).output().unwrap()
    };
    let outcomes = [
        wasmote(&["install", "empty.wasm"]),
        wasmote(&["install", "big100k.wasm"]),
        wasmote(&["download", "big100k", "-o", "back.wasm"]),
    ];
    board.kill().unwrap();
    board.wait().unwrap();
    let [empty, installed, downloaded] = outcomes;
    assert!(!empty.status.success(), "{empty:?}");
    assert!(installed.status.success(), "{said:?} {installed:?}");
    assert!(downloaded.status.success(), "{said:?} {downloaded:?}");
    let read = |name: &str| std::fs::read(place.folder().join(name)).unwrap();
    assert!(read("back.wasm") == read("big100k.wasm"));
}
