//! `%f`, `%e` and `%g`.

use super::Env;
use super::decimal::{Decimal, Places};
use super::format::Spec;
use super::output::Out;
use crate::host::HostError;

/// The precision when none is given (C17, 7.21.6.1).
const DEFAULT_PRECISION: u32 = 6;
/// The sign bit of a double.
const SIGN: u64 = 1 << 63;
/// The bits of infinity.
const INFINITY: u64 = 0x7ff << 52;

/// Puts a double, given as its bits.
pub(super) fn put(env: &mut dyn Env, out: &mut Out, spec: &Spec, bits: u64) -> Result<(), HostError> {
    let sign = spec.sign(bits & SIGN != 0);
    let magnitude = bits & !SIGN;
    let upper = spec.conversion.is_ascii_uppercase();
    if magnitude >= INFINITY {
        let text: &[u8] = match (magnitude > INFINITY, upper) {
            (false, false) => b"inf",
            (false, true) => b"INF",
            (true, false) => b"nan",
            (true, true) => b"NAN",
        };
        return spec.without_zeros().padded(env, out, sign, 3, |env, out| out.put_all(env, text));
    }

    let precision = spec.precision.unwrap_or(DEFAULT_PRECISION);
    let number = match spec.conversion | 0x20 {
        b'f' => Number::fixed(magnitude, precision, spec.alternate),
        b'e' => Number::scientific(magnitude, precision, spec.alternate),
        _ => Number::shorter(magnitude, precision.max(1), spec.alternate),
    };
    spec.padded(env, out, sign, number.len(), |env, out| number.put(env, out, upper))
}

/// A number that knows how long its text is.
struct Number {
    decimal: Decimal,
    /// Digits before the decimal point.
    whole: u32,
    /// Zeros before the first digit, when the value is below 1 and written without an exponent.
    zeros: u32,
    /// Digits after the decimal point.
    fraction: u32,
    /// Whether there is a decimal point.
    point: bool,
    exponent: Option<i32>,
}

impl Number {
    fn fixed(bits: u64, precision: u32, alternate: bool) -> Self {
        Self::without_exponent(Decimal::new(bits, Places::Fraction(precision)), precision, alternate)
    }

    fn scientific(bits: u64, precision: u32, alternate: bool) -> Self {
        let digits = precision.saturating_add(1);
        Self::with_exponent(Decimal::new(bits, Places::Significant(digits)), precision, alternate)
    }

    /// `%g`: the style by the exponent, and no zeros at the end unless they are asked for.
    fn shorter(bits: u64, precision: u32, alternate: bool) -> Self {
        let decimal = Decimal::new(bits, Places::Significant(precision));
        let exponent = decimal.point.saturating_sub(1);
        let significant = if alternate { precision } else { decimal.len };
        if exponent < -4 || i64::from(exponent) >= precision.into() {
            return Self::with_exponent(decimal, significant.saturating_sub(1), alternate);
        }
        let fraction = i64::from(significant).saturating_sub(decimal.point.into());
        let fraction = u32::try_from(fraction.max(0)).unwrap_or(u32::MAX);
        Self::without_exponent(decimal, fraction, alternate)
    }

    fn without_exponent(decimal: Decimal, fraction: u32, alternate: bool) -> Self {
        let whole = u32::try_from(decimal.point).unwrap_or(0);
        // A value below 1 has a zero before the point, and its exponent in zeros after it.
        let zeros = 1u32.saturating_sub(whole).saturating_add(decimal.point.min(0).unsigned_abs());
        Self {
            decimal,
            whole: whole.max(1),
            zeros,
            fraction,
            point: fraction > 0 || alternate,
            exponent: None,
        }
    }

    fn with_exponent(decimal: Decimal, fraction: u32, alternate: bool) -> Self {
        let exponent = Some(decimal.point.saturating_sub(1));
        Self { decimal, whole: 1, zeros: 0, fraction, point: fraction > 0 || alternate, exponent }
    }

    /// The length of the text in bytes.
    fn len(&self) -> u32 {
        let exponent = match self.exponent.map(i32::unsigned_abs) {
            None => 0,
            Some(0..=99) => 4,
            Some(_) => 5,
        };
        self.whole.saturating_add(self.fraction).saturating_add(self.point.into()).saturating_add(exponent)
    }

    fn put(mut self, env: &mut dyn Env, out: &mut Out, upper: bool) -> Result<(), HostError> {
        self.put_digits(env, out, self.whole)?;
        if self.point {
            out.put(env, b'.')?;
        }
        self.put_digits(env, out, self.fraction)?;
        let Some(exponent) = self.exponent else { return Ok(()) };
        out.put(env, if upper { b'E' } else { b'e' })?;
        out.put(env, if exponent < 0 { b'-' } else { b'+' })?;
        let magnitude = exponent.unsigned_abs();
        if magnitude > 99 {
            out.put(env, digit(magnitude / 100))?;
        }
        out.put(env, digit(magnitude / 10))?;
        out.put(env, digit(magnitude))
    }

    /// Puts digits; those known to be zeros take no time.
    fn put_digits(&mut self, env: &mut dyn Env, out: &mut Out, mut count: u32) -> Result<(), HostError> {
        let zeros = count.min(self.zeros);
        self.zeros = self.zeros.saturating_sub(zeros);
        out.pad(env, b'0', zeros)?;
        count = count.saturating_sub(zeros);
        let given = count.min(self.decimal.left());
        for _ in 0..given {
            out.put(env, digit(self.decimal.next().into()))?;
        }
        out.pad(env, b'0', count.saturating_sub(given))
    }
}

/// The character of a number's last decimal digit.
const fn digit(number: u32) -> u8 {
    b'0'.wrapping_add((number % 10) as u8)
}
