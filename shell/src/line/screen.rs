//! The terminal that noline sees: one row, longer than any line.
//!
//! noline asks where the cursor is before every line and then moves it to absolute places, which only works with
//! a prompt peer. So its questions get the answers of such a terminal ([`ANSWERS`]) before it asks, and the row that it
//! writes on is folded here to the real terminal's width, behind the prompt. Absolute places become moves relative to
//! where the real cursor is, printed only when something is printed there.

use super::PROMPT;
use crate::limits::LINE_CAPACITY;

/// What noline is told of its terminal, in the order of its questions: its far corner, and where the line begins.
/// noline panics on more than 9,999 columns.
pub(crate) const ANSWERS: &[u8] = b"\x1b[1;999R\x1b[1;1R";

// Its row holds any line.
const _: () = assert!(LINE_CAPACITY < 999);

#[derive(Clone, Copy)]
enum State {
    Ground,
    Escape,
    /// In a sequence, with its newest number.
    Csi(usize),
}

/// Where bytes go for the terminal.
type Out<'o> = &'o mut dyn FnMut(&[u8]);

/// The screen: bytes from noline in, bytes for the terminal out. Places are counted in characters behind the prompt.
pub(crate) struct Screen {
    /// The terminal's width.
    columns: usize,
    state: State,
    /// Where noline has put the cursor.
    cursor: usize,
    /// Where the terminal's cursor is.
    real: usize,
    /// The last column was printed: the terminal may go on in the next row or not.
    held: bool,
}

impl Screen {
    /// A screen of a terminal that shows the prompt and nothing behind it. `columns` must be above the prompt's width.
    pub(crate) const fn new(columns: u16) -> Self {
        Self { columns: columns as usize, state: State::Ground, cursor: 0, real: 0, held: false }
    }

    /// How many characters are in front of the cursor.
    pub(crate) fn offset(&self) -> usize {
        self.cursor
    }

    /// Clears the terminal and puts the prompt at its top.
    pub(crate) fn clear(&mut self, out: Out<'_>) {
        out(b"\x1b[H\x1b[2J");
        out(PROMPT.as_bytes());
        *self = Self { cursor: 0, real: 0, held: false, ..*self };
    }

    /// Takes noline's output.
    pub(crate) fn write(&mut self, bytes: &[u8], out: Out<'_>) {
        for &byte in bytes {
            self.byte(byte, out);
        }
    }

    fn byte(&mut self, byte: u8, out: Out<'_>) {
        self.state = match (self.state, byte) {
            (State::Ground, 0x1b) => State::Escape,
            (State::Ground, _) => {
                self.ground(byte, out);
                State::Ground
            }
            (State::Escape, b'[') => State::Csi(0),
            // noline's numbers are small.
            (State::Csi(n), b'0'..=b'9') => {
                State::Csi(n.wrapping_mul(10).wrapping_add(usize::from(byte & 0x0f)))
            }
            (State::Csi(_), b';') => State::Csi(0),
            (State::Csi(column), b'H') => {
                self.cursor = column.saturating_sub(1);
                State::Ground
            }
            (State::Csi(_), b'J') => {
                self.sync(out);
                out(b"\x1b[J");
                State::Ground
            }
            // Questions, and what saves the cursor meanwhile.
            (State::Escape | State::Csi(_), _) => State::Ground,
        };
    }

    fn ground(&mut self, byte: u8, out: Out<'_>) {
        match byte {
            b'\r' => self.cursor = 0,
            b'\n' => {
                self.sync(out);
                out(b"\r\n");
            }
            // The bell, and what continues a character that was counted.
            0x07 | 0x80..=0xbf => out(&[byte]),
            _ => {
                self.sync(out);
                out(&[byte]);
                self.cursor = self.cursor.saturating_add(1);
                self.real = self.cursor;
                self.held = self.place(self.real).1 == 0;
            }
        }
    }

    /// Brings the terminal's cursor to where noline has put it.
    pub(crate) fn sync(&mut self, out: Out<'_>) {
        if core::mem::take(&mut self.held) {
            out(b"\r\n");
        }
        let (from, to) = (self.place(self.real), self.place(self.cursor));
        step(from.0, to.0, *b"AB", out);
        step(from.1, to.1, *b"DC", out);
        self.real = self.cursor;
    }

    /// Takes the prompt and what is behind it from the terminal; the cursor is where the prompt was.
    pub(crate) fn leave(&mut self, out: Out<'_>) {
        self.sync(out);
        step(self.place(self.real).0, 0, *b"AB", out);
        out(b"\r\x1b[J");
    }

    /// The row and column on the terminal.
    fn place(&self, offset: usize) -> (usize, usize) {
        let cells = offset.saturating_add(PROMPT.len());
        let [row, column] = [cells.checked_div(self.columns), cells.checked_rem(self.columns)];
        (row.unwrap_or(0), column.unwrap_or(0))
    }
}

/// Moves the terminal's cursor in one direction, by the sequences that go back and forth there.
fn step(from: usize, to: usize, [back, forth]: [u8; 2], out: Out<'_>) {
    if from != to {
        out(b"\x1b[");
        decimal(from.abs_diff(to), out);
        out(&[if to < from { back } else { forth }]);
    }
}

fn decimal(n: usize, out: Out<'_>) {
    let (high, low) = (n / 10, n % 10);
    if high > 0 {
        decimal(high, out);
    }
    out(&[b'0' | low as u8]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    /// Writes `bytes` on the screen of a terminal of ten columns; gives what the terminal gets.
    #[track_caller]
    fn check(bytes: &str, terminal: &str) {
        let mut screen = Screen::new(10);
        let mut out = Vec::new();
        screen.write(bytes.as_bytes(), &mut |b| out.extend_from_slice(b));
        screen.sync(&mut |b: &[u8]| out.extend_from_slice(b));
        assert_eq!(String::from_utf8_lossy(&out), terminal);
    }

    #[test]
    fn questions_are_not_passed_on() {
        check("\x1b7\x1b[999;999H\x1b[6n\x1b8\r\x1b[J\x1b[6n", "\x1b[J");
    }

    #[test]
    fn absolute_places_become_relative_moves() {
        check("a\x1b[1;2H", "a");
        check("ab\x1b[1;1Hc", "ab\x1b[2Dc");
        check("é\x1b[1;2H", "é");
    }

    #[test]
    fn a_row_is_folded_behind_the_prompt() {
        check("1234567", "1234567");
        check("12345678", "12345678\r\n");
        check("1234567é9", "1234567é\r\n9");
        check("1234567890\r\x1b[J", "12345678\r\n90\x1b[1A\x1b[J");
        check("1234567890\x1b[1;2H", "12345678\r\n90\x1b[1A\x1b[1C");
        check("1234567890\x1b[1;2H\x1b[1;10H", "12345678\r\n90\x1b[1D");
    }
}
