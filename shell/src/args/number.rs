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
    let mut scan = Scan::new(text);
    let number = integer(&mut scan, 0, max);
    scan.fault.map_or(Ok(number), |_| Err(Error::Number { option, text, max }))
}

fn parse(text: &str, ty: ValType) -> Result<Val, Fault> {
    let mut scan = Scan::new(text);
    let value = match ty {
        // Both readings of the 32 or 64 bits are accepted, so casts keep the bits.
        ValType::I32 => {
            let value = integer(&mut scan, i32::MIN.unsigned_abs().into(), u32::MAX.into());
            Val::I32(value as u32 as i32)
        }
        ValType::I64 => Val::I64(integer(&mut scan, i64::MIN.unsigned_abs(), u64::MAX) as i64),
        ValType::F32 => Val::F32(float::bits(&mut scan, Format::F32) as u32),
        ValType::F64 => Val::F64(float::bits(&mut scan, Format::F64)),
        ValType::FuncRef if text == "null" => Val::FuncRef(None),
        ValType::ExternRef if text == "null" => Val::ExternRef(None),
        ValType::FuncRef => return Err(Fault::NoValue),
        ValType::ExternRef => {
            let number = integer(&mut scan, 0, u64::from(u32::MAX).wrapping_sub(1));
            Val::ExternRef(u32::try_from(number).ok())
        }
    };
    scan.fault.map_or(Ok(value), Err)
}

/// The two's complement of a literal's number, at least `-least` and at most `most`.
fn integer(scan: &mut Scan<'_>, least: u64, most: u64) -> u64 {
    let minus = scan.sign();
    let radix = if scan.hex_prefix() { 16 } else { 10 };
    let magnitude = scan.number(radix);
    scan.end();
    if magnitude > if minus { least } else { most } {
        scan.fail(Fault::Range);
    }
    if minus { magnitude.wrapping_neg() } else { magnitude }
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
