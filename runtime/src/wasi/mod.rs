//! WASI preview 1 (`wasi_snapshot_preview1`), as much of it as a program at a console needs, so that plain programs
//! for `wasm32-wasip1` start: standard streams, arguments, clocks, random bytes, sleeping, exit.
//!
//! There are no files: descriptors 0, 1 and 2 are the console and all others are bad. What is not in [`functions`] is an
//! unknown import, which loading a module refuses by name. The environment is empty.
//!
//! Each function is one row of the table over `World`, as in [`libc`](crate::libc). Addresses and lengths are
//! allegations of the guest: one outside of its memory traps. A function that has to wait suspends and is called again
//! with the same arguments, so each either has done nothing by then or counts what it did in [`WasiState`].

mod errno;
mod program;
mod stream;
mod table;
mod time;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;

use crate::host::{Failed, HostError};
use crate::libc::{Env, LibcHost, joined};
pub use table::functions;

/// What WASI needs from a store's data, beyond what the C library does.
///
/// Each method may give `Suspend`: the guest's call is made again when the answer is there, and the method is called
/// again with it.
pub trait WasiHost: LibcHost {
    /// The state of the program that is running.
    fn wasi(&mut self) -> &mut WasiState;

    /// Reads console input into a buffer, which is not empty, and gives how many bytes; 0 is the end of the input.
    ///
    /// # Errors
    /// `Suspend` until there is input.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, HostError>;

    /// Fills a buffer of at most [`RANDOM`] bytes with random ones.
    ///
    /// # Errors
    /// `Suspend` until they are there.
    fn random(&mut self, buf: &mut [u8]) -> Result<(), HostError>;

    /// Microseconds since 1970 began; where nobody knows the date, since some other moment.
    ///
    /// # Errors
    /// `Suspend` until the clock was read.
    fn unix_micros(&mut self) -> Result<u64, HostError>;

    /// Sleeps for at least so many nanoseconds.
    ///
    /// # Errors
    /// `Suspend` until they are over.
    fn sleep(&mut self, nanos: u64) -> Result<(), HostError>;
}

/// Bytes that [`WasiHost::random`] gives at once.
pub const RANDOM: usize = 32;

/// WASI's state of one program.
#[derive(Debug, Default)]
pub struct WasiState {
    /// The program's words, each with a zero byte behind it.
    words: Box<[u8]>,
    /// How many random bytes a suspended call has written.
    drawn: u32,
    /// A bit for each standard stream that the program closed.
    closed: u8,
}

impl WasiState {
    /// Makes the state of a program that begins, with its name and arguments.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn new<'w>(words: impl Iterator<Item = &'w str>) -> crate::Result<Self> {
        Ok(Self { words: joined(words)?, drawn: 0, closed: 0 })
    }

    /// Forgets a suspended call. To be called when it is dropped, else the next one would leave random bytes out.
    pub const fn forget_call(&mut self) {
        self.drawn = 0;
    }
}

/// What a WASI function acts on: what a libc function does, and the host.
trait World: Env {
    /// WASI's state.
    fn wasi(&mut self) -> &mut WasiState;
    /// As [`WasiHost::read`].
    fn input(&mut self, buf: &mut [u8]) -> Result<usize, Failed>;
    /// As [`WasiHost::random`].
    fn random(&mut self, buf: &mut [u8]) -> Result<(), Failed>;
    /// As [`WasiHost::unix_micros`].
    fn unix_micros(&mut self) -> Result<u64, Failed>;
    /// As [`WasiHost::sleep`].
    fn sleep(&mut self, nanos: u64) -> Result<(), Failed>;
}
