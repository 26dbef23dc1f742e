//! The board, as the shell sees it.

use riot_wrappers::thread;
use wasmote_runtime::HostTable;
use wasmote_shell::board::{Board, HeapStats, Input, StackStats};
use wasmote_shell::guest::Guest;

use crate::functions::FUNCTIONS;
use crate::{HEAP, clock, console};

/// Any board that RIOT runs on.
pub(crate) struct Riot;

impl Board for Riot {
    fn name(&self) -> &'static str {
        concat!("riot-", env!("BOARD"))
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn functions() -> &'static HostTable<Guest> {
        &FUNCTIONS
    }

    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        console::read(buf, timeout_ms)
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

    /// That of the running thread; known in builds with `DEVELHELP`.
    fn stack(&self) -> Option<StackStats> {
        let stack = thread::get_pid().stack_stats().ok()?;
        Some(StackStats { total: stack.size(), peak: stack.used() })
    }

    /// Returns: the shell ends its session, and the board resets when its output is out.
    fn reset(&mut self) {}
}
