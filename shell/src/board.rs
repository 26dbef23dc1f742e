//! What the shell asks of a board. Flash is not here: it is handed to the module store on its own.

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
    fn millis(&self) -> u64;

    /// Microseconds since the same moment, in the clock's own steps.
    fn micros(&self) -> u64;

    /// The heap now.
    fn heap(&self) -> HeapStats;

    /// The native stack, or `None` where it cannot be known.
    fn stack(&self) -> Option<StackStats>;

    /// Restarts the device. Where that is not possible at once it returns, and the shell ends its loop.
    fn reset(&mut self);
}
