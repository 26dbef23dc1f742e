//! A literal's characters, taken from its front.

use heapless::String;

use super::number::Fault;
use crate::limits::NUMBER_LIMIT;

/// The rest of a literal.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a>(pub(super) &'a str);

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
        match self.0.strip_prefix(text) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `0x` if a digit, or a point and a digit, follows.
    pub(super) fn hex_prefix(&mut self) -> bool {
        let rest = self.0.strip_prefix("0x").or(self.0.strip_prefix("0X"));
        match rest {
            Some(rest) if rest.trim_start_matches('.').starts_with(|c: char| c.is_ascii_hexdigit()) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes a digit, and an underscore before it unless it is the first.
    pub(super) fn digit(&mut self, radix: u32, first: bool) -> Option<u32> {
        let rest = if first { self.0 } else { self.0.strip_prefix('_').unwrap_or(self.0) };
        let digit = rest.chars().next()?.to_digit(radix)?;
        self.0 = rest.get(1..).unwrap_or_default();
        Some(digit)
    }

    /// Takes decimal digits into `to`; says how many.
    pub(super) fn digits(&mut self, to: &mut String<NUMBER_LIMIT>) -> Result<usize, Fault> {
        let mut count = 0usize;
        while let Some(digit) = self.digit(10, count == 0) {
            count = count.saturating_add(1);
            to.push(char::from_digit(digit, 10).unwrap_or('0')).map_err(|_| Fault::TooLong)?;
        }
        Ok(count)
    }

    /// Takes a signed decimal exponent after one of `marks`, kept within 100,000 either way.
    pub(super) fn exponent(&mut self, marks: [char; 2]) -> i32 {
        const LIMIT: i32 = 100_000;
        let mut ahead = Scan(self.0.strip_prefix(marks).unwrap_or_default());
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
