//! A literal's characters, taken from its front.

use heapless::Vec;

use super::number::Fault;
use crate::limits::NUMBER_LIMIT;

/// The rest of a literal.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a>(pub(super) &'a [u8]);

impl<'a> Scan<'a> {
    /// Takes a sign; `true` is minus.
    pub(super) fn sign(&mut self) -> bool {
        let minus = self.take("-");
        if !minus {
            self.take("+");
        }
        minus
    }

    /// Takes `text` if it is next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `0x` if a digit, or a point and a digit, follows.
    pub(super) fn hex_prefix(&mut self) -> bool {
        let [b'0', b'x' | b'X', rest @ ..] = self.0 else { return false };
        let prefix = matches!(rest, [digit, ..] | [b'.', digit, ..] if digit.is_ascii_hexdigit());
        if prefix {
            self.0 = rest;
        }
        prefix
    }

    /// Takes a digit, and an underscore before it unless it is the first.
    pub(super) fn digit(&mut self, radix: u32, first: bool) -> Option<u32> {
        let (&byte, rest) = match self.0 {
            [b'_', rest @ ..] if !first => rest,
            rest => rest,
        }
        .split_first()?;
        let digit = char::from(byte).to_digit(radix)?;
        self.0 = rest;
        Some(digit)
    }

    /// Takes digits into `to`; says how many.
    pub(super) fn digits(&mut self, radix: u32, to: &mut Vec<u8, NUMBER_LIMIT>) -> Result<usize, Fault> {
        let mut count = 0usize;
        while let Some(digit) = self.digit(radix, count == 0) {
            count = count.saturating_add(1);
            to.push(digit as u8).map_err(|_| Fault::TooLong)?;
        }
        Ok(count)
    }

    /// Takes a signed decimal exponent after `mark`, a small letter, or its capital, kept within 100,000 either way.
    pub(super) fn exponent(&mut self, mark: u8) -> i32 {
        const LIMIT: i32 = 100_000;
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        if first.to_ascii_lowercase() != mark {
            return 0;
        }
        let mut ahead = Scan(rest);
        let minus = ahead.sign();
        let mut exponent = 0i32;
        let mut first = true;
        while let Some(digit) = ahead.digit(10, first) {
            first = false;
            exponent = exponent.saturating_mul(10).saturating_add(digit.cast_signed()).min(LIMIT);
        }
        if first {
            return 0;
        }
        *self = ahead;
        if minus { exponent.saturating_neg() } else { exponent }
    }

    /// Checks that nothing is left.
    pub(super) fn end(self, started: bool) -> Result<(), Fault> {
        match (self.0.is_empty(), started) {
            (true, true) => Ok(()),
            (_, false) => Err(Fault::NoValue),
            (false, true) => Err(Fault::LeftOver { bytes: self.0.len() }),
        }
    }
}
