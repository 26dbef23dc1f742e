//! CBOR (RFC 8949), as much of it as requests and responses have.
//!
//! What is read is a peer's: nothing here trusts a length, and what is passed over may nest [`DEPTH`] deep.

/// The major types, as the upper three bits of an item's first byte have them.
pub(super) const UNSIGNED: u8 = 0;
pub(super) const NEGATIVE: u8 = 1;
pub(super) const BYTES: u8 = 2;
pub(super) const TEXT: u8 = 3;
pub(super) const ARRAY: u8 = 4;
pub(super) const MAP: u8 = 5;
const TAG: u8 = 6;

/// The lower five bits of an item without a length, which a break ends.
pub(super) const INDEFINITE: u8 = 31;
/// The byte that ends such an item.
pub(super) const BREAK: u8 = 0xff;

/// The truth values.
pub(super) const FALSE: u8 = 0xf4;
pub(super) const TRUE: u8 = 0xf5;

/// How deep items may nest that are passed over.
const DEPTH: u8 = 8;

/// The items of an array or map that are left; `None` until a break.
pub(super) struct Left(Option<u64>);

/// An item's first bytes: its major type, and its value or length unless that is indefinite.
struct Head {
    major: u8,
    value: Option<u64>,
}

/// What is left of a request. Its methods give `None` for what is malformed, cut short or of another type.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    fn head(&mut self) -> Option<Head> {
        let (first, rest) = self.0.split_first()?;
        let info = first & 31;
        let len = match info {
            0..=23 | INDEFINITE => 0,
            24..=27 => 1 << (info & 3),
            _ => return None,
        };
        let (bytes, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        let value = match bytes {
            [] => u64::from(info),
            _ => bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)),
        };
        Some(Head { major: first >> 5, value: (info != INDEFINITE).then_some(value) })
    }

    /// The value or length of an item of a major type.
    fn value(&mut self, major: u8) -> Option<u64> {
        self.head().filter(|head| head.major == major)?.value
    }

    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// Reads an unsigned number of 32 bits.
    pub(super) fn number(&mut self) -> Option<u32> {
        u32::try_from(self.value(UNSIGNED)?).ok()
    }

    /// Reads a byte string, which is one piece.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.value(BYTES)?;
        self.take(len)
    }

    /// Reads a text, which is one piece.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let len = self.value(TEXT)?;
        core::str::from_utf8(self.take(len)?).ok()
    }

    /// Enters an array or a map, as `major` says.
    pub(super) fn enter(&mut self, major: u8) -> Option<Left> {
        self.head().filter(|head| head.major == major).map(|head| Left(head.value))
    }

    /// Whether there is another item, or pair, in what was entered.
    pub(super) fn more(&mut self, left: &mut Left) -> bool {
        match &mut left.0 {
            Some(0) => false,
            Some(left) => {
                *left = left.saturating_sub(1);
                true
            }
            None => self.0.first() != Some(&BREAK),
        }
    }

    /// Passes over an item.
    pub(super) fn skip(&mut self) -> Option<()> {
        if self.pass(DEPTH)? { None } else { Some(()) }
    }

    /// Passes over an item; whether it was a break.
    fn pass(&mut self, depth: u8) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        let head = self.head()?;
        let items = match (head.major, head.value) {
            (UNSIGNED | NEGATIVE | TAG, None) => return None,
            (UNSIGNED | NEGATIVE, _) => 0,
            (BYTES | TEXT, Some(len)) => self.take(len).map(|_| 0)?,
            (ARRAY, Some(len)) => len,
            (MAP, Some(len)) => len.saturating_mul(2),
            (TAG, _) => 1,
            (BYTES | TEXT | ARRAY | MAP, None) => {
                while !self.pass(depth)? {}
                0
            }
            // A simple value, a float or a break.
            (_, value) => return Some(value.is_none()),
        };
        // Each takes a byte at least, so that a length that lies ends where the request does.
        for _ in 0..items {
            if self.pass(depth)? {
                return None;
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passes over an item before a 7.
    #[track_caller]
    fn check(item: &[u8], passed: bool) {
        let bytes = [item, &[7]].concat();
        let mut cursor = Cursor(&bytes);
        let over = cursor.skip().is_some();
        assert_eq!(over && cursor.number() == Some(7), passed, "{item:x?}");
    }

    #[test]
    fn items_of_every_kind_are_passed_over() {
        for item in [
            &b"\x00"[..],
            b"\x18\xff",
            b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x39\x01\x00",
            b"\x43abc",
            b"\x5f\x41a\x42bc\xff",
            b"\x63abc",
            b"\x7f\x61a\xff",
            b"\x80",
            b"\x82\x01\x82\x02\x03",
            b"\x9f\x01\x9f\xff\xff",
            b"\xa2\x01\x02\x03\xa0",
            b"\xbf\x61a\x82\x01\x02\xff",
            b"\xc1\x1a\x00\x00\x00\x01",
            b"\xf4",
            b"\xf6",
            b"\xf8\x20",
            b"\xf9\x00\x00",
            b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00",
            b"\x81\x81\x81\x81\x81\x81\x81\x00",
        ] {
            check(item, true);
        }
    }

    #[test]
    fn what_is_malformed_is_not() {
        for item in [
            &b"\x1c"[..],
            b"\x1f\xff",
            b"\xff",
            b"\x82\x01\xff",
            b"\xc1\xff",
            b"\xdf\xff",
            b"\x42a",
            b"\x9f\x01",
            b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x81\x81\x81\x81\x81\x81\x81\x81\x00",
        ] {
            check(item, false);
        }
    }
}
