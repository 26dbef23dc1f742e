//! The heap: RIOT's `malloc`, with a share of it for the firmware, and counts.
//!
//! The counts are of what a block takes in `malloc`, its size word and rounding included. On a native board `malloc` is
//! the host's, which has no end and never fragments: there only the share makes an allocation fail. On a chip the heap
//! is what the linker left, and other users of `malloc` in the same RIOT take from it uncounted.

#![expect(unsafe_code, reason = "a global allocator")]

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

use wasmote_shell::board::HeapStats;

use crate::options;

/// What `malloc` aligns a block to, bytes, and the step of its sizes, as Doug Lea's has them, from which the host's and
/// newlib's come.
const STEP: usize = 2 * size_of::<usize>();

/// The smallest block of `malloc`, bytes.
const SMALLEST: usize = 2 * STEP;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
}

/// What a block of `size` bytes takes of the heap, bytes.
fn cost(size: usize) -> usize {
    let whole = size.saturating_add(size_of::<usize>()).checked_next_multiple_of(STEP);
    whole.unwrap_or(usize::MAX).max(SMALLEST)
}

/// The size of the heap, bytes.
fn total() -> usize {
    options::HEAP.unwrap_or(usize::MAX).min(region())
}

/// What the linker left for `malloc`, bytes.
#[cfg(target_os = "none")]
fn region() -> usize {
    unsafe extern "C" {
        static _sheap: u8;
        static _eheap: u8;
    }
    (&raw const _eheap).addr().saturating_sub((&raw const _sheap).addr())
}

/// A process has what it asks for.
#[cfg(not(target_os = "none"))]
fn region() -> usize {
    usize::MAX
}

/// RIOT's heap. Only the firmware's one thread allocates here: others in the same RIOT call `malloc` themselves.
pub(crate) struct Heap {
    used: AtomicUsize,
    peak: AtomicUsize,
    /// The size of the last allocation that failed, bytes.
    refused: AtomicUsize,
}

impl Heap {
    /// A heap of which nothing is used.
    pub(crate) const fn new() -> Self {
        Self { used: AtomicUsize::new(0), peak: AtomicUsize::new(0), refused: AtomicUsize::new(0) }
    }

    /// How full the heap is.
    pub(crate) fn stats(&self) -> HeapStats {
        let used = self.used.load(Ordering::Relaxed);
        let free = total().saturating_sub(used);
        HeapStats {
            total: total(),
            used,
            peak: self.peak.load(Ordering::Relaxed),
            free,
            largest_free: largest(free),
        }
    }

    /// The size of the last allocation that failed, bytes.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Does an allocation that takes the place of `freed` bytes of heap, if the share has room for it.
    fn take(&self, size: usize, freed: usize, allocate: impl FnOnce() -> *mut c_void) -> *mut u8 {
        let used = self.used.load(Ordering::Relaxed).saturating_sub(freed).saturating_add(cost(size));
        let block = if used > total() { null_mut() } else { allocate() };
        if block.is_null() {
            self.refused.store(size, Ordering::Relaxed);
        } else {
            self.used.store(used, Ordering::Relaxed);
            self.peak.store(self.peak.load(Ordering::Relaxed).max(used), Ordering::Relaxed);
        }
        block.cast()
    }
}

/// The largest block that `malloc` gives of `within` bytes, by trying.
fn largest(within: usize) -> usize {
    let (mut fitting, mut beyond) = (0, within.saturating_add(1));
    while beyond.saturating_sub(fitting) > 1 {
        let middle = usize::midpoint(fitting, beyond);
        let fits = cost(middle) <= within && {
            // SAFETY: a block that nobody uses is given back at once, and so may be none.
            unsafe {
                let block = malloc(middle);
                free(block);
                !block.is_null()
            }
        };
        if fits { fitting = middle } else { beyond = middle }
    }
    fitting
}

// SAFETY: blocks come from `malloc` with the size that the layout says and an alignment of at least `STEP`, and go back
// there. Layouts that want more are refused.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > STEP {
            return null_mut();
        }
        // SAFETY: any size may be asked for.
        self.take(layout.size(), 0, || unsafe { malloc(layout.size()) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let used = self.used.load(Ordering::Relaxed).saturating_sub(cost(layout.size()));
        self.used.store(used, Ordering::Relaxed);
        // SAFETY: the caller vouches that the block came from here.
        unsafe { free(block.cast()) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches that the block came from here; a block that is refused stays as it is.
        self.take(size, cost(layout.size()), || unsafe { realloc(block.cast(), size) })
    }
}
