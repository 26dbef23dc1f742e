//! Floats from words.
//!
//! `1.5`, `-1e-3`, `1_000.`, `.5`, `0x1.8p3`, `0xff`; `inf`; `nan` (the canonical one) and `nan:0x123` (a payload), each
//! with an optional sign. A literal is rounded to the nearest value, ties to even; one beyond the largest value is
//! refused rather than made infinite.

use heapless::Vec;
use wasmote_runtime::decimal::{Format, MAX_DIGITS, nearest};

use super::hexfloat::hexfloat;
use super::number::{Fault, digits};
use super::scan::Scan;
use crate::limits::NUMBER_LIMIT;

/// The bits of an f32 literal.
pub(super) fn f32_bits(text: &str) -> Result<u32, Fault> {
    u32::try_from(bits(text, Format::F32)?).map_err(|_| Fault::Range)
}

/// The bits of an f64 literal.
pub(super) fn f64_bits(text: &str) -> Result<u64, Fault> {
    bits(text, Format::F64)
}

/// The bits of a literal.
fn bits(text: &str, format: Format) -> Result<u64, Fault> {
    let mut scan = Scan(text.as_bytes());
    let sign = if scan.sign() { format.sign() } else { 0 };
    let magnitude = if scan.take("inf") {
        format.infinity()
    } else if scan.take("nan") {
        format.infinity() | payload(&mut scan, format)?
    } else {
        let bits = if scan.hex_prefix() { hexfloat(&mut scan, format) } else { decimal(&mut scan, format)? };
        let Some(bits) = bits else { return scan.end(false).map(|()| 0) };
        scan.end(true)?;
        return if bits < format.infinity() { Ok(sign | bits) } else { Err(Fault::Range) };
    };
    scan.end(true)?;
    Ok(sign | magnitude)
}

/// The payload after `nan`: the canonical one, or `:0x` and digits.
fn payload(scan: &mut Scan<'_>, format: Format) -> Result<u64, Fault> {
    let mut ahead = *scan;
    if !(ahead.take(":") && ahead.hex_prefix()) {
        return Ok(format.quiet());
    }
    let (payload, _) = digits(&mut ahead, 16);
    *scan = ahead;
    payload.filter(|&payload| payload != 0 && payload <= format.mantissa()).ok_or(Fault::Payload)
}

/// Takes a decimal literal and gives its bits; `None` if there are no digits.
fn decimal(scan: &mut Scan<'_>, format: Format) -> Result<Option<u64>, Fault> {
    let mut digits = Vec::<u8, NUMBER_LIMIT>::new();
    let mut fraction = 0;
    scan.digits(&mut digits)?;
    let mut ahead = *scan;
    if ahead.take(".") {
        fraction = ahead.digits(&mut digits)?;
        // A lone point is not a number.
        if !digits.is_empty() {
            *scan = ahead;
        }
    }
    if digits.is_empty() {
        return Ok(None);
    }
    // The digits are as many as fit, so that the count does too.
    let exponent = scan.exponent(b'e').saturating_sub(fraction as i32);
    Ok(Some(nearest(&digits, exponent, format)))
}

// All digits of a literal count.
const _: () = assert!(NUMBER_LIMIT <= MAX_DIGITS);

#[cfg(test)]
mod tests {
    use super::*;

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
}
