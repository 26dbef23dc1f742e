//! The tables of `docs/modules.md` have the functions that there are, and name tests that test them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wasmote_runtime::libc::{LibcHost, LibcState};
use wasmote_runtime::wasi::{WasiHost, WasiState};
use wasmote_runtime::{HostError, HostTable, libc, wasi};

/// What the tables are typed with; no function is called.
enum Nobody {}

impl LibcHost for Nobody {
    fn libc(&mut self) -> &mut LibcState {
        match *self {}
    }

    fn write(&mut self, _: &[u8]) -> usize {
        match *self {}
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        match *self {}
    }
}

impl WasiHost for Nobody {
    fn wasi(&mut self) -> &mut WasiState {
        match *self {}
    }

    fn read(&mut self, _: &mut [u8]) -> Result<usize, HostError> {
        match *self {}
    }

    fn random(&mut self, _: &mut [u8]) -> Result<(), HostError> {
        match *self {}
    }

    fn unix_micros(&mut self) -> Result<u64, HostError> {
        match *self {}
    }

    fn sleep(&mut self, _: u64) -> Result<(), HostError> {
        match *self {}
    }
}

/// The words of a table's cell that are set as code.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Holds the table under a heading against a table of functions. The test that a row names must be a file of the
/// repository in which each function of the row is a word.
#[track_caller]
fn check(heading: &str, table: &HostTable<Nobody>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/modules.md")).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let mut documented = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [names, supported, test] = cells[..] else { panic!("not three cells: {row}") };
        assert!(!supported.trim().is_empty(), "{row}");
        let test = code(test).next().unwrap();
        let test = fs::read_to_string(root.join(test)).unwrap_or_else(|why| panic!("{test}: {why}"));
        for name in code(names) {
            let mut words = test.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            assert!(words.any(|word| word == name), "{name} is not in the test that the table names");
            assert!(documented.insert(name), "{name} is there twice");
        }
    }
    assert_eq!(documented, table.functions().map(|(name, _)| name).collect::<BTreeSet<_>>());
}

#[test]
fn the_c_library() {
    check("The C library", libc::functions());
}

#[test]
fn wasi_preview_1() {
    check("WASI", wasi::functions());
}

/// What the kit in C lets the linker leave to the device.
#[test]
fn the_kit_in_c() {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/kits/c/imports.syms");
    let symbols = fs::read_to_string(kit).unwrap();
    let symbols: BTreeSet<&str> = symbols.lines().collect();
    let ours = libc::functions::<Nobody>().functions().map(|(name, _)| name).collect::<BTreeSet<_>>();
    // A board's own, and those of Emscripten and C++, which the kit is not for.
    let boards = BTreeSet::from(["millis", "sleep_ms", "led_set"]);
    let others = BTreeSet::from([
        "_strdup",
        "emscripten_memcpy_big",
        "abortStackOverflow",
        "nullFunc_X",
        "__cxa_allocate_exception",
        "__cxa_begin_catch",
        "__cxa_throw",
    ]);
    assert_eq!(symbols, ours.difference(&others).chain(&boards).copied().collect());
}
