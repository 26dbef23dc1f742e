//! Commands on modules that are made to confuse who reads the answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use crate::board::{Board, HeapStats, Input, StackStats};
use crate::session::run;
use crate::testing::store;

/// A board whose input is a script, or typed by a person.
struct Script<'s> {
    input: &'s [u8],
    written: Rc<RefCell<Vec<u8>>>,
    person: bool,
    clock: Cell<u64>,
    /// When a person types the next key, microseconds.
    key_at: u64,
}

/// How long a person takes for a key, microseconds: longer than a terminal may take to answer.
const KEY_MICROS: u64 = 400_000;

impl Board for Script<'_> {
    fn name(&self) -> &'static str {
        "script"
    }

    fn version(&self) -> &'static str {
        "0"
    }

    fn console_is_terminal(&self) -> bool {
        self.person
    }

    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        let chunk = if self.person { 1 } else { buf.len() };
        let waited = self.clock.get().saturating_add(1000 * u64::from(timeout_ms));
        if self.person && waited < self.key_at {
            self.clock.set(waited);
            return Input::Timeout;
        }
        self.clock.set(self.clock.get().max(self.key_at));
        self.key_at = self.clock.get() + KEY_MICROS;
        let (now, later) = self.input.split_at(self.input.len().min(chunk));
        buf[..now.len()].copy_from_slice(now);
        self.input = later;
        if now.is_empty() { Input::Eof } else { Input::Bytes(now.len()) }
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.written.borrow_mut().extend_from_slice(bytes);
    }

    fn micros(&self) -> u64 {
        self.clock.get()
    }

    fn heap(&self) -> HeapStats {
        HeapStats::default()
    }

    fn stack(&self) -> Option<StackStats> {
        None
    }

    fn reset(&mut self) {}
}

/// A module of these sections.
fn module(sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for (id, body) in sections {
        // Two bytes of LEB128.
        module.extend([*id, body.len() as u8 | 0x80, (body.len() >> 7) as u8]);
        module.extend(*body);
    }
    module
}

/// Runs a script on a device whose flash has a module `m`; gives what was printed.
fn printed(module: &[u8], script: &str) -> Vec<u8> {
    played(module, script, false)
}

fn played(module: &[u8], input: &str, person: bool) -> Vec<u8> {
    let written = Rc::new(RefCell::new(Vec::new()));
    let clock = Cell::new(0);
    run(
        Script { input: input.as_bytes(), written: Rc::clone(&written), person, clock, key_at: KEY_MICROS },
        &mut store(module),
    );
    written.take()
}

/// `(module (func (export "f")) (export NAME (func 0)))` for each of the names.
fn exporting(names: &[&str]) -> Vec<u8> {
    let mut exports = Vec::from([names.len() as u8]);
    for name in names {
        exports.push(name.len() as u8);
        exports.extend(name.bytes());
        exports.extend([0, 0]);
    }
    module(&[(1, b"\x01\x60\0\0"), (3, b"\x01\0"), (7, &exports), (10, b"\x01\x02\0\x0b")])
}

/// `(module (func (export "f") ...))` that prints the bytes, one `putchar` each, and traps at the end.
fn printing(bytes: &[u8]) -> Vec<u8> {
    let calls = bytes.iter().flat_map(|byte| [0x41, byte | 0x80, byte >> 7, 0x10, 0, 0x1a]);
    let body: Vec<u8> = [0].into_iter().chain(calls).chain([0, 0x0b]).collect();
    let code = [&[1, body.len() as u8 | 0x80, (body.len() >> 7) as u8], body.as_slice()].concat();
    module(&[
        (1, b"\x02\x60\x01\x7f\x01\x7f\x60\0\0"),
        (2, b"\x01\x03env\x07putchar\0\0"),
        (3, b"\x01\x01"),
        (7, b"\x01\x01f\0\x01"),
        (10, &code),
    ])
}

#[test]
fn a_long_name_makes_no_other_row_long() {
    let long = "x".repeat(120);
    let listed = String::from_utf8(printed(&exporting(&["f", &long]), "exports m\n")).unwrap();
    assert_eq!(listed, std::format!("f{:41}()\n{}...  ()\n", "", "x".repeat(40)));
}

