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

/// Writes the header of a block: its size, with the header, and `USED` if it is.
fn put_header(env: &mut impl Env, addr: u32, word: u32) -> Result<(), Failed> {
    let header = u64::from(word) | u64::from(word ^ addr ^ CHECK) << 32;
    env.write(addr, &header.to_le_bytes())
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

    /// Reads and checks the header of the block at an address, and gives its size, with `USED` if it is; `otherwise` is
    /// the trap where there is none. A block ends at or below `top`, so that no address in it wraps.
    fn header(&self, env: &mut impl Env, addr: u32, otherwise: Trap) -> Result<u32, Failed> {
        let mut header = [0; HEADER as usize];
        env.read(addr, &mut header)?;
        let header = u64::from_le_bytes(header);
        let word = header as u32;
        let size = word & !USED;
        let fits = size >= MIN_BLOCK && size <= self.top.saturating_sub(addr);
        if (header >> 32) as u32 != word ^ addr ^ CHECK || !fits || !size.is_multiple_of(HEADER) {
            return Err(env.fail(otherwise));
        }
        Ok(word)
    }

    /// The size of the used block at an address, which the guest got from `malloc`, as it says.
    fn used_size(&self, env: &mut impl Env, addr: u32) -> Result<u32, Failed> {
        if addr >= self.start && addr < self.top && addr.is_multiple_of(HEADER) {
            let word = self.header(env, addr, NOT_ALLOCATED)?;
            if word & USED != 0 {
                return Ok(word & !USED);
            }
        }
        Err(env.fail(NOT_ALLOCATED))
    }

    /// The size of a block with the free blocks after it.
    fn size_joined(&self, env: &mut impl Env, addr: u32, mut size: u32) -> Result<u32, Failed> {
        while addr.wrapping_add(size) < self.top {
            let next = self.header(env, addr.wrapping_add(size), CORRUPT)?;
            if next & USED != 0 {
                break;
            }
            size = size.wrapping_add(next);
        }
        Ok(size)
    }

    /// Makes a block a used one of `need` bytes, and what is left of it a free one; gives the used one's end.
    fn place(&mut self, env: &mut impl Env, addr: u32, mut size: u32, need: u32) -> Result<u32, Failed> {
        let old_end = addr.wrapping_add(size);
        if old_end == self.top {
            size = need;
        } else if let rest @ MIN_BLOCK.. = size.wrapping_sub(need) {
            // The rest first: when its header cannot be committed, the chain is as it was.
            put_header(env, addr.wrapping_add(need), rest)?;
            size = need;
        }
        put_header(env, addr, size | USED)?;
        let end = addr.wrapping_add(size);
        if old_end == self.top {
            self.top = end;
        }
        // The hint may have been a block that is now part of this one, or be above the rest.
        if self.hint > addr {
            self.hint = if self.hint <= old_end { end } else { self.hint.min(end) };
        }
        Ok(end)
    }

    /// Whether a block at `addr` may have `need` bytes when nothing lies above it.
    fn has_room(&self, env: &mut impl Env, addr: u32, need: u32) -> bool {
        need <= self.end.min(env.byte_len()).saturating_sub(addr)
    }

    fn allocate(&mut self, env: &mut impl Env, need: u32) -> Result<u32, Failed> {
        // The lowest free block that was seen; above all when there is none.
        let mut free = u32::MAX;
        let mut at = self.hint;
        while at < self.top {
            let word = self.header(env, at, CORRUPT)?;
            let mut size = word & !USED;
            if word & USED == 0 {
                size = self.size_joined(env, at, size)?;
                if at.wrapping_add(size) == self.top {
                    self.top = at;
                    break;
                }
                if size >= need {
                    let end = self.place(env, at, size, need)?;
                    self.hint = free.min(end);
                    return Ok(at.wrapping_add(HEADER));
                }
                if size != word {
                    put_header(env, at, size)?;
                }
                free = free.min(at);
            }
            at = at.wrapping_add(size);
        }
        let addr = self.top;
        self.hint = free.min(addr);
        if !self.has_room(env, addr, need) {
            return Ok(0);
        }
        put_header(env, addr, need | USED)?;
        self.top = addr.wrapping_add(need);
        self.hint = free.min(self.top);
        Ok(addr.wrapping_add(HEADER))
    }

    fn release(&mut self, env: &mut impl Env, addr: u32, size: u32) -> Result<(), Failed> {
        if addr.wrapping_add(size) == self.top {
            self.top = addr;
        } else {
            put_header(env, addr, size)?;
        }
        self.hint = self.hint.min(addr);
        Ok(())
    }

    /// Makes the block of a pointer one of `need` bytes, here or elsewhere, or releases it when `need` is 0.
    fn resize(&mut self, env: &mut impl Env, ptr: u32, need: u32) -> Result<u32, Failed> {
        let addr = ptr.wrapping_sub(HEADER);
        let old = self.used_size(env, addr)?;
        if need == 0 {
            self.release(env, addr, old)?;
            return Ok(0);
        }
        let mut size = old;
        if size < need {
            size = self.size_joined(env, addr, size)?;
        }
        let last = addr.wrapping_add(size) == self.top;
        if size >= need || last && self.has_room(env, addr, need) {
            self.place(env, addr, size, need)?;
            return Ok(ptr);
        }
        let new = self.allocate(env, need)?;
        if new != 0 {
            if let Err(failed) = env.copy(new, ptr, old.wrapping_sub(HEADER)) {
                let addr = new.wrapping_sub(HEADER);
                let size = self.used_size(env, addr)?;
                self.release(env, addr, size)?;
                return Err(failed);
            }
            self.release(env, addr, old)?;
        }
        Ok(new)
    }
}

/// The size of the block for a payload, or `None` when no heap is so large.
fn block_size(payload: u32) -> Option<u32> {
    let size = payload.checked_add(HEADER + HEADER - 1)? & !(HEADER - 1);
    Some(size.max(MIN_BLOCK))
}

/// Gives a block of `need` bytes for a pointer's, for none when it is null, or releases the pointer's when `need` is 0.
/// The heap's bounds are kept when that succeeds. A header for which there is no RAM is an allocation that fails, not a
/// trap.
fn change(env: &mut impl Env, ptr: u32, need: u32) -> Result<u32, Failed> {
    if let Some(size) = env.libc().unplaced.take() {
        env.libc().heap = Heap::new(env.place_heap(size));
    }
    let mut heap = env.libc().heap;
    let changed = if ptr == 0 { heap.allocate(env, need) } else { heap.resize(env, ptr, need) };
    match changed {
        Ok(_) => env.libc().heap = heap,
        Err(_) if matches!(env.why(), HostError::Trap(Trap::OutOfMemory)) => return Ok(0),
        Err(_) => {}
    }
    changed
}

pub(super) fn malloc(env: &mut impl Env, size: u32) -> Result<u32, Failed> {
    let Some(need) = block_size(size) else { return Ok(0) };
    change(env, 0, need)
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
    if size == 0 && ptr != 0 {
        return free(env, ptr);
    }
    let Some(need) = block_size(size) else { return Ok(0) };
    change(env, ptr, need)
}

pub(super) fn free(env: &mut impl Env, ptr: u32) -> Result<u32, Failed> {
    if ptr == 0 { Ok(0) } else { change(env, ptr, 0) }
}
