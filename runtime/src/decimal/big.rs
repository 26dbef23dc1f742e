//! Whole numbers of a fixed size.

/// 32-bit words of a number: below 10 times the largest scale, 2^1076 (four times the least subnormal's denominator).
const WORDS: usize = 35;
/// The largest powers of ten and of five in a word.
const TEN_POW_9: u32 = 1_000_000_000;
const FIVE_POW_13: u32 = 1_220_703_125;

/// A whole number, its least significant word first.
pub(super) struct Big {
    words: [u32; WORDS],
    /// The words above it are zero.
    len: usize,
}

impl Big {
    pub(super) const ZERO: Self = Self { words: [0; WORDS], len: 0 };

    pub(super) fn set(&mut self, value: u64) {
        self.words = [0; WORDS];
        let [low, high, ..] = &mut self.words;
        (*low, *high) = (value as u32, (value >> 32) as u32);
        self.len = 2;
    }

    pub(super) fn is_zero(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// How many bits the number has, up to its highest one.
    pub(super) fn bits(&self) -> u32 {
        let top = (0u32..).zip(&self.words).filter(|(_, word)| **word != 0).last();
        top.map_or(0, |(at, word)| {
            at.saturating_mul(32).saturating_add(32).saturating_sub(word.leading_zeros())
        })
    }

    /// Multiplies, and adds to the product.
    pub(super) fn mul_add(&mut self, factor: u32, term: u32) {
        let mut carry = u64::from(term);
        let len = self.len;
        for word in self.words.iter_mut().take(len) {
            // At most (2^32 - 1)^2 + 2^32 - 1, which is below 2^64.
            let product = u64::from(*word).wrapping_mul(factor.into()).wrapping_add(carry);
            *word = product as u32;
            carry = product >> 32;
        }
        if carry != 0
            && let Some(word) = self.words.get_mut(len)
        {
            *word = carry as u32;
            self.len = len.saturating_add(1);
        }
    }

    pub(super) fn mul(&mut self, factor: u32) {
        self.mul_add(factor, 0);
    }

    /// Multiplies by `base` to the `exponent`, `most` of which at once are `step`.
    fn mul_pow(&mut self, base: u32, mut exponent: u32, step: u32, most: u32) {
        while exponent >= most {
            self.mul(step);
            exponent = exponent.saturating_sub(most);
        }
        for _ in 0..exponent {
            self.mul(base);
        }
    }

    pub(super) fn mul_pow2(&mut self, exponent: u32) {
        self.mul_pow(2, exponent, 1 << 31, 31);
    }

    pub(super) fn mul_pow5(&mut self, exponent: u32) {
        self.mul_pow(5, exponent, FIVE_POW_13, 13);
    }

    pub(super) fn mul_pow10(&mut self, exponent: u32) {
        self.mul_pow(10, exponent, TEN_POW_9, 9);
    }

    /// Whether the number is at least another.
    pub(super) fn at_least(&self, other: &Self) -> bool {
        let differing = self.words.iter().zip(&other.words).rfind(|(a, b)| a != b);
        differing.is_none_or(|(a, b)| a > b)
    }

    /// Subtracts another number while that is not larger; gives how many times.
    pub(super) fn divide(&mut self, other: &Self) -> u8 {
        let mut times = 0u8;
        while self.at_least(other) {
            self.sub(other);
            times = times.saturating_add(1);
        }
        times
    }

    /// Subtracts a number that is not larger.
    pub(super) fn sub(&mut self, other: &Self) {
        let mut borrow = false;
        let len = self.len.max(other.len);
        for (a, b) in self.words.iter_mut().zip(&other.words).take(len) {
            let (part, first) = a.overflowing_sub(*b);
            let (whole, second) = part.overflowing_sub(borrow.into());
            *a = whole;
            borrow = first | second;
        }
    }
}

/// The decimal exponent `point` of `mantissa * 2^exponent`, so that this is `0.d1d2d3... * 10^point`; right or one
/// too low.
pub(super) fn estimate_point(mantissa: u64, exponent: i32) -> i32 {
    // The logarithm of 2 is 1233.02 / 4096.
    let log2 = exponent.saturating_add(63).saturating_sub(mantissa.leading_zeros().cast_signed());
    let factor = if log2 > 0 { 1233 } else { 1234 };
    (log2.saturating_mul(factor) >> 12).saturating_add(1)
}
