//! Where a value's digits go in its text.

use super::Decimal;
use crate::host::Failed;

/// How many digits go where.
pub(crate) struct Layout {
    /// Digits before the decimal point.
    whole: u32,
    /// Digits after it.
    pub(crate) fraction: u32,
    /// Zeros before the first digit, when the value is below 1 and written without an exponent.
    zeros: u32,
    /// The exponent of ten, if one is written.
    pub(crate) exponent: Option<i32>,
}

impl Layout {
    /// The layout of `%f`, `%e` or, for any other `style`, `%g`: that goes by the exponent, and has no zeros at the end
    /// unless these are asked for.
    // In one place, or LLVM makes a copy for each style of all that stands between two questions for it.
    #[inline(never)]
    pub(crate) fn new(decimal: &Decimal, style: u8, precision: u32, zeros: bool) -> Self {
        let point = decimal.point;
        let significant = if zeros { precision } else { decimal.len };
        let (plain, fraction) = match style {
            b'f' => (true, precision),
            b'e' => (false, precision),
            _ if point < -3 || i64::from(point) > precision.into() => (false, significant.saturating_sub(1)),
            _ => (true, significant.saturating_add_signed(point.saturating_neg())),
        };
        if !plain {
            return Self { whole: 1, fraction, zeros: 0, exponent: Some(point.saturating_sub(1)) };
        }
        let whole = u32::try_from(point).unwrap_or(0);
        // A value below 1 has a zero before the point, and its exponent in zeros after it.
        let zeros = 1u32.saturating_sub(whole).saturating_add(point.min(0).unsigned_abs());
        Self { whole: whole.max(1), fraction, zeros, exponent: None }
    }

    /// How many digits there are.
    pub(crate) fn digits(&self) -> u32 {
        self.whole.saturating_add(self.fraction)
    }

    /// Puts the digits and, if asked for, the point. `put` takes a character and how often it is to be put.
    pub(crate) fn put(
        &self,
        decimal: &mut Decimal,
        point: bool,
        put: &mut dyn FnMut(u8, u32) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let mut zeros = self.zeros;
        for (point, count) in [(false, self.whole), (point, self.fraction)] {
            if point {
                put(b'.', 1)?;
            }
            let before = zeros.min(count);
            zeros = zeros.saturating_sub(before);
            put(b'0', before)?;
            let rest = count.saturating_sub(before);
            let given = rest.min(decimal.left());
            for _ in 0..given {
                put(b'0'.wrapping_add(decimal.next()), 1)?;
            }
            put(b'0', rest.saturating_sub(given))?;
        }
        Ok(())
    }
}
