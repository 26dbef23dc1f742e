//! Hexadecimal floats: exact bits, rounded once.

use wasmote_runtime::decimal::Format;

use super::scan::Scan;

/// Takes the digits after `0x`, with point and binary exponent, and gives the magnitude's bits; infinity or above
/// when it is out of range, `None` if there are no digits.
pub(super) fn hexfloat(scan: &mut Scan<'_>, format: Format) -> Option<u64> {
    let (mut mantissa, mut scale, mut inexact) = (0u64, 0i32, false);
    let (mut any, mut point, mut first) = (false, false, true);
    loop {
        if !point && scan.take(".") {
            (point, first) = (true, true);
        }
        let Some(digit) = scan.digit(16, first) else { break };
        (any, first) = (true, false);
        let full = mantissa >> 60 != 0;
        if full {
            inexact |= digit != 0;
        } else {
            mantissa = mantissa << 4 | u64::from(digit);
        }
        // A digit that is dropped before the point scales up, one that is taken behind it scales down.
        let step = match (full, point) {
            (true, false) => 4,
            (false, true) => -4,
            _ => 0,
        };
        scale = scale.saturating_add(step);
    }
    if !any {
        return None;
    }
    let exponent = scan.exponent(b'p');
    Some(format.nearest(mantissa, inexact, scale.saturating_add(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check64(text: &str, want: u64) {
        assert_eq!(hexfloat(&mut Scan(text.as_bytes()), Format::F64), Some(want), "0x{text}");
    }

    #[track_caller]
    fn check32(text: &str, want: u32) {
        assert_eq!(hexfloat(&mut Scan(text.as_bytes()), Format::F32), Some(u64::from(want)), "0x{text}");
    }

    #[test]
    fn values_round_to_nearest_even() {
        check64("1p0", 1f64.to_bits());
        check64("1.fffffffffffffp1023", f64::MAX.to_bits());
        check64("1.fffffffffffff8p1023", f64::INFINITY.to_bits());
        check64("1.00000000000008p0", 1f64.to_bits());
        check64("1.00000000000018p0", 1f64.to_bits() + 2);
        check64("1.000000000000080000000000001p0", 1f64.to_bits() + 1);
        check64("123456789abcdef01p-68", 0x3fb2_3456_789a_bcdf);
        check64("0.0000000000000000000000001p100", 1f64.to_bits());
        check32("1.000001p0", 1f32.to_bits());
        check32("1.000003p0", 1f32.to_bits() + 2);
        check32("1.fffffep127", f32::MAX.to_bits());
    }

    #[test]
    fn small_values_are_subnormal_or_zero() {
        check64("1p-1074", 1);
        check64("1p-1075", 0);
        check64("1.8p-1075", 1);
        check64("0.fffffffffffff8p-1022", f64::MIN_POSITIVE.to_bits());
        check64("1p-99999", 0);
        check32("1p-149", 1);
        check32("1p-126", f32::MIN_POSITIVE.to_bits());
        check64("0p0", 0);
    }

    #[test]
    fn every_f32_exponent_agrees_with_the_exact_value() {
        for exponent in -140i32..=127 {
            let text = std::format!("1.4cp{exponent}");
            let want = f64::from_bits(0x3ff4_c000_0000_0000) * 2f64.powi(exponent);
            check32(&text, (want as f32).to_bits());
        }
    }
}
