//! Installs over bad lines: bytes lost, doubled, flipped, held up and parted, and the ends of the line that go away.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use wasmote_tests::bench::{Bench, Place};
use wasmote_tests::host::{Events, Outcome};
use wasmote_tests::script::Flash;
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner as Terminal;
use wasmote_tests::wire::Manner;

fn bench() -> Arc<Bench> {
    Bench::shared().unwrap()
}

/// A board with a place of its own, whose flash holds the sample guests.
struct Board<'a> {
    bench: &'a Bench,
    place: Place,
    session: Session,
}

impl<'a> Board<'a> {
    fn start(bench: &'a Bench) -> Self {
        let place = bench.place(Flash::Guests).unwrap();
        let mut session = Session::start(&bench.board, &place.flash(), Terminal::Mute).unwrap();
        session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        Self { bench, place, session }
    }

    fn wasmote(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.bench.programs.join("wasmote"));
        command.args(arguments).current_dir(self.place.folder());
        command
    }

    /// Installs a file as `calc`, in the place of a module of that name.
    fn install(&mut self, file: &str, events: Events<'_>) -> Outcome {
        let command = self.wasmote(&["install", file, "--name", "calc"]);
        let outcome = self.session.host_over(command, events);
        outcome.unwrap_or_else(|error| panic!("{error}\n{}", self.session.transcript()))
    }

    /// The bytes of a module as they are on flash. The board ends.
    fn flashed(&mut self, name: &str) -> Vec<u8> {
        self.session.kill();
        let extracted =
            self.wasmote(&["image", "extract", "flash.bin", name, "-o", "back.wasm"]).output().unwrap();
        assert!(extracted.status.success(), "{extracted:?}");
        self.read("back.wasm")
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.place.folder().join(file)).unwrap()
    }
}

/// What an install over a bad line must come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Must {
    Succeed,
    /// Succeed, or fail with a message that says what is wrong, and with the old module in its place.
    EndWell,
}

fn check_rate(bench: &Bench, file: &str, faults_per_million: u32, seed: u64, must: Must) {
    let mut board = Board::start(bench);
    let (old, new) = (board.read("calc.wasm"), board.read(file));
    let line = Manner { faults_per_million, seed, baud: None };
    let outcome = board.install(file, Events { line, ..Events::default() });
    let end = if outcome.status.success() { "installed" } else { "refused" };
    println!(
        "{:.2} %, seed {seed}: {} faults, {} B sent for {} B, {:.1} s, {end}",
        f64::from(faults_per_million) / 10_000.0,
        outcome.faults,
        outcome.sent,
        new.len(),
        outcome.took.as_secs_f64()
    );
    let context = || format!("{faults_per_million} seed {seed}: {}", outcome.printed);
    let flashed = board.flashed("calc");
    if outcome.status.success() {
        assert!(flashed == new, "{}", context());
    } else {
        assert!(must == Must::EndWell, "{}", context());
        assert!(outcome.status.code().is_some_and(|code| (1..=4).contains(&code)), "{}", context());
        assert!(outcome.printed.starts_with("wasmote: ") && outcome.printed.contains(';'), "{}", context());
        // A commit whose answers were all lost has been made.
        assert!(flashed == old || flashed == new, "{}", context());
    }
}

/// 0.01 % to 5 % of all bytes meet a fault. Below 0.1 % retransmission must get through.
#[test]
fn a_bad_line_never_installs_a_wrong_module() {
    let bench = &*bench();
    let rates = [100, 500, 990].map(|rate| ("code10k.wasm", rate, Must::Succeed));
    let worse = [3_000, 10_000, 50_000].map(|rate| ("alloc.wasm", rate, Must::EndWell));
    thread::scope(|scope| {
        for (file, rate, must) in rates.into_iter().chain(worse) {
            for seed in 0..3 {
                scope.spawn(move || check_rate(bench, file, rate, seed, must));
            }
        }
    });
}

/// The host tool is killed, or the board loses its power, or both: what has arrived is not sent again.
#[test]
fn an_interrupted_install_resumes() {
    let bench = bench();
    let whole = Board::start(&bench).install("big100k.wasm", Events::default()).sent;
    let check = |what: &str, events: Events<'_>, restart_between: bool, most: u64| {
        let mut board = Board::start(&bench);
        let first = board.install("big100k.wasm", events);
        let mut sent = first.sent;
        if !first.status.success() {
            if restart_between {
                board.session.restart().unwrap();
            }
            let second = board.install("big100k.wasm", Events::default());
            assert!(second.status.success(), "{what}: {}", second.printed);
            sent = second.sent;
        }
        println!("{what}: {} B sent, then {sent} B of {whole} B", first.sent);
        assert!(sent <= most, "{what}: {sent} B sent of {whole} B");
        assert_eq!(first.status.success(), events.kill_at.is_none(), "{what}: {}", first.printed);
        assert!(board.flashed("calc") == board.read("big100k.wasm"), "{what}");
    };
    let half = Some(whole / 2);
    let killed = Events { kill_at: half, ..Events::default() };
    let rebooted = Events { restart_at: half, ..Events::default() };
    // What arrived in a block that was not full is sent again after a reboot: 4 KB, and a packet on its way.
    check("host killed", killed, false, whole / 2 + 8_000);
    check("host killed, board rebooted", killed, true, whole / 2 + 14_000);
    check("board rebooted", rebooted, false, whole + 14_000);
}

/// A person types commands, one key between each two lines of the frames.
#[test]
fn typing_and_frames_do_not_disturb_each_other() {
    let bench = bench();
    let mut board = Board::start(&bench);
    let keys = b"mv hello typed\rload spin\rmv tiny small\r# and half a line";
    let outcome = board.install("code10k.wasm", Events { keys, ..Events::default() });
    assert!(outcome.status.success(), "{}", outcome.printed);
    board.session.reconnect("[after the install]");
    board.session.resync(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    let rows = board.session.command("ls").unwrap_or_else(|failure| panic!("{failure}"));
    let names: Vec<&str> = rows.iter().filter_map(|row| row.split_whitespace().next()).collect();
    for (name, there) in [("typed", true), ("hello", false), ("small", true), ("tiny", false)] {
        assert_eq!(names.contains(&name), there, "{names:?}");
    }
    let rows = board.session.command("ps").unwrap_or_else(|failure| panic!("{failure}"));
    assert!(rows.iter().any(|row| row.starts_with("spin ")), "{rows:?}");
    assert!(board.flashed("calc") == board.read("code10k.wasm"));
}

/// At 115,200 baud an install of 100 KB takes at most 1.6 times the bare line time of its base64 frames.
#[test]
fn an_install_keeps_its_time() {
    const BAUD: u32 = 115_200;
    let bench = bench();
    let mut board = Board::start(&bench);
    let line = Manner { baud: Some(BAUD), ..Manner::default() };
    let outcome = board.install("big100k.wasm", Events { line, ..Events::default() });
    assert!(outcome.status.success(), "{}", outcome.printed);
    // A line of 127 bytes carries 93.
    let bare = (100_000_f64 / 93.0).ceil() * 127.0 / f64::from(BAUD / 10);
    let took = outcome.took.as_secs_f64();
    println!("100 KB at {BAUD} baud: {took:.2} s, bare {bare:.2} s: {:.2} times", took / bare);
    assert!(took <= 1.6 * bare);
}
