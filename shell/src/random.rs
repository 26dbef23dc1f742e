//! Numbers for guests on a board without a source of random bytes.

/// SplitMix64 (Steele, Lea and Flood, 2014), into which the clock is mixed at each use. Who knows when a program ran
/// can find its numbers: they spread hash tables and shuffle, but keep no secret.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) const fn new() -> Self {
        Self { state: 0 }
    }

    /// Fills a buffer, when the board's clock shows so many microseconds.
    pub(crate) fn fill(&mut self, micros: u64, buf: &mut [u8]) {
        self.state ^= micros;
        for chunk in buf.chunks_mut(8) {
            let mut number = self.next();
            for place in chunk {
                *place = number as u8;
                number >>= 8;
            }
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_splitmix64() {
        // The published first numbers for the seed 1234567.
        let mut random = Random::new();
        let mut bytes = [0; 20];
        random.fill(1_234_567, &mut bytes);
        let mut want = std::vec::Vec::new();
        for number in [6_457_827_717_110_365_317u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423] {
            want.extend(number.to_le_bytes());
        }
        assert_eq!(bytes[..], want[..20]);
    }

    #[test]
    fn numbers_differ_at_the_same_time() {
        let mut random = Random::new();
        let (mut one, mut other) = ([0; 16], [0; 16]);
        random.fill(5, &mut one);
        random.fill(5, &mut other);
        assert_ne!(one, other);
    }
}
