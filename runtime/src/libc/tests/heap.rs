//! `malloc` against a model: live blocks never overlap, keep their contents, and all comes back.

use alloc::vec::Vec;

use super::{HEAP, Random, World};
use crate::Trap;
use crate::host::HostError;
use crate::libc::{LibcState, heap};

/// The largest payload that an empty heap has room for.
const ALL: u32 = HEAP.end - HEAP.start - 8;

/// A live block: its address, size, and the byte it is filled with.
type Live = (u32, u32, u8);

fn check_contents(world: &World, &(ptr, size, byte): &Live) {
    assert!(world.bytes(ptr, size as usize).iter().all(|&b| b == byte), "block {ptr:#x} was overwritten");
}

fn check_new(live: &[Live], ptr: u32, size: u32) {
    assert!(ptr.is_multiple_of(8) && ptr >= HEAP.start && ptr + size <= HEAP.end, "{ptr:#x}");
    for &(other, len, _) in live {
        assert!(ptr + size <= other || other + len <= ptr, "{ptr:#x} overlaps {other:#x}");
    }
}

fn check_random(seed: u64, mean: u64) {
    let mut random = Random(seed);
    let mut world = World::new();
    let mut live: Vec<Live> = Vec::new();
    for _ in 0..2_000 {
        let size = random.below(mean * 2) as u32;
        let byte = random.next() as u8;
        match random.below(5) {
            0 | 1 => {
                let ptr = if random.one_in(2) {
                    heap::malloc(&mut world, size).unwrap()
                } else {
                    heap::calloc(&mut world, size, 1).unwrap()
                };
                if ptr != 0 {
                    check_new(&live, ptr, size);
                    world.memory.fill(ptr.into(), size.into(), byte).unwrap();
                    live.push((ptr, size, byte));
                }
            }
            2 | 3 if !live.is_empty() => {
                let block = live.swap_remove(random.below(live.len() as u64) as usize);
                check_contents(&world, &block);
                heap::free(&mut world, block.0).unwrap();
            }
            4 if !live.is_empty() && size > 0 => {
                let i = random.below(live.len() as u64) as usize;
                let (old, old_size, old_byte) = live[i];
                let ptr = heap::realloc(&mut world, old, size).unwrap();
                if ptr != 0 {
                    live.swap_remove(i);
                    check_new(&live, ptr, size);
                    check_contents(&world, &(ptr, size.min(old_size), old_byte));
                    world.memory.fill(ptr.into(), size.into(), byte).unwrap();
                    live.push((ptr, size, byte));
                }
            }
            _ => {}
        }
        live.iter().for_each(|block| check_contents(&world, block));
    }
    for block in live {
        heap::free(&mut world, block.0).unwrap();
    }
    let all = heap::malloc(&mut world, ALL).unwrap();
    assert_eq!(all, HEAP.start + 8, "seed {seed}: something leaked");
}

#[test]
fn keeps_blocks_apart_and_gets_them_back() {
    for seed in 1..12 {
        check_random(seed, 20);
        check_random(seed, 300);
        check_random(seed, 4_000);
    }
}

#[test]
fn sizes_at_the_edge() {
    let check = |size, fits: bool| {
        let got = heap::malloc(&mut World::new(), size).unwrap();
        assert_eq!(got != 0, fits, "malloc({size})");
    };
    check(0, true);
    check(ALL, true);
    check(ALL + 1, false);
    check(u32::MAX, false);
    check(u32::MAX - 7, false);
    let mut world = World::new();
    assert_eq!(heap::calloc(&mut world, 0x1_0000, 0x1_0000), Ok(0), "the product overflows");
    assert_eq!(heap::realloc(&mut world, 0, 8), Ok(HEAP.start + 8));
    assert_eq!(heap::realloc(&mut world, HEAP.start + 8, u32::MAX), Ok(0));
    assert_eq!(heap::realloc(&mut world, HEAP.start + 8, 0), Ok(0), "frees");
    assert_eq!(heap::malloc(&mut world, ALL), Ok(HEAP.start + 8));
    assert_eq!(heap::free(&mut world, 0), Ok(0));
}

