//! From digits to the nearest float.

use super::Format;
use super::big::Big;

/// Digits that [`nearest`] looks at.
pub const MAX_DIGITS: usize = 128;

/// Decimal exponents beyond which every format's values are infinite, and zero.
const MOST: i32 = 310;
const LEAST: i32 = -345;

/// The bits of the magnitude nearest to a whole number, given as its digits, times ten to the `exponent` in `base` 10,
/// and two to the `exponent` in base 16; ties to even. Infinity or above when that is nearest; digits beyond the first
/// [`MAX_DIGITS`] that are not leading zeros count as 0.
pub fn nearest(digits: &[u8], base: u32, exponent: i32, format: Format) -> u64 {
    let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
    let digits = digits.get(zeros..).unwrap_or_default();
    let (kept, dropped) = digits.split_at_checked(MAX_DIGITS).unwrap_or((digits, &[]));
    let dropped = i32::try_from(dropped.len()).unwrap_or(i32::MAX);
    let exponent = exponent.saturating_add(dropped.saturating_mul(if base == 16 { 4 } else { 1 }));
    let mut fives = 0;
    if base == 10 {
        let point = exponent.saturating_add(kept.len() as i32);
        if kept.is_empty() || point < LEAST {
            return 0;
        }
        if point > MOST {
            return format.infinity();
        }
        fives = exponent;
    }

    // The value is a fraction, times two to the exponent: at most 5^(345 + 128), which has 1,099 bits.
    let (mut numerator, mut denominator) = (Big::ZERO, Big::ZERO);
    for &digit in kept {
        numerator.mul_add(base, digit.into());
    }
    denominator.set(1);
    let scaled = if fives > 0 { &mut numerator } else { &mut denominator };
    scaled.mul_pow5(fives.unsigned_abs());

    // 64 bits of the quotient, the first of which may be a zero.
    let shift = denominator.bits().cast_signed().saturating_sub(numerator.bits().cast_signed());
    let scaled = if shift > 0 { &mut numerator } else { &mut denominator };
    scaled.mul_pow2(shift.unsigned_abs());
    let mut quotient = 0u64;
    for _ in 0..u64::BITS {
        quotient = quotient << 1 | u64::from(numerator.divide(&denominator));
        numerator.mul(2);
    }
    let scale = exponent.saturating_sub(shift).saturating_sub(63);
    format.nearest(quotient, !numerator.is_zero(), scale)
}
