//! The line with its peers: what is entered, and what a person sees.
#![allow(clippy::unwrap_used, clippy::panic)]

mod fuzz;
mod peer;
#[cfg(feature = "wasi")]
mod read;
mod terminal;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::*;
use crate::limits::{LINE_RAM, TYPED_AHEAD};
use peer::Peer;
use peer::Step::{self, Send, Wait};

const FRAME: &str = "\x06\x09AAsB+/=\n";

fn send(text: &str) -> Step {
    Send(text.as_bytes().to_vec())
}

/// Keys as a person types them: one at a time, with time to look between.
fn typed(text: &str) -> Vec<Step> {
    let keys = text.split_inclusive(|c: char| c != '\x1b' && c != '[');
    keys.flat_map(|key| [Wait(60), send(key)]).collect()
}

/// Runs the line until its peer is gone; gives the events, each as a word, lines as themselves.
fn events(console: &mut Console<Peer>, line: &mut Line<'_>) -> Vec<String> {
    let mut events = Vec::new();
    loop {
        let event = match line.next(console) {
            Event::Line(text) => text.to_string(),
            Event::TooLong => "<too long>".into(),
            Event::Interrupt => "<interrupt>".into(),
            Event::Eof => return events,
            Event::Tab => {
                line.append(b"!");
                "<tab>".into()
            }
            Event::Frame(bytes) => {
                let text = format!("<{}>", String::from_utf8_lossy(bytes.get(2..).unwrap()));
                console.frame(b"\x06\x09BBBB\n");
                text
            }
        };
        events.push(event);
    }
}

/// Runs a session; gives its events and the console.
fn session(peer: Peer) -> (Vec<String>, Console<Peer>) {
    let (mut buffers, mut console) = (LineBuffers::new(), Console::new(peer));
    let events = events(&mut console, &mut Line::new(&mut buffers));
    console.flush();
    (events, console)
}

/// Holds what a session enters, and what a mute peer is sent (past the query, if it was asked).
#[track_caller]
fn check(peer: Peer, want: &[&str], written: &str) {
    let (events, console) = session(peer);
    assert_eq!(events, want);
    let got = &console.board().written;
    let got = got.strip_prefix(QUERY).unwrap_or(got);
    assert_eq!(String::from_utf8_lossy(got), written);
}

/// Types keys at a terminal of 20 columns that answers; holds what is entered and what the screen shows.
#[track_caller]
fn check_screen(steps: impl IntoIterator<Item = Step>, want: &[&str], shown: &str) {
    let (events, console) = session(Peer::new(steps).with_terminal(20));
    assert_eq!(events, want);
    assert_eq!(console.board().terminal.as_ref().unwrap().shown(), shown);
}

#[test]
fn a_hundred_pasted_lines_all_run() {
    let lines: Vec<String> = (0..100).map(|n| format!("call calc add {n} -{n}")).collect();
    let paste = || send(&(lines.join("\r") + "\r"));
    for early in [0, 1, 1000] {
        let steps = || [Wait(early), paste(), Wait(5000)];
        let answering = Peer::new(steps()).with_terminal(80);
        let mut slow = Peer::new(steps()).with_terminal(80);
        slow.latency_ms = 290;
        for peer in [answering, slow, Peer::new(steps()), Peer::new(steps()).script()] {
            assert_eq!(session(peer).0, lines, "after {early} ms");
        }
    }
}

#[test]
fn a_mute_peer_gets_a_prompt_and_no_escapes() {
    check(Peer::new([Wait(301)]), &[], "> ");
    check(Peer::new(typed("ls\r")), &["ls"], "> ls\r\n> ");
    check(Peer::new(typed("lz\x7fs\r\n")), &["ls"], "> lz\x08 \x08s\r\n> ");
    check(Peer::new(typed("ab\x1b[D\x1b[Ac\x03x\r")), &["<interrupt>", "x"], "> abc^C\r\n> x\r\n> ");
    check(Peer::new([Wait(400), send("a\x04\x04b\r"), Wait(100), send("\x04")]), &["ab"], "> ab\r\n> \r\n");
}

