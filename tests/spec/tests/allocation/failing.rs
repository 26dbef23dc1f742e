//! A global allocator that counts the bytes of each thread and fails one chosen allocation of it.
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Allocations that still succeed; negative for all of them.
    static LEFT: Cell<i64> = const { Cell::new(-1) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
    static BYTES: Cell<i64> = const { Cell::new(0) };
}

/// The allocator.
pub(crate) struct Failing;

impl Failing {
    /// Whether this allocation is the one that fails. The ones after it succeed again, as on a device where a
    /// smaller block is still free.
    fn refuses() -> bool {
        let left = LEFT.get();
        if left == 0 {
            FAILED.set(true);
        }
        LEFT.set(left - i64::from(left >= 0));
        left == 0
    }
}

fn count(change: i64) {
    BYTES.set(BYTES.get() + change);
}

// SAFETY: every call goes to the system's allocator, or returns null, which is a failure.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if Self::refuses() {
            return std::ptr::null_mut();
        }
        count(layout.size() as i64);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if Self::refuses() {
            return std::ptr::null_mut();
        }
        count(size as i64 - layout.size() as i64);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Bytes that this thread has allocated and not given back.
pub(crate) fn bytes() -> i64 {
    BYTES.get()
}

/// Runs `f` with its allocation number `n` failing; gives its value, and whether that allocation happened.
pub(crate) fn failing<R>(n: usize, f: impl FnOnce() -> R) -> (R, bool) {
    FAILED.set(false);
    LEFT.set(n as i64);
    let value = f();
    LEFT.set(-1);
    (value, FAILED.get())
}
