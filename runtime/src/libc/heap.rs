//! `malloc`: first fit in a range of the guest's linear memory.
//!
//! The heap is a chain of blocks from its start to `top`; above `top` all is free and untouched. A block is
//! an 8-byte header and its payload. The header holds the block's size with the "used" bit, and the same
//! word mixed with the block's address, so that an overrun, a stray pointer or a double free is found and
//! trapped. Only headers are written, so a large allocation costs the RAM that the guest then touches.
//!
//! Free neighbours are joined when `malloc` walks over them. `hint` lies at or below the lowest free block,
//! so a program that only allocates never walks. The walk is bounded: each block is at least 16 bytes long
//! and ends at or below `top`, or the heap is corrupt, which is the guest's doing and traps.

use core::ops::Range;

use super::Env;
use crate::Trap;
use crate::host::{Failed, HostError};

/// Bytes of a block's header, and the alignment of blocks and payloads.
const HEADER: u32 = 8;
/// The smallest block, in bytes.
const MIN_BLOCK: u32 = 16;
/// The header's bit that tells a used block.
const USED: u32 = 1;
/// Makes a header's second word unlikely to arise by chance.
pub(super) const CHECK: u32 = 0x5741_534d;

const CORRUPT: Trap = Trap::Host(&"heap corrupt: a block's header was overwritten");
const NOT_ALLOCATED: Trap = Trap::Host(&"free or realloc of a pointer that malloc did not give");

/// The bounds of a heap. All are multiples of 8, and `start <= hint <= top <= end`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heap {
    start: u32,
    end: u32,
    /// The end of the last block.
    top: u32,
    /// A block's start, or `top`; every block below it is used.
    hint: u32,
}

/// A block whose header was read and checked.
#[derive(Clone, Copy)]
struct Block {
    addr: u32,
    /// With the header, in bytes.
    size: u32,
    used: bool,
}

impl Block {
    /// No block's end wraps: it is at or below the heap's.
    fn end(&self) -> u32 {
        self.addr.wrapping_add(self.size)
    }

    fn payload(&self) -> u32 {
        self.addr.wrapping_add(HEADER)
    }

    fn write(&self, env: &mut impl Env) -> Result<(), Failed> {
        let word = self.size | if self.used { USED } else { 0 };
        let header = u64::from(word) | u64::from(word ^ self.addr ^ CHECK) << 32;
        env.write(self.addr, &header.to_le_bytes())
    }
}

impl Heap {
    /// An empty heap in a range of addresses.
    pub(super) const fn new(range: Range<u32>) -> Self {
        let start = match range.start.checked_add(HEADER - 1) {
            Some(start) => start & !(HEADER - 1),
            None => !(HEADER - 1),
        };
        let end = range.end & !(HEADER - 1);
        Self { start, end: if end > start { end } else { start }, top: start, hint: start }
    }

    /// Reads and checks the header of the block at an address; `otherwise` is the trap where there is none.
    fn block(&self, env: &mut impl Env, addr: u32, otherwise: Trap) -> Result<Block, Failed> {
        let mut header = [0; HEADER as usize];
        env.read(addr, &mut header)?;
        let header = u64::from_le_bytes(header);
        let word = header as u32;
        let size = word & !USED;
        let fits = size >= MIN_BLOCK && size <= self.top.saturating_sub(addr);
        if (header >> 32) as u32 != word ^ addr ^ CHECK || !fits || !size.is_multiple_of(HEADER) {
            return Err(env.fail(otherwise));
        }
        Ok(Block { addr, size, used: word & USED != 0 })
    }

    /// The used block of a pointer that the guest got from `malloc`, as it says.
    fn block_of(&self, env: &mut impl Env, ptr: u32) -> Result<Block, Failed> {
        let addr = ptr.wrapping_sub(HEADER);
        if addr < self.start || addr >= self.top || !addr.is_multiple_of(HEADER) {
            return Err(env.fail(NOT_ALLOCATED));
        }
        match self.block(env, addr, NOT_ALLOCATED)? {
            block if block.used => Ok(block),
            _ => Err(env.fail(NOT_ALLOCATED)),
        }
    }

    /// Adds the free blocks after a block to its size.
    fn join_following(&self, env: &mut impl Env, block: &mut Block) -> Result<(), Failed> {
        while block.end() < self.top {
            let next = self.block(env, block.end(), CORRUPT)?;
            if next.used {
                break;
            }
            block.size = block.size.wrapping_add(next.size);
        }
        Ok(())
    }

    /// Makes a block a used one of `need` bytes, and what is left of it a free one.
    fn place(&mut self, env: &mut impl Env, mut block: Block, need: u32) -> Result<Block, Failed> {
        let end = block.end();
        block.used = true;
        if end == self.top {
            block.size = need;
            block.write(env)?;
            self.top = block.end();
        } else if let rest @ MIN_BLOCK.. = block.size.wrapping_sub(need) {
            block.size = need;
            // The rest first: when its header cannot be committed, the chain is as it was.
            Block { addr: block.end(), size: rest, used: false }.write(env)?;
            block.write(env)?;
        } else {
            block.write(env)?;
        }
        // The hint may have been a block that is now part of this one, or be above the rest.
        if self.hint > block.addr {
            self.hint = if self.hint <= end { block.end() } else { self.hint.min(block.end()) };
        }
        Ok(block)
    }

