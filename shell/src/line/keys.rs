//! Turns console bytes into keys: whole UTF-8 characters, control keys and cursor reports, nothing else.
//!
//! Keys that terminals send as sequences become the control keys of the same meaning. Whatever is not known is
//! dropped here, so that nothing behind this point meets a malformed sequence.

/// Delete the character under the cursor; a private code, as US has no meaning on a line.
pub(crate) const DELETE: u8 = 0x1f;
pub(crate) const BACKSPACE: u8 = 0x08;
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

/// A character as its bytes of UTF-8, zeros behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Utf8([u8; 4]);

impl Utf8 {
    /// A character of one byte; one of more begins so.
    pub(crate) const fn new(first: u8) -> Self {
        Self([first, 0, 0, 0])
    }

    /// How many bytes a character has that begins with this one; 0 if none does.
    pub(crate) const fn len(first: u8) -> usize {
        match first {
            0x20..=0x7e => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        }
    }

    /// The places behind the first byte.
    pub(crate) fn rest(&mut self) -> &mut [u8] {
        let [first, rest @ ..] = &mut self.0;
        rest.get_mut(..Self::len(*first).saturating_sub(1)).unwrap_or_default()
    }

    /// The character's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.get(..Self::len(self.0[0])).unwrap_or_default()
    }

    /// The character; nothing if the bytes are none.
    pub(crate) fn text(&self) -> &str {
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

/// What the console bytes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A printable character.
    Char(Utf8),
    /// One of the control keys above.
    Control(u8),
    /// The terminal's answer to a cursor query: row and column, counted from 1, as sent.
    Report(u16, u16),
}

#[derive(Clone, Copy)]
enum State {
    Ground,
    /// In a character.
    Utf8,
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
    /// The newest character.
    character: Utf8,
    /// How many of its bytes, or separators of a sequence, have come.
    count: usize,
    /// The sequence's numbers.
    args: [u16; 2],
    /// The sequence is none that is known.
    odd: bool,
}

impl Keys {
    pub(crate) const fn new() -> Self {
        let character = Utf8::new(0);
        Self { state: State::Ground, after_cr: false, character, count: 0, args: [0; 2], odd: false }
    }

    /// Takes a byte; gives a key when one is whole.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Key> {
        let after_cr = core::mem::take(&mut self.after_cr);
        let state = core::mem::replace(&mut self.state, State::Ground);
        match (state, byte) {
            (_, 0..=0x1f | 0x7f) => return self.control(byte, after_cr),
            (State::Utf8, 0x80..=0xbf) => return self.continuation(byte),
            (State::Ground | State::Utf8, _) => return self.ground(byte),
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
        match byte {
            ESCAPE => {
                self.state = State::Escape;
                None
            }
            b'\r' => {
                self.after_cr = true;
                Some(Key::Control(ENTER))
            }
            b'\n' => (!after_cr).then_some(Key::Control(ENTER)),
            b'\t' => Some(Key::Char(Utf8::new(b' '))),
            0x7f => Some(Key::Control(BACKSPACE)),
            CTRL_A..=CTRL_F | BACKSPACE | CTRL_K | CTRL_L | CTRL_N | CTRL_P | CTRL_T | CTRL_U | CTRL_W => {
                Some(Key::Control(byte))
            }
            _ => None,
        }
    }

    fn ground(&mut self, byte: u8) -> Option<Key> {
        (self.character, self.count) = (Utf8::new(byte), 1);
        let len = Utf8::len(byte);
        if len > 1 {
            self.state = State::Utf8;
        }
        (len == 1).then_some(Key::Char(self.character))
    }

    fn continuation(&mut self, byte: u8) -> Option<Key> {
        let rest = self.character.rest();
        *rest.get_mut(self.count.saturating_sub(1))? = byte;
        if self.count < rest.len() {
            self.count = self.count.saturating_add(1);
            self.state = State::Utf8;
            return None;
        }
        // The controls of 80 to 9f have two bytes.
        let control = matches!(self.character.0, [0xc2, 0x80..=0x9f, ..]);
        (!control && !self.character.text().is_empty()).then_some(Key::Char(self.character))
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
    fn finish(&self, byte: u8) -> Option<Key> {
        let control = match (byte, self.args[0]) {
            _ if self.odd => return None,
            (b'A', _) => CTRL_P,
            (b'B', _) => CTRL_N,
            (b'C', _) => CTRL_F,
            (b'D', _) => CTRL_B,
            (b'H', _) | (b'~', 1 | 7) => CTRL_A,
            (b'F', _) | (b'~', 4 | 8) => CTRL_E,
            (b'~', 3) => DELETE,
            (b'R', row) => return Some(Key::Report(row, self.args[1])),
            _ => return None,
        };
        Some(Key::Control(control))
    }
}

/// The key of a character.
#[cfg(test)]
pub(crate) fn typed(c: char) -> Key {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes);
    Key::Char(Utf8(bytes))
}

#[cfg(test)]
mod tests {
    use super::Key::{Control, Report};
    use super::*;
    use std::vec::Vec;

    #[track_caller]
    fn check(bytes: &[u8], want: &[Key]) {
        let mut keys = Keys::new();
        let got: Vec<Key> = bytes.iter().filter_map(|&b| keys.push(b)).collect();
        assert_eq!(got, want, "{bytes:x?}");
    }

    #[test]
    fn only_known_keys_pass() {
        check(b"a\tb", &[typed('a'), typed(' '), typed('b')]);
        check("é€😂".as_bytes(), &[typed('é'), typed('€'), typed('😂')]);
        check(b"\r\n\n\r\r\n", &[Control(ENTER); 4]);
        check(b"\x00\x07\x0f\x11\x13\x16\x1a\x1c\x1f", &[]);
        check(b"\x7f\x08\x17\x03", &[BACKSPACE, BACKSPACE, CTRL_W, CTRL_C].map(Control));
        check(b"\x1b[A\x1b[B\x1b[C\x1b[D", &[CTRL_P, CTRL_N, CTRL_F, CTRL_B].map(Control));
        check(b"\x1bOA\x1bOH\x1b[F\x1b[3~\x1b[1~", &[CTRL_P, CTRL_A, CTRL_E, DELETE, CTRL_A].map(Control));
        check(b"\x1b[24;80R\x1b[R\x1b[0;0R", &[Report(24, 80), Report(0, 0), Report(0, 0)]);
        check(b"\x1b[99999999;99999999R", &[Report(u16::MAX, u16::MAX)]);
    }

    #[test]
    fn what_is_malformed_is_dropped_and_what_follows_is_not() {
        check(b"\xc3a", &[typed('a')]);
        check(b"\xe2\x82\xc3\xa9", &[typed('é')]);
        check(b"\xff\x80\xc0\x80a", &[typed('a')]);
        check(b"\xed\xa0\x80\xc2\x9b2J", &[typed('2'), typed('J')]);
        check(b"\x1b[?25hx\x1b[1;2;3;4Rx", &[typed('x'), typed('x')]);
        check(b"\x1b[12\x03", &[Control(CTRL_C)]);
        check(b"\x1b\x1b[D\x1bxa", &[Control(CTRL_B), typed('a')]);
        check(b"\x1b[\xc3\xa9a", &[typed('a')]);
    }
}
