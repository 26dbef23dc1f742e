//! The host tool's client against the firmware's server, over good and bad lines in memory.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;

use std::time::Duration;

use bench::{Faults, Wire, noise};
use wasmote_host::line::Line;
use wasmote_host::{Client, Error, protocol};
use wasmote_shell::smp::{PACKET_SIZE, Refusal};

fn client(wire: &Wire) -> Client {
    Client::new(Line::new(wire.clone()), "wire")
}

/// Installs so many bytes, reads them back, and removes them.
fn check(size: usize, faults: Faults) {
    let wire = Wire::new(faults);
    let client = client(&wire);
    let bytes = noise(size);
    let mut last = 0;
    client.install("calc", &bytes, &mut |done| last = done).unwrap();
    assert_eq!(last, size);
    assert_eq!(wire.board().device.modules["calc"], bytes);
    assert_eq!(client.download("calc", &mut |_, _| {}).unwrap(), bytes);
    let listed = client.list().unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].len as usize), ("calc", size));
    client.delete("calc").unwrap();
    assert!(client.list().unwrap().is_empty());
}

#[test]
fn modules_of_any_size_go_over_and_back() {
    for size in [1, 242, PACKET_SIZE - 100, PACKET_SIZE, 100_000, 500_000] {
        check(size, Faults::default());
    }
}

#[test]
fn lost_and_changed_lines_are_sent_again() {
    check(60_000, Faults { lose: Some(97), ..Faults::default() });
    check(60_000, Faults { flip: Some(89), ..Faults::default() });
    check(60_000, Faults { lose: Some(211), flip: Some(103), chatter: true, ..Faults::default() });
}

#[test]
fn console_text_between_frames_is_passed_over() {
    check(20_000, Faults { chatter: true, ..Faults::default() });
}

#[test]
fn an_interrupted_install_goes_on_where_it_was() {
    let wire = Wire::new(Faults { cut_after: Some(500), ..Faults::default() });
    let bytes = noise(100_000);
    let failed = client(&wire).install("calc", &bytes, &mut |_| {});
    assert!(matches!(failed, Err(Error::Line(_))), "{failed:?}");
    wire.board().faults = Faults::default();
    let mut first = None;
    client(&wire).install("calc", &bytes, &mut |done| first = first.or(Some(done))).unwrap();
    assert!(first.unwrap() > 30_000, "{first:?}");
    let board = wire.board();
    assert_eq!(board.device.begun, 1);
    assert_eq!(board.device.modules["calc"], bytes);
}

#[test]
fn a_part_that_does_not_match_is_sent_anew() {
    let wire = Wire::new(Faults { cut_after: Some(500), ..Faults::default() });
    let bytes = noise(100_000);
    client(&wire).install("calc", &bytes, &mut |_| {}).unwrap_err();
    {
        let mut board = wire.board();
        board.faults = Faults::default();
        board.device.upload.as_mut().unwrap()[7] ^= 1;
    }
    client(&wire).install("calc", &bytes, &mut |_| {}).unwrap();
    assert_eq!(wire.board().device.modules["calc"], bytes);
}

#[test]
fn refusals_are_told_in_words() {
    let wire = Wire::new(Faults::default());
    wire.board().device.capacity = 100;
    let client = client(&wire);
    let text = |error: Error| error.to_string();
    let full = client.install("calc", &noise(5000), &mut |_| {}).unwrap_err();
    assert_eq!(full.exit_status(), 1);
    assert_eq!(text(full), "calc: the flash is full; `wasmote rm` makes room");
    let missing = "calc: no such module; `wasmote ls` shows those there are";
    assert_eq!(text(client.delete("calc").unwrap_err()), missing);
    assert_eq!(text(client.download("calc", &mut |_, _| {}).unwrap_err()), missing);
    let empty = client.install("calc", &[], &mut |_| {}).unwrap_err();
    assert_eq!(text(empty), "calc: the file is empty; a module has at least 8 bytes");
    assert_eq!(client.install("a/b", b"x", &mut |_| {}).unwrap_err().exit_status(), 2);
}

#[test]
fn every_refusal_of_the_device_has_words_here() {
    for refusal in Refusal::ALL {
        let words = protocol::refusal(refusal.code().into());
        assert_eq!(words == "the device failed", refusal == Refusal::Failed, "{refusal:?}");
    }
    assert_eq!(i32::from(Refusal::WrongOffset.code()), protocol::WRONG_OFFSET);
}

#[test]
fn commands_run_once_and_give_output_and_status() {
    let wire = Wire::new(Faults::default());
    let client = client(&wire);
    let run = |words: &[&str]| {
        let argv: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let done = client.execute(&argv, Duration::from_secs(1)).unwrap();
        (done.output, done.status)
    };
    assert_eq!(run(&["echo", "hi", "there"]), ("hi there\n".to_owned(), 0));
    assert_eq!(run(&["fail", "3"]), (String::new(), 3));
    assert_eq!(wire.board().device.lines, ["echo hi there", "fail 3"]);
}

#[test]
fn a_silent_line_is_told_from_a_command_that_failed() {
    let wire = Wire::new(Faults { cut_after: Some(0), ..Faults::default() });
    let error = client(&wire).list().unwrap_err();
    assert_eq!(error.exit_status(), 3);
    assert!(error.to_string().starts_with("no answer on wire; is wasmote running there"), "{error}");
}

/// At 115,200 baud an install of 100 KB may take at most 1.6 times the bare line time of its base64 frames. Beside
/// the bytes that truly go over, each exchange is charged 16 ms for the latency of a USB adapter on the host and
/// 35 ms for the flash (a 4 KiB sector takes 45 ms to erase and 11 ms to program, for 2.2 packets).
#[test]
fn an_install_of_100_kb_keeps_its_time() {
    const BYTES_PER_SECOND: f64 = 11_520.0;
    const EXCHANGE: f64 = 0.016 + 0.035;
    let size = 100_000usize;
    let wire = Wire::new(Faults::default());
    client(&wire).install("calc", &noise(size), &mut |_| {}).unwrap();
    let board = wire.board();
    let bare = size.div_ceil(93) as f64 * 127.0 / BYTES_PER_SECOND;
    let line = (board.received + board.sent) as f64 / BYTES_PER_SECOND;
    let total = line + board.turns as f64 * EXCHANGE;
    println!("bare {bare:.2} s, line {line:.2} s, in all {total:.2} s: {:.2} times", total / bare);
    assert!(total <= 1.6 * bare);
}
