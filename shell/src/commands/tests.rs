//! Commands on modules that are made to confuse who reads the answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::cell::RefCell;
use std::rc::Rc;
use std::string::String;
use std::vec::Vec;

use wasmote_fs::{ModuleStore, Name, RamFlash, UploadTarget};

use crate::board::{Board, HeapStats, Input, StackStats};
use crate::session::run;

/// A board whose input is a script.
struct Script<'s> {
    input: &'s [u8],
    written: Rc<RefCell<Vec<u8>>>,
}

impl Board for Script<'_> {
    fn name(&self) -> &'static str {
        "script"
    }

    fn version(&self) -> &'static str {
        "0"
    }

    fn console_is_terminal(&self) -> bool {
        false
    }

    fn console_read(&mut self, buf: &mut [u8], _: u32) -> Input {
        let (now, later) = self.input.split_at(self.input.len().min(buf.len()));
        buf[..now.len()].copy_from_slice(now);
        self.input = later;
        if now.is_empty() { Input::Eof } else { Input::Bytes(now.len()) }
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.written.borrow_mut().extend_from_slice(bytes);
    }

    fn micros(&self) -> u64 {
        0
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
    let mut store: ModuleStore<RamFlash<4096, 1>> = ModuleStore::new(RamFlash::new(64 * 1024).unwrap());
    store.format().unwrap();
    let len = module.len() as u32;
    store.upload_begin(&UploadTarget { len, sha256: None }).unwrap();
    store.upload_append(0, module).unwrap();
    let sha256 = store.upload_hash().unwrap();
    store.upload_commit(&Name::new("m").unwrap(), len, &sha256).unwrap();
    let written = Rc::new(RefCell::new(Vec::new()));
    run(Script { input: script.as_bytes(), written: Rc::clone(&written) }, &mut store);
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

#[test]
fn a_long_name_makes_no_other_row_long() {
    let long = "x".repeat(120);
    let listed = String::from_utf8(printed(&exporting(&["f", &long]), "exports m\n")).unwrap();
    assert_eq!(listed, std::format!("f{:41}()\n{}...  ()\n", "", "x".repeat(40)));
}
