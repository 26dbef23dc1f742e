//! A full heap at every step: loading and installing with every size of RAM.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::process::{Command, Stdio};

use wasmote_tests::bench::Bench;
use wasmote_tests::board::Board;
use wasmote_tests::script::Flash;
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner;

/// The sizes of RAM that are tried: from what the firmware just starts with to what the module needs, bytes.
const RAM: std::ops::Range<u32> = 4_096..72_000;
/// Their distance. Loads take blocks of some tens of bytes up to 4 KB.
const STEP: usize = 700;

fn native(bench: &Bench) -> Board {
    Board::parse(&wasmote_tests::bench::native(&bench.programs)).unwrap()
}

/// Runs commands through a pipe on a board with so much RAM; gives what they print.
fn piped(bench: &Bench, flash: &std::path::Path, ram: u32, input: &str) -> String {
    let mut command = native(bench).with(&["--ram", &ram.to_string()]).command(flash);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{ram} B of RAM: {output:?}");
    assert!(output.stderr.is_empty(), "{ram} B of RAM: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The free heap that a line of `mem -j` tells.
fn free(line: &str) -> u64 {
    let (_, rest) = line.split_once("\"free\":").unwrap_or_else(|| panic!("{line}"));
    rest.split(',').next().unwrap().parse().unwrap()
}

#[test]
fn a_load_that_finds_no_heap_gives_everything_back() {
    let bench = Bench::shared().unwrap();
    let place = bench.place(Flash::Guests).unwrap();
    let (mut loaded, mut refused) = (0, 0);
    for ram in RAM.step_by(STEP) {
        for module in ["report", "rusty", "hello"] {
            let input = format!("mem -j\nload {module}\nrun {module}\nmem -j\nunload {module}\nmem -j\n");
            let printed = piped(&bench, &place.flash(), ram, &input);
            let figures: Vec<u64> =
                printed.lines().filter(|line| line.starts_with("{\"heap\"")).map(free).collect();
            assert_eq!(
                (figures.len(), figures.first()),
                (3, figures.last()),
                "{ram} B of RAM, {module}: {printed}"
            );
            let load = printed.lines().nth(1).unwrap();
            if load.starts_with(module) {
                loaded += 1;
            } else {
                assert!(load.starts_with("error[MEMORY]: "), "{ram} B of RAM, {module}: {printed}");
                assert_eq!(figures[0], figures[1], "{ram} B of RAM, {module}: {printed}");
                refused += 1;
            }
        }
    }
    println!("{loaded} loads, {refused} refused for want of heap; the heap was as before after each");
    assert!(loaded > 50 && refused > 20);
}

#[test]
fn an_install_with_a_full_heap_ends_well() {
    let bench = Bench::shared().unwrap();
    let (mut installed, mut refused) = (0, 0);
    // An upload buffer has 4,096 bytes, or less down to 256 where the heap has no more; below that is an error.
    for ram in (4_096..6_144).step_by(128) {
        let place = bench.place(Flash::Guests).unwrap();
        let board = native(&bench).with(&["--ram", &ram.to_string()]);
        let mut session = Session::start(&board, &place.flash(), Manner::Mute).unwrap();
        session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        let mut command = |line: &str| session.command(line).unwrap_or_else(|failure| panic!("{failure}"));
        let before = free(&command("mem -j").concat());
        let loads = (0..40)
            .take_while(|alias| !command(&format!("load tiny as t{alias}")).concat().starts_with("error["));
        let loaded = loads.count();
        let mut install = Command::new(bench.programs.join("wasmote"));
        install.args(["install", "rusty.wasm", "--name", "calc"]).current_dir(place.folder());
        let outcome = session.host(install).unwrap();
        session.reconnect("");
        session.resync(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        let mut command = |line: &str| session.command(line).unwrap_or_else(|failure| panic!("{failure}"));
        let bytes = if outcome.status.success() {
            installed += 1;
            8_194
        } else {
            assert!(outcome.printed.contains("the heap is full; "), "{ram} B of RAM: {}", outcome.printed);
            refused += 1;
            433
        };
        let checked = command("check calc").concat();
        assert!(
            checked.starts_with(&format!("calc: {bytes} B, hash good"))
                || checked.starts_with("error[MEMORY]"),
            "{checked}"
        );
        for alias in 0..loaded {
            command(&format!("unload t{alias}"));
        }
        assert_eq!(free(&command("mem -j").concat()), before, "{ram} B of RAM: {}", session.transcript());
    }
    println!("{installed} installs with a full heap, {refused} refused");
}
