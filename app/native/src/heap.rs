//! The device's heap: a fixed arena of the size that `--ram` says, with a real allocator in it.
//!
//! Only the firmware's thread allocates here, while it is inside [`on_device`]; everything else, such as what
//! std takes for threads and options, comes from the system. So an allocation that does not fit fails as on
//! a microcontroller, and fragmentation is real. A block is given back to where its address says it is from.

#![expect(unsafe_code, reason = "a global allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use talc::base::Talc;
use talc::base::binning::{Binning, linear_extent_then_linearly_divided_exponential_binning};
use talc::source::Manual;
use wasmote_shell::board::HeapStats;

/// The alignment of the arena, bytes: that of a memory page, so that no alignment below is by chance.
const ARENA_ALIGN: usize = 4096;

/// The free lists of the heap: few of them, since each costs a word of the arena.
struct Bins;

impl Binning for Bins {
    type AvailabilityBitField = u32;
    const BIN_COUNT: u32 = 31;

    fn size_to_bin(size: usize) -> u32 {
        linear_extent_then_linearly_divided_exponential_binning::<2, 2>(size)
    }
}

/// A heap in an arena, and the system's heap beside it.
pub(crate) struct DeviceHeap {
    arena: Mutex<Arena>,
    start: AtomicPtr<u8>,
    len: AtomicUsize,
}

struct Arena {
    blocks: Talc<Manual, Bins>,
    /// The fewest bytes that were ever free.
    low: usize,
}

impl Arena {
    fn free(&self) -> usize {
        self.blocks.counters().available_bytes
    }

    fn note_low(&mut self) {
        self.low = self.low.min(self.free());
    }

    fn allocate(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        if layout.size() == 0 || !self.blocks.is_metadata_established() {
            return None;
        }
        // SAFETY: the size is not zero, and the allocator has its arena.
        let block = unsafe { self.blocks.allocate(layout) };
        self.note_low();
        block
    }

    /// Whether an allocation of `size` bytes would succeed now.
    fn fits(&mut self, size: usize) -> bool {
        let Ok(layout) = Layout::from_size_align(size, align_of::<usize>()) else { return false };
        let low = self.low;
        let block = self.allocate(layout);
        self.low = low;
        if let Some(block) = block {
            // SAFETY: the block was just allocated with this layout.
            unsafe { self.blocks.deallocate(block.as_ptr(), layout) };
        }
        block.is_some()
    }

    /// The largest size that [`fits`](Self::fits).
    fn largest(&mut self) -> usize {
        let (mut fitting, mut beyond) = (0, self.free().saturating_add(1));
        while beyond - fitting > 1 {
            let middle = fitting + (beyond - fitting) / 2;
            if self.fits(middle) { fitting = middle } else { beyond = middle }
        }
        fitting
    }
}

impl DeviceHeap {
    /// Makes a heap without an arena; it is the system's until [`install`](Self::install).
    pub(crate) const fn new() -> Self {
        Self {
            arena: Mutex::new(Arena { blocks: Talc::new(Manual), low: 0 }),
            start: AtomicPtr::new(null_mut()),
            len: AtomicUsize::new(0),
        }
    }

    /// Gives the device `len` bytes of RAM for ever; `false` if the system has not that much, or `len` is
    /// too little for the allocator itself. Called once.
    pub(crate) fn install(&self, len: usize) -> bool {
        let Ok(layout) = Layout::from_size_align(len, ARENA_ALIGN) else { return false };
        if len == 0 || !self.start.load(Ordering::Relaxed).is_null() {
            return false;
        }
        // SAFETY: the size is not zero.
        let start = unsafe { System.alloc_zeroed(layout) };
        if start.is_null() {
            return false;
        }
        self.start.store(start, Ordering::Relaxed);
        self.len.store(len, Ordering::Relaxed);
        self.claim(&mut self.lock())
    }

    /// Makes the arena one free block.
    fn claim(&self, arena: &mut Arena) -> bool {
        arena.blocks = Talc::new(Manual);
        let (start, len) = (self.start.load(Ordering::Relaxed), self.len.load(Ordering::Relaxed));
        // SAFETY: the arena is `len` bytes at `start`, which `install` took for ever. The callers see to it
        // that no block of it is in use.
        let end = unsafe { arena.blocks.claim(start, len) };
        arena.low = arena.free();
        end.is_some()
    }

    /// Empties the heap and its statistics for the next boot, and gives the number of blocks that the last
    /// one still held. While there are any the heap stays as it is, so that nothing dangles.
    pub(crate) fn restart(&self) -> usize {
        let mut arena = self.lock();
        let held = arena.blocks.counters().allocation_count;
        if held == 0 {
            self.claim(&mut arena);
        }
        held
    }

    /// The arena's statistics.
    pub(crate) fn stats(&self) -> HeapStats {
        let mut arena = self.lock();
        let total = self.len.load(Ordering::Relaxed);
        let free = arena.free();
        HeapStats {
            total,
            used: total.saturating_sub(free),
            peak: total.saturating_sub(arena.low),
            free,
            largest_free: arena.largest(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Arena> {
        // Neither locking nor the allocator panics, and neither allocates.
        self.arena.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn owns(&self, block: *mut u8) -> bool {
        let start = self.start.load(Ordering::Relaxed).addr();
        block.addr().checked_sub(start).is_some_and(|offset| offset < self.len.load(Ordering::Relaxed))
    }
}

// SAFETY: a block comes from the arena's allocator or from the system's, and its address says from which of
// them: the arena is never given back. It is resized and freed there with the layout that the caller vouches for.
unsafe impl GlobalAlloc for DeviceHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_on_device() {
            return self.lock().allocate(layout).map_or(null_mut(), NonNull::as_ptr);
        }
        // SAFETY: the caller vouches for the layout.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller vouches that this allocator gave the block with this layout.
        unsafe {
            if self.owns(block) {
                self.lock().blocks.deallocate(block, layout);
            } else {
                System.dealloc(block, layout);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.owns(block) {
            // SAFETY: the caller vouches for the block, its layout and the size; the system gave the block.
            return unsafe { System.realloc(block, layout, size) };
        }
        let mut arena = self.lock();
        // SAFETY: the caller vouches for the block, its layout and a size that is not zero.
        if unsafe { arena.blocks.try_realloc_in_place(block, layout, size) } {
            arena.note_low();
            return block;
        }
        let Ok(wider) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        let Some(moved) = arena.allocate(wider) else { return null_mut() };
        // SAFETY: shrinking in place never fails, so `moved` is larger than the block. It is another block, and
        // the old one is freed after its last use.
        unsafe {
            moved.as_ptr().copy_from_nonoverlapping(block, layout.size());
            arena.blocks.deallocate(block, layout);
        }
        moved.as_ptr()
    }
}

thread_local! {
    // Without an initialiser or a destructor, so that reading it never allocates.
    static ON_DEVICE: Cell<bool> = const { Cell::new(false) };
}

fn is_on_device() -> bool {
    ON_DEVICE.try_with(Cell::get).unwrap_or(false)
}

/// Runs `f` with the device's heap: what this thread allocates in the meantime comes from the arena.
pub(crate) fn on_device<R>(f: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            leave_device();
        }
    }
    let _leave = Leave;
    let _ = ON_DEVICE.try_with(|on| on.set(true));
    f()
}

/// Lets this thread allocate from the system again, such as for the message of a panic.
pub(crate) fn leave_device() {
    let _ = ON_DEVICE.try_with(|on| on.set(false));
}

#[cfg(test)]
#[path = "heap/tests.rs"]
mod tests;
