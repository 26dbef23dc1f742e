//! The guest's memory as the library sees it, and reading it byte by byte.

use super::Env;
use crate::Trap;
use crate::memory::LinearMemory;

/// How many bytes a [`Bytes`] fetches at a time.
const FETCH: usize = 16;

/// A guest's linear memory. Every method checks its range first and traps without changing anything.
pub(crate) trait GuestMemory {
    /// Reads `buf.len()` bytes.
    fn read(&self, addr: u32, buf: &mut [u8]) -> Result<(), Trap>;
    /// Writes bytes.
    fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Trap>;
    /// Sets `len` bytes.
    fn fill(&mut self, addr: u32, len: u32, byte: u8) -> Result<(), Trap>;
    /// Copies `len` bytes, as `memmove`.
    fn copy(&mut self, dst: u32, src: u32, len: u32) -> Result<(), Trap>;
    /// The size in bytes.
    fn byte_len(&self) -> u64;
}

impl GuestMemory for LinearMemory {
    fn read(&self, addr: u32, buf: &mut [u8]) -> Result<(), Trap> {
        Self::read(self, addr.into(), buf)
    }

    fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Trap> {
        Self::write(self, addr.into(), bytes)
    }

    fn fill(&mut self, addr: u32, len: u32, byte: u8) -> Result<(), Trap> {
        Self::fill(self, addr.into(), len.into(), byte)
    }

    fn copy(&mut self, dst: u32, src: u32, len: u32) -> Result<(), Trap> {
        self.copy_within(dst.into(), src.into(), len.into())
    }

    fn byte_len(&self) -> u64 {
        Self::byte_len(self)
    }
}

impl<M: GuestMemory + ?Sized> GuestMemory for &mut M {
    fn read(&self, addr: u32, buf: &mut [u8]) -> Result<(), Trap> {
        (**self).read(addr, buf)
    }

    fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Trap> {
        (**self).write(addr, bytes)
    }

    fn fill(&mut self, addr: u32, len: u32, byte: u8) -> Result<(), Trap> {
        (**self).fill(addr, len, byte)
    }

    fn copy(&mut self, dst: u32, src: u32, len: u32) -> Result<(), Trap> {
        (**self).copy(dst, src, len)
    }

    fn byte_len(&self) -> u64 {
        (**self).byte_len()
    }
}

/// The address `by` bytes further, or a trap where there is none.
pub(super) fn advance(addr: u32, by: u32) -> Result<u32, Trap> {
    addr.checked_add(by).ok_or(Trap::MemoryOutOfBounds)
}

/// The bytes from an address on, fetched some at a time.
pub(super) struct Bytes {
    /// The address of the next byte; it may be the end of the address space.
    addr: u64,
    buf: [u8; FETCH],
    /// How many of the bytes at the end of `buf` are still to be given.
    left: usize,
}

impl Bytes {
    pub(super) fn new(addr: u32) -> Self {
        Self { addr: addr.into(), buf: [0; FETCH], left: 0 }
    }

    /// The next byte, or a trap at the end of the memory.
    pub(super) fn next(&mut self, env: &mut dyn Env) -> Result<u8, Trap> {
        if self.left == 0 {
            let room = env.byte_len().saturating_sub(self.addr).min(FETCH as u64) as usize;
            let at = u32::try_from(self.addr).map_err(|_| Trap::MemoryOutOfBounds)?;
            if room == 0 {
                return Err(Trap::MemoryOutOfBounds);
            }
            env.read(at, self.buf.get_mut(FETCH.saturating_sub(room)..).unwrap_or_default())?;
            self.left = room;
        }
        let byte = self.buf.get(FETCH.saturating_sub(self.left)).copied().unwrap_or(0);
        self.left = self.left.saturating_sub(1);
        self.addr = self.addr.saturating_add(1);
        Ok(byte)
    }
}

/// The bytes before the first zero byte, up to `max` of them: `strnlen`.
pub(super) fn len_up_to(env: &mut dyn Env, addr: u32, max: u32) -> Result<u32, Trap> {
    let mut bytes = Bytes::new(addr);
    for len in 0..max {
        if bytes.next(env)? == 0 {
            return Ok(len);
        }
    }
    Ok(max)
}
