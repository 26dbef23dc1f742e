//! The native board.

use std::fs::File;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use wasmote_runtime::HostTable;
use wasmote_shell::board::{Board, HeapStats, Input, ResetCause, StackStats};
use wasmote_shell::guest::Guest;

use crate::HEAP;
use crate::console::Console;
use crate::functions::FUNCTIONS;
use crate::stack::Stack;

/// A Linux process as a board, from one boot to the next.
pub(crate) struct Native {
    /// Outlives the boot.
    console: Arc<Mutex<Console>>,
    stack: Stack,
    booted: Instant,
    cause: ResetCause,
}

impl Native {
    /// Starts the clock of a board that begins for some reason.
    pub(crate) fn new(console: Arc<Mutex<Console>>, stack: Stack, cause: ResetCause) -> Self {
        Self { console, stack, booted: Instant::now(), cause }
    }

    fn console(&self) -> MutexGuard<'_, Console> {
        self.console.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn functions() -> &'static HostTable<Guest> {
        &FUNCTIONS
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        self.console().read(buf, timeout_ms)
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.console().write(bytes);
    }

    fn console_is_terminal(&self) -> bool {
        self.console().is_terminal()
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.booted.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn unix_micros(&self) -> Option<u64> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        u64::try_from(since.as_micros()).ok()
    }

    fn entropy(&mut self, buf: &mut [u8]) -> bool {
        File::open("/dev/urandom").and_then(|mut file| file.read_exact(buf)).is_ok()
    }

    fn heap(&self) -> HeapStats {
        HEAP.stats()
    }

    fn stack(&self) -> Option<StackStats> {
        Some(self.stack.stats())
    }

    fn reset_cause(&self) -> Option<ResetCause> {
        Some(self.cause)
    }

    /// Returns: the shell ends its session, and the board boots again.
    fn reset(&mut self) {}
}