#[test]
fn ctrl_d_ends_only_what_nothing_follows() {
    // A frame that lost its second byte.
    let broken = || [Wait(400), send("\x04AAAA\r"), Wait(100)];
    check(Peer::new(broken()), &["AAAA"], "> AAAA\r\n> ");
    check_screen(broken(), &["AAAA"], "> AAAA\n> |");
    // One whose first byte was doubled.
    let doubled = || [Wait(400), send("\x04"), send("\x04\x14AAAA\n"), Wait(100)];
    check(Peer::new(doubled()), &["<AAAA>"], "> \r\n\x06\x09BBBB\n\r> \r\n");
    check(Peer::new([Wait(400), send("\x04"), Wait(60), send("ls\r")]), &[], "> \r\n");
}

#[test]
fn a_script_runs_in_silence() {
    let check = |text, want: &[&str]| check(Peer::new([send(text)]).script(), want, "");
    check("ls\nps\n", &["ls", "ps"]);
    check("ls\r\n\r\nps", &["ls", "", "ps"]);
    check("", &[]);
}

#[test]
fn a_terminal_that_answers_gets_editing() {
    check_screen(typed("ls\r"), &["ls"], "> ls\n> |");
    check_screen(typed("ac\x1b[Db"), &[], "> ab|c");
    check_screen(typed("ac\x1b[Db\x1b[F!\r"), &["abc!"], "> abc!\n> |");
    check_screen(typed("one two\x17\x08!"), &[], "> one!|");
    check_screen(typed("abc\x01\x1b[3~\x06\x0b"), &[], "> b|");
    check_screen(typed("abc\x03de"), &["<interrupt>"], "> abc^C\n> de|");
    check_screen(typed("héé\x7fllo€"), &[], "> héllo€|");
    check_screen(typed("ls\rps\r\x1b[A\x1b[A\r"), &["ls", "ps", "ls"], "> ls\n> ps\n> ls\n> |");
    check_screen(typed("ls\rps\r\x1b[A\x1b[A\x1b[B\r"), &["ls", "ps", "ps"], "> ls\n> ps\n> ps\n> |");
    check_screen(typed("ls\r\x1b[A\x1b[A\x1b[B\x1b[Bx\r"), &["ls", "x"], "> ls\n> x\n> |");
    // What is typed is not lost, but a line that was recalled gives way to others.
    check_screen(typed("ls\rab\x1b[D\x1b[Ac\r"), &["ls", "abc"], "> ls\n> abc\n> |");
    check_screen(typed("ls\rps\r\x1b[Ax\x1b[A\r"), &["ls", "ps", "ls"], "> ls\n> ps\n> ls\n> |");
    check_screen(typed("ls\rps\x0cmem"), &["ls"], "> mem|");
}

#[test]
fn a_tab_asks_how_the_line_goes_on() {
    check_screen(typed("ls\t"), &["<tab>"], "> ls!|");
    check_screen(typed("ls\tx\r"), &["<tab>", "ls!x"], "> ls!x\n> |");
    check_screen(typed("a b\x1b[D\t\tc\r"), &["<tab>", "<tab>", "a b!!c"], "> a b!!c\n> |");
    let long = "abcdefghijklmnopqrstuvwxyz";
    check_screen(typed(&format!("{long}\t")), &["<tab>"], "> abcdefghijklmnopqr\nstuvwxyz!|");
    // A pasted one is a blank, and so it is where nothing can be drawn again.
    check_screen([Wait(400), send("a\tb\r")], &["a b"], "> a b\n> |");
    check(Peer::new(typed("a\tb\r")), &["a b"], "> a b\r\n> ");
}

