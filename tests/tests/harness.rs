//! The harness itself, against the fake board: what passes passes, and what fails says why.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use wasmote_tests::board::Board;
use wasmote_tests::play::{Setting, play};
use wasmote_tests::script::Script;
use wasmote_tests::session::Session;
use wasmote_tests::terminal::Manner;

/// The fake board, with a folder of its own.
struct Fake {
    board: Board,
    folder: tempfile::TempDir,
}

impl Fake {
    fn new(arguments: &str) -> Self {
        let program = env!("CARGO_BIN_EXE_fake-board");
        let board = Board::parse(&format!("{program} {{flash}} {arguments}")).unwrap();
        Self { board, folder: tempfile::tempdir().unwrap() }
    }

    fn flash(&self) -> PathBuf {
        self.folder.path().join("flash")
    }

    fn play(&self, script: &str, manner: Manner) -> Result<(), String> {
        let script = Script::parse(script).unwrap();
        let setting =
            Setting { board: &self.board, flash: &self.flash(), folder: self.folder.path(), programs: None };
        play(&script, "script", &setting, manner).map_err(|unexpected| {
            let late = if unexpected.late { "late: " } else { "" };
            format!("{late}{}", unexpected.text)
        })
    }
}

/// Holds a script's outcome against the words that its failure has to contain; none for a script that passes.
fn check(script: &str, words: &[&str]) {
    let outcome = Fake::new("").play(script, Manner::Mute);
    match outcome {
        Ok(()) => assert!(words.is_empty(), "passed, but was to fail with {words:?}:\n{script}"),
        Err(failure) => {
            assert!(!words.is_empty(), "{script}\n{failure}");
            for word in words {
                assert!(failure.contains(word), "no `{word}` in:\n{failure}");
            }
        }
    }
}

#[test]
fn sessions_that_are_as_expected_pass() {
    check("> echo one\none\n> echo 2\n{num}\n>\n> nonsense\nerror[{word}]: {any}\n@eof\n", &[]);
    check("@start\nboot 1\n> keep this\n@restart\nboot 2\n> kept\nthis\n@kill\n", &[]);
    check("> echo {num}\n\\{num}\n", &["script:2: expected"]);
    check(">> spin\nspinning\n@wait 50\n@ctrl-c 1000\nstopped\n> echo on\non\n", &[]);
    check("> echo a 1 b 2\n{...}\n> echo x\n{...}\nx\n", &[]);
    check("@send ec\n@send ho joined\\r\n\\> echo joined\njoined\n> echo on\non\n", &[]);
}

#[test]
fn failures_say_what_and_where_with_the_transcript() {
    check("> echo one\ntwo\n", &["script:2: expected `two`", "printed  `one`", "boot 1\n> echo one\none"]);
    check("> echo one\n", &["script:1: expected `(nothing more)`", "printed  `one`"]);
    check("> echo one\none\ntwo\n", &["script:3: expected `two`", "nothing more was printed"]);
    check("> fail\n", &["script:1: the board ended"]);
    check(">> spin\nspinning\n@send x\n@ctrl-c\nended\n", &["script:5: expected `ended`"]);
    check(
        ">> late\nspinning\n@ctrl-c 100\n",
        &["late: script:3: the prompt came after ", ", not within 100ms"],
    );
}

#[test]
fn host_commands_have_the_line_as_their_port() {
    let passing =
        "> echo before\nbefore\n$ echo here; ls\nhere\nflash.boots\n$ false\n[exit 1]\n> echo after\nafter\n";
    check(passing, &[]);
    // The command types at the board, and reads what it answers.
    let talking = "$ exec 3<>$WASMOTE_PORT; printf 'upload\\rdata!' >&3; head -c 17 <&3 | tr -d '\\r'; echo\n\
                   upload\ngot data!\n> echo after\nafter\n";
    check(talking, &[]);
    check("$ echo one\ntwo\n", &["script:2: expected `two`", "$ echo one"]);
}

#[test]
fn a_terminal_that_answers_is_seen_by_the_board() {
    for (manner, expected) in [(Manner::Answering, "cursor 2;1"), (Manner::Mute, "cursor")] {
        let script = format!("> where\n{expected}\n");
        Fake::new("query").play(&script, manner).unwrap_or_else(|failure| panic!("{manner:?}: {failure}"));
    }
}

#[test]
fn a_hundred_pasted_lines_are_all_echoed_in_order() {
    let fake = Fake::new("");
    let mut session = Session::start(&fake.board, &fake.flash(), Manner::Mute).unwrap();
    session.rows_until_prompt(Duration::from_secs(5)).unwrap();
    for line in 0..100 {
        session.send(format!("echo {line}\r").as_bytes());
    }
    for line in 0..100 {
        session.echo(&format!("echo {line}"), Duration::from_secs(5)).unwrap();
        assert_eq!(session.wait(Duration::from_secs(5), Session::next_row).unwrap(), Some(line.to_string()));
    }
}

#[test]
fn waiting_ends_when_patience_does() {
    let fake = Fake::new("");
    let mut session = Session::start(&fake.board, &fake.flash(), Manner::Mute).unwrap();
    session.rows_until_prompt(Duration::from_secs(5)).unwrap();
    session.send(b"spin\r");
    session.echo("spin", Duration::from_secs(5)).unwrap();
    let began = Instant::now();
    let failure = session.rows_until_prompt(Duration::from_millis(200)).unwrap_err();
    assert!(failure.message.contains("no prompt within 200ms"), "{failure}");
    assert!(began.elapsed() < Duration::from_secs(2));
}
