//! A literal's characters, taken from its front.

use heapless::Vec;

use super::number::Fault;
use crate::limits::NUMBER_LIMIT;

/// The rest of a literal, and what was wrong with it first.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a> {
    rest: &'a [u8],
    /// What was taken is worth nothing if there is a fault.
    pub(super) fault: Option<Fault>,
}

impl<'a> Scan<'a> {
    /// A literal of which nothing was taken.
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes(), fault: None }
    }

    /// Notes a fault, unless there was one before.
    pub(super) fn fail(&mut self, fault: Fault) {
        self.fault = self.fault.or(Some(fault));
    }

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
        match self.rest.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `0x` if a digit, or a point and a digit, follows.
    pub(super) fn hex_prefix(&mut self) -> bool {
        let [b'0', b'x' | b'X', rest @ ..] = self.rest else { return false };
        let digits = rest.strip_prefix(b".").unwrap_or(rest);
        let prefix = digits.first().is_some_and(u8::is_ascii_hexdigit);
        if prefix {
            self.rest = rest;
        }
        prefix
    }

    /// Takes a digit, and an underscore before it unless it is the first.
    fn digit(&mut self, radix: u32, first: bool) -> Option<u32> {
        let (&byte, rest) = match self.rest {
            [b'_', rest @ ..] if !first => rest,
            rest => rest,
        }
        .split_first()?;
        let digit = char::from(byte).to_digit(radix)?;
        self.rest = rest;
        Some(digit)
    }

    /// Takes the digits of a number of 64 bits.
    pub(super) fn number(&mut self, radix: u32) -> u64 {
        let (mut number, mut first) = (0u64, true);
        while let Some(digit) = self.digit(radix, first) {
            first = false;
            match number.checked_mul(radix.into()).and_then(|number| number.checked_add(digit.into())) {
                Some(longer) => number = longer,
                None => self.fail(Fault::Range),
            }
        }
        if first {
            self.fail(Fault::NoValue);
        }
        number
    }

    /// Takes digits into `to`; says how many.
    pub(super) fn digits(&mut self, radix: u32, to: &mut Vec<u8, NUMBER_LIMIT>) -> usize {
        let before = to.len();
        while let Some(digit) = self.digit(radix, to.len() == before) {
            if to.push(digit as u8).is_err() {
                self.fail(Fault::TooLong);
            }
        }
        to.len().wrapping_sub(before)
    }

    /// Takes a signed decimal exponent after `mark`, a small letter, or its capital, kept within 100,000 either way.
    pub(super) fn exponent(&mut self, mark: u8) -> i32 {
        const LIMIT: i32 = 100_000;
        let mut ahead = *self;
        match ahead.rest.split_first() {
            Some((first, rest)) if first.to_ascii_lowercase() == mark => ahead.rest = rest,
            _ => return 0,
        }
        let minus = ahead.sign();
        let (mut exponent, mut first) = (0i32, true);
        while let Some(digit) = ahead.digit(10, first) {
            first = false;
            // Far from an overflow.
            exponent = exponent.wrapping_mul(10).wrapping_add(digit.cast_signed()).min(LIMIT);
        }
        if !first {
            *self = ahead;
        }
        if minus { exponent.wrapping_neg() } else { exponent }
    }

    /// Checks that nothing is left.
    pub(super) fn end(&mut self) {
        if !self.rest.is_empty() {
            self.fail(Fault::LeftOver { bytes: self.rest.len() });
        }
    }
}
