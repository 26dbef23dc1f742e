//! The heap: the RAM that the linker left, with a real allocator in it.

#![expect(unsafe_code, reason = "a global allocator")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{NonNull, null_mut};

use talc::base::Talc;
use talc::base::binning::{Binning, linear_extent_then_linearly_divided_exponential_binning};
use talc::source::Manual;
use wasmote_shell::board::HeapStats;

use super::layout;

/// The free lists of the heap: few of them, since each costs a word of RAM.
struct Bins;

impl Binning for Bins {
    type AvailabilityBitField = u32;
    const BIN_COUNT: u32 = 31;

    fn size_to_bin(size: usize) -> u32 {
        linear_extent_then_linearly_divided_exponential_binning::<2, 2>(size)
    }
}

/// The heap. Only the one thread of the firmware uses it: no interrupt handler allocates.
pub(super) struct Heap(UnsafeCell<Arena>);

// SAFETY: the firmware has one thread, and interrupt handlers leave the heap alone.
unsafe impl Sync for Heap {}

struct Arena {
    blocks: Talc<Manual, Bins>,
    total: usize,
    /// The fewest bytes that were ever free.
    low: usize,
    /// The size of the last allocation, bytes, if it failed and nothing was allocated or freed since.
    refused: Option<usize>,
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
        self.refused = block.is_none().then_some(layout.size());
        self.note_low();
        block
    }

    /// Whether an allocation of `size` bytes would succeed now.
    fn fits(&mut self, size: usize) -> bool {
        let Ok(layout) = Layout::from_size_align(size, align_of::<usize>()) else { return false };
        let (low, refused) = (self.low, self.refused);
        let block = self.allocate(layout);
        (self.low, self.refused) = (low, refused);
        if let Some(block) = block {
            // SAFETY: the block was just allocated with this layout.
            unsafe { self.blocks.deallocate(block.as_ptr(), layout) };
        }
        block.is_some()
    }

    /// The largest size that [`fits`](Self::fits).
    fn largest(&mut self) -> usize {
        let (mut fitting, mut beyond) = (0, self.free().saturating_add(1));
        while beyond.saturating_sub(fitting) > 1 {
            let middle = usize::midpoint(fitting, beyond);
            if self.fits(middle) { fitting = middle } else { beyond = middle }
        }
        fitting
    }
}

impl Heap {
    /// Makes a heap without RAM.
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(Arena { blocks: Talc::new(Manual), total: 0, low: 0, refused: None }))
    }

    #[expect(clippy::mut_from_ref, reason = "each use ends before the next begins")]
    fn arena(&self) -> &mut Arena {
        // SAFETY: the heap is used by one thread only, and no method of the arena uses the heap.
        unsafe { &mut *self.0.get() }
    }

    /// Takes the RAM that the linker left. Called once, before the first allocation.
    pub(super) fn install(&self) {
        let (start, len) = layout::heap();
        let arena = self.arena();
        // SAFETY: nothing else uses that RAM: the linker put nothing there.
        let _ = unsafe { arena.blocks.claim(start, len) };
        arena.total = len;
        arena.low = arena.free();
    }

    /// How full the heap is.
    pub(super) fn stats(&self) -> HeapStats {
        let arena = self.arena();
        let (total, free) = (arena.total, arena.free());
        HeapStats {
            total,
            used: total.saturating_sub(free),
            peak: total.saturating_sub(arena.low),
            free,
            largest_free: arena.largest(),
        }
    }

    /// The size of the last allocation, bytes, if it failed and nothing was allocated or freed since.
    pub(super) fn refused(&self) -> Option<usize> {
        self.arena().refused
    }
}

// SAFETY: blocks come from the allocator of the arena and go back there, with the layouts that the callers vouch
// for.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.arena().allocate(layout).map_or(null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let arena = self.arena();
        arena.refused = None;
        // SAFETY: the caller vouches that this allocator gave the block with this layout.
        unsafe { arena.blocks.deallocate(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let arena = self.arena();
        // SAFETY: the caller vouches for the block, its layout and a size that is not zero.
        if unsafe { arena.blocks.try_realloc_in_place(block, layout, size) } {
            arena.refused = None;
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
