//! A progress line on standard error, on a terminal only.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How often the line is drawn anew.
const STEP: Duration = Duration::from_millis(100);

/// The progress of a transfer; dropping it wipes the line.
pub struct Progress {
    total: usize,
    start: Instant,
    /// Bytes that were there before: they count for the share, not for the speed.
    before: Option<usize>,
    drawn: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Begins a transfer of `total` bytes.
    pub fn new(total: usize) -> Self {
        Self { total, start: Instant::now(), before: None, drawn: None, shown: stderr().is_terminal() }
    }

    /// Shows that `done` bytes are there, of `total` if that is known only now.
    pub fn update(&mut self, done: usize, total: usize) {
        self.total = total;
        let before = *self.before.get_or_insert(done);
        if !self.shown || self.drawn.is_some_and(|drawn| drawn.elapsed() < STEP && done < total) {
            return;
        }
        self.drawn = Some(Instant::now());
        let seconds = self.start.elapsed().as_secs_f64().max(0.001);
        let speed = done.saturating_sub(before) as f64 / seconds / 1000.0;
        let share = done.saturating_mul(100) / total.max(1);
        let bar = "#".repeat(share / 5);
        let line = format!("\r\x1b[K{share:3} % [{bar:<20}] {done} of {total} B, {speed:.1} kB/s");
        let _ = stderr().write_all(line.as_bytes());
    }

    /// Returns how long the transfer has taken, in seconds.
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = stderr().write_all(b"\r\x1b[K");
        }
    }
}
