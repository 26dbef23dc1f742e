//! Held against the standard library, which is exact.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::format;
use std::string::{String, ToString};

use super::{Format, nearest, shortest};

/// What the digits and the point of a finite double are, in the standard library's scientific form.
fn scientific(number: f64) -> String {
    let found = shortest(number.to_bits(), Format::F64);
    let text = str::from_utf8(found.digits()).unwrap();
    let (first, rest) = text.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e{}", found.point - 1)
}

#[track_caller]
fn check(number: f64) {
    let text = scientific(number);
    if text != format!("{number:e}") {
        // In the middle of two texts the standard library takes the upper one here, and the even one there.
        let places = text.split('e').next().unwrap().len() - 2;
        assert_eq!(text, format!("{number:.places$e}"));
    }
    let found = shortest(number.to_bits(), Format::F64);
    let exponent = found.point - found.digits().len() as i32;
    assert_eq!(nearest(found.digits(), exponent, Format::F64), number.to_bits(), "{number:e} read back");
    let (single, text) = (number as f32, number.to_string());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits: String = [whole, fraction].concat().chars().take(super::MAX_DIGITS).collect();
    if digits.len() == whole.len() + fraction.len() {
        let read = nearest(digits.as_bytes(), -(fraction.len() as i32), Format::F32);
        assert_eq!(read, u64::from(text.parse::<f32>().unwrap().to_bits()), "{text} as 32 bits");
    }
    if single.is_finite() {
        let found = shortest(u64::from(single.to_bits()), Format::F32);
        let exponent = found.point - found.digits().len() as i32;
        let want = format!("{single:e}");
        assert_eq!(found.digits().len(), want.split('e').next().unwrap().replace('.', "").len(), "{want}");
        assert_eq!(nearest(found.digits(), exponent, Format::F32), single.to_bits().into(), "{want}");
    }
}

#[test]
fn notable_values_go_both_ways() {
    for number in [0.0, 1.0, 0.1, 0.3, 1e23, 9.5e22, 5e-324, 1e16, 123456789012345680.0, 2.5, 1e-5] {
        check(number);
    }
    for number in [f64::MAX, f64::MIN_POSITIVE, f64::EPSILON, 4.35, 2f64.powi(-1022), 9007199254740993.0] {
        check(number);
    }
}

#[test]
fn powers_go_both_ways() {
    for exponent in -1074..=1023 {
        check(2f64.powi(exponent));
    }
    for exponent in -323..=308 {
        check(format!("1e{exponent}").parse().unwrap());
    }
}

#[test]
fn arbitrary_bits_go_both_ways() {
    let mut bits = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..3000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = f64::from_bits(bits >> 1);
        if number.is_finite() {
            check(number);
        }
    }
}

#[test]
fn ties_and_ends_of_the_range_are_rounded_as_the_standard_library_does() {
    for text in [
        "9007199254740993",
        "9007199254740993000000000000000000000000000000001e-33",
        "9007199254740992999999999999999999999999999999999e-33",
        "24703282292062327208e-343",
        "24703282292062327209e-343",
        "17976931348623158079e289",
        "17976931348623158080e289",
        "17976931348623159e292",
        "16777217",
        "0",
        "000",
        "1e-400",
        "1e400",
        "1e-2147483648",
        "1e2147483647",
        "00000000000000000000000000000000000000000000000000000000001e308",
    ] {
        let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let read = |format| nearest(digits.as_bytes(), exponent.parse().unwrap(), format);
        assert_eq!(read(Format::F64), text.parse::<f64>().unwrap().to_bits(), "{text}");
        assert_eq!(read(Format::F32), u64::from(text.parse::<f32>().unwrap().to_bits()), "{text} as 32 bits");
    }
}
