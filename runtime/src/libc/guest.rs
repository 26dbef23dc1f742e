//! Reading the guest's memory byte by byte.

use super::Env;
use crate::Trap;
use crate::host::Failed;

/// How many bytes a [`Bytes`] fetches at a time.
const FETCH: usize = 16;

/// The bytes from an address on, fetched some at a time.
#[derive(Clone)]
pub(super) struct Bytes {
    /// The address of the next byte.
    addr: u32,
    buf: [u8; FETCH],
    /// How many of the bytes at the end of `buf` are still to be given.
    left: usize,
}

impl Bytes {
    pub(super) fn new(addr: u32) -> Self {
        Self { addr, buf: [0; FETCH], left: 0 }
    }

    /// Passes over at most `max` zeros that were never written, and gives how many these are. Their number is
    /// bounded by nothing, so they are not gone through.
    pub(super) fn skip_zeros(&mut self, env: &mut impl Env, max: u32) -> u32 {
        if self.left > 0 {
            return 0;
        }
        let zeros = env.zeros(self.addr).min(max);
        self.addr = self.addr.saturating_add(zeros);
        zeros
    }

    /// The next byte, or a trap at the end of the memory.
    pub(super) fn next(&mut self, env: &mut impl Env) -> Result<u8, Failed> {
        if self.left == 0 {
            let room = FETCH.min(env.byte_len().saturating_sub(self.addr) as usize);
            if room == 0 {
                return Err(env.fail(Trap::MemoryOutOfBounds));
            }
            env.read(self.addr, self.buf.get_mut(FETCH.wrapping_sub(room)..).unwrap_or_default())?;
            self.left = room;
        }
        let byte = self.buf.get(FETCH.wrapping_sub(self.left)).copied().unwrap_or(0);
        self.left = self.left.wrapping_sub(1);
        self.addr = self.addr.wrapping_add(1);
        Ok(byte)
    }

    /// The address of the byte that was given last.
    pub(super) fn last(&self) -> u32 {
        self.addr.wrapping_sub(1)
    }
}

/// A text that is looked at byte by byte.
pub(super) struct Reader {
    bytes: Bytes,
    /// The byte to look at.
    pub(super) byte: u8,
}

impl Reader {
    /// Looks at nothing yet; `advance` goes on to the byte of the address.
    pub(super) fn new(addr: u32) -> Self {
        Self { bytes: Bytes::new(addr), byte: 0 }
    }

    /// The address of the byte to look at.
    pub(super) fn addr(&self) -> u32 {
        self.bytes.last()
    }

    /// Goes on to the next byte.
    #[inline(never)]
    pub(super) fn advance(&mut self, env: &mut impl Env) -> Result<(), Failed> {
        self.byte = self.bytes.next(env)?;
        Ok(())
    }
}

/// The bytes before the first zero byte, up to `max` of them: `strnlen`.
pub(super) fn len_up_to(env: &mut impl Env, addr: u32, max: u32) -> Result<u32, Failed> {
    let mut bytes = Bytes::new(addr);
    for len in 0..max {
        if bytes.next(env)? == 0 {
            return Ok(len);
        }
    }
    Ok(max)
}
