//! Floats from words.
//!
//! `1.5`, `-1e-3`, `1_000.`, `.5`, `0x1.8p3`, `0xff`; `inf`; `nan` (the canonical one) and `nan:0x123` (a payload), each
//! with an optional sign. A literal is rounded to the nearest value, ties to even; one beyond the largest value is
//! refused rather than made infinite.

use heapless::Vec;
use wasmote_runtime::decimal::{Format, MAX_DIGITS, nearest};

use super::number::Fault;
use super::scan::Scan;
use crate::limits::NUMBER_LIMIT;

/// The bits of a literal.
pub(super) fn bits(scan: &mut Scan<'_>, format: Format) -> u64 {
    let sign = if scan.sign() { format.sign() } else { 0 };
    let magnitude = if scan.take("inf") {
        format.infinity()
    } else if scan.take("nan") {
        format.infinity() | payload(scan, format)
    } else {
        let base = if scan.hex_prefix() { 16 } else { 10 };
        literal(scan, base, format)
    };
    scan.end();
    sign | magnitude
}

/// The payload after `nan`: the canonical one, or `:0x` and digits.
fn payload(scan: &mut Scan<'_>, format: Format) -> u64 {
    let mut ahead = *scan;
    if !(ahead.take(":") && ahead.hex_prefix()) {
        return format.quiet();
    }
    let payload = ahead.number(16);
    if ahead.fault.is_some() || payload == 0 || payload > format.mantissa() {
        ahead.fault = Some(Fault::Payload);
    }
    *scan = ahead;
    payload
}

/// Takes digits in a base of 10 or 16, a point and an exponent, and gives the bits.
fn literal(scan: &mut Scan<'_>, base: u32, format: Format) -> u64 {
    let mut digits = Vec::new();
    scan.digits(base, &mut digits);
    let fraction = if scan.take(".") { scan.digits(base, &mut digits) } else { 0 };
    if digits.is_empty() {
        scan.fail(Fault::NoValue);
    }
    let (mark, scale) = if base == 16 { (b'p', 4) } else { (b'e', 1) };
    // The digits are as many as fit, so that the count does too.
    let exponent = scan.exponent(mark).wrapping_sub((fraction as i32).wrapping_mul(scale));
    let bits = nearest(&digits, base, exponent, format);
    if bits >= format.infinity() {
        scan.fail(Fault::Range);
    }
    bits
}

