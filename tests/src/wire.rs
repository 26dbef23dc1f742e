//! One direction of a serial line, as good or bad as a test wants it: bytes go in, and come out when they are due.
//!
//! It does no I/O and knows no clock; the same seed makes the same faults.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What a line does to its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// How many of a million bytes meet a fault: lost, doubled, a bit flipped, held up, or parted from the next.
    pub faults_per_million: u32,
    /// Where the faults begin to be drawn from.
    pub seed: u64,
    /// Bits per second, ten for a byte; `None` for no limit.
    pub baud: Option<u32>,
}

/// The longest time that a byte is held up: what a USB adapter may take, and somewhat more.
const HOLD_MS: u64 = 25;

/// How long a byte is parted from the one before it.
const GAP: Duration = Duration::from_millis(3);

/// One direction of a line.
pub struct Wire {
    manner: Manner,
    state: u64,
    /// Bytes on their way, and when they arrive.
    going: VecDeque<(u8, Instant)>,
    /// When the newest byte arrives.
    last: Option<Instant>,
    /// Bytes that went in, and faults that they met.
    taken: u64,
    faults: u64,
}

impl Wire {
    /// An idle line.
    pub fn new(manner: Manner) -> Self {
        // Neighbouring seeds must not begin alike, and xorshift stays at 0.
        let state = manner.seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { manner, state, going: VecDeque::new(), last: None, taken: 0, faults: 0 }
    }

    /// Bytes that went in.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Faults that they met.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    /// Bytes that are on their way.
    pub fn going(&self) -> usize {
        self.going.len()
    }

    /// Takes bytes that are sent now.
    pub fn send(&mut self, bytes: &[u8], now: Instant) {
        for &byte in bytes {
            self.taken += 1;
            if self.below(1_000_000) >= u64::from(self.manner.faults_per_million) {
                self.queue(byte, now, Duration::ZERO);
                continue;
            }
            self.faults += 1;
            match self.below(5) {
                0 => {}
                1 => {
                    self.queue(byte, now, Duration::ZERO);
                    self.queue(byte, now, Duration::ZERO);
                }
                2 => {
                    let bit = self.below(8);
                    self.queue(byte ^ 1 << bit, now, Duration::ZERO);
                }
                3 => {
                    let hold = Duration::from_millis(self.below(HOLD_MS));
                    self.queue(byte, now, hold);
                }
                _ => self.queue(byte, now, GAP),
            }
        }
    }

    /// Gives the bytes that have arrived by now.
    pub fn arrived(&mut self, now: Instant) -> Vec<u8> {
        let count = self.going.iter().take_while(|(_, due)| *due <= now).count();
        self.going.drain(..count).map(|(byte, _)| byte).collect()
    }

    /// Puts a byte behind those that are on their way.
    fn queue(&mut self, byte: u8, now: Instant, hold: Duration) {
        let takes = self.manner.baud.map_or(Duration::ZERO, |baud| Duration::from_secs(10) / baud);
        let due = self.last.map_or(now, |last| last.max(now)) + takes + hold;
        self.last = Some(due);
        self.going.push_back((byte, due));
    }

    /// A number below a bound: xorshift64* (Vigna, 2016).
    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % bound
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What comes out of a line within a time.
    fn out(manner: Manner, bytes: &[u8], within: Duration) -> (Vec<u8>, u64) {
        let now = Instant::now();
        let mut wire = Wire::new(manner);
        wire.send(bytes, now);
        (wire.arrived(now + within), wire.faults())
    }

    #[test]
    fn a_good_line_changes_nothing() {
        let bytes = crate::generated::noise(10_000);
        assert_eq!(out(Manner::default(), &bytes, Duration::ZERO), (bytes, 0));
    }

    #[test]
    fn a_bad_line_has_as_many_faults_as_it_is_asked_for() {
        let bytes = crate::generated::noise(100_000);
        for (faults_per_million, most, least) in
            [(100, 25, 2), (10_000, 1_200, 800), (1_000_000, 100_000, 100_000)]
        {
            let manner = Manner { faults_per_million, seed: 7, baud: None };
            let (arrived, faults) = out(manner, &bytes, Duration::from_secs(10_000));
            assert!((least..=most).contains(&faults), "{faults} of {faults_per_million}");
            assert_ne!(arrived, bytes);
            assert_eq!(out(manner, &bytes, Duration::from_secs(10_000)), (arrived, faults), "it repeats");
        }
    }

    #[test]
    fn a_line_keeps_its_speed() {
        let manner = Manner { baud: Some(115_200), ..Manner::default() };
        let (arrived, _) = out(manner, &[0; 20_000], Duration::from_secs(1));
        assert_eq!(arrived.len(), 11_520);
    }
}
