//! Boots with an autostart: what runs, who may skip it, and when the guard turns it off.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use crate::board::{Board, HeapStats, Input, ResetCause, StackStats};
use crate::session::run;
use crate::testing::{self, Store};

/// `(module (func (export "f")))`, and the same with `unreachable`.
const GOOD: &[u8] =
    b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x04\x01\x02\0\x0b";
const TRAPS: &[u8] =
    b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x05\x01\x03\0\0\x0b";

/// A board whose time passes while it waits for keys, and whose terminal goes after five seconds.
struct Stub {
    cause: ResetCause,
    /// When a key is pressed, milliseconds from boot, and which.
    key: Option<(u64, u8)>,
    now: Cell<u64>,
    written: Rc<RefCell<Vec<u8>>>,
}

impl Board for Stub {
    fn name(&self) -> &'static str {
        "stub"
    }

    fn version(&self) -> &'static str {
        "0"
    }

    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        let until = self.now.get() + u64::from(timeout_ms.max(1));
        if let Some((_, key)) = self.key.take_if(|(at, _)| *at <= until) {
            buf[0] = key;
            return Input::Bytes(1);
        }
        self.now.set(until);
        if until < 5_000 { Input::Timeout } else { Input::Eof }
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.written.borrow_mut().extend_from_slice(bytes);
    }

    fn millis(&self) -> u64 {
        self.now.get()
    }

    fn micros(&self) -> u64 {
        self.now.get() * 1000
    }

    fn heap(&self) -> HeapStats {
        HeapStats::default()
    }

    fn stack(&self) -> Option<StackStats> {
        None
    }

    fn reset_cause(&self) -> Option<ResetCause> {
        Some(self.cause)
    }

    fn reset(&mut self) {}
}

const PANIC: ResetCause = ResetCause::Panic { at: 0x1234, from: 0x5678 };

/// A store with the module `m` and the autostart `m f`.
fn store(module: &[u8]) -> Store {
    let mut store = testing::store(module);
    store.set_boot_line(&super::quoted(["m", "f"].into_iter()).unwrap()).unwrap();
    store
}

/// Boots once; gives what was printed.
fn boot(store: &mut Store, cause: ResetCause, key: Option<(u64, u8)>) -> String {
    let written = Rc::new(RefCell::new(Vec::new()));
    run(Stub { cause, key, now: Cell::new(0), written: Rc::clone(&written) }, store);
    let written = written.borrow();
    String::from_utf8_lossy(&written).into_owned()
}

/// How often in a row the autostart has failed; `None` if it is off.
fn failures(store: &mut Store) -> Option<u8> {
    store.boot_line().unwrap().map(|line| line.failures)
}

#[test]
fn a_boot_runs_the_autostart_unless_ctrl_c_comes_within_a_second() {
    let check = |key: Option<(u64, u8)>, runs: bool| {
        let printed = boot(&mut store(GOOD), ResetCause::PowerOn, key);
        assert!(printed.contains("autostart: m f; Ctrl-C within 1 s skips it\r\n"), "{printed}");
        assert_eq!(printed.contains("fuel 0,"), runs, "{key:?}: {printed}");
        assert_eq!(printed.contains("autostart skipped"), !runs, "{key:?}: {printed}");
    };
    check(None, true);
    check(Some((1, 3)), false);
    check(Some((999, 3)), false);
    check(Some((999, b'x')), true);
    check(Some((1_200, 3)), true);
}

#[test]
fn three_failures_in_a_row_turn_it_off() {
    let check = |causes: &[ResetCause], module: &[u8], expected: &[Option<u8>]| {
        let mut store = store(module);
        for (n, (cause, expected)) in causes.iter().zip(expected).enumerate() {
            let was_on = failures(&mut store).is_some();
            let printed = boot(&mut store, *cause, None);
            assert_eq!(failures(&mut store), *expected, "boot {n}: {printed}");
            let says = "error[AUTOSTART]: m f failed 3 times within 60 s of boot and is turned off; ";
            assert_eq!(printed.contains(says), was_on && expected.is_none(), "boot {n}: {printed}");
        }
    };
    let on = ResetCause::PowerOn;
    // Traps: one a boot.
    check(&[on; 4], TRAPS, &[Some(1), Some(2), None, None]);
    // A fault before a boot counts beside the trap in it.
    check(&[on, PANIC], TRAPS, &[Some(1), None]);
    // A boot that ends well forgets them.
    check(&[PANIC, PANIC, PANIC, on], GOOD, &[Some(0); 4]);
}

/// The device faults while the autostart runs, so that no boot ends well.
#[test]
fn three_resets_in_a_row_turn_it_off() {
    let mut store = store(GOOD);
    for expected in [Some(1), Some(2), None] {
        // Skipped: what would have run is what faulted.
        let printed = boot(&mut store, PANIC, Some((1, 3)));
        assert_eq!(failures(&mut store), expected, "{printed}");
        assert_eq!(printed.contains("autostart: m f;"), expected.is_some(), "{printed}");
    }
    let mut store = self::store(GOOD);
    for cause in [ResetCause::PowerOn, ResetCause::Requested] {
        boot(&mut store, cause, Some((1, 3)));
        assert_eq!(failures(&mut store), Some(0), "{cause:?} is no failure");
    }
}

#[test]
fn words_are_stored_so_that_they_are_read_again() {
    let check = |words: &[&str], stored: &str| {
        let mut store = store(GOOD);
        store.set_boot_line(&super::quoted(words.iter().copied()).unwrap()).unwrap();
        let line = store.boot_line().unwrap().unwrap();
        assert_eq!(super::words(&line), stored);
        let mut args = crate::args::Args::new();
        args.split(stored).unwrap();
        assert!(args.iter().eq(words.iter().copied()), "{stored}");
    };
    check(&["calc"], "calc");
    check(&["calc", "add", "-5", "0xff", "1.5e-3"], "calc add -5 0xff 1.5e-3");
    check(
        &["m", "a b", "", "say \"hi\" \\n", "#x", "é\n"],
        "m \"a b\" \"\" \"say \\\"hi\\\" \\\\n\" \"#x\" \"é\n\"",
    );
    let long = "x".repeat(260);
    assert!(super::quoted(["m", &long].into_iter()).is_none());
}