#[test]
fn bounds_that_hold_no_heap() {
    #[expect(clippy::reversed_empty_ranges, reason = "what a caller may pass by mistake")]
    for range in [0..0, 100..100, 200..100, 100..115, u32::MAX..u32::MAX, 65536..70000] {
        let mut world = World::new();
        world.state = LibcState::new(range.clone());
        assert_eq!(heap::malloc(&mut world, 1), Ok(0), "{range:?}");
    }
    let mut world = World::new();
    world.state = LibcState::new(65001..u32::MAX);
    assert_eq!(heap::malloc(&mut world, 512), Ok(65016));
    assert_eq!(heap::malloc(&mut world, 1), Ok(0), "the memory ends here");
}

#[test]
fn costs_what_is_touched() {
    let mut world = World::new();
    let ptr = heap::malloc(&mut world, 20_000).unwrap();
    heap::calloc(&mut world, 1, 2_000).unwrap();
    assert!(world.memory.committed() <= 1024, "{} bytes for two headers", world.memory.committed());
    heap::free(&mut world, ptr).unwrap();
}

#[test]
fn pointers_that_malloc_did_not_give() {
    let mut world = World::new();
    let first = heap::malloc(&mut world, 100).unwrap();
    let freed = heap::malloc(&mut world, 100).unwrap();
    let last = heap::malloc(&mut world, 100).unwrap();
    heap::free(&mut world, freed).unwrap();
    for ptr in [1, 7, 8, first + 8, first + 1, freed, last + 200, HEAP.start, HEAP.end, 65536, u32::MAX] {
        assert!(
            matches!(world.call(|w| heap::free(w, ptr)), Err(HostError::Trap(Trap::Host(_)))),
            "{ptr:#x}"
        );
        assert!(
            matches!(world.call(|w| heap::realloc(w, ptr, 8)), Err(HostError::Trap(Trap::Host(_)))),
            "{ptr:#x}"
        );
    }
    heap::free(&mut world, first).unwrap();
    heap::free(&mut world, last).unwrap();
    assert_eq!(heap::malloc(&mut world, ALL), Ok(HEAP.start + 8));
}

/// A guest that writes what it likes over the headers gets traps and null, and the calls return.
#[test]
fn hostile_headers() {
    for seed in 1..300 {
        let mut random = Random(seed);
        let mut world = World::new();
        let mut pointers = Vec::new();
        for _ in 0..200 {
            let ptr = match random.below(6) {
                0 => random.next() as u32,
                1 => HEAP.start + 8 * random.below(400) as u32,
                _ if pointers.is_empty() => 0,
                _ => pointers[random.below(pointers.len() as u64) as usize],
            };
            match random.below(4) {
                0 => pointers.extend(heap::malloc(&mut world, random.below(300) as u32)),
                1 => pointers.extend(heap::realloc(&mut world, ptr, random.below(300) as u32)),
                2 => _ = heap::free(&mut world, ptr),
                _ => {
                    // A header with the right check word, as one who knows the format would forge it.
                    let at = HEAP.start + 8 * random.below(400) as u32;
                    let size =
                        [0, 8, 16, 64, 4096, 0xffff_fff8, random.next() as u32][random.below(7) as usize];
                    let word = size | random.below(2) as u32;
                    let check = word ^ at ^ heap::CHECK;
                    world.memory.write(at.into(), &word.to_le_bytes()).unwrap();
                    world.memory.write(u64::from(at) + 4, &check.to_le_bytes()).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_full_ram_is_null() {
    let mut world = World::new();
    let first = heap::malloc(&mut world, 10_000).unwrap();
    let held = world.memory.committed();
    world.memory.refuse_beyond(held);
    assert_eq!(heap::malloc(&mut world, 10_000), Ok(0));
    world.memory.refuse_beyond(usize::MAX);
    assert_eq!(heap::malloc(&mut world, 10_000), Ok(first + 10_008));
}
