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
const UNKNOWN: u8 = 0;

/// What the console bytes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A printable character.
    Char(char),
    /// One of the control keys above.
    Control(u8),
    /// The terminal's answer to a cursor query: row and column, counted from 1, as sent.
    Report(u16, u16),
}

#[derive(Clone, Copy)]
enum State {
    Ground,
    Utf8 {
        bytes: [u8; 4],
        len: usize,
        want: usize,
    },
    Escape,
    /// After ESC O: one byte names the key.
    Ss3,
    /// After ESC [: two numbers; `which` counts the separators.
    Csi {
        args: [u16; 2],
        which: usize,
        odd: bool,
    },
}

/// The decoder; one per line, as sequences may arrive in pieces.
pub(crate) struct Keys {
    state: State,
    after_cr: bool,
}

impl Keys {
    pub(crate) const fn new() -> Self {
        Self { state: State::Ground, after_cr: false }
    }

    /// Takes a byte; gives a key when one is whole.
    pub(crate) fn push(&mut self, byte: u8) -> Option<Key> {
        let after_cr = core::mem::replace(&mut self.after_cr, false);
        match (self.state, byte) {
            (_, 0..=0x1f | 0x7f) => {
                self.state = State::Ground;
                self.control(byte, after_cr)
            }
            (State::Utf8 { bytes, len, want }, 0x80..=0xbf) => self.continuation(bytes, len, want, byte),
            (State::Ground | State::Utf8 { .. }, _) => self.ground(byte),
            (State::Escape, b'[') => {
                self.state = State::Csi { args: [0; 2], which: 0, odd: false };
                None
            }
            (State::Escape, b'O') => {
                self.state = State::Ss3;
                None
            }
            (State::Ss3, _) => self.finish(byte, [0; 2], false),
            (State::Csi { args, which, odd }, 0x20..=0x3f) => {
                self.state = csi_parameter(args, which, odd, byte);
                None
            }
            (State::Csi { args, odd, .. }, 0x40..=0x7e) => self.finish(byte, args, odd),
            (State::Escape | State::Csi { .. }, _) => {
                self.state = State::Ground;
                None
            }
        }
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
            b'\t' => Some(Key::Char(' ')),
            0x7f => Some(Key::Control(BACKSPACE)),
            CTRL_A..=CTRL_F | BACKSPACE | CTRL_K | CTRL_L | CTRL_N | CTRL_P | CTRL_T | CTRL_U | CTRL_W => {
                Some(Key::Control(byte))
            }
            _ => None,
        }
    }

    fn ground(&mut self, byte: u8) -> Option<Key> {
        let want = match byte {
            0x20..=0x7e => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        };
        self.state =
            if want > 1 { State::Utf8 { bytes: [byte, 0, 0, 0], len: 1, want } } else { State::Ground };
        (want == 1).then_some(Key::Char(char::from(byte)))
    }

    fn continuation(&mut self, mut bytes: [u8; 4], len: usize, want: usize, byte: u8) -> Option<Key> {
        *bytes.get_mut(len)? = byte;
        let len = len.saturating_add(1);
        if len < want {
            self.state = State::Utf8 { bytes, len, want };
            return None;
        }
        self.state = State::Ground;
        let text = core::str::from_utf8(bytes.get(..len)?).ok()?;
        text.chars().next().filter(|c| !c.is_control()).map(Key::Char)
    }

    /// Ends a sequence with its final byte.
    fn finish(&mut self, byte: u8, args: [u16; 2], odd: bool) -> Option<Key> {
        self.state = State::Ground;
        if odd {
            return None;
        }
        let control = match (byte, args[0]) {
            (b'A', _) => CTRL_P,
            (b'B', _) => CTRL_N,
            (b'C', _) => CTRL_F,
            (b'D', _) => CTRL_B,
            (b'H', _) | (b'~', 1 | 7) => CTRL_A,
            (b'F', _) | (b'~', 4 | 8) => CTRL_E,
            (b'~', 3) => DELETE,
            (b'R', _) => return Some(Key::Report(args[0], args[1])),
            _ => UNKNOWN,
        };
        (control != UNKNOWN).then_some(Key::Control(control))
    }
}

fn csi_parameter(mut args: [u16; 2], which: usize, odd: bool, byte: u8) -> State {
    match (byte, args.get_mut(which)) {
        (b'0'..=b'9', Some(arg)) => {
            *arg = arg.saturating_mul(10).saturating_add(u16::from(byte & 0x0f));
            State::Csi { args, which, odd }
        }
        (b';', _) => State::Csi { args, which: which.saturating_add(1), odd },
        // Private and intermediate bytes make it some other sequence.
        _ => State::Csi { args, which, odd: true },
    }
}

#[cfg(test)]
mod tests {
    use super::Key::{Char, Control, Report};
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
        check(b"a\tb", &[Char('a'), Char(' '), Char('b')]);
        check("é€😂".as_bytes(), &[Char('é'), Char('€'), Char('😂')]);
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
        check(b"\xc3a", &[Char('a')]);
        check(b"\xe2\x82\xc3\xa9", &[Char('é')]);
        check(b"\xff\x80\xc0\x80a", &[Char('a')]);
        check(b"\xed\xa0\x80\xc2\x9b2J", &[Char('2'), Char('J')]);
        check(b"\x1b[?25hx\x1b[1;2;3;4Rx", &[Char('x'), Char('x')]);
        check(b"\x1b[12\x03", &[Control(CTRL_C)]);
        check(b"\x1b\x1b[D\x1bxa", &[Control(CTRL_B), Char('a')]);
        check(b"\x1b[\xc3\xa9a", &[Char('a')]);
    }
}
