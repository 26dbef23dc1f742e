//! Numbers from strings.

use super::guest::Reader;
use super::{Env, ctype};
use crate::host::Failed;

/// What a string begins with.
struct Parsed {
    negative: bool,
    /// The magnitude, unless it is larger.
    value: Option<u32>,
    /// The address behind the number; where the text is when there is none.
    end: u32,
}

impl Parsed {
    /// A magnitude with the number's sign.
    fn signed(&self, value: u32) -> u32 {
        if self.negative { value.wrapping_neg() } else { value }
    }
}

/// Reads white space, a sign, a prefix and digits, as `strtol` does. `base` is 0 or 2 to 36.
fn parse(env: &mut impl Env, addr: u32, mut base: u32) -> Result<Parsed, Failed> {
    let mut parsed = Parsed { negative: false, value: Some(0), end: addr };
    if base == 1 || base > 36 {
        return Ok(parsed);
    }
    let mut text = Reader::new(addr);
    text.advance(env)?;
    while ctype::space(&text.byte) {
        text.advance(env)?;
    }
    if matches!(text.byte, b'-' | b'+') {
        parsed.negative = text.byte == b'-';
        text.advance(env)?;
    }
    if text.byte == b'0' && matches!(base, 0 | 16) {
        // The zero is a number of its own when no digit follows the prefix.
        text.advance(env)?;
        parsed.end = text.addr();
        if text.byte | 0x20 == b'x' {
            text.advance(env)?;
            if !text.byte.is_ascii_hexdigit() {
                return Ok(parsed);
            }
            base = 16;
        } else if base == 0 {
            base = 8;
        }
    } else if base == 0 {
        base = 10;
    }
    while let Some(digit) = digit(text.byte, base) {
        parsed.value = parsed.value.and_then(|value| value.checked_mul(base)?.checked_add(digit));
        text.advance(env)?;
        parsed.end = text.addr();
    }
    Ok(parsed)
}

/// The value of a digit in a base up to 36.
fn digit(byte: u8, base: u32) -> Option<u32> {
    let value = match byte {
        b'0'..=b'9' => byte.wrapping_sub(b'0'),
        b'a'..=b'z' | b'A'..=b'Z' => (byte | 0x20).wrapping_sub(b'a').wrapping_add(10),
        _ => return None,
    };
    Some(value.into()).filter(|&value| value < base)
}

/// Tells the caller where the number ended, if it asks.
fn write_end(env: &mut impl Env, end: u32, parsed: &Parsed) -> Result<(), Failed> {
    if end == 0 {
        return Ok(());
    }
    env.write_word(end, parsed.end)
}

/// The number with its sign, held at the bounds of a 32-bit `long`.
fn to_long(parsed: &Parsed) -> u32 {
    match parsed.value {
        Some(value) if value <= i32::MAX as u32 => parsed.signed(value),
        _ if parsed.negative => i32::MIN as u32,
        _ => i32::MAX as u32,
    }
}

pub(super) fn atoi(env: &mut impl Env, s: u32) -> Result<u32, Failed> {
    Ok(to_long(&parse(env, s, 10)?))
}

pub(super) fn strtol(env: &mut impl Env, s: u32, end: u32, base: u32) -> Result<u32, Failed> {
    let parsed = parse(env, s, base)?;
    write_end(env, end, &parsed)?;
    Ok(to_long(&parsed))
}

pub(super) fn strtoul(env: &mut impl Env, s: u32, end: u32, base: u32) -> Result<u32, Failed> {
    let parsed = parse(env, s, base)?;
    write_end(env, end, &parsed)?;
    Ok(parsed.value.map_or(u32::MAX, |value| parsed.signed(value)))
}
