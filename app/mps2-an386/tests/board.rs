//! What only a microcontroller can show: faults and resets, a small chip's RAM, the stack's peak.
//!
//! The environment names the firmware's files, as `make BOARD=mps2-an386 test` builds them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use wasmote_tests::bench::{Bench, Place, build_programs};
use wasmote_tests::script::{Action, Flash, Script};
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner;

/// What the main stack may take over all expect scripts, bytes: half of what the linker gives it.
const STACK_BUDGET: u32 = 6 * 1024;

/// The emulator's status when the firmware's functions for memory are right (`firmware/provoke.rs`).
const MEM_AGREES: i32 = 4;

/// A bench for the firmware whose file a variable of the environment names; `words` go to the firmware.
fn bench(variable: &str, words: &str) -> Bench {
    static PROGRAMS: OnceLock<std::path::PathBuf> = OnceLock::new();
    let firmware =
        std::env::var(variable).unwrap_or_else(|_| panic!("{variable} does not name the firmware"));
    let qemu = concat!(env!("CARGO_MANIFEST_DIR"), "/qemu");
    let programs = PROGRAMS.get_or_init(|| build_programs().unwrap());
    Bench::new(&format!("{qemu} {firmware} {words} --flash {{flash}}"), programs.clone()).unwrap()
}

/// Starts the board and gives what it shows until its prompt.
fn start(bench: &Bench, place: &Place) -> (Session, Vec<String>) {
    let mut session = Session::start(&bench.board, &place.flash(), Manner::Mute).unwrap();
    let rows = session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    (session, rows)
}

