//! How an upload adapts to its line: the size of a chunk, and how long its answer may take.
//!
//! A chunk that is damaged on its way is not answered. So a loss halves the chunk, as a shorter one has the better
//! chance, and an answer makes the next one a line longer; and the wait for an answer follows what answers take.

use std::time::Duration;

use crate::line::ANSWER_TIMEOUT;

/// How often a chunk is sent before the line is given up.
const TRIES: u32 = 10;
/// The smallest chunk, in bytes: with its header it fills two lines.
const SMALLEST: usize = 64;
/// Bytes that a chunk grows by: what one line carries.
const GROWTH: usize = 93;
/// How many times the longest answer so far is waited for.
const PATIENCE: u32 = 4;
/// The least wait: a sector may have to be erased first.
const LEAST_WAIT: Duration = Duration::from_millis(300);
/// Losses in a row after which the wait doubles: then the answers may be late instead of lost.
const LOSSES: u32 = 3;

/// The pace of an upload.
pub(crate) struct Pace {
    room: usize,
    size: usize,
    losses: u32,
    longest: Option<Duration>,
}

impl Pace {
    /// Begins with full chunks: `room` bytes, at least 1.
    pub(crate) fn new(room: usize) -> Self {
        Self { room, size: room, losses: 0, longest: None }
    }

    /// Returns the bytes of the next chunk.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Returns how long the next answer may take.
    pub(crate) fn wait(&self) -> Duration {
        let wait = self.longest.map_or(ANSWER_TIMEOUT, |longest| longest.saturating_mul(PATIENCE));
        let doubled = wait.max(LEAST_WAIT).saturating_mul(1 << (self.losses / LOSSES).min(4));
        doubled.min(ANSWER_TIMEOUT)
    }

    /// Notes an answer after some time.
    pub(crate) fn answered(&mut self, after: Duration) {
        self.losses = 0;
        self.longest = self.longest.max(Some(after));
        self.size = self.size.saturating_add(GROWTH).min(self.room);
    }

    /// Notes that no answer came; whether the chunk is worth another try.
    pub(crate) fn lost(&mut self) -> bool {
        self.losses = self.losses.saturating_add(1);
        self.size = (self.size / 2).max(SMALLEST).min(self.room);
        self.losses < TRIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_halve_the_chunk_and_answers_let_it_grow() {
        let mut pace = Pace::new(1800);
        let mut check = |lost: bool, size, wait_ms| {
            if lost {
                assert!(pace.lost());
            } else {
                pace.answered(Duration::from_millis(200));
            }
            assert_eq!((pace.size(), pace.wait()), (size, Duration::from_millis(wait_ms)));
        };
        check(false, 1800, 800);
        check(true, 900, 800);
        check(true, 450, 800);
        check(false, 543, 800);
        for (size, wait_ms) in [(271, 800), (135, 800), (67, 1600), (64, 1600), (64, 1600), (64, 2000)] {
            check(true, size, wait_ms);
        }
        check(false, 157, 800);
    }

    #[test]
    fn a_dead_line_is_given_up() {
        let mut pace = Pace::new(40);
        assert_eq!((1..TRIES).filter(|_| pace.lost()).count(), TRIES as usize - 1);
        assert!(!pace.lost());
        assert_eq!(pace.size(), 40);
    }
}
