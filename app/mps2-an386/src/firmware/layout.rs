//! Where the linker put things.

#![expect(unsafe_code, reason = "names symbols of the linker script")]

use core::ops::Range;
use core::ptr;

unsafe extern "C" {
    static _stack_end: u8;
    pub(super) static _stack_start: u8;
    static __sheap: u8;
    static _ram_end: u8;
}

/// The addresses from one symbol to another.
fn between(start: *const u8, end: *const u8) -> Range<usize> {
    start.expose_provenance()..end.expose_provenance()
}

/// The main stack: it begins at the end of the range and grows down.
pub(super) fn stack() -> Range<usize> {
    between(&raw const _stack_end, &raw const _stack_start)
}

/// The RAM that neither the stack nor a variable takes.
pub(super) fn heap() -> (*mut u8, usize) {
    let heap = between(&raw const __sheap, &raw const _ram_end);
    (ptr::with_exposed_provenance_mut(heap.start), heap.len())
}
