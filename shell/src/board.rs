//! What the shell asks of a board. Flash is not here: it is handed to the module store on its own.

use wasmote_runtime::HostTable;

use crate::guest::Guest;
use crate::output::Output;

/// What a read from the console brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// This many bytes, at least one, are at the start of the buffer.
    Bytes(usize),
    /// Nothing came in time.
    Timeout,
    /// The peer is gone and nothing will come: a closed pipe, a terminal hung up.
    Eof,
}

/// The state of the heap, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapStats {
    /// The heap's size.
    pub total: usize,
    /// Bytes handed out, the allocator's own overhead included.
    pub used: usize,
    /// The most that was ever handed out at once.
    pub peak: usize,
    /// Bytes left.
    pub free: usize,
    /// The largest single allocation that would succeed.
    pub largest_free: usize,
}

/// The state of the native stack, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StackStats {
    /// The stack's size.
    pub total: usize,
    /// The deepest use so far, from the fill pattern.
    pub peak: usize,
}

/// Why a device began anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetCause {
    /// Power came on, or the record of the cause did not survive.
    PowerOn,
    /// Somebody asked for it: `reboot`, or a management client.
    Requested,
    /// The processor faulted.
    Fault {
        /// The address of the instruction.
        at: u32,
        /// The processor's fault status, such as a Cortex-M's CFSR.
        status: u32,
    },
    /// The native stack was full.
    StackOverflow {
        /// The address of the instruction, or 0 where it is lost.
        at: u32,
    },
    /// An allocation that may not fail did.
    OutOfMemory {
        /// Its size, bytes.
        bytes: u32,
    },
    /// A check of the firmware's own failed.
    Panic {
        /// The code's address, often in the library; `addr2line` finds its place in the source.
        at: u32,
        /// That of the call to it.
        from: u32,
    },
}

impl ResetCause {
    /// Prints the cause and where it was.
    pub fn print(self, out: &mut Output<'_>) {
        let (what, at, then, from) = match self {
            Self::PowerOn => ("power on", 0, "", 0),
            Self::Requested => ("as asked", 0, "", 0),
            Self::Fault { at, status } => ("hard fault", at, ", status 0x", status),
            Self::StackOverflow { at } => ("stack overflow", at, "", 0),
            Self::OutOfMemory { bytes } => {
                out.text("out of memory for ");
                out.number(bytes.into());
                return out.text(" B");
            }
            Self::Panic { at, from } => ("panic", at, ", called at 0x", from),
        };
        out.text(what);
        address(out, " at 0x", at);
        address(out, then, from);
    }
}

/// Prints an address, unless it is 0.
fn address(out: &mut Output<'_>, before: &str, address: u32) {
    if address != 0 {
        out.text(before);
        out.hex(address.into());
    }
}

/// A board: console, clock, memory statistics and reset.
pub trait Board {
    /// The board's name, such as `native`.
    fn name(&self) -> &'static str;

    /// The firmware's version, such as `0.1.0`.
    fn version(&self) -> &'static str;

    /// Reads what the console has, waiting at most `timeout_ms` milliseconds for the first byte; 0 only looks.
    ///
    /// Bytes that are not read must stay where they are: the shell stops reading to hold its peer back.
    /// `buf` is never empty.
    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input;

    /// Writes all bytes to the console, waiting as long as it takes. When the peer is gone, they are lost.
    fn console_write(&mut self, bytes: &[u8]);

    /// Whether somebody may be typing. `false` for a pipe or a file: no prompt, no echo, no CR before LF.
    fn console_is_terminal(&self) -> bool {
        true
    }

    /// Whether Ctrl-C (03) waits among bytes that the board holds and the shell has not read; asking takes it.
    ///
    /// Only matters while the shell does not read because [`limits::TYPED_AHEAD`](crate::limits::TYPED_AHEAD)
    /// bytes wait already; a board without a buffer of its own answers `false`.
    fn interrupted(&mut self) -> bool {
        false
    }

    /// Milliseconds since some fixed moment, never backwards.
    fn millis(&self) -> u64 {
        self.micros() / 1000
    }

    /// Microseconds since the same moment, in the clock's own steps.
    fn micros(&self) -> u64;

    /// Microseconds since 1970 began, or `None` where nobody knows the date: programs then count from the moment of
    /// [`Board::micros`].
    fn unix_micros(&self) -> Option<u64> {
        None
    }

    /// Fills a buffer with random bytes, such as from a noise source, and says that it did. Without a source, programs
    /// get numbers that the clock decides, which are no secret.
    fn entropy(&mut self, _buf: &mut [u8]) -> bool {
        false
    }

    /// The heap now.
    fn heap(&self) -> HeapStats;

    /// The native stack, or `None` where it cannot be known.
    fn stack(&self) -> Option<StackStats>;

    /// The board's own host functions, which every module may import; [`guest`](crate::guest) shows how they are
    /// written.
    fn functions() -> &'static HostTable<Guest> {
        &HostTable::EMPTY
    }

    /// Why the device was last reset, or `None` on a board that keeps no record.
    fn reset_cause(&self) -> Option<ResetCause> {
        None
    }

    /// Restarts the device. Where that is not possible at once it returns, and the shell ends its loop.
    fn reset(&mut self);
}
