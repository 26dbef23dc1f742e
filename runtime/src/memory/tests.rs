//! The memory against a model: a flat byte array that is wholly committed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use alloc::{vec, vec::Vec};

use super::{LinearMemory, MemoryType, windows::GRANULE};
use crate::{Error, Reason, Trap};

/// Random runs against the model, and accesses of each; Miri takes its time.
const SEEDS: u64 = if cfg!(miri) { 2 } else { 40 };
const STEPS: u32 = if cfg!(miri) { 60 } else { 400 };

const PAGE: u64 = 65536;

fn memory(min: u32, page_log2: u8) -> LinearMemory {
    LinearMemory::new(MemoryType { min, max: None, page_log2 }, u64::MAX).unwrap()
}

impl LinearMemory {
    /// Makes the heap one that holds at most so many bytes, where no allocation can grow in its place.
    pub(crate) fn refuse_beyond(&mut self, bytes: usize) {
        self.windows.heap = Some(bytes);
    }
}

/// xorshift64*, so that a failure repeats.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// Addresses that cluster, as a program's do, and at times lie beyond the end.
    fn addr(&mut self, len: u64) -> u64 {
        match self.below(8) {
            0 => self.below(len + 16),
            1 => len.saturating_sub(self.below(20)),
            2 => u64::from(u32::MAX) - self.below(9),
            _ => (len * self.below(6) / 6).saturating_add(self.below(300)).saturating_sub(150),
        }
    }

    fn count(&mut self) -> u64 {
        match self.below(10) {
            0 => 0,
            1 => self.below(20_000),
            2 => u64::MAX - self.below(3),
            _ => self.below(400),
        }
    }
}

/// The interpreter's fast path, read through the raw window, must agree with the model.
fn check_window(memory: &LinearMemory, model: &[u8]) {
    let window = memory.window();
    if window.lim > 0 {
        let len = window.lim + super::TAIL;
        assert!(window.start + len <= model.len());
        #[expect(unsafe_code, reason = "the window is a raw pointer")]
        // SAFETY: the window holds `lim + TAIL` bytes and the memory is not used meanwhile.
        let bytes = unsafe { core::slice::from_raw_parts(window.base, len) };
        assert_eq!(bytes, &model[window.start..window.start + len]);
    }
}

fn range(model: &[u8], addr: u64, len: u64) -> Result<core::ops::Range<usize>, Trap> {
    let end = addr.checked_add(len).ok_or(Trap::MemoryOutOfBounds)?;
    if end > model.len() as u64 {
        return Err(Trap::MemoryOutOfBounds);
    }
    Ok(addr as usize..end as usize)
}

/// Does one random operation on both, and compares results. `full` says that the heap may refuse.
fn step(random: &mut Random, memory: &mut LinearMemory, model: &mut Vec<u8>, full: bool) {
    let (addr, len) = (random.addr(model.len() as u64), random.count());
    let size = 1u32 << random.below(4);
    let mut before = Vec::new();
    if full {
        before.clone_from(model);
    }
    let (got, want) = match random.below(7) {
        0 => {
            let want = range(model, addr, size.into()).map(|r| {
                let mut bytes = [0; 8];
                bytes[..r.len()].copy_from_slice(&model[r]);
                u64::from_le_bytes(bytes)
            });
            let committed = memory.committed();
            assert_eq!(memory.load(addr, size), want);
            assert_eq!(memory.committed(), committed, "a load commits nothing");
            return;
        }
        1 | 2 => {
            let value = random.next();
            let want = range(model, addr, size.into())
                .map(|r| model[r].copy_from_slice(&value.to_le_bytes()[..size as usize]));
            (memory.store(addr, size, value), want)
        }
        3 => {
            let mut got = vec![0xaa; len.min(30_000) as usize];
            let want = range(model, addr, got.len() as u64).map(|r| model[r].to_vec());
            match memory.read(addr, &mut got) {
                Ok(()) => assert_eq!(Ok(got), want),
                Err(trap) => assert_eq!(Err(trap), want),
            }
            return;
        }
        4 => {
            let byte = random.next() as u8 * random.below(2) as u8;
            let bytes: Vec<u8> = (0..len.min(30_000)).map(|i| (i as u8).wrapping_mul(byte)).collect();
            let want = range(model, addr, bytes.len() as u64).map(|r| model[r].copy_from_slice(&bytes));
            (memory.write(addr, &bytes), want)
        }
        5 => {
            let byte = random.next() as u8 * random.below(2) as u8;
            (memory.fill(addr, len, byte), range(model, addr, len).map(|r| model[r].fill(byte)))
        }
        _ => {
            let src = if random.below(2) == 0 {
                random.addr(model.len() as u64)
            } else {
                addr.saturating_add(random.below(100)).saturating_sub(50)
            };
            let want = range(model, src, len)
                .and_then(|from| range(model, addr, len).map(|to| model.copy_within(from, to.start)));
            (memory.copy_within(addr, src, len), want)
        }
    };
    if full && got == Err(Trap::OutOfMemory) && want.is_ok() {
        *model = before;
    } else {
        assert_eq!(got, want);
    }
}