#[test]
fn a_long_line_wraps() {
    let long = "abcdefghijklmnopqrstuvwxyz";
    check_screen(typed(long), &[], "> abcdefghijklmnopqr\nstuvwxyz|");
    check_screen(typed(&long[..18]), &[], "> abcdefghijklmnopqr\n|");
    check_screen(typed(&format!("{long}\x01X")), &[], "> X|abcdefghijklmnopq\nrstuvwxyz");
    check_screen(typed(&format!("{long}\x01\r")), &[long], "> abcdefghijklmnopqr\nstuvwxyz\n> |");
    check_screen(typed(&format!("{long}\x15")), &[], "> |");
    // As tall as the terminal.
    let tall = long.repeat(7);
    let end = "ijklmnopqrstuvwxyzab\ncdefghijklmnopqrstuv\nwxyz";
    let (entered, console) = session(Peer::new(typed(&format!("{tall}\x01\r"))).with_terminal(20));
    assert_eq!(entered, [tall]);
    let shown = console.board().terminal.as_ref().unwrap().shown();
    assert!(shown.ends_with(&format!("{end}\n> |")), "{shown}");
}

#[test]
fn an_answer_in_time_counts_and_a_late_one_turns_editing_on_later() {
    for (latency, prompts) in [(299, "> \x1b[J"), (301, "> ls\r\n> \x1b[J")] {
        let mut steps = typed("ls\r");
        steps.insert(0, Wait(500));
        steps.push(Wait(500));
        let mut peer = Peer::new(steps).with_terminal(80);
        peer.latency_ms = latency;
        let written = String::from_utf8(session(peer).1.board().written.clone()).unwrap();
        assert!(written.contains(prompts), "{latency} ms: {written:?}");
    }
}

#[test]
fn the_mode_can_be_set() {
    for (term, columns, want) in [
        (Term::Plain, Some(80), "> ls\r\n> "),
        (Term::Ansi, None, "> \x1b[Jls\r\n> \x1b[J\r\n"),
        (Term::Auto, None, "> ls\r\n> "),
    ] {
        let mut peer = Peer::new([Wait(400), send("ls\r"), Wait(400)]);
        if let Some(columns) = columns {
            peer = peer.with_terminal(columns);
        }
        let (mut buffers, mut console) = (LineBuffers::new(), Console::new(peer));
        let mut line = Line::new(&mut buffers);
        line.set_term(term);
        assert_eq!(line.term(), term);
        assert_eq!(events(&mut console, &mut line), ["ls"]);
        let written = String::from_utf8(console.board().written.clone()).unwrap();
        let query = String::from_utf8(QUERY.to_vec()).unwrap();
        assert!(want.starts_with(written.replace(&query, "").as_str()), "{term:?}: {written:?}");
    }
}

#[test]
fn hostile_answers_are_clamped() {
    for answer in ["\x1b[R", "\x1b[0;0R", "\x1b[99999;99999R", "\x1b[;R", "\x1b[1;1R"] {
        let steps = [send(answer), send("abc\x1b[R\x1b[0;0R"), send(answer), send("\x01d\r")];
        assert_eq!(session(Peer::new(steps)).0, ["dabc"], "{answer:?}");
    }
}

#[test]
fn a_line_above_the_limit_is_refused_as_a_whole() {
    let fits = "x".repeat(LINE_LIMIT);
    for peer in [
        |steps| Peer::new(steps).with_terminal(80),
        |steps| Peer::new(steps),
        |steps| Peer::new(steps).script(),
    ] {
        for (line, want) in [
            (fits.clone(), fits.as_str()),
            (fits.clone() + "x", "<too long>"),
            (fits.clone() + "€", "<too long>"),
            (fits.clone() + "xxxxxxx\x08\x08\x08\x08", &fits),
            (fits.repeat(8), "<too long>"),
        ] {
            let steps = [Wait(400), send(&line), send("\rls\r")];
            assert_eq!(session(peer(steps)).0, [want, "ls"], "{} bytes", line.len());
        }
    }
}

