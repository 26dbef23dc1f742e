//! Turns console bytes into keys: whole UTF-8 characters and control keys, nothing else.
//!
//! Keys that terminals send as sequences become the control keys of the same meaning. Whatever is not known is
//! dropped here, so that nothing behind this point meets a malformed sequence.

/// Delete the character under the cursor; a private code, as US has no meaning on a line.
pub(crate) const DELETE: u8 = 0x1f;
pub(crate) const BACKSPACE: u8 = 0x08;
pub(crate) const TAB: u8 = b'\t';
pub(crate) const ENTER: u8 = b'\r';
pub(crate) const CTRL_A: u8 = 0x01;
pub(crate) const CTRL_B: u8 = 0x02;
pub(crate) const CTRL_C: u8 = 0x03;
pub(crate) const CTRL_D: u8 = 0x04;
pub(crate) const CTRL_E: u8 = 0x05;
pub(crate) const CTRL_F: u8 = 0x06;
pub(crate) const CTRL_K: u8 = 0x0b;
pub(crate) const CTRL_L: u8 = 0x0c;
pub(crate) const CTRL_N: u8 = 0x0e;
pub(crate) const CTRL_P: u8 = 0x10;
pub(crate) const CTRL_T: u8 = 0x14;
pub(crate) const CTRL_U: u8 = 0x15;
pub(crate) const CTRL_W: u8 = 0x17;

const ESCAPE: u8 = 0x1b;

/// A key: one of the control keys above, or a character as its bytes of UTF-8, the first one lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(u32);

impl Key {
    /// No key.
    pub(crate) const NONE: Self = Self(0);

    /// The key of some bytes, zeros behind them.
    pub(crate) const fn new(bytes: [u8; 4]) -> Self {
        Self(u32::from_le_bytes(bytes))
    }

    /// The key of a single byte.
    pub(crate) const fn byte(byte: u8) -> Self {
        Self(byte as u32)
    }

    /// The first byte, which tells control keys apart; 0 if there is none.
    pub(crate) const fn first(self) -> u8 {
        self.0 as u8
    }

    /// Takes the first byte off.
    pub(crate) fn take(&mut self) -> Option<u8> {
        let first = self.first();
        self.0 >>= 8;
        (first != 0).then_some(first)
    }

    /// Puts a byte behind the others, if there are not four.
    pub(crate) fn push(&mut self, byte: u8) {
        let bits = u32::BITS.saturating_sub(self.0.leading_zeros()).next_multiple_of(8);
        self.0 |= u32::from(byte).checked_shl(bits).unwrap_or(0);
    }

    /// Gives the key's bytes to `then`.
    pub(crate) fn bytes<R>(self, then: impl FnOnce(&[u8]) -> R) -> R {
        let len = size_of::<Self>().saturating_sub(self.0.leading_zeros() as usize / 8);
        then(self.0.to_le_bytes().get(..len).unwrap_or_default())
    }

    /// Whether the key is a character that is whole. The controls of 80 to 9f, which have two bytes, are none.
    fn is_character(self) -> bool {
        self.bytes(|bytes| !matches!(bytes, [0xc2, 0x80..=0x9f]) && core::str::from_utf8(bytes).is_ok())
    }
}

