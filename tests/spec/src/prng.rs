//! Reproducible randomness: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), whose every seed is a good one.

/// A generator of pseudo-random numbers.
#[derive(Clone, Debug)]
pub struct Prng(u64);

impl Prng {
    /// Starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound.max(1) as u64) as usize
    }

    /// Whether an event of probability 1 in `n` happens.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Random bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..count.div_ceil(8)).flat_map(|_| self.bits().to_le_bytes()).collect();
        bytes.truncate(count);
        bytes
    }

    /// A 64-bit number, often one at the edge of a type.
    pub fn edge(&mut self) -> u64 {
        const EDGES: [u64; 14] = [
            0,
            1,
            2,
            0x7f,
            0xff,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            0x3f80_0000,
            0x7fff_ffff_ffff_ffff,
            0x8000_0000_0000_0000,
            0x3ff0_0000_0000_0000,
            u64::MAX,
        ];
        match self.below(3) {
            0 => self.bits(),
            1 => self.bits() >> self.below(64),
            _ => EDGES[self.below(EDGES.len())],
        }
    }
}
