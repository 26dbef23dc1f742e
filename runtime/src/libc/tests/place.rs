//! Where `malloc`'s heap is placed in a module's memory.

use alloc::vec::Vec;
use core::ops::Range;

use crate::host::HostError;
use crate::libc::{Env, LibcHost, LibcState};
use crate::{Caller, Engine, Linker, Module, Store};

struct Host(LibcState);

impl LibcHost for Host {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.0
    }

    fn write(&mut self, _: &[u8]) -> usize {
        unreachable!("nothing is printed")
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        unreachable!("nobody asks for the time")
    }
}

/// `(module (memory ...) (global (export "__heap_base") i32 (i32.const ...)))`, of a memory's limits and a constant as
/// they are encoded; either may be missing.
fn module(limits: &[u8], base: &[u8]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    if !limits.is_empty() {
        bytes.extend([5, limits.len() as u8 + 1, 1]);
        bytes.extend(limits);
    }
    if !base.is_empty() {
        bytes.extend([6, base.len() as u8 + 5, 1, 0x7f, 0, 0x41]);
        bytes.extend(base);
        bytes.extend(b"\x0b\x07\x0f\x01\x0b__heap_base\x03\0");
    }
    bytes
}

#[track_caller]
fn check(limits: &[u8], base: &[u8], size: u32, want: Range<u32>, pages: u32) {
    let engine = Engine::default();
    let mut store = Store::new(&engine, Host(LibcState::default()));
    let module = Module::new(&engine, &module(limits, base)).unwrap();
    let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
    let mut caller = Caller::embedder(&mut store, instance);
    assert_eq!(caller.place_heap(size), want);
    assert_eq!(caller.memory_len(), u64::from(pages) << 16);
}

#[test]
fn a_heap_lies_behind_what_the_module_uses() {
    const ONE: &[u8] = &[0, 1];
    const AT_1024: &[u8] = &[0x80, 0x08];
    const AT_65536: &[u8] = &[0x80, 0x80, 0x04];
    const AT_131072: &[u8] = &[0x80, 0x80, 0x08];
    check(ONE, AT_1024, 100, 1024..1124, 1);
    check(ONE, AT_1024, 70_000, 1024..71_024, 2);
    check(ONE, AT_65536, 100, 65_536..65_636, 2);
    // Without a base, and with one outside of the memory, it lies at the memory's end.
    check(ONE, &[], 100, 65_536..65_636, 2);
    check(ONE, AT_131072, 65_537, 65_536..131_073, 3);
    check(ONE, &[0x7f], 0, 65_536..65_536, 1);
    // It is as large as the memory may become.
    check(&[1, 1, 1], AT_1024, 70_000, 1024..65_536, 1);
    check(&[1, 1, 1], &[], 100, 65_536..65_536, 1);
    check(&[], &[], 100, 0..0, 0);
    check(&[0, 0x80, 0x80, 0x04], &[], 100, u32::MAX..u32::MAX, 65_536);
    check(&[0, 0x80, 0x80, 0x04], AT_1024, u32::MAX, 1024..u32::MAX, 65_536);
}
