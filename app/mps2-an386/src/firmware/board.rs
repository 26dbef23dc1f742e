//! The board, as the shell sees it.

use wasmote_runtime::HostTable;
use wasmote_shell::board::{Board, HeapStats, Input, ResetCause, StackStats};
use wasmote_shell::guest::Guest;

use super::functions::FUNCTIONS;
use super::{HEAP, clock, console, stack};

/// Arm's MPS2 with the AN386 image.
pub(super) struct Mps2 {
    last: ResetCause,
}

impl Mps2 {
    /// The board, and why it was last reset.
    pub(super) fn new(last: ResetCause) -> Self {
        Self { last }
    }
}

impl Board for Mps2 {
    fn name(&self) -> &'static str {
        if cfg!(feature = "small") { "mps2-an386-small" } else { "mps2-an386" }
    }

    fn functions() -> &'static HostTable<Guest> {
        &FUNCTIONS
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        console::wait(buf, timeout_ms)
    }

    fn console_write(&mut self, bytes: &[u8]) {
        console::write(bytes);
    }

    fn interrupted(&mut self) -> bool {
        console::interrupted()
    }

    fn micros(&self) -> u64 {
        clock::micros()
    }

    fn heap(&self) -> HeapStats {
        HEAP.stats()
    }

    fn stack(&self) -> Option<StackStats> {
        Some(stack::stats())
    }

    fn reset_cause(&self) -> Option<ResetCause> {
        Some(self.last)
    }

    /// Returns: the shell ends its session, and the board resets when its output is out.
    fn reset(&mut self) {}
}
