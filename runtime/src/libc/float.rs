//! `%f`, `%e` and `%g`.

use super::Env;
use super::output::Out;
use super::spec::Spec;
use crate::decimal::{Decimal, Places};
use crate::host::HostError;

/// The precision when none is given (C17, 7.21.6.1).
const DEFAULT_PRECISION: u32 = 6;
/// The sign bit of a double.
const SIGN: u64 = 1 << 63;
/// The bits of infinity.
const INFINITY: u64 = 0x7ff << 52;

/// Puts a double, given as its bits. It is not inlined, so that only floats pay for its stack.
#[inline(never)]
pub(super) fn put(env: &mut dyn Env, out: &mut Out, spec: &mut Spec, bits: u64) -> Result<(), HostError> {
    let sign = spec.sign(bits & SIGN != 0);
    let magnitude = bits & !SIGN;
    let upper = spec.conversion.is_ascii_uppercase();
    if magnitude >= INFINITY {
        spec.zeros = false;
        let text: &[u8] = match (magnitude > INFINITY, upper) {
            (false, false) => b"inf",
            (false, true) => b"INF",
            (true, false) => b"nan",
            (true, true) => b"NAN",
        };
        return spec.field(env, out, sign, text);
    }

    let mut precision = spec.precision.unwrap_or(DEFAULT_PRECISION);
    let style = spec.conversion | 0x20;
    let places = match style {
        b'f' => Places::Fraction(precision),
        b'e' => Places::Significant(precision.saturating_add(1)),
        _ => {
            precision = precision.max(1);
            Places::Significant(precision)
        }
    };
    let mut decimal = Decimal::NONE;
    decimal.round(magnitude, places);
    let layout = match style {
        b'f' => Layout::fixed(&decimal, precision),
        b'e' => Layout::scientific(&decimal, precision),
        _ => Layout::shorter(&decimal, precision, spec.alternate),
    };
    let point = layout.fraction > 0 || spec.alternate;
    let len = layout.len().saturating_add(point.into());
    spec.open(env, out, sign, len)?;
    put_digits(env, out, &mut decimal, layout.zeros.min(1), layout.whole)?;
    if point {
        out.put(env, b'.')?;
    }
    put_digits(env, out, &mut decimal, layout.zeros.saturating_sub(1), layout.fraction)?;
    if let Some(exponent) = layout.exponent {
        out.put(env, if upper { b'E' } else { b'e' })?;
        out.put(env, if exponent < 0 { b'-' } else { b'+' })?;
        let magnitude = exponent.unsigned_abs();
        if magnitude > 99 {
            out.put(env, digit(magnitude / 100))?;
        }
        out.put(env, digit(magnitude / 10))?;
        out.put(env, digit(magnitude))?;
    }
    spec.close(env, out, sign, len)
}

/// How many digits go where.
struct Layout {
    /// Digits before the decimal point.
    whole: u32,
    /// Digits after it.
    fraction: u32,
    /// Zeros before the first digit, when the value is below 1 and written without an exponent.
    zeros: u32,
    exponent: Option<i32>,
}

impl Layout {
    fn fixed(decimal: &Decimal, fraction: u32) -> Self {
        let whole = u32::try_from(decimal.point).unwrap_or(0);
        // A value below 1 has a zero before the point, and its exponent in zeros after it.
        let zeros = 1u32.saturating_sub(whole).saturating_add(decimal.point.min(0).unsigned_abs());
        Self { whole: whole.max(1), fraction, zeros, exponent: None }
    }

    fn scientific(decimal: &Decimal, fraction: u32) -> Self {
        Self { whole: 1, fraction, zeros: 0, exponent: Some(decimal.point.saturating_sub(1)) }
    }

    /// `%g`: the style by the exponent, and no zeros at the end unless they are asked for.
    fn shorter(decimal: &Decimal, precision: u32, alternate: bool) -> Self {
        let significant = if alternate { precision } else { decimal.len };
        if decimal.point < -3 || i64::from(decimal.point) > precision.into() {
            return Self::scientific(decimal, significant.saturating_sub(1));
        }
        let fraction = i64::from(significant).saturating_sub(decimal.point.into());
        Self::fixed(decimal, u32::try_from(fraction.max(0)).unwrap_or(u32::MAX))
    }

    /// The length of the text in bytes, without a decimal point.
    fn len(&self) -> u32 {
        let exponent = match self.exponent.map(i32::unsigned_abs) {
            None => 0,
            Some(0..=99) => 4,
            Some(_) => 5,
        };
        self.whole.saturating_add(self.fraction).saturating_add(exponent)
    }
}

/// Puts `count` digits, the first `zeros` of which are zeros before the value's own. Zeros take no time.
fn put_digits(
    env: &mut dyn Env,
    out: &mut Out,
    decimal: &mut Decimal,
    zeros: u32,
    count: u32,
) -> Result<(), HostError> {
    let zeros = zeros.min(count);
    out.pad(env, b'0', zeros)?;
    let rest = count.saturating_sub(zeros);
    let given = rest.min(decimal.left());
    for _ in 0..given {
        out.put(env, digit(decimal.next().into()))?;
    }
    out.pad(env, b'0', rest.saturating_sub(given))
}

/// The character of a number's last decimal digit.
const fn digit(number: u32) -> u8 {
    b'0'.wrapping_add((number % 10) as u8)
}
