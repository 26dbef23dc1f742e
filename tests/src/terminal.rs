//! The terminal that a person would hold: a screen which understands escape sequences and may answer queries.

use std::fmt::Write as _;
use std::num::NonZeroU16;

use vt100::{Callbacks, Parser, Screen};

pub use wasmote_host::script::Manner;

/// Width of the screen in columns.
pub const COLUMNS: u16 = 120;
/// Height of the screen in rows: low enough that every longer session scrolls.
pub const ROWS: u16 = 40;

/// A screen with everything that scrolled off it.
pub struct Terminal {
    parser: Parser<Peer>,
    manner: Manner,
    /// The row that the cursor was saved on (`ESC 7`), until it is back there (`ESC 8`).
    saved_row: Option<usize>,
    /// Whether the last byte was ESC.
    escape: bool,
}

#[derive(Default)]
struct Peer {
    scrolled: Vec<String>,
    replies: Vec<u8>,
}

impl Callbacks for Peer {
    fn unhandled_csi(
        &mut self,
        screen: &mut Screen,
        first: Option<u8>,
        _second: Option<u8>,
        params: &[&[u16]],
        command: char,
    ) {
        if (first, params, command) == (None, &[&[6][..]][..], 'n') {
            let (row, column) = screen.cursor_position();
            let mut reply = String::new();
            // Writing to a `String` cannot fail.
            let _ = write!(reply, "\x1b[{};{}R", row + 1, column + 1);
            self.replies.extend_from_slice(reply.as_bytes());
        }
    }

    fn on_scroll(&mut self, contents: vt100::capture::RowContents<'_>, _alternate: bool) {
        let mut row = String::new();
        let mut state = vt100::capture::BasicFormattedCaptureState::new();
        // Writing to a `String` cannot fail.
        let _ = contents.write_formatted_basic(&mut row, &mut state);
        self.scrolled.push(row.trim_end().to_owned());
    }
}

impl Terminal {
    /// Makes an empty screen of `ROWS` by `COLUMNS`.
    pub fn new(manner: Manner) -> Self {
        let rows = const { NonZeroU16::new(ROWS).unwrap() };
        let columns = const { NonZeroU16::new(COLUMNS).unwrap() };
        Self {
            parser: Parser::new_with_callbacks(rows, columns, 0, Peer::default()),
            manner,
            saved_row: None,
            escape: false,
        }
    }

    /// Shows what the board sent, and gives what the terminal sends back.
    pub fn show(&mut self, bytes: &[u8]) -> Vec<u8> {
        for &byte in bytes {
            self.parser.process(&[byte]);
            match (self.escape, byte) {
                (true, b'7') => self.saved_row = Some(self.parser_row()),
                (true, b'8') => self.saved_row = None,
                _ => {}
            }
            self.escape = byte == 0x1b;
        }
        let replies = std::mem::take(&mut self.parser.callbacks_mut().replies);
        match self.manner {
            Manner::Answering => replies,
            Manner::Mute => Vec::new(),
        }
    }

    /// Index of the row that the cursor is on, or that it was saved on and comes back to; rows count from the
    /// first one ever shown.
    pub fn cursor_row(&self) -> usize {
        self.saved_row.unwrap_or_else(|| self.parser_row())
    }

    fn parser_row(&self) -> usize {
        self.parser.callbacks().scrolled.len() + usize::from(self.parser.screen().cursor_position().0)
    }

    /// A row without its trailing blanks. Rows above the cursor's are complete.
    pub fn row(&self, index: usize) -> String {
        let scrolled = &self.parser.callbacks().scrolled;
        match index.checked_sub(scrolled.len()) {
            None => scrolled.get(index).cloned().unwrap_or_default(),
            Some(shown) => self
                .parser
                .screen()
                .rows(0, COLUMNS)
                .nth(shown)
                .map(|row| row.trim_end().to_owned())
                .unwrap_or_default(),
        }
    }

    /// All rows down to the cursor's, oldest first.
    pub fn rows(&self) -> Vec<String> {
        (0..=self.cursor_row()).map(|index| self.row(index)).collect()
    }

    /// The cursor's column, counted from 0.
    pub fn column(&self) -> u16 {
        self.parser.screen().cursor_position().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_queries_with_the_cursors_place() {
        let probe = b"abc\x1b7\x1b[999;999H\x1b[6n\x1b8\x1b[6n";
        let size = format!("\x1b[{ROWS};{COLUMNS}R\x1b[1;4R");
        for (manner, reply) in [(Manner::Answering, size.as_str()), (Manner::Mute, "")] {
            let mut terminal = Terminal::new(manner);
            assert_eq!(terminal.show(probe), reply.as_bytes(), "{manner:?}");
            assert_eq!(terminal.rows(), ["abc"], "{manner:?}");
        }
    }

    #[test]
    fn keeps_what_scrolls_off() {
        let mut terminal = Terminal::new(Manner::Mute);
        let last = ROWS + 10;
        for line in 0..last {
            terminal.show(format!("line {line}\r\n").as_bytes());
        }
        let mut expected: Vec<_> = (0..last).map(|line| format!("line {line}")).collect();
        expected.push(String::new());
        assert_eq!(terminal.rows(), expected);
    }

    #[test]
    fn redrawn_lines_show_as_a_person_sees_them() {
        let mut terminal = Terminal::new(Manner::Mute);
        terminal.show(b"> lx\x08s\x1b[K\r\x1b[J> ls -l\r\n");
        assert_eq!(terminal.rows(), ["> ls -l", ""]);
    }
}
