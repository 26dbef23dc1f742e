//! The decimal digits of a float, exact and one at a time, and correctly rounded to any place.
//!
//! The value is a fraction of two whole numbers of up to 1,100 bits, and a digit is the whole part of ten
//! times it (Steele and White, and dtoa's fixed modes). No table and no digit buffer: 300 bytes of stack,
//! about 1 KB of code. Rounding is to nearest, ties to even, as IEEE 754 and C's default mode have it.

use super::Format;
use super::big::{Big, estimate_point};

/// The digits of a value as a stream: the value is `0.d1d2d3... * 10^point`, and `d1` is not 0.
struct Digits {
    numerator: Big,
    denominator: Big,
    point: i32,
}

impl Digits {
    /// Starts with `mantissa * 2^exponent`, the mantissa not 0 and the exponent a double's.
    fn start(&mut self, mantissa: u64, exponent: i32) {
        self.numerator.set(mantissa);
        self.denominator.set(1);
        let scaled = if exponent > 0 { &mut self.numerator } else { &mut self.denominator };
        scaled.mul_pow2(exponent.unsigned_abs());

        self.point = estimate_point(mantissa, exponent);
        let scaled = if self.point > 0 { &mut self.denominator } else { &mut self.numerator };
        scaled.mul_pow10(self.point.unsigned_abs());
        if self.numerator.at_least(&self.denominator) {
            self.denominator.mul(10);
            self.point = self.point.saturating_add(1);
        }
    }

    fn next(&mut self) -> u8 {
        self.numerator.mul(10);
        self.numerator.divide(&self.denominator)
    }
}

/// Where a value is cut to a number of digits.
#[derive(Clone, Copy)]
pub(crate) enum Places {
    /// So many digits from the first that is not 0.
    Significant(u32),
    /// So many digits after the decimal point.
    Fraction(u32),
}

/// A value that is rounded to some digits: `0.d1d2d3... * 10^point`.
pub(crate) struct Decimal {
    digits: Digits,
    /// The decimal exponent; 1 for zero.
    pub(crate) point: i32,
    /// How many digits there are up to the last that is not 0.
    pub(crate) len: u32,
    /// How many digits were given.
    given: u32,
    /// Whether rounding adds one to the last digit.
    up: bool,
    /// Whether rounding up made the value a power of ten.
    carried: bool,
}

impl Decimal {
    /// Before a value is given; all of it is zeros, so it takes no place in flash.
    pub(crate) const NONE: Self = Self {
        digits: Digits { numerator: Big::ZERO, denominator: Big::ZERO, point: 0 },
        point: 0,
        len: 0,
        given: 0,
        up: false,
        carried: false,
    };

    /// Becomes a finite value, given as its bits without the sign, rounded. It works in place, because a second
    /// copy would take as much stack again.
    pub(crate) fn round(&mut self, bits: u64, format: Format, places: Places) {
        let (mantissa, exponent) = format.parts(bits);
        (self.point, self.len, self.given) = (1, 0, 0);
        (self.up, self.carried) = (false, false);
        if mantissa == 0 {
            return;
        }
        self.digits.start(mantissa, exponent);
        let wanted = match places {
            Places::Significant(n) => n.into(),
            Places::Fraction(n) => i64::from(self.digits.point).saturating_add(n.into()),
        };
        // A value below a tenth of the last place is zero too.
        if wanted >= 0 {
            self.find_end(wanted);
            self.digits.start(mantissa, exponent);
        }
    }

    /// Finds how rounding to a number of digits ends, by going through them.
    fn find_end(&mut self, wanted: i64) {
        let digits = &mut self.digits;
        let (mut last, mut before_nines, mut count) = (0, 0, 0u32);
        while i64::from(count) < wanted && !digits.numerator.is_zero() {
            last = digits.next();
            count = count.saturating_add(1);
            if last != 0 {
                self.len = count;
            }
            if last != 9 {
                before_nines = count;
            }
        }
        // What is left, twice, against one in the last place.
        digits.numerator.mul(2);
        if digits.numerator.at_least(&digits.denominator) {
            digits.numerator.sub(&digits.denominator);
            self.up = !digits.numerator.is_zero() || last % 2 == 1;
        }
        if self.up {
            self.len = before_nines.max(1);
            self.carried = before_nines == 0;
        }
        if self.len > 0 {
            self.point = digits.point.saturating_add(self.carried.into());
        }
    }

    /// The next digit, 0 to 9; zeros after the last.
    pub(crate) fn next(&mut self) -> u8 {
        if self.given >= self.len {
            return 0;
        }
        self.given = self.given.saturating_add(1);
        if self.carried {
            return 1;
        }
        let digit = self.digits.next();
        if self.up && self.given == self.len { digit.saturating_add(1) } else { digit }
    }

    /// How many digits are left until all are zeros.
    pub(crate) fn left(&self) -> u32 {
        self.len.saturating_sub(self.given)
    }
}
