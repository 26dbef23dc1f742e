//! Held against the standard library, which is exact.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::{Format, nearest, put_shortest};

/// A finite magnitude's shortest text, with its exponent.
fn shortest(bits: u64, format: Format) -> String {
    let mut text = String::new();
    let exponent = put_shortest(bits, format, &mut |byte, count| {
        text.extend(std::iter::repeat_n(char::from(byte), count as usize));
    });
    exponent.map_or(text.clone(), |exponent| format!("{text}e{exponent}"))
}

/// How many digits a text has, the zeros at both ends and the exponent aside.
fn significant(text: &str) -> usize {
    let digits = text.split('e').next().unwrap().replace('.', "");
    digits.trim_matches('0').len()
}

/// The digits of a text without a sign, and the exponent of the last one.
fn split(text: &str) -> (Vec<u8>, i32) {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    (digits, exponent.parse::<i32>().unwrap().saturating_sub(fraction.len() as i32))
}

fn read(text: &str, format: Format) -> u64 {
    let (digits, exponent) = split(text);
    nearest(&digits, 10, exponent, format)
}

/// Holds a text against the standard library's, which has a digit less at some powers of two.
#[track_caller]
fn check_shortest(text: &str, want: &str, power: bool) {
    let (found, least) = (significant(text), significant(want));
    assert!(found == least || power && found == least + 1, "{text}, not {want}");
}

#[track_caller]
fn check(number: f64) {
    let text = shortest(number.to_bits(), Format::F64);
    check_shortest(&text, &format!("{number:e}"), number.to_bits() & Format::F64.mantissa() == 0);
    let places = significant(&text).saturating_sub(1);
    assert_eq!(format!("{:e}", text.parse::<f64>().unwrap()), format!("{number:e}"), "{text}");
    let rounded = format!("{number:.places$e}");
    let plain: String =
        split(&text).0.into_iter().skip_while(|&d| d == 0).map(|d| char::from(d + b'0')).collect();
    let want: String = rounded.split('e').next().unwrap().replace('.', "");
    assert_eq!(plain.trim_end_matches('0'), want.trim_end_matches('0'), "{rounded}");
    assert_eq!(read(&text, Format::F64), number.to_bits(), "{number:e} read back");
    let (single, text) = (number as f32, number.to_string());
    if split(&text).0.len() <= super::MAX_DIGITS {
        let want = text.parse::<f32>().unwrap().to_bits();
        assert_eq!(read(&text, Format::F32), u64::from(want), "{text} as 32 bits");
    }
    if single.is_finite() {
        let bits = u64::from(single.to_bits());
        let text = shortest(bits, Format::F32);
        check_shortest(&text, &format!("{single:e}"), bits & Format::F32.mantissa() == 0);
        assert_eq!(read(&text, Format::F32), bits, "{text}");
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
        assert_eq!(read(text, Format::F64), text.parse::<f64>().unwrap().to_bits(), "{text}");
        assert_eq!(
            read(text, Format::F32),
            u64::from(text.parse::<f32>().unwrap().to_bits()),
            "{text} as 32 bits"
        );
    }
}
