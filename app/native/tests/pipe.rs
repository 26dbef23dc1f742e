//! The firmware behind a pipe: line by line, with a status.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Stdio;

use common::{PATIENCE, Place, Running};

/// Runs lines on an empty file system.
fn run(arguments: &[&str], input: &str) -> (String, Option<i32>) {
    let place = Place::new();
    assert!(place.piped(&[], "format\n").status.success());
    let output = place.piped(arguments, input);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{input:?}");
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

fn check(input: &str, printed: &str, status: i32) {
    assert_eq!(run(&[], input), (printed.to_owned(), Some(status)), "{input:?}");
}

#[test]
fn lines_run_without_prompt_or_echo_and_make_the_status() {
    check("", "", 0);
    check("echo one\necho two", "one\ntwo\n", 0);
    check("echo one\nreboot\necho two\n", "one\ntwo\n", 0);
    let (printed, status) = run(&[], "nonsense\necho on\n");
    assert!(printed.starts_with("error[") && printed.ends_with("\non\n"), "{printed}");
    assert_eq!(status, Some(1));
}

#[test]
fn the_heap_is_as_large_as_it_is_told_and_a_reset_empties_it() {
    for (argument, total) in [("64K", 65536), ("100000", 100_000), ("1M", 1 << 20)] {
        let (printed, status) = run(&["--ram", argument], "mem\ndf\nreboot\nmem\n");
        assert_eq!(status, Some(0), "{printed}");
        let heaps = printed.lines().filter(|line| line.starts_with("heap ")).collect::<Vec<_>>();
        assert_eq!(heaps.len(), 2, "{printed}");
        assert_eq!(heaps[0], heaps[1]);
        assert!(heaps[0].starts_with(&format!("heap {total} B, ")), "{printed}");
    }
}

#[test]
fn a_peer_that_does_not_read_to_the_end_is_no_fault() {
    let place = Place::new();
    let mut child = place.firmware(&[]);
    let child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(child.spawn().unwrap());
    drop(running.0.stdout.take());
    let mut input = running.0.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, "help\n".repeat(50).as_bytes()).unwrap();
    drop(input);
    assert_eq!(running.status().code(), Some(0));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut running.0.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(said, "");
}

#[test]
fn an_open_pipe_is_waited_for_without_spinning() {
    let place = Place::new();
    let mut child = place.firmware(&[]);
    let mut running = Running(child.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
    std::thread::sleep(PATIENCE / 10);
    assert!(running.ticks() < 20, "{} ticks in a second of silence", running.ticks());
    drop(running.0.stdin.take());
    assert_eq!(running.status().code(), Some(0));
}