/// Types a command and gives the rows that it prints.
fn command(session: &mut Session, typed: &str) -> Vec<String> {
    session.command(typed).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The number behind `before` in a row.
fn number(rows: &[String], before: &str) -> u32 {
    let row = rows.iter().find_map(|row| Some(row.split_once(before)?.1)).unwrap_or_default();
    let digits = row.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_else(|_| panic!("no number behind {before:?} in {rows:?}"))
}

#[test]
fn every_end_is_printed_and_remembered() {
    for (word, cause) in [
        ("fault", "hard fault at 0x"),
        ("stack", "stack overflow"),
        ("memory", "out of memory for 16777216 B"),
        ("panic", "panic at 0x"),
    ] {
        let bench = bench("WASMOTE_FIRMWARE_FAULTS", word);
        let place = bench.place(Flash::Guests).unwrap();
        let (mut session, boot) = start(&bench, &place);
        let printed = boot.iter().any(|row| row.starts_with(&format!("wasmote: {cause}")));
        assert!(printed, "{word}: {boot:?}");
        let version = command(&mut session, "version");
        assert!(
            version.iter().any(|row| row.starts_with(&format!("last reset: {cause}"))),
            "{word}: {version:?}"
        );
        // The next reset has a cause of its own, and the board works.
        session.send(b"reboot\r");
        session.echo("reboot", PATIENCE).unwrap();
        session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(command(&mut session, "version").last().unwrap(), "last reset: as asked");
        command(&mut session, "load calc");
        assert_eq!(command(&mut session, "call calc add 2 3").first().unwrap(), "5:i32");
    }
}

#[test]
fn a_module_that_faults_at_boot_is_given_up_after_three_resets() {
    let bench = bench("WASMOTE_FIRMWARE_FAULTS", "lamp");
    let place = bench.place(Flash::Guests).unwrap();
    let (mut session, _) = start(&bench, &place);
    command(&mut session, "autostart blink blink 1 1");
    session.send(b"reboot\r");
    session.echo("reboot", PATIENCE).unwrap();
    let rows = session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    let faults = rows.iter().filter(|row| row.starts_with("wasmote: hard fault at 0x")).count();
    let given_up = rows.iter().any(|row| row.starts_with("error[AUTOSTART]: blink blink 1 1 failed 3 times"));
    assert!(faults == 3 && given_up, "{rows:?}");
    assert_eq!(command(&mut session, "autostart"), ["off"]);
}

#[test]
fn copying_and_filling_memory_is_as_byte_by_byte() {
    let bench = bench("WASMOTE_FIRMWARE_FAULTS", "");
    let place = bench.place(Flash::None).unwrap();
    let mut board = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/qemu"));
    board.arg(std::env::var("WASMOTE_FIRMWARE_FAULTS").unwrap()).arg("mem").arg("--flash").arg(place.flash());
    assert_eq!(board.stdin(Stdio::null()).output().unwrap().status.code(), Some(MEM_AGREES));
}

#[test]
fn a_small_chip_runs_10_kb_of_code_beside_another_module() {
    let bench = bench("WASMOTE_FIRMWARE_SMALL", "");
    let place = bench.place(Flash::Guests).unwrap();
    let (mut session, _) = start(&bench, &place);
    let mut install = Command::new(bench.programs.join("wasmote"));
    install.args(["install", "code10k.wasm"]).current_dir(place.folder());
    let outcome = session.host(install).unwrap();
    assert!(outcome.status.success(), "{}", outcome.printed);
    session.reconnect("");
    session.resync(PATIENCE).unwrap();
    let free = number(&command(&mut session, "mem"), "free ");
    for line in ["load calc", "load code10k", "load hello"] {
        let rows = command(&mut session, line);
        assert!(rows.iter().any(|row| row.contains(", code ")), "{rows:?}");
    }
    let hello = command(&mut session, "call calc add 20 22");
    assert_eq!(hello.first().unwrap(), "42:i32");
    let expected = format!("{}:i32", wasmote_tests::generated::chain(330, 7));
    assert_eq!(command(&mut session, "call code10k chain 7").first(), Some(&expected));
    let hello = command(&mut session, "run hello bob");
    assert_eq!(hello.first().unwrap(), "Hello bob 2001");
    let rows = command(&mut session, "mem");
    println!("64 KB of RAM: {free} B of heap free, {} with three modules loaded", number(&rows, "free "));
    for line in ["unload calc", "unload code10k", "unload hello"] {
        command(&mut session, line);
    }
    assert_eq!(number(&command(&mut session, "mem"), "free "), free);
}

/// What a Rust guest with the linker's defaults is to take of the heap, bytes: 17 pages of memory are declared, and a
/// shadow stack of 1 MiB comes first.
const RUST_GUEST: u32 = 12 * 1024;

#[test]
fn a_rust_guest_with_the_linkers_defaults_runs_on_a_small_chip() {
    let bench = bench("WASMOTE_FIRMWARE_SMALL", "");
    let place = bench.place(Flash::Guests).unwrap();
    let (mut session, _) = start(&bench, &place);
    let free = number(&command(&mut session, "mem"), "free ");
    let rows = command(&mut session, "load rusty");
    assert!(rows.iter().any(|row| row.contains(" of 1114112 B;")), "{rows:?}");
    for (call, result) in [("square 12", "144:i32"), ("deep 1", "1024:i32"), ("calls", "1:i32")] {
        let rows = command(&mut session, &format!("call rusty {call}"));
        assert_eq!(rows.first().unwrap(), result);
    }
    let rows = command(&mut session, "mem");
    let taken = free - number(&rows, "free ");
    println!("a Rust guest takes {taken} B; the heap's peak was {}", number(&rows, "peak "));
    assert!(taken <= RUST_GUEST, "{rows:?}");
    command(&mut session, "unload rusty");
    assert_eq!(number(&command(&mut session, "mem"), "free "), free);
}

#[test]
fn the_heap_and_the_stack_are_those_of_the_linker() {
    let bench = bench("WASMOTE_FIRMWARE", "");
    let symbols = Command::new("nm").arg(std::env::var("WASMOTE_FIRMWARE").unwrap()).output().unwrap();
    let symbols = String::from_utf8(symbols.stdout).unwrap();
    let symbol = |name: &str| {
        let line = symbols.lines().find(|line| line.ends_with(&format!(" {name}"))).unwrap();
        u32::from_str_radix(line.split_whitespace().next().unwrap(), 16).unwrap()
    };
    let place = bench.place(Flash::Guests).unwrap();
    let (mut session, _) = start(&bench, &place);
    let check = |rows: &[String]| {
        assert_eq!(number(rows, "heap "), symbol("_ram_end") - symbol("__sheap"));
        assert_eq!(number(rows, "stack "), symbol("_stack_start") - symbol("_stack_end"));
        let (used, peak) = (number(rows, "used "), number(rows, "peak "));
        let (free, largest) = (number(rows, "free "), number(rows, "largest free block "));
        assert_eq!(used + free, number(rows, "heap "), "{rows:?}");
        assert!(used <= peak && largest <= free && largest > 0, "{rows:?}");
        free
    };
    let before = check(&command(&mut session, "mem"));
    // `load` says the same as `mem`.
    let loaded = number(&command(&mut session, "load report"), " -> ");
    assert_eq!(check(&command(&mut session, "mem")), loaded);
    assert!(loaded < before);
    command(&mut session, "unload report");
    assert_eq!(check(&command(&mut session, "mem")), before);
}

#[test]
fn the_stack_keeps_its_budget_over_all_scripts() {
    let bench = bench("WASMOTE_FIRMWARE", "");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/expect");
    let mut peaks = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut script = Script::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // The board is asked at the end, so it has to be there.
        script.steps.retain(|step| !matches!(step.action, Action::Eof | Action::Kill));
        script.steps.extend(Script::parse("> mem\nheap {any}\nno line is like this\n").unwrap().steps);
        let failure = bench.play(&script, &name, script.manners[0]).unwrap_err();
        let rows = failure.lines().map(str::to_owned).collect::<Vec<_>>();
        peaks.push((number(&rows, "`stack 12288 B, peak "), name));
    }
    peaks.sort_unstable();
    println!("the stack's peaks, of {STACK_BUDGET} B: {peaks:?}");
    assert!(peaks.iter().all(|(peak, _)| *peak <= STACK_BUDGET), "{peaks:?}");
}
