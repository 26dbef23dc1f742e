//! The builtin C library that modules import from `env`, with the names and signatures of WAMR's
//! libc-builtin, so that a module built for it runs unchanged.
//!
//! Each function is one row of `table.rs` and a plain function over `Env`, which is all that a libc
//! function may touch: the guest's memory, the [`LibcState`] of its instance, and the console. Addresses
//! and headers inside the guest's memory are allegations: each access is checked, each loop is bounded by
//! the memory's size, and what does not hold is a trap.
//!
//! Limits: the "C" locale; `long` and pointers have 32 bits; `printf` has no `%a`, `long double` or
//! wide characters and refuses them by name. A libc call is not metered by fuel: its time is linear in what
//! the guest has written to its memory, not bounded by a constant.

mod ctype;
mod ending;
mod float;
mod format;
mod guest;
mod heap;
mod number;
mod output;
mod program;
mod search;
mod spec;
mod string;
mod table;
mod time;

#[cfg(test)]
mod tests;

use core::ops::Range;

use crate::host::{Failed, HostError};
use heap::Heap;
#[cfg(feature = "wasi")]
pub(crate) use output::to_console;
pub use program::{Entry, arguments, entry};
#[cfg(feature = "wasi")]
pub(crate) use program::{WASI, count, joined, put_words};
pub use table::functions;
#[cfg(feature = "wasi")]
pub(crate) use time::{NANOS, in_nanos};

/// What the library needs from a store's data.
pub trait LibcHost {
    /// The library's state for the instance that is running.
    fn libc(&mut self) -> &mut LibcState;

    /// Takes console output and gives how many bytes it took. When these are fewer than given, the guest's
    /// call is suspended, to be made again when there is room.
    fn write(&mut self, bytes: &[u8]) -> usize;

    /// Microseconds since some fixed moment, never backwards.
    ///
    /// # Errors
    /// `Suspend` where the clock has to be asked for; the guest's call is made again when it was read.
    fn micros(&mut self) -> Result<u64, HostError>;
}

/// The library's state for one instance.
#[derive(Clone, Copy, Debug, Default)]
pub struct LibcState {
    heap: Heap,
    /// Bytes of heap that are still to be placed in the guest's memory.
    unplaced: Option<u32>,
    /// How many bytes of a suspended call's output the console has taken.
    emitted: u32,
}

impl LibcState {
    /// Makes the state of an instance whose `malloc` has this many bytes.
    ///
    /// They are placed at the first allocation: from the module's exported global `__heap_base` on (above its
    /// data and, unless the stack lies first, its stack), or else in pages added to the end of its memory,
    /// which are also added where the memory is too small. When the memory cannot grow the heap is smaller.
    pub const fn with_heap(bytes: u32) -> Self {
        Self { heap: Heap::new(0..0), unplaced: Some(bytes), emitted: 0 }
    }

    /// Makes the state of an instance whose `malloc` serves these addresses of its linear memory, which nothing
    /// else may use. Their contents need not be zero.
    pub const fn new(heap: Range<u32>) -> Self {
        Self { heap: Heap::new(heap), unplaced: None, emitted: 0 }
    }

    /// Forgets a suspended call's output. To be called when a suspended call is dropped, else the next call
    /// would skip as many bytes as the console had taken.
    pub const fn reset_output(&mut self) {
        self.emitted = 0;
    }
}

/// What a libc function acts on: the memory, state and console of the guest that called it.
///
/// Functions are generic over it: the library is compiled for each type of a store's data, of which firmware has one,
/// and there is no table of methods. The memory's methods check their ranges first, and trap without changing anything.
pub(crate) trait Env {
    /// Keeps why the function does not return.
    fn fail(&mut self, why: impl Into<HostError>) -> Failed;
    /// Why the function does not return, once it has failed.
    fn why(&self) -> HostError;
    /// Reads bytes of the guest's memory.
    fn read(&mut self, addr: u32, buf: &mut [u8]) -> Result<(), Failed>;
    /// Writes bytes to the guest's memory.
    fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Failed>;
    /// Writes a word to the guest's memory.
    fn write_word(&mut self, addr: u32, word: u32) -> Result<(), Failed> {
        self.write(addr, &word.to_le_bytes())
    }
    /// Sets bytes of the guest's memory.
    fn fill(&mut self, addr: u32, len: u32, byte: u8) -> Result<(), Failed>;
    /// Copies bytes within the guest's memory, as `memmove`.
    fn copy(&mut self, dst: u32, src: u32, len: u32) -> Result<(), Failed>;
    /// How many bytes from an address on are zeros that were never written.
    fn zeros(&mut self, addr: u32) -> u32;
    /// The size of the guest's memory in bytes, without the last one of 4 GiB: the address behind it would be null.
    fn byte_len(&mut self) -> u32;
    /// Finds addresses for a heap of `size` bytes, or as many as there are.
    fn place_heap(&mut self, size: u32) -> Range<u32>;
    /// The library's state.
    fn libc(&mut self) -> &mut LibcState;
    /// Gives output to the console and returns how many bytes it took.
    fn console(&mut self, bytes: &[u8]) -> usize;
    /// The clock, as [`LibcHost::micros`] gives it.
    fn micros(&mut self) -> Result<u64, Failed>;
}