fn check_against_model(page_log2: u8, pages: u32, heap: Option<usize>, seed: u64, steps: u32) {
    let mut random = Random(seed);
    let mut memory = memory(pages, page_log2);
    let mut model = vec![0; memory.byte_len() as usize];
    for i in 0..steps {
        if let Some(heap) = heap {
            memory.windows.heap = Some(random.below(2 * heap as u64) as usize);
        }
        step(&mut random, &mut memory, &mut model, heap.is_some());
        check_window(&memory, &model);
        if i % 64 == 0 {
            let mut all = vec![0xaa; model.len()];
            memory.read(0, &mut all).unwrap();
            assert!(all == model, "contents differ after step {i} of seed {seed}");
        }
        if random.below(100) == 0 && model.len() < 300_000 {
            let delta = random.below(3) as u32;
            assert_eq!(memory.grow(delta).map(u64::from), Some((model.len() as u64) >> page_log2));
            model.resize(memory.byte_len() as usize, 0);
        }
    }
}

#[test]
fn does_what_a_flat_array_does() {
    for seed in 1..SEEDS {
        check_against_model(16, 1, None, seed, STEPS);
        check_against_model(16, 0, None, seed, STEPS);
        check_against_model(0, 0, None, seed, STEPS);
        check_against_model(0, 1 + seed as u32 * 7, None, seed, STEPS);
        check_against_model(0, 100_003, None, seed, STEPS);
    }
}

#[test]
fn changes_nothing_when_the_heap_is_full() {
    for seed in 1..SEEDS {
        check_against_model(16, 2, Some(20_000), seed, STEPS);
        check_against_model(0, 5_000, Some(3_000), seed, STEPS);
    }
}

#[test]
fn costs_what_is_touched() {
    let step = GRANULE as u64;
    let check = |what, touch: &dyn Fn(&mut LinearMemory), budget: u64| {
        let mut memory = memory(32, 16);
        touch(&mut memory);
        let cost = memory.committed() as u64;
        assert!(cost <= budget, "{what}: {cost} bytes, not {budget}");
    };
    check("nothing", &|_| (), 0);
    check("loads", &|m| assert_eq!((m.load(9, 8), m.load(2_000_000, 8)), (Ok(0), Ok(0))), 0);
    check("one byte", &|m| m.store(5_000, 1, 1).unwrap(), step);
    check("zeros", &|m| m.fill(0, 32 * PAGE, 0).and_then(|()| m.write(7, &[0; 99])).unwrap(), 0);
    check("a copy of zeros", &|m| m.copy_within(0, PAGE, PAGE).unwrap(), 0);
    check(
        "a copy of one byte among zeros",
        &|m| m.store(PAGE + 70, 1, 1).and_then(|()| m.copy_within(0, PAGE, PAGE)).unwrap(),
        3 * step,
    );
    check(
        "a Rust module: a stack of 3 KiB that grows down from 1 MiB, and 2 KiB of data above it",
        &|m| {
            m.write(16 * PAGE, &[7; 2048]).unwrap();
            for addr in (16 * PAGE - 3072..16 * PAGE).rev() {
                m.store(addr, 1, 1).unwrap();
            }
        },
        5120 + 5120 / 8 + step,
    );
    check(
        "a C module: 1 KiB of data, a stack of 2 KiB elsewhere, a heap that grows up",
        &|m| {
            m.write(1024, &[7; 1024]).unwrap();
            for i in 0..2048 {
                m.store(60_000 - i, 1, 1).unwrap();
                m.store(70_000 + i, 1, 1).unwrap();
            }
        },
        5120 + 5120 / 8 + 5 * step,
    );
}