#[test]
fn a_frame_starts_its_own_line_and_the_typed_text_comes_back() {
    let steps = || [Wait(400), send("abc\x1b[D"), send(FRAME), Wait(500), send("X\r")];
    check(Peer::new(steps()), &["<AAsB+/=>", "abcX"], "> abc\r\n\x06\x09BBBB\n\r> abcX\r\n> ");
    let answers = typed("abc\x1b[D").into_iter().chain([send(FRAME), Wait(300)]);
    check_screen(answers, &["<AAsB+/=>"], "> abc\n\x06 BBBB\n> ab|c".replace("\x06 ", "\x06\x09").as_str());
    let entered = typed("abc\x1b[D").into_iter().chain([send(FRAME), Wait(300), send("X\r")]);
    let (events, _) = session(Peer::new(entered).with_terminal(20));
    assert_eq!(events, ["<AAsB+/=>", "abXc"]);
}

#[test]
fn the_prompt_waits_while_frames_follow_each_other() {
    let frames = (0..3).flat_map(|_| [send(FRAME), Wait(100)]);
    let steps = [Wait(400)].into_iter().chain(frames).chain([Wait(400), send("ls\r")]);
    let answers = "\x06\x09BBBB\n".repeat(3);
    let written = format!("> \r\n{answers}\r> ls\r\n> ");
    check(Peer::new(steps), &["<AAsB+/=>", "<AAsB+/=>", "<AAsB+/=>", "ls"], &written);
}

#[test]
fn a_frame_in_a_script_is_told() {
    check(Peer::new([send("l\x06\x09AAsB\ns\n")]).script(), &["<AAsB>", "ls"], "\x06\x09BBBB\n");
}

#[test]
fn a_running_command_hears_of_ctrl_c_and_of_frames() {
    let peer = Peer::new([send("ls\r"), send(FRAME), send("x\x03y"), Wait(100), send("z\r")]);
    let (mut buffers, mut console) = (LineBuffers::new(), Console::new(peer));
    let mut line = Line::new(&mut buffers);
    assert_eq!(line.poll(&mut console), Activity::Frame);
    assert_eq!(line.frame(), &FRAME.as_bytes()[..FRAME.len() - 1]);
    assert_eq!(line.poll(&mut console), Activity::Interrupt);
    assert_eq!(line.poll(&mut console), Activity::Idle);
    assert_eq!(events(&mut console, &mut line), ["yz"]);
}

#[test]
fn a_full_queue_holds_the_peer_back_and_loses_nothing() {
    let text = "echo 0123456789\r".repeat(200);
    let peer = Peer::new([send(&text), Wait(1000)]);
    let (mut buffers, mut console) = (LineBuffers::new(), Console::new(peer));
    let mut line = Line::new(&mut buffers);
    for _ in 0..1000 {
        assert_eq!(line.poll(&mut console), Activity::Idle);
    }
    assert!(console.board().taken <= TYPED_AHEAD);
    assert_eq!(events(&mut console, &mut line).len(), 200);
}

#[test]
fn history_lists_what_was_entered() {
    let typed: String = (0..300).map(|n| format!("echo {n}\r\recho {n}\r")).collect();
    for peer in [Peer::new([Wait(400), send(&typed)]), Peer::new([Wait(400), send(&typed)]).with_terminal(80)]
    {
        let (mut buffers, mut console) = (LineBuffers::new(), Console::new(peer));
        let mut line = Line::new(&mut buffers);
        events(&mut console, &mut line);
        let lines: Vec<String> = line.history().map(|l| String::from_utf8_lossy(l).into()).collect();
        assert!(lines.len() > 100, "{}", lines.len());
        let first = 300 - lines.len();
        assert!(
            lines.iter().enumerate().all(|(n, line)| *line == format!("echo {}", first + n)),
            "{lines:?}"
        );
    }
}

#[test]
fn a_line_keeps_to_its_ram() {
    let ram = size_of::<Line<'_>>() + size_of::<LineBuffers>();
    assert!(ram <= LINE_RAM, "{ram}");
}
