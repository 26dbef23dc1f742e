//! Typed values from words, strictly: the whole word must be a literal that fits the type.

use wasmote_runtime::decimal::Format;
use wasmote_runtime::{Val, ValType};

use super::float;
use super::scan::Scan;
use crate::error::Error;

/// Why a word is not a value of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not begin like one.
    NoValue,
    /// It is a number, and too large or too small.
    Range,
    /// It begins like one, and this many bytes are left over.
    LeftOver {
        /// Bytes at the word's end.
        bytes: usize,
    },
    /// A NaN's payload is zero or too large.
    Payload,
    /// It is longer than [`NUMBER_LIMIT`](crate::limits::NUMBER_LIMIT) bytes.
    TooLong,
}

/// The value of argument `position` (counted from 1) of type `ty`.
///
/// Integers are decimal or `0x` hexadecimal with an optional sign and `_` between digits, signed or unsigned: an
/// i32 is -2147483648..4294967295. Floats are described in [`float`]. References are `null`; an externref may be
/// the host's number.
///
/// # Errors
///
/// [`Error::Argument`] names the position, the word, and what is wrong with it.
pub fn value(position: usize, text: &str, ty: ValType) -> Result<Val, Error<'_>> {
    parse(text, ty).map_err(|fault| Error::Argument { position, text, ty, fault })
}

/// The unsigned number in a word, such as an option's value, at most `max`.
///
/// # Errors
///
/// [`Error::Number`] names the option and what it takes.
pub fn unsigned<'a>(option: &'static str, text: &'a str, max: u64) -> Result<u64, Error<'a>> {
    match integer(text) {
        Ok((false, n)) if n <= max => Ok(n),
        _ => Err(Error::Number { option, text, max }),
    }
}

fn parse(text: &str, ty: ValType) -> Result<Val, Fault> {
    Ok(match ty {
        // Both readings of the 32 or 64 bits are accepted, so casts keep the bits.
        ValType::I32 => {
            let value = fit(integer(text)?, u64::from(i32::MIN.unsigned_abs()), u64::from(u32::MAX))?;
            Val::I32(value as u32 as i32)
        }
        ValType::I64 => Val::I64(fit(integer(text)?, i64::MIN.unsigned_abs(), u64::MAX)? as i64),
        ValType::F32 => Val::F32(float::bits(text, Format::F32)? as u32),
        ValType::F64 => Val::F64(float::bits(text, Format::F64)?),
        ValType::FuncRef if text == "null" => Val::FuncRef(None),
        ValType::ExternRef if text == "null" => Val::ExternRef(None),
        ValType::FuncRef => return Err(Fault::NoValue),
        ValType::ExternRef => {
            let number = fit(integer(text)?, 0, u64::from(u32::MAX).saturating_sub(1))?;
            Val::ExternRef(u32::try_from(number).ok())
        }
    })
}

/// The two's complement of a number at least `-least` and at most `most`.
fn fit((minus, magnitude): (bool, u64), least: u64, most: u64) -> Result<u64, Fault> {
    match minus {
        true if magnitude <= least => Ok(magnitude.wrapping_neg()),
        false if magnitude <= most => Ok(magnitude),
        _ => Err(Fault::Range),
    }
}

/// A literal's sign and magnitude.
fn integer(text: &str) -> Result<(bool, u64), Fault> {
    let mut scan = Scan(text.as_bytes());
    let minus = scan.sign();
    let radix = if scan.hex_prefix() { 16 } else { 10 };
    let (magnitude, started) = digits(&mut scan, radix);
    scan.end(started)?;
    Ok((minus, magnitude.ok_or(Fault::Range)?))
}

/// Takes digits; `None` for a number of above 64 bits. Also says whether there were any.
pub(super) fn digits(scan: &mut Scan<'_>, radix: u32) -> (Option<u64>, bool) {
    let (mut magnitude, mut started) = (Some(0u64), false);
    while let Some(digit) = scan.digit(radix, !started) {
        started = true;
        magnitude = magnitude
            .and_then(|m| m.checked_mul(u64::from(radix)))
            .and_then(|m| m.checked_add(u64::from(digit)));
    }
    (magnitude, started)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, ty: ValType, want: Result<Val, Fault>) {
        assert_eq!(parse(text, ty), want, "{text} as {}", ty.as_str());
    }

    #[test]
    fn integers_are_read_in_both_signednesses() {
        let i32 = |text, want| check(text, ValType::I32, Ok(Val::I32(want)));
        i32("0", 0);
        i32("-5", -5);
        i32("+5", 5);
        i32("0xff", 255);
        i32("-0x80", -128);
        i32("1_000", 1000);
        i32("0xFFFF_FFFF", -1);
        i32("-2147483648", i32::MIN);
        i32("4294967295", -1);
        let i64 = |text, want| check(text, ValType::I64, Ok(Val::I64(want)));
        i64("-9223372036854775808", i64::MIN);
        i64("18446744073709551615", -1);
        i64("0x8000_0000_0000_0000", i64::MIN);
    }

    #[test]
    fn what_is_no_integer_is_refused() {
        for ty in [ValType::I32, ValType::I64] {
            for text in ["", "-", "x", "_1", "--1", "+-1", "null", "é"] {
                check(text, ty, Err(Fault::NoValue));
            }
            for (text, bytes) in
                [("5x", 1), ("0x", 1), ("0xg", 2), ("1_", 1), ("1__0", 3), ("1.5", 2), ("1 ", 1)]
            {
                check(text, ty, Err(Fault::LeftOver { bytes }));
            }
            check("99999999999999999999999999", ty, Err(Fault::Range));
        }
        check("4294967296", ValType::I32, Err(Fault::Range));
        check("-2147483649", ValType::I32, Err(Fault::Range));
        check("18446744073709551616", ValType::I64, Err(Fault::Range));
        check("-9223372036854775809", ValType::I64, Err(Fault::Range));
    }

    #[test]
    fn references_are_null_or_the_hosts_number() {
        check("null", ValType::FuncRef, Ok(Val::FuncRef(None)));
        check("3", ValType::FuncRef, Err(Fault::NoValue));
        check("null", ValType::ExternRef, Ok(Val::ExternRef(None)));
        check("3", ValType::ExternRef, Ok(Val::ExternRef(Some(3))));
        check("4294967295", ValType::ExternRef, Err(Fault::Range));
        check("-1", ValType::ExternRef, Err(Fault::Range));
    }
}