    /// Whether a block at `addr` may have `need` bytes when nothing lies above it.
    fn has_room(&self, env: &mut impl Env, addr: u32, need: u32) -> bool {
        need <= self.end.min(env.byte_len()).saturating_sub(addr)
    }

    fn allocate(&mut self, env: &mut impl Env, need: u32) -> Result<u32, Failed> {
        let mut lowest_free = None;
        let mut at = self.hint;
        while at < self.top {
            let mut block = self.block(env, at, CORRUPT)?;
            if !block.used {
                let size = block.size;
                self.join_following(env, &mut block)?;
                if block.end() == self.top {
                    self.top = at;
                    break;
                }
                if block.size >= need {
                    let placed = self.place(env, block, need)?;
                    self.hint = lowest_free.unwrap_or(placed.end());
                    return Ok(placed.payload());
                }
                if block.size != size {
                    block.write(env)?;
                }
                lowest_free = lowest_free.or(Some(at));
            }
            at = block.end();
        }
        self.hint = lowest_free.unwrap_or(self.top);
        if !self.has_room(env, self.top, need) {
            return Ok(0);
        }
        let block = Block { addr: self.top, size: need, used: true };
        block.write(env)?;
        self.top = block.end();
        self.hint = lowest_free.unwrap_or(self.top);
        Ok(block.payload())
    }

    fn release(&mut self, env: &mut impl Env, mut block: Block) -> Result<(), Failed> {
        block.used = false;
        if block.end() == self.top {
            self.top = block.addr;
        } else {
            block.write(env)?;
        }
        self.hint = self.hint.min(block.addr);
        Ok(())
    }

    fn resize(&mut self, env: &mut impl Env, ptr: u32, need: u32) -> Result<u32, Failed> {
        let old = self.block_of(env, ptr)?;
        let mut block = old;
        if block.size < need {
            self.join_following(env, &mut block)?;
        }
        if block.end() == self.top && self.has_room(env, block.addr, need) {
            self.place(env, block, need)?;
            return Ok(ptr);
        }
        if block.size >= need {
            self.place(env, block, need)?;
            return Ok(ptr);
        }
        let new = self.allocate(env, need)?;
        if new != 0 {
            if let Err(failed) = env.copy(new, ptr, old.size.wrapping_sub(HEADER)) {
                let new = self.block_of(env, new)?;
                self.release(env, new)?;
                return Err(failed);
            }
            self.release(env, old)?;
        }
        Ok(new)
    }
}

/// The size of the block for a payload, or `None` when no heap is so large.
fn block_size(payload: u32) -> Option<u32> {
    let size = payload.checked_add(HEADER + HEADER - 1)? & !(HEADER - 1);
    Some(size.max(MIN_BLOCK))
}

/// Runs an operation on the heap's bounds, and keeps them when it succeeds. A header for which there is no
/// RAM is an allocation that fails, not a trap.
fn with_heap<E: Env>(
    env: &mut E,
    operation: impl FnOnce(&mut Heap, &mut E) -> Result<u32, Failed>,
) -> Result<u32, Failed> {
    if let Some(size) = env.libc().unplaced.take() {
        env.libc().heap = Heap::new(env.place_heap(size));
    }
    let mut heap = env.libc().heap;
    match operation(&mut heap, env) {
        Ok(ptr) => {
            env.libc().heap = heap;
            Ok(ptr)
        }
        Err(_) if matches!(env.why(), HostError::Trap(Trap::OutOfMemory)) => Ok(0),
        failed => failed,
    }
}

pub(super) fn malloc(env: &mut impl Env, size: u32) -> Result<u32, Failed> {
    let Some(need) = block_size(size) else { return Ok(0) };
    with_heap(env, |heap, env| heap.allocate(env, need))
}

pub(super) fn calloc(env: &mut impl Env, count: u32, size: u32) -> Result<u32, Failed> {
    let Some(size) = count.checked_mul(size) else { return Ok(0) };
    let ptr = malloc(env, size)?;
    if ptr != 0 {
        env.fill(ptr, size, 0)?;
    }
    Ok(ptr)
}

pub(super) fn realloc(env: &mut impl Env, ptr: u32, size: u32) -> Result<u32, Failed> {
    if ptr == 0 {
        return malloc(env, size);
    }
    if size == 0 {
        return free(env, ptr);
    }
    let Some(need) = block_size(size) else { return Ok(0) };
    with_heap(env, |heap, env| heap.resize(env, ptr, need))
}

pub(super) fn free(env: &mut impl Env, ptr: u32) -> Result<u32, Failed> {
    if ptr == 0 {
        return Ok(0);
    }
    let mut heap = env.libc().heap;
    let block = heap.block_of(env, ptr)?;
    heap.release(env, block)?;
    env.libc().heap = heap;
    Ok(0)
}