#[test]
fn json_is_utf8_whatever_a_guest_prints() {
    let check = |bytes: &[u8], output: &str| {
        let answer = String::from_utf8(printed(&printing(bytes), "load m -j\ncall m f -j\n")).unwrap();
        let line = answer.lines().next_back().unwrap();
        let want = std::format!(r#"{{"output":"{output}","error":"TRAP","message":"unreachable","#);
        assert_eq!(line.split("\"backtrace\":").next(), Some(&*want));
    };
    check("\"é\n".as_bytes(), "\\\"é\\u000a");
    check(b"\xff\xc3\x28", "\\ufffd\\ufffd(");
    check(b"a\xe2\x82", "a\\ufffd");
    // Cut where what was printed is taken.
    let long = "€".repeat(50);
    check(long.as_bytes(), &long);
}

/// `(module (func (export "f") (param i32) ...))` that calls itself so often, and then traps; its name is a quote.
fn recursing() -> Vec<u8> {
    // if (local.get 0) call 0 (local.get 0 - 1) else unreachable end
    let body = b"\0\x20\0\x04\x40\x20\0\x41\x01\x6b\x10\0\x05\0\x0b\x0b";
    let code = [&[1, body.len() as u8], &body[..]].concat();
    module(&[
        (1, b"\x01\x60\x01\x7f\0"),
        (3, b"\x01\0"),
        (7, b"\x01\x01f\0\0"),
        (10, &code),
        (0, b"\x04name\x01\x04\x01\0\x01\""),
    ])
}

#[test]
fn a_backtrace_says_where_it_is_cut() {
    let check = |calls: usize, frames: usize, more: bool| {
        let script = std::format!("load m -j\ncall m f {calls}\ncall m f {calls} -j\n");
        let answer = String::from_utf8(printed(&recursing(), &script)).unwrap();
        let (text, json) = answer.trim_end().split_once('\n').unwrap().1.rsplit_once('\n').unwrap();
        let cut = if more { "\n  ..." } else { "" };
        assert_eq!(text, std::format!("error[TRAP]: unreachable{}{cut}", "\n  m!\"".repeat(frames)));
        let backtrace = [r#"{"module":"m","function":"\""}"#].repeat(frames).join(",");
        let want = std::format!(
            r#"{{"error":"TRAP","message":"unreachable","backtrace":[{backtrace}],"more":{more},"status":1}}"#
        );
        assert_eq!(json, want);
    };
    check(0, 1, false);
    check(15, 16, false);
    check(16, 16, true);
    check(100, 16, true);
}

#[test]
fn a_name_like_an_option_is_named_behind_two_dashes() {
    let script = "mv -- m -j\ncheck -- -j\nload -- -j\nmem -- -j\nunload -- -j\nrm -- -j\nls -j\n";
    let printed = String::from_utf8(printed(&exporting(&["f"]), script)).unwrap();
    assert!(!printed.contains("error["), "{printed}");
    assert_eq!(printed.lines().next_back(), Some(r#"{"modules":[],"status":0}"#));
}

#[test]
fn a_line_that_is_no_text_ends_its_file() {
    let printed = String::from_utf8(printed(b"echo one\necho \xff\necho two\n", "source m\n")).unwrap();
    assert_eq!(printed, "one\nerror[LINE]: the line is no UTF-8; source takes a text\n");
}

#[test]
fn a_tab_completes_what_is_certain_and_shows_the_rest() {
    let module = exporting(&["f", "start", "stop", "st\u{e9}p", "x y"]);
    // What stands behind the last prompt, and what is shown before it.
    let check = |keys: &str, line: &str, shown: &str| {
        let keys = std::format!("term ansi\rload m as me\r{keys}");
        let written = String::from_utf8(played(&module, &keys, true)).unwrap();
        let (_, written) = written.rsplit_once("load m as me\r\n").unwrap();
        // Without what moves the cursor and erases.
        let text = written.replace("\x1b7\x1b[999;999H\x1b[6n\x1b8", "").replace("\x1b[J", "");
        let (_, prompts) = text.split_once("\r\n> ").unwrap();
        let (before, last) = prompts.rsplit_once("> ").unwrap_or(("", prompts));
        let list = before.split_once("\r\n").map_or("", |(_, list)| list.trim_end());
        assert_eq!((last.trim_end_matches(['\r', '\n']), list), (line, shown), "{written:?}");
    };
    check("ver\t", "version ", "");
    check("he\the\t", "help help ", "");
    check("r\t", "r", "rm  reload  run  reboot");
    check("un\t\t", "unload me ", "");
    check("check \t", "check m ", "");
    check("call me s\t", "call me st", "");
    check("call me s\t\t", "call me st", "start  stop");
    check("call me sto\t", "call me stop ", "");
    check("get me \t", "get me ", "");
    check("call nobody \t", "call nobody ", "");
    check("zzz\t", "zzz", "");
}
