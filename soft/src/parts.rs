//! A float, taken apart.

/// The exponents of infinities and of zeros: so far out that arithmetic on them leads beyond every finite one.
pub(crate) const INFINITE: i32 = 1 << 14;
pub(crate) const ZERO: i32 = -INFINITE;
/// The exponent of what is no number.
pub(crate) const NAN: i32 = 1 << 20;

/// The highest bit of a mantissa. One more above it is room for a carry.
pub(crate) const TOP: u32 = 62;

/// A float of any width, or a result that is to be rounded: `mant * 2^(exp - 62)`.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// Bit 62 is set, and none above; of a result bit 0 is also set where it is not exact.
    pub(crate) mant: u64,
    /// The exponent, or one of the three above.
    pub(crate) exp: i32,
    /// The sign, in bit 31.
    pub(crate) sign: u32,
}

impl Parts {
    /// What is no number.
    pub(crate) const NAN: Self = Self { mant: 1 << TOP, exp: NAN, sign: 0 };

    /// The parts of a result whose mantissa's highest bit may be any; of one without bits, a positive zero.
    pub(crate) fn normal(mant: u64, exp: i32, sign: u32) -> Self {
        match mant.leading_zeros() {
            0 => Self { mant: mant >> 1 | mant & 1, exp: exp + 1, sign },
            64 => Self { mant: 1 << TOP, exp: ZERO, sign: 0 },
            zeros => Self { mant: mant << (zeros - 1), exp: exp + 1 - zeros as i32, sign },
        }
    }

    /// A result whose mantissa's highest bit is the highest of `bits`; bit 0 may stand for others that are left out.
    pub(crate) fn new(mant: u64, bits: u32, exp: i32, negative: bool) -> Self {
        Self::normal(mant << (u64::BITS - bits), exp - 1, u32::from(negative) << 31)
    }

    /// An integer.
    pub fn integer(magnitude: u64, negative: bool) -> Self {
        Self::normal(magnitude, TOP as i32, u32::from(negative) << 31)
    }

    /// The number without its fraction, modulo 2^64; of what is no number or infinite, any.
    pub fn truncated(self) -> u64 {
        let shift = TOP as i32 - self.exp;
        let magnitude = match shift {
            ..0 => self.mant << (shift.unsigned_abs() & 63),
            0..=63 => self.mant >> shift,
            _ => 0,
        };
        if self.sign == 0 { magnitude } else { magnitude.wrapping_neg() }
    }
}

/// A mantissa shifted to the right; bit 0 of the result is set where bits were lost.
pub(crate) fn shifted(mant: u64, by: u32) -> u64 {
    if by > 63 {
        return 1;
    }
    let kept = mant >> by;
    if kept << by == mant { kept } else { kept | 1 }
}

/// A width of floats: the bits of its fraction, and of its exponent.
#[derive(Clone, Copy, Debug)]
pub struct Format<const FRACTION: u32, const EXPONENT: u32>;

/// Floats of 32 bits.
pub const F32: Format<23, 8> = Format;
/// Floats of 64 bits.
pub const F64: Format<52, 11> = Format;

impl<const FRACTION: u32, const EXPONENT: u32> Format<FRACTION, EXPONENT> {
    const BIAS: i32 = (1 << (EXPONENT - 1)) - 1;
    /// The bits of a mantissa that a fraction has no room for.
    const REST: u32 = TOP - FRACTION;

    /// Takes a float apart.
    #[inline(never)]
    pub fn parts(self, bits: u64) -> Parts {
        let sign = (bits >> (FRACTION + EXPONENT)) as u32 & 1;
        let sign = sign << 31;
        let fraction = bits & ((1 << FRACTION) - 1);
        let exponent = (bits >> FRACTION) as i32 & ((1 << EXPONENT) - 1);
        let mant = fraction << Self::REST;
        if exponent == 0 {
            return Parts { sign, ..Parts::normal(mant, 1 - Self::BIAS, sign) };
        }
        let exp = match exponent - Self::BIAS {
            exp if exp <= Self::BIAS => exp,
            _ if fraction == 0 => INFINITE,
            _ => NAN,
        };
        Parts { mant: mant | 1 << TOP, exp, sign }
    }

    /// Rounds a result to a float.
    #[inline(never)]
    pub fn pack(self, result: Parts) -> u64 {
        let Parts { mut mant, exp, sign } = result;
        let sign = u64::from(sign >> 31) << (FRACTION + EXPONENT);
        let infinite = ((1 << EXPONENT) - 1) << FRACTION;
        // The exponent's field, less the one that the mantissa's highest bit adds.
        let mut field = exp + Self::BIAS - 1;
        if field >= 2 * Self::BIAS {
            return if exp == NAN { infinite | 1 << (FRACTION - 1) } else { sign | infinite };
        }
        if field < 0 {
            mant = shifted(mant, field.unsigned_abs());
            field = 0;
        }
        let odd = mant >> Self::REST & 1;
        let rounded = (mant + (1 << (Self::REST - 1)) - 1 + odd) >> Self::REST;
        sign | (((field as u64) << FRACTION) + rounded)
    }
}
