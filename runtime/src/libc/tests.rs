//! The library over a memory and a console of the test's own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod console;
mod heap;
mod place;
mod printf;
mod rows;
mod string;
mod table;
mod time;

use alloc::vec::Vec;

use super::{Env, LibcState};
use crate::Trap;
use crate::host::{Failed, HostError};
use crate::memory::{LinearMemory, MemoryType};

/// Where the tests' heap lies.
const HEAP: core::ops::Range<u32> = 8192..32768;

/// A guest of one page: what it would touch is set by the test.
struct World {
    memory: LinearMemory,
    state: LibcState,
    screen: Vec<u8>,
    /// How many bytes the console takes before it is full.
    room: usize,
    /// What the clock shows, microseconds; without it, it has to be asked for.
    now: Option<u64>,
    /// Why the last function that did not return has failed.
    why: Option<HostError>,
}

impl World {
    fn new() -> Self {
        let ty = MemoryType { min: 1, max: None, page_log2: 16 };
        let memory = LinearMemory::new(ty, u64::MAX).unwrap();
        let state = LibcState::new(HEAP);
        Self { memory, state, screen: Vec::new(), room: usize::MAX, now: None, why: None }
    }

    /// What a function gives, or why it does not return.
    fn call<R>(&mut self, call: impl FnOnce(&mut Self) -> Result<R, Failed>) -> Result<R, HostError> {
        self.why = None;
        call(self).map_err(|_| self.why.unwrap())
    }

    fn keep<R>(&mut self, result: Result<R, Trap>) -> Result<R, Failed> {
        result.map_err(|trap| self.fail(trap))
    }

    /// Writes a string with its zero byte, and gives its address.
    fn string(&mut self, addr: u32, text: &[u8]) -> u32 {
        self.memory.write(addr.into(), text).unwrap();
        self.memory.write(u64::from(addr) + text.len() as u64, &[0]).unwrap();
        addr
    }

    fn bytes(&self, addr: u32, len: usize) -> Vec<u8> {
        let mut bytes = alloc::vec![0; len];
        self.memory.read(addr.into(), &mut bytes).unwrap();
        bytes
    }

    fn word(&self, addr: u32) -> u32 {
        u32::from_le_bytes(self.bytes(addr, 4).try_into().unwrap())
    }
}

impl Env for World {
    fn fail(&mut self, why: impl Into<HostError>) -> Failed {
        self.why = Some(why.into());
        Failed(())
    }

    fn why(&self) -> HostError {
        self.why.unwrap()
    }

    fn read(&mut self, addr: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let result = self.memory.read(addr.into(), buf);
        self.keep(result)
    }

    fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Failed> {
        let result = self.memory.write(addr.into(), bytes);
        self.keep(result)
    }

    fn fill(&mut self, addr: u32, len: u32, byte: u8) -> Result<(), Failed> {
        let result = self.memory.fill(addr.into(), len.into(), byte);
        self.keep(result)
    }

    fn copy(&mut self, dst: u32, src: u32, len: u32) -> Result<(), Failed> {
        let result = self.memory.copy_within(dst.into(), src.into(), len.into());
        self.keep(result)
    }

    fn zeros(&mut self, addr: u32) -> u32 {
        self.memory.zeros(addr.into()).try_into().unwrap_or(u32::MAX)
    }

    fn byte_len(&mut self) -> u32 {
        self.memory.byte_len().try_into().unwrap_or(u32::MAX)
    }

    fn place_heap(&mut self, size: u32) -> core::ops::Range<u32> {
        HEAP.start..HEAP.start + size
    }

    fn libc(&mut self) -> &mut LibcState {
        &mut self.state
    }

    fn console(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.room);
        self.screen.extend_from_slice(&bytes[..taken]);
        self.room -= taken;
        taken
    }

    fn micros(&mut self) -> Result<u64, Failed> {
        self.now.ok_or_else(|| self.fail(HostError::Suspend))
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
        self.next() % bound
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}
