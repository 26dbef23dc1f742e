//! The terminal that noline sees.
//!
//! noline asks where the cursor is before every line and then moves it to absolute places, which only works with
//! a prompt peer. This screen stands between: as wide as the real terminal, [`ROWS`] high, its first row where the
//! prompt is. It answers the questions itself, and turns absolute places into moves relative to where the real
//! cursor is, printed only when something is printed there.

use heapless::Deque;

/// Rows, so many that no line makes the screen scroll; noline panics from 10,000 on.
const ROWS: u16 = 999;

/// Room for noline's unread answers: it asks at most twice before it reads, `ESC [ 999 ; 500 R` each.
const ANSWERS: usize = 32;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    row: u16,
    column: u16,
}

const ORIGIN: Place = Place { row: 0, column: 0 };

#[derive(Clone, Copy)]
enum State {
    Ground,
    Escape,
    Csi { args: [u16; 2], which: usize },
}

/// Where bytes go, to the terminal or to noline.
type Out<'o> = &'o mut dyn FnMut(&[u8]);

/// The screen: bytes from noline in, bytes for the terminal and answers for noline out.
pub(crate) struct Screen {
    columns: u16,
    state: State,
    /// Where noline has put the cursor.
    cursor: Place,
    /// Where the terminal's cursor is.
    real: Place,
    saved: Place,
    answers: Deque<u8, ANSWERS>,
}

impl Screen {
    /// An empty screen with the cursor in its corner. `columns` must be above the prompt's width.
    pub(crate) const fn new(columns: u16) -> Self {
        let answers = Deque::new();
        Self { columns, state: State::Ground, cursor: ORIGIN, real: ORIGIN, saved: ORIGIN, answers }
    }

    /// Takes the next byte of an answer for noline.
    pub(crate) fn answer(&mut self) -> Option<u8> {
        self.answers.pop_front()
    }

    /// How many characters the cursor is from the corner.
    pub(crate) fn offset(&self) -> usize {
        usize::from(self.cursor.row)
            .saturating_mul(usize::from(self.columns))
            .saturating_add(usize::from(self.cursor.column))
    }

    /// Clears the terminal and puts the corner at its top.
    pub(crate) fn clear(&mut self, out: Out<'_>) {
        out(b"\x1b[H\x1b[2J");
        (self.cursor, self.real) = (ORIGIN, ORIGIN);
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
            (State::Escape, b'[') => State::Csi { args: [0; 2], which: 0 },
            (State::Escape, _) => {
                match byte {
                    b'7' => self.saved = self.cursor,
                    b'8' => self.cursor = self.saved,
                    _ => {}
                }
                State::Ground
            }
            (State::Csi { mut args, which }, b'0'..=b'9') => {
                if let Some(arg) = args.get_mut(which) {
                    *arg = arg.saturating_mul(10).saturating_add(u16::from(byte & 0x0f));
                }
                State::Csi { args, which }
            }
            (State::Csi { args, which }, b';') => State::Csi { args, which: which.saturating_add(1) },
            (State::Csi { args, .. }, _) => {
                self.sequence(byte, args, out);
                State::Ground
            }
        };
    }

    fn ground(&mut self, byte: u8, out: Out<'_>) {
        match byte {
            b'\r' => self.cursor.column = 0,
            b'\n' => {
                self.sync(out);
                out(b"\r\n");
                self.cursor = Place { row: self.cursor.row.saturating_add(1), column: 0 };
                self.real = self.cursor;
            }
            0x07 => out(&[byte]),
            _ => {
                self.sync(out);
                out(&[byte]);
                // A continuation byte is part of a character that was counted.
                if byte & 0xc0 != 0x80 {
                    self.cursor.column = self.cursor.column.saturating_add(1);
                    self.real = self.cursor;
                }
            }
        }
    }

    fn sequence(&mut self, last: u8, args: [u16; 2], out: Out<'_>) {
        match last {
            b'H' => {
                let place = |n: u16, size: u16| n.clamp(1, size).saturating_sub(1);
                self.cursor = Place { row: place(args[0], ROWS), column: place(args[1], self.columns) };
            }
            b'J' => {
                self.sync(out);
                out(b"\x1b[J");
            }
            b'n' => {
                let answers = &mut self.answers;
                let Place { row, column } = self.cursor;
                sequence(row.saturating_add(1), Some(column.saturating_add(1)), b'R', &mut |bytes| {
                    answers.extend(bytes.iter().copied().take(ANSWERS.saturating_sub(answers.len())));
                });
            }
            _ => {}
        }
    }

    /// Brings the terminal's cursor to where noline has put it.
    pub(crate) fn sync(&mut self, out: Out<'_>) {
        let (from, to) = (self.real, self.cursor);
        if to.row > from.row {
            sequence(to.row.saturating_sub(from.row), None, b'B', out);
        } else if to.row < from.row {
            sequence(from.row.saturating_sub(to.row), None, b'A', out);
        }
        // In the last column a terminal may hold the cursor back by one; only CR is sure to agree with it.
        let held = from.column >= self.columns;
        if to.column == 0 && from.column != 0 || held && to != from {
            out(b"\r");
        }
        let from = if to.column == 0 || held && to != from { 0 } else { from.column };
        if to.column > from {
            sequence(to.column.saturating_sub(from), None, b'C', out);
        } else if to.column < from {
            sequence(from.saturating_sub(to.column), None, b'D', out);
        }
        self.real = to;
    }
}

/// Prints `ESC [ first ; second last`.
fn sequence(first: u16, second: Option<u16>, last: u8, out: Out<'_>) {
    out(b"\x1b[");
    decimal(first, out);
    if let Some(second) = second {
        out(b";");
        decimal(second, out);
    }
    out(&[last]);
}

fn decimal(n: u16, out: Out<'_>) {
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

    /// Writes `bytes` on a screen of ten columns; gives what the terminal and what noline get.
    #[track_caller]
    fn check(bytes: &str, terminal: &str, answers: &str) {
        let mut screen = Screen::new(10);
        let mut out = Vec::new();
        screen.write(bytes.as_bytes(), &mut |b| out.extend_from_slice(b));
        screen.sync(&mut |b: &[u8]| out.extend_from_slice(b));
        let answered: Vec<u8> = core::iter::from_fn(|| screen.answer()).collect();
        assert_eq!(String::from_utf8_lossy(&out), terminal);
        assert_eq!(String::from_utf8_lossy(&answered), answers);
    }

    #[test]
    fn questions_are_answered_here() {
        check("\x1b7\x1b[999;999H\x1b[6n\x1b8", "", "\x1b[999;10R");
        check("\r\x1b[J> \x1b[6n", "\x1b[J> ", "\x1b[1;3R");
    }

    #[test]
    fn absolute_places_become_relative_moves() {
        check("> a\x1b[1;4H", "> a", "");
        check("> ab\x1b[1;3Hc", "> ab\x1b[2Dc", "");
        check("> é\x1b[1;4H", "> é", "");
        check("0123456789\n\rab\x1b[1;5H", "0123456789\r\nab\x1b[1A\x1b[2C", "");
        check("0123456789\x1b[1;9H", "0123456789\r\x1b[8C", "");
        check("ab\x1b[3;1H", "ab\x1b[2B\r", "");
    }
}
