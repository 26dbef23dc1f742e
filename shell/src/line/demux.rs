//! Tells SMP frames from what a person types.
//!
//! A frame is a line of base64 that begins 06 09 (the first of a packet) or 04 14 (the following ones), at most
//! 127 bytes with its newline. It may start anywhere, also after a half-typed command. 06 and 04 are Ctrl-F and
//! Ctrl-D as well, so the first byte is held until the second one, or a pause, decides.

use heapless::Vec;

use crate::limits::{FRAME_GAP_MS, FRAME_HOLD_MS, FRAME_LIMIT};

const MARKERS: [[u8; 2]; 2] = [[0x06, 0x09], [0x04, 0x14]];

#[derive(Clone, Copy)]
enum State {
    /// Bytes go to the console.
    Console,
    /// The first byte of a marker came.
    Held(u8),
    /// Inside a frame.
    Frame,
    /// Inside a frame that is too long, or damaged.
    Skip,
    /// A whole frame waits to be taken.
    Ready,
}

/// The demultiplexer; it does no I/O and knows no clock.
pub struct Demux {
    state: State,
    frame: Vec<u8, FRAME_LIMIT>,
}

impl Default for Demux {
    fn default() -> Self {
        Self::new()
    }
}

impl Demux {
    /// In console text.
    pub const fn new() -> Self {
        Self { state: State::Console, frame: Vec::new() }
    }

    /// Takes a byte from the line. Console bytes, none to two, go to `console`; `true` says that a frame is whole.
    pub fn push(&mut self, byte: u8, mut console: impl FnMut(u8)) -> bool {
        match self.state {
            State::Held(first) if MARKERS.contains(&[first, byte]) => {
                self.frame.clear();
                // Two bytes fit.
                let _ = self.frame.extend_from_slice(&[first, byte]);
                self.state = State::Frame;
            }
            State::Frame | State::Skip if byte == b'\n' => {
                let whole = matches!(self.state, State::Frame);
                self.state = if whole { State::Ready } else { State::Console };
                return whole;
            }
            State::Frame if is_frame_byte(byte) => {
                // One place is the newline's.
                let full = self.frame.len() >= FRAME_LIMIT.saturating_sub(1);
                if full || self.frame.push(byte).is_err() {
                    self.state = State::Skip;
                }
            }
            // Also the end of a line that was typed behind a frame that never ended.
            State::Skip if byte == b'\r' => self.state = State::Console,
            State::Frame | State::Skip if is_frame_byte(byte) || byte == b'\r' => {}
            // A line that damaged the frame: the rest must not become a command.
            State::Frame | State::Skip if byte >= b' ' => self.state = State::Skip,
            state => {
                if let State::Held(first) = state {
                    console(first);
                }
                if MARKERS.iter().any(|m| m[0] == byte) {
                    self.state = State::Held(byte);
                } else {
                    self.state = State::Console;
                    console(byte);
                }
            }
        }
        false
    }

    /// Whether no frame has begun, nor what could be one.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Console | State::Ready)
    }

    /// The last whole frame, marker included, newline not.
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// How long the line may stay silent before [`Demux::expire`] is due, milliseconds.
    pub fn patience(&self) -> Option<u32> {
        match self.state {
            State::Console | State::Ready => None,
            State::Held(_) => Some(FRAME_HOLD_MS),
            State::Frame | State::Skip => Some(FRAME_GAP_MS),
        }
    }

    /// Ends the wait: gives back a held byte, or drops an incomplete frame.
    pub fn expire(&mut self) -> Option<u8> {
        let held = match self.state {
            State::Held(byte) => Some(byte),
            _ => None,
        };
        self.state = State::Console;
        held
    }
}

fn is_frame_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    /// Feeds `bytes`; gives console bytes, and frames in angle brackets.
    #[track_caller]
    fn check(bytes: &[u8], want: &[u8]) {
        let mut demux = Demux::new();
        let mut got = Vec::new();
        for &byte in bytes {
            if demux.push(byte, |b| got.push(b)) {
                got.push(b'<');
                got.extend_from_slice(demux.frame());
                got.push(b'>');
            }
        }
        got.extend(demux.expire());
        assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(want));
    }

    #[test]
    fn frames_are_told_from_typing() {
        check(b"ls\r", b"ls\r");
        check(b"\x06\x09AAsB+/=\nls\r", b"<\x06\x09AAsB+/=>ls\r");
        check(b"\x04\x14AAAA\n\x06\x09BBBB\n", b"<\x04\x14AAAA><\x06\x09BBBB>");
        check(b"l\x06\x09AAAA\r\ns", b"l<\x06\x09AAAA>s");
        check(b"\x06a\x04b", b"\x06a\x04b");
        check(b"\x04\x04\x14AA\n", b"\x04<\x04\x14AA>");
        check(b"\x06\x14\x04\x09", b"\x06\x14\x04\x09");
        check(b"\x04", b"\x04");
    }

    #[test]
    fn a_frame_is_bounded_and_gives_way_to_typing() {
        let longest = [b"\x06\x09".as_slice(), &[b'A'; FRAME_LIMIT - 3]].concat();
        let whole = [b"<", longest.as_slice(), b">"].concat();
        check(&[longest.as_slice(), b"\n"].concat(), &whole);
        check(&[longest.as_slice(), b"A\nls"].concat(), b"ls");
        check(b"\x06\x09AAAA\x03ls\r", b"\x03ls\r");
        check(b"\x06\x09AA\x06\x09BBBB\n", b"<\x06\x09BBBB>");
        check(b"\x06\x09AAAA", b"");
    }

    #[test]
    fn the_rest_of_a_damaged_frame_is_no_command() {
        check(b"\x06\x09AA.rm\nls\r", b"ls\r");
        check(b"\x06\x09AAls -l\rls -l\r", b"ls -l\r");
        check(b"\x06\x09AA\xc3rm\n\x06\x09BBBB\n", b"<\x06\x09BBBB>");
    }
}