#[test]
fn many_places_share_the_windows() {
    let mut memory = memory(4, 16);
    for i in 0..16u64 {
        memory.store(i * 16_000, 4, i + 1).unwrap();
    }
    for i in 0..16u64 {
        assert_eq!(memory.load(i * 16_000, 4), Ok(i + 1));
    }
    assert_eq!(memory.load(8_000, 8), Ok(0));
}

#[test]
fn a_window_that_cannot_move_gets_a_neighbour() {
    let mut memory = memory(1, 16);
    memory.write(0, &[1; 4096]).unwrap();
    let held = memory.committed();
    let seam = held as u64;
    memory.windows.heap = Some(held + 600);
    assert_eq!(memory.write(seam, &[1; 1000]), Err(Trap::OutOfMemory));
    assert_eq!(memory.committed(), held);
    memory.store(seam - 2, 8, u64::MAX).unwrap();
    assert_eq!(memory.load(seam - 2, 8), Ok(u64::MAX));
    assert_eq!(memory.committed() as u64, seam + GRANULE as u64);
    memory.windows.heap = None;
    memory.store(seam + GRANULE as u64, 1, 1).unwrap();
    assert_eq!(memory.window().start, 0, "they join when there is room");
}

#[test]
fn reaches_the_end_of_the_address_space() {
    let mut memory = memory(65536, 16);
    assert_eq!(memory.byte_len(), 1 << 32);
    memory.store((1 << 32) - 8, 8, u64::MAX).unwrap();
    assert_eq!(memory.load((1 << 32) - 1, 1), Ok(0xff));
    for (addr, size) in [((1 << 32) - 7, 8), (1 << 32, 1), (u64::MAX, 1), (u64::MAX - 6, 8)] {
        assert_eq!(memory.load(addr, size), Err(Trap::MemoryOutOfBounds));
        assert_eq!(memory.store(addr, size, 1), Err(Trap::MemoryOutOfBounds));
    }
    assert_eq!(memory.grow(0), Some(65536));
    assert_eq!(memory.grow(1), None);
    assert!(memory.committed() <= 4096);
}

#[test]
fn the_fast_path_reaches_the_window_until_the_last_seven_bytes() {
    let check = |len: u32, touch: u64, lim: usize| {
        let mut memory = memory(len, 0);
        memory.store(touch, 1, 1).unwrap();
        assert_eq!(memory.window().lim, lim, "memory of {len} bytes");
    };
    check(1, 0, 0);
    check(7, 3, 0);
    check(8, 7, 1);
    check(20, 19, 13);
    assert_eq!(memory(1, 16).window().lim, 0);
}

#[test]
fn grows_as_far_as_its_limits() {
    let check = |min, max, page_log2, cap, delta, want| {
        let ty = MemoryType { min, max, page_log2 };
        let mut memory = LinearMemory::new(ty, cap).unwrap();
        assert_eq!(memory.ty(), ty);
        assert_eq!(memory.grow(delta), want, "{ty:?} cap {cap} delta {delta}");
        assert_eq!(memory.pages(), if want.is_some() { min + delta } else { min });
        assert_eq!(memory.committed(), 0);
    };
    check(1, None, 16, u64::MAX, 3, Some(1));
    check(1, Some(2), 16, u64::MAX, 1, Some(1));
    check(1, Some(2), 16, u64::MAX, 2, None);
    check(1, None, 16, 3 * PAGE, 2, Some(1));
    check(1, None, 16, 3 * PAGE, 3, None);
    check(1, None, 16, u64::MAX, u32::MAX, None);
    check(1, None, 16, u64::MAX, 65535, Some(1));
    check(1, None, 16, u64::MAX, 65536, None);
    check(5, None, 0, u64::MAX, u32::MAX - 5, Some(5));
    check(5, None, 0, u64::MAX, u32::MAX - 4, None);
    check(0, Some(0), 16, u64::MAX, 0, Some(0));

    let ty = MemoryType { min: 4, max: None, page_log2: 16 };
    let refused = Err(Error::Limit(Reason::MEMORY_BYTES));
    assert_eq!(LinearMemory::new(ty, 4 * PAGE).map(|m| m.pages()), Ok(4));
    assert_eq!(LinearMemory::new(ty, 4 * PAGE - 1).map(|m| m.pages()), refused);
    let ty = MemoryType { min: 65537, ..ty };
    assert_eq!(LinearMemory::new(ty, u64::MAX).map(|m| m.pages()), refused);
}
