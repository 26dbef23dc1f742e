//! Binary formats, and rounding to them.

/// A binary float format of IEEE 754, up to 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    mantissa_bits: u32,
    exponent_bits: u32,
}

impl Format {
    /// 32 bits.
    pub const F32: Self = Self { mantissa_bits: 23, exponent_bits: 8 };
    /// 64 bits.
    pub const F64: Self = Self { mantissa_bits: 52, exponent_bits: 11 };

    /// The sign bit.
    pub const fn sign(self) -> u64 {
        1 << (self.mantissa_bits + self.exponent_bits)
    }

    /// Positive infinity: the first bits that are not finite.
    pub const fn infinity(self) -> u64 {
        ((1 << self.exponent_bits) - 1) << self.mantissa_bits
    }

    /// The bits of the mantissa, all set.
    pub const fn mantissa(self) -> u64 {
        (1 << self.mantissa_bits) - 1
    }

    /// The canonical NaN's payload.
    pub const fn quiet(self) -> u64 {
        1 << (self.mantissa_bits - 1)
    }

    /// The exponent of 1.0.
    const fn bias(self) -> i32 {
        (1 << (self.exponent_bits - 1)) - 1
    }

    /// A finite magnitude's bits as a whole number and the power of two that it is multiplied by.
    pub(super) const fn parts(self, bits: u64) -> (u64, i32) {
        let fraction = bits & self.mantissa();
        let biased = (bits >> self.mantissa_bits) as i32;
        let least = 1i32.saturating_sub(self.bias()).saturating_sub(self.mantissa_bits.cast_signed());
        match biased {
            0 => (fraction, least),
            _ => (fraction | 1 << self.mantissa_bits, least.saturating_add(biased).saturating_sub(1)),
        }
    }

    /// The magnitude's bits nearest to `mantissa` times two to the `scale`, ties to even; infinity or above when it
    /// is out of range. `inexact` says that the mantissa, which then has more bits than the format's, is cut.
    pub fn nearest(self, mantissa: u64, inexact: bool, scale: i32) -> u64 {
        if mantissa == 0 {
            return 0;
        }
        let zeros = mantissa.leading_zeros();
        let mantissa = mantissa.wrapping_shl(zeros);
        // The leading bit's weight, in the format's own counting, where subnormals have 1 and no implicit bit.
        let weight = scale.saturating_sub(zeros.cast_signed()).saturating_add(63).saturating_add(self.bias());
        let below = 1i32.saturating_sub(weight).max(0).cast_unsigned();
        let dropped = 63u32.saturating_sub(self.mantissa_bits).saturating_add(below);
        let (kept, rest) = match dropped {
            0..=63 => (mantissa.wrapping_shr(dropped), mantissa.wrapping_shl(64u32.wrapping_sub(dropped))),
            64 => (0, mantissa),
            _ => return 0,
        };
        const HALF: u64 = 1 << 63;
        let up = rest > HALF || rest == HALF && (inexact || kept & 1 == 1);
        // The implicit bit adds one to the exponent, and so does a carry out of the mantissa.
        let exponent = u64::from(weight.saturating_sub(1).max(0).cast_unsigned());
        if exponent >= self.infinity() >> self.mantissa_bits {
            return self.infinity();
        }
        (exponent << self.mantissa_bits).saturating_add(kept).saturating_add(u64::from(up))
    }
}
