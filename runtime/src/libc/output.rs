//! Output to the console or to a string, and the calls that make it.
//!
//! The console may take fewer bytes than it is given. Then the call is suspended, and made again from its
//! start when there is room: `LibcState` counts what the console has taken of it, and the repeated call
//! skips that many bytes.

use super::Env;
use super::format;
use super::guest::Bytes;
use crate::host::{Failed, HostError};

/// Bytes that are gathered before they are delivered.
const CHUNK: usize = 32;
/// The status of a call that has made more output than an `int` counts.
const FAILED: u32 = u32::MAX;

/// Where output goes.
enum Target {
    Console,
    /// Bytes of the guest's memory; what does not fit is only counted.
    String {
        addr: u32,
        room: u32,
    },
}

/// Output in the making.
pub(crate) struct Out {
    target: Target,
    /// Bytes delivered, and those that did not fit; it stays at what is far beyond an `int`.
    done: u32,
    buf: [u8; CHUNK],
    held: usize,
}

impl Out {
    const fn new(target: Target) -> Self {
        Self { target, done: 0, buf: [0; CHUNK], held: 0 }
    }

    /// Puts one byte.
    pub(super) fn put(&mut self, env: &mut impl Env, byte: u8) -> Result<(), Failed> {
        if self.held >= CHUNK {
            self.flush(env)?;
        }
        if let Some(place) = self.buf.get_mut(self.held) {
            *place = byte;
            self.held = self.held.wrapping_add(1);
        }
        Ok(())
    }

    /// Puts some bytes.
    pub(super) fn put_all(&mut self, env: &mut impl Env, bytes: &[u8]) -> Result<(), Failed> {
        bytes.iter().try_for_each(|&byte| self.put(env, byte))
    }

    /// Of the next `most` bytes, passes over those that the console has taken, and gives how many these are.
    /// Without it, a long text would be gone through anew for each part that the console takes.
    pub(super) fn skip(&mut self, env: &mut impl Env, most: u32) -> Result<u32, Failed> {
        if !matches!(self.target, Target::Console) || env.libc().emitted <= self.count() {
            return Ok(0);
        }
        self.flush(env)?;
        let skipped = env.libc().emitted.saturating_sub(self.done).min(most);
        self.done = self.done.saturating_add(skipped);
        Ok(skipped)
    }

    /// Puts bytes of the guest's memory.
    pub(crate) fn copy(&mut self, env: &mut impl Env, addr: u32, len: u32) -> Result<(), Failed> {
        let skipped = self.skip(env, len)?;
        let mut bytes = Bytes::new(addr.wrapping_add(skipped));
        for _ in skipped..len {
            let byte = bytes.next(env)?;
            self.put(env, byte)?;
        }
        Ok(())
    }

    /// Puts a byte many times. What is not delivered takes no time.
    pub(super) fn pad(&mut self, env: &mut impl Env, byte: u8, count: u32) -> Result<(), Failed> {
        if !matches!(self.target, Target::Console) {
            self.flush(env)?;
        }
        if let Target::String { addr, room } = &mut self.target {
            let fits = count.min(*room);
            if fits > 0 {
                env.fill(*addr, fits, byte)?;
            }
            *addr = addr.wrapping_add(fits);
            *room = room.wrapping_sub(fits);
            self.done = self.done.saturating_add(count);
            return Ok(());
        }
        for _ in self.skip(env, count)?..count {
            self.put(env, byte)?;
        }
        Ok(())
    }

    /// The number of bytes so far.
    pub(super) fn count(&self) -> u32 {
        self.done.saturating_add(self.held as u32)
    }

    /// Delivers what was gathered.
    fn flush(&mut self, env: &mut impl Env) -> Result<(), Failed> {
        let bytes = self.buf.get(..self.held).unwrap_or_default();
        match &mut self.target {
            Target::Console => {
                let emitted = env.libc().emitted;
                let skip = emitted.saturating_sub(self.done) as usize;
                let fresh = bytes.get(skip..).unwrap_or_default();
                if !fresh.is_empty() {
                    let taken = env.console(fresh).min(fresh.len());
                    env.libc().emitted = emitted.saturating_add(taken as u32);
                    if taken < fresh.len() {
                        return Err(env.fail(HostError::Suspend));
                    }
                }
            }
            Target::String { addr, room } => {
                let fits = bytes.len().min(*room as usize);
                if let Some(fitting) = bytes.get(..fits).filter(|fitting| !fitting.is_empty()) {
                    env.write(*addr, fitting)?;
                }
                *addr = addr.wrapping_add(fits as u32);
                *room = room.wrapping_sub(fits as u32);
            }
        }
        self.done = self.done.saturating_add(bytes.len() as u32);
        self.held = 0;
        Ok(())
    }
}

/// Runs a call that writes to the console, and gives the number of bytes.
pub(crate) fn to_console<E: Env>(
    env: &mut E,
    call: impl FnOnce(&mut E, &mut Out) -> Result<(), Failed>,
) -> Result<u32, Failed> {
    let mut out = Out::new(Target::Console);
    let result = call(env, &mut out).and_then(|()| out.flush(env));
    if result.is_ok() || !matches!(env.why(), HostError::Suspend) {
        env.libc().emitted = 0;
    }
    result?;
    Ok(int(out.count()))
}

/// A count as C's functions give it.
fn int(count: u32) -> u32 {
    if count > i32::MAX as u32 { FAILED } else { count }
}

pub(super) fn printf(env: &mut impl Env, format: u32, args: u32) -> Result<u32, Failed> {
    to_console(env, |env, out| format::format(env, out, format, args))
}

pub(super) fn puts(env: &mut impl Env, s: u32) -> Result<u32, Failed> {
    to_console(env, |env, out| {
        let skipped = out.skip(env, u32::MAX)?;
        let mut bytes = Bytes::new(s.wrapping_add(skipped));
        loop {
            match bytes.next(env)? {
                0 => return out.put(env, b'\n'),
                byte => out.put(env, byte)?,
            }
        }
    })
}

pub(super) fn putchar(env: &mut impl Env, c: u32) -> Result<u32, Failed> {
    to_console(env, |env, out| out.put(env, c as u8))?;
    Ok(c & 0xff)
}

pub(super) fn snprintf(
    env: &mut impl Env,
    buf: u32,
    size: u32,
    format: u32,
    args: u32,
) -> Result<u32, Failed> {
    let room = size.saturating_sub(1);
    let mut out = Out::new(Target::String { addr: buf, room });
    format::format(env, &mut out, format, args)?;
    out.flush(env)?;
    if size > 0 {
        let len = out.count().min(room);
        env.write(buf.saturating_add(len), &[0])?;
    }
    Ok(int(out.count()))
}

pub(super) fn sprintf(env: &mut impl Env, buf: u32, format: u32, args: u32) -> Result<u32, Failed> {
    // Output beyond the end of the memory traps.
    snprintf(env, buf, u32::MAX, format, args)
}
