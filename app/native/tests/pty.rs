//! The firmware on a line of its own: clients come and go.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{End, Place, Running};
use rustix::termios::{LocalModes, ioctl_tiocexcl, tcgetattr};

/// Starts the firmware, and gives the path of its line.
fn start(place: &Place) -> (Running, String) {
    let mut firmware = Running(place.firmware(&["--pty"]).stdout(Stdio::piped()).spawn().unwrap());
    let mut said = String::new();
    BufReader::new(firmware.0.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let path = said.trim_end().to_owned();
    assert!(path.starts_with("/dev/"), "{said:?}");
    (firmware, path)
}

/// Runs a command as a client that does not know what is on the line, and gives what came with its result.
fn command(line: &mut End, typed: &str, printed: &str) -> String {
    line.send(format!("\x03{typed}\r").as_bytes());
    line.until(printed)
}

#[test]
fn clients_come_and_go_and_the_line_stays() {
    let place = Place::new();
    let (firmware, path) = start(&place);
    for round in 0..3 {
        let mut line = End::open(&path).unwrap();
        let modes = tcgetattr(&line.0).unwrap().local_modes;
        assert!(!modes.intersects(LocalModes::ICANON | LocalModes::ECHO), "{modes:?}");
        command(&mut line, &format!("echo round {round}"), &format!("\nround {round}\r\n"));
        // What a client has not read when it leaves is lost or read by the next.
        line.send(b"help\r");
    }
    let before = firmware.ticks();
    std::thread::sleep(Duration::from_secs(2));
    assert!(firmware.ticks() - before < 10, "it spins without a client");
    command(&mut End::open(&path).unwrap(), "echo still", "\nstill\r\n");
}

#[test]
fn output_that_nobody_reads_is_lost_and_holds_nothing_up() {
    let place = Place::new();
    let (_firmware, path) = start(&place);
    // More than a pseudo-terminal keeps, by a client that leaves at once.
    let mut line = End::open(&path).unwrap();
    for _ in 0..200 {
        line.send(b"help\r");
    }
    line.send(b"format\r");
    drop(line);
    // The last command shows on the flash, without a client that would take the output.
    let erased = || std::fs::read(place.folder().join("flash.bin")).unwrap().iter().all(|&byte| byte == 0xff);
    let until = Instant::now() + common::PATIENCE;
    while erased() {
        assert!(Instant::now() < until, "the firmware waits for somebody to read");
        std::thread::sleep(Duration::from_millis(50));
    }
    command(&mut End::open(&path).unwrap(), "echo alive", "\nalive\r\n");
}

#[test]
fn a_slow_client_loses_nothing() {
    let place = Place::new();
    let (_firmware, path) = start(&place);
    let mut line = End::open(&path).unwrap();
    line.until("> ");
    for _ in 0..200 {
        line.send(b"help\r");
    }
    line.send(b"echo end of it\r");
    // It does not read for longer than the board waits before it looks for a client.
    std::thread::sleep(Duration::from_millis(600));
    let came = line.until("\nend of it\r\n");
    assert_eq!(came.matches("\nhelp [COMMAND]").count(), 200);
}

#[test]
fn an_exclusive_claim_ends_with_its_client() {
    let place = Place::new();
    let (_firmware, path) = start(&place);
    let mut line = End::open(&path).unwrap();
    ioctl_tiocexcl(&line.0).unwrap();
    command(&mut line, "echo first", "\nfirst\r\n");
    // It keeps the claim while it lasts. The superuser may open the line all the same.
    std::thread::sleep(Duration::from_millis(2500));
    let superuser = rustix::process::geteuid().is_root();
    assert!(superuser || End::open(&path).is_err());
    command(&mut line, "echo second", "\nsecond\r\n");
    drop(line);
    let until = Instant::now() + common::PATIENCE;
    let mut line = loop {
        match End::open(&path) {
            Ok(line) => break line,
            Err(error) => assert!(Instant::now() < until, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    command(&mut line, "echo third", "\nthird\r\n");
}
