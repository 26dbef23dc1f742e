#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout};

use super::{DeviceHeap, on_device};

const RAM: usize = 64 * 1024;

/// The most that the allocator takes for itself: its lists, and the ends of the arena.
const OVERHEAD: usize = 512;

fn heap() -> DeviceHeap {
    let heap = DeviceHeap::new();
    assert!(heap.install(RAM));
    heap
}

fn bytes(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

/// Allocates as the firmware does.
fn take(heap: &DeviceHeap, size: usize) -> *mut u8 {
    // SAFETY: the tests ask for no empty block.
    on_device(|| unsafe { heap.alloc(bytes(size)) })
}

fn give(heap: &DeviceHeap, block: *mut u8, size: usize) {
    // SAFETY: the tests give each block back once, with its size.
    unsafe { heap.dealloc(block, bytes(size)) }
}

#[test]
fn a_fresh_heap_is_one_free_block() {
    let stats = heap().stats();
    assert_eq!(stats.total, RAM);
    assert_eq!(stats.used + stats.free, RAM);
    assert_eq!(stats.peak, stats.used);
    assert!(stats.used <= OVERHEAD, "{stats:?}");
    assert!(stats.free - stats.largest_free <= 32, "{stats:?}");
}

#[test]
fn the_largest_block_fits_and_one_byte_more_does_not() {
    let heap = heap();
    let held = [1000, 20_000, 7, 10_000].map(|size| (take(&heap, size), size));
    give(&heap, held[1].0, held[1].1);
    let largest = heap.stats().largest_free;
    assert!(largest < heap.stats().free);
    assert!(take(&heap, largest + 1).is_null());
    let block = take(&heap, largest);
    assert!(!block.is_null());
    give(&heap, block, largest);
    assert_eq!(heap.stats().largest_free, largest);
}

#[test]
fn blocks_beyond_the_limit_are_refused_and_all_come_back() {
    let heap = heap();
    let fresh = heap.stats();
    let blocks: Vec<_> = (0..).map(|_| take(&heap, 1000)).take_while(|block| !block.is_null()).collect();
    assert!((60..=65).contains(&blocks.len()), "{}", blocks.len());
    let full = heap.stats();
    assert!(full.free < 1024 && full.largest_free < 1000, "{full:?}");
    // Every other one first, so that the free ones have to join.
    for first in [0, 1] {
        for &block in blocks.iter().skip(first).step_by(2) {
            give(&heap, block, 1000);
        }
    }
    let after = heap.stats();
    assert_eq!((after.used, after.free, after.largest_free), (fresh.used, fresh.free, fresh.largest_free));
    assert_eq!(after.peak, full.used);
}

#[test]
fn a_block_grows_and_shrinks_in_place_and_keeps_its_bytes() {
    let heap = heap();
    let block = take(&heap, 40_000);
    // SAFETY: the block has 40,000 bytes, then 60,000, then 100; each call says so.
    unsafe {
        block.write_bytes(7, 40_000);
        // Two blocks of these sizes would not fit.
        assert_eq!(heap.realloc(block, bytes(40_000), 60_000), block);
        assert!(heap.realloc(block, bytes(60_000), 70_000).is_null());
        assert_eq!(heap.realloc(block, bytes(60_000), 100), block);
        assert_eq!(block.add(99).read(), 7);
    }
    let wall = take(&heap, 100);
    // SAFETY: the block has 100 bytes, then 5,000; the new place has them after the move.
    unsafe {
        let moved = heap.realloc(block, bytes(100), 5_000);
        assert!(!moved.is_null() && moved != block);
        assert_eq!(moved.add(99).read(), 7);
        give(&heap, moved, 5_000);
    }
    give(&heap, wall, 100);
    assert_eq!(heap.restart(), 0);
}

#[test]
fn only_the_firmware_counts() {
    let heap = heap();
    let fresh = heap.stats();
    // SAFETY: the block is used with its layout, and freed once.
    let outside = unsafe { heap.alloc(bytes(100_000)) };
    assert!(!outside.is_null());
    assert_eq!(heap.stats(), fresh);
    // A block from outside that the firmware resizes and frees stays outside.
    on_device(|| {
        // SAFETY: as above.
        let outside = unsafe { heap.realloc(outside, bytes(100_000), 200_000) };
        give(&heap, outside, 200_000);
    });
    assert_eq!(heap.stats(), fresh);
    // A block of the firmware's that another thread frees goes back to the arena.
    let inside = take(&heap, 100).addr();
    assert!(heap.stats().used > fresh.used);
    std::thread::scope(|scope| {
        let block = std::ptr::with_exposed_provenance_mut(inside);
        let block = std::sync::atomic::AtomicPtr::new(block);
        let heap = &heap;
        scope.spawn(move || give(heap, block.into_inner(), 100));
    });
    assert_eq!(heap.stats().used, fresh.used);
}

#[test]
fn a_restart_forgets_the_peak_but_never_a_block_in_use() {
    let heap = heap();
    let fresh = heap.stats();
    let block = take(&heap, 1000);
    assert_eq!(heap.restart(), 1);
    assert!(heap.stats().used > fresh.used);
    give(&heap, block, 1000);
    assert!(heap.stats().peak > fresh.peak);
    assert_eq!(heap.restart(), 0);
    assert_eq!(heap.stats(), fresh);
}

#[test]
fn impossible_sizes_are_refused() {
    for ram in [0, 100, usize::MAX] {
        assert!(!DeviceHeap::new().install(ram), "{ram}");
    }
    let heap = heap();
    assert!(!heap.install(RAM), "a second arena");
    for (size, align) in [(RAM, 1), (isize::MAX as usize, 1), (1, 1 << 20)] {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: the size is not zero.
        assert!(on_device(|| unsafe { heap.alloc(layout) }).is_null(), "{layout:?}");
    }
    // SAFETY: the size is not zero.
    let aligned = on_device(|| unsafe { heap.alloc(Layout::from_size_align(10, 4096).unwrap()) });
    assert!(!aligned.is_null() && aligned.addr().is_multiple_of(4096));
}