/// Whether a byte continues a character.
pub(crate) const fn continues(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[derive(Clone, Copy)]
enum State {
    Ground,
    Escape,
    /// After ESC O: one byte names the key.
    Ss3,
    /// After ESC [: two numbers.
    Csi,
}

/// The decoder; one per line, as sequences may arrive in pieces.
pub(crate) struct Keys {
    state: State,
    after_cr: bool,
    /// What of a character has come.
    character: Key,
    /// How many separators of a sequence have come.
    count: usize,
    /// The sequence's numbers.
    args: [u16; 2],
    /// The sequence is none that is known.
    odd: bool,
    /// The terminal's last answer to a cursor query: row and column, counted from 1, as sent.
    pub(crate) report: Option<[u16; 2]>,
}

impl Keys {
    pub(crate) const fn new() -> Self {
        let (state, character) = (State::Ground, Key::NONE);
        Self { state, after_cr: false, character, count: 0, args: [0; 2], odd: false, report: None }
    }

    /// Takes a byte; gives a key when one is whole.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Key> {
        let after_cr = core::mem::take(&mut self.after_cr);
        let state = core::mem::replace(&mut self.state, State::Ground);
        match (state, byte) {
            (_, 0..=0x1f | 0x7f) => return self.control(byte, after_cr),
            (State::Ground, _) => return self.ground(byte),
            (State::Escape, b'[' | b'O') => {
                self.state = if byte == b'[' { State::Csi } else { State::Ss3 };
                (self.args, self.count, self.odd) = ([0; 2], 0, false);
            }
            (State::Csi, 0x20..=0x3f) => {
                self.state = State::Csi;
                self.parameter(byte);
            }
            (State::Ss3, _) | (State::Csi, 0x40..=0x7e) => return self.finish(byte),
            (State::Escape | State::Csi, _) => {}
        }
        None
    }

    fn control(&mut self, byte: u8, after_cr: bool) -> Option<Key> {
        self.character = Key::NONE;
        let byte = match byte {
            ESCAPE => {
                self.state = State::Escape;
                return None;
            }
            b'\r' => {
                self.after_cr = true;
                ENTER
            }
            b'\n' if after_cr => return None,
            b'\n' => ENTER,
            0x7f => BACKSPACE,
            CTRL_A..=CTRL_F
            | BACKSPACE
            | TAB
            | CTRL_K
            | CTRL_L
            | CTRL_N
            | CTRL_P
            | CTRL_T
            | CTRL_U
            | CTRL_W => byte,
            _ => return None,
        };
        Some(Key::byte(byte))
    }

    fn ground(&mut self, byte: u8) -> Option<Key> {
        if !continues(byte) {
            self.character = Key::NONE;
        }
        self.character.push(byte);
        let character = self.character;
        if !character.is_character() {
            return None;
        }
        self.character = Key::NONE;
        Some(character)
    }

    /// Takes a byte between a sequence's begin and its final byte.
    fn parameter(&mut self, byte: u8) {
        match (byte, self.args.get_mut(self.count)) {
            (b'0'..=b'9', Some(arg)) => {
                *arg = arg.saturating_mul(10).saturating_add(u16::from(byte & 0x0f));
            }
            (b';', _) => self.count = self.count.saturating_add(1),
            // Private and intermediate bytes make it some other sequence.
            _ => self.odd = true,
        }
    }

    /// Ends a sequence with its final byte.
    fn finish(&mut self, byte: u8) -> Option<Key> {
        let control = match (byte, self.args[0]) {
            _ if self.odd => return None,
            (b'A', _) => CTRL_P,
            (b'B', _) => CTRL_N,
            (b'C', _) => CTRL_F,
            (b'D', _) => CTRL_B,
            (b'H', _) | (b'~', 1 | 7) => CTRL_A,
            (b'F', _) | (b'~', 4 | 8) => CTRL_E,
            (b'~', 3) => DELETE,
            (b'R', _) => {
                self.report = Some(self.args);
                return None;
            }
            _ => return None,
        };
        Some(Key::byte(control))
    }
}

/// The key of a character.
#[cfg(test)]
pub(crate) fn typed(c: char) -> Key {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes);
    Key::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[track_caller]
    fn check(bytes: &[u8], want: &[Key]) {
        let mut keys = Keys::new();
        let got: Vec<Key> = bytes.iter().filter_map(|&b| keys.push(b)).collect();
        assert_eq!(got, want, "{bytes:x?}");
    }

    /// Holds that `bytes` are no key, and what they tell of the cursor.
    #[track_caller]
    fn check_report(bytes: &[u8], want: Option<[u16; 2]>) {
        let mut keys = Keys::new();
        assert!(bytes.iter().all(|&b| keys.push(b).is_none()));
        assert_eq!(keys.report, want);
    }

    #[test]
    fn only_known_keys_pass() {
        check(b"a\tb", &[typed('a'), Key::byte(TAB), typed('b')]);
        check("é€😂".as_bytes(), &[typed('é'), typed('€'), typed('😂')]);
        check(b"\r\n\n\r\r\n", &[Key::byte(ENTER); 4]);
        check(b"\x00\x07\x0f\x11\x13\x16\x1a\x1c\x1f", &[]);
        check(b"\x7f\x08\x17\x03", &[BACKSPACE, BACKSPACE, CTRL_W, CTRL_C].map(Key::byte));
        check(b"\x1b[A\x1b[B\x1b[C\x1b[D", &[CTRL_P, CTRL_N, CTRL_F, CTRL_B].map(Key::byte));
        check(b"\x1bOA\x1bOH\x1b[F\x1b[3~\x1b[1~", &[CTRL_P, CTRL_A, CTRL_E, DELETE, CTRL_A].map(Key::byte));
    }

    #[test]
    fn a_report_is_no_key() {
        check_report(b"", None);
        check_report(b"\x1b[24;80R", Some([24, 80]));
        check_report(b"\x1b[24;80R\x1b[R", Some([0, 0]));
        check_report(b"\x1b[0;0R", Some([0, 0]));
        check_report(b"\x1b[99999999;99999999R", Some([u16::MAX; 2]));
        check_report(b"\x1b[?24;80R", None);
    }

    #[test]
    fn what_is_malformed_is_dropped_and_what_follows_is_not() {
        check(b"\xc3a", &[typed('a')]);
        check(b"\xe2\x82\xc3\xa9", &[typed('é')]);
        check(b"\xff\x80\xc0\x80a", &[typed('a')]);
        check(b"a\x80\xf0\x9f\x98\x82\x80\x80b", &[typed('a'), typed('😂'), typed('b')]);
        check(b"\xc3\x1b[D\xa9", &[Key::byte(CTRL_B)]);
        check(b"\xed\xa0\x80\xc2\x9b2J", &[typed('2'), typed('J')]);
        check(b"\x1b[?25hx\x1b[1;2;3;4Rx", &[typed('x'), typed('x')]);
        check(b"\x1b[12\x03", &[Key::byte(CTRL_C)]);
        check(b"\x1b\x1b[D\x1bxa", &[Key::byte(CTRL_B), typed('a')]);
        check(b"\x1b[\xc3\xa9a", &[typed('a')]);
    }
}