// All digits of a literal count.
const _: () = assert!(NUMBER_LIMIT <= MAX_DIGITS);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, format: Format) -> Result<u64, Fault> {
        let mut scan = Scan::new(text);
        let bits = bits(&mut scan, format);
        scan.fault.map_or(Ok(bits), Err)
    }

    fn f32_bits(text: &str) -> Result<u32, Fault> {
        read(text, Format::F32).map(|bits| bits as u32)
    }

    fn f64_bits(text: &str) -> Result<u64, Fault> {
        read(text, Format::F64)
    }

    #[track_caller]
    fn check64(text: &str, want: f64) {
        assert_eq!(f64_bits(text), Ok(want.to_bits()), "{text}");
    }

    #[track_caller]
    fn check32(text: &str, want: f32) {
        assert_eq!(f32_bits(text), Ok(want.to_bits()), "{text}");
    }

    #[track_caller]
    fn refused(text: &str, want: Fault) {
        assert_eq!((f32_bits(text), f64_bits(text)), (Err(want), Err(want)), "{text}");
    }

    #[test]
    fn floats_are_read() {
        for (text, want) in [
            ("1.5", 1.5),
            ("-1.5", -1.5),
            ("5", 5.0),
            ("5.", 5.0),
            (".5", 0.5),
            ("-0", -0.0),
            ("1e-3", 1e-3),
            ("1E+3", 1e3),
            ("1_000.000_5", 1000.0005),
            ("0xff", 255.0),
            ("0x1.8p3", 12.0),
            ("-0x.8p-1", -0.25),
            ("inf", f64::INFINITY),
            ("-inf", f64::NEG_INFINITY),
            ("1e-400", 0.0),
        ] {
            check64(text, want);
            check32(text, want as f32);
        }
        check64("1.7976931348623157e308", f64::MAX);
        check64("4.9e-324", f64::from_bits(1));
        check32("3.4028235e38", f32::MAX);
    }

    #[test]
    fn nans_keep_their_payload() {
        assert_eq!(f32_bits("nan"), Ok(0x7fc0_0000));
        assert_eq!(f32_bits("-nan"), Ok(0xffc0_0000));
        assert_eq!(f32_bits("nan:0x123"), Ok(0x7f80_0123));
        assert_eq!(f32_bits("nan:0x800000"), Err(Fault::Payload));
        assert_eq!(f64_bits("nan"), Ok(0x7ff8_0000_0000_0000));
        assert_eq!(f64_bits("-nan:0xf_ffff_ffff_ffff"), Ok(u64::MAX));
        refused("nan:0x0", Fault::Payload);
        refused("nan:", Fault::LeftOver { bytes: 1 });
    }

    #[test]
    fn what_is_no_float_is_refused() {
        for text in ["", "-", ".", "e5", "x", "NaN", "Infinity", "_1"] {
            refused(text, Fault::NoValue);
        }
        for (text, bytes) in
            [("1.5x", 1), ("1e", 1), ("1e+", 2), ("1.5.5", 2), ("inff", 1), ("0x1p", 1), ("1._5", 2)]
        {
            refused(text, Fault::LeftOver { bytes });
        }
        refused("1e999", Fault::Range);
        refused("-0x1p99999", Fault::Range);
        refused(&"1".repeat(NUMBER_LIMIT + 1), Fault::TooLong);
    }
    #[track_caller]
    fn hex64(text: &str, want: u64) {
        assert_eq!(f64_bits(&std::format!("0x{text}")), Ok(want), "0x{text}");
    }

    #[track_caller]
    fn hex32(text: &str, want: u32) {
        assert_eq!(f32_bits(&std::format!("0x{text}")), Ok(want), "0x{text}");
    }

    #[test]
    fn hexadecimal_values_round_to_nearest_even() {
        hex64("1p0", 1f64.to_bits());
        hex64("1.fffffffffffffp1023", f64::MAX.to_bits());
        assert_eq!(f64_bits("0x1.fffffffffffff8p1023"), Err(Fault::Range));
        hex64("1.00000000000008p0", 1f64.to_bits());
        hex64("1.00000000000018p0", 1f64.to_bits() + 2);
        hex64("1.000000000000080000000000001p0", 1f64.to_bits() + 1);
        hex64("123456789abcdef01p-68", 0x3fb2_3456_789a_bcdf);
        hex64("0.0000000000000000000000001p100", 1f64.to_bits());
        hex32("1.000001p0", 1f32.to_bits());
        hex32("1.000003p0", 1f32.to_bits() + 2);
        hex32("1.fffffep127", f32::MAX.to_bits());
    }

    #[test]
    fn small_hexadecimal_values_are_subnormal_or_zero() {
        hex64("1p-1074", 1);
        hex64("1p-1075", 0);
        hex64("1.8p-1075", 1);
        hex64("0.fffffffffffff8p-1022", f64::MIN_POSITIVE.to_bits());
        hex64("1p-99999", 0);
        hex32("1p-149", 1);
        hex32("1p-126", f32::MIN_POSITIVE.to_bits());
        hex64("0p0", 0);
    }

    #[test]
    fn every_f32_exponent_agrees_with_the_exact_value() {
        for exponent in -140i32..=127 {
            let text = std::format!("1.4cp{exponent}");
            let want = f64::from_bits(0x3ff4_c000_0000_0000) * 2f64.powi(exponent);
            hex32(&text, (want as f32).to_bits());
        }
    }
}
