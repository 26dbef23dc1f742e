//! `%f`, `%e` and `%g`.

use super::Env;
use super::output::Out;
use super::spec::{ALTERNATE, PLUS, Spec, ZEROS};
use crate::decimal::{Decimal, Format, Layout, Places};
use crate::host::Failed;

/// The precision when none is given (C17, 7.21.6.1).
const DEFAULT_PRECISION: u32 = 6;
const SIGN: u64 = Format::F64.sign();
const INFINITY: u64 = Format::F64.infinity();

/// Puts a double, given as its bits. It is not inlined, so that only floats pay for its stack.
#[inline(never)]
pub(super) fn put(env: &mut impl Env, out: &mut Out, spec: &mut Spec, bits: u64) -> Result<(), Failed> {
    let sign = spec.sign(bits & SIGN != 0);
    let magnitude = bits & !SIGN;
    let upper = spec.conversion.is_ascii_uppercase();
    if magnitude >= INFINITY {
        spec.flags &= !ZEROS;
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
        b'e' => Places::Significant(precision.wrapping_add(1)),
        _ => {
            precision = precision.max(1);
            Places::Significant(precision)
        }
    };
    let mut decimal = Decimal::NONE;
    decimal.round(magnitude, Format::F64, places);
    let layout = Layout::new(&decimal, style, precision, spec.has(ALTERNATE));
    let point = layout.fraction > 0 || spec.has(ALTERNATE);
    let exponent = match layout.exponent.map(i32::unsigned_abs) {
        None => 0,
        Some(0..=99) => 4,
        Some(_) => 5,
    };
    let len = layout.digits().saturating_add(exponent).saturating_add(point.into());
    spec.open(env, out, sign, len)?;
    layout.put(&mut decimal, point, &mut |byte, count| match count {
        1 => out.put(env, byte),
        _ => out.pad(env, byte, count),
    })?;
    if let Some(exponent) = layout.exponent {
        out.put(env, if upper { b'E' } else { b'e' })?;
        // At least two digits.
        let mut spec = Spec { flags: PLUS, precision: Some(2), conversion: b'd', ..Spec::NONE };
        spec.integer(env, out, exponent < 0, exponent.unsigned_abs().into())?;
    }
    Ok(())
}
