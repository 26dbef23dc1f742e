//! A terminal, as much of one as the line uses: what a person would see.

use std::string::String;
use std::vec::Vec;
use std::{format, vec};

#[derive(Clone, Copy)]
struct Place {
    row: usize,
    column: usize,
    /// The last column was printed and the next character wraps.
    held: bool,
}

/// A screen with its cursor.
pub(super) struct Terminal {
    cells: Vec<Vec<char>>,
    columns: usize,
    cursor: Place,
    saved: Place,
    pending: Vec<u8>,
}

impl Terminal {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let cursor = Place { row: 0, column: 0, held: false };
        Self { cells: vec![vec![' '; columns]; rows], columns, cursor, saved: cursor, pending: Vec::new() }
    }

    /// The rows down to the cursor's or the last with text, blanks at their ends left out, and the cursor as `|`.
    pub(super) fn shown(&self) -> String {
        let mut rows: Vec<String> = self.cells.iter().map(|row| row.iter().collect()).collect();
        let cursor = &mut rows[self.cursor.row];
        let at = cursor.char_indices().nth(self.cursor.column).map_or(cursor.len(), |(at, _)| at);
        cursor.insert(at, '|');
        let rows: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
        rows.join("\n").trim_end().into()
    }

    /// Shows bytes; gives what the terminal answers.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answers = Vec::new();
        for &byte in bytes {
            self.pending.push(byte);
            let done = match self.pending.as_slice() {
                [0x1b] => false,
                [0x1b, b'[', .., last] if self.pending.len() > 2 => (0x40..0x7f).contains(last),
                [0x1b, b'['] => false,
                bytes => core::str::from_utf8(bytes).is_ok(),
            };
            if done {
                let bytes = core::mem::take(&mut self.pending);
                answers.extend(self.take(core::str::from_utf8(&bytes).unwrap()));
            }
        }
        answers
    }

    fn take(&mut self, text: &str) -> Vec<u8> {
        if let Some(sequence) = text.strip_prefix("\x1b[") {
            return self.sequence(sequence);
        }
        match text {
            "\x1b7" => self.saved = self.cursor,
            "\x1b8" => self.cursor = self.saved,
            "\r" => (self.cursor.column, self.cursor.held) = (0, false),
            "\n" => self.down(),
            "\x08" => (self.cursor.column, self.cursor.held) = (self.cursor.column.saturating_sub(1), false),
            "\x07" => {}
            text => {
                if self.cursor.held {
                    self.cursor.column = 0;
                    self.down();
                }
                self.cells[self.cursor.row][self.cursor.column] = text.chars().next().unwrap();
                self.cursor.held = self.cursor.column + 1 == self.columns;
                self.cursor.column = (self.cursor.column + 1).min(self.columns - 1);
            }
        }
        vec![]
    }

    fn down(&mut self) {
        self.cursor.held = false;
        self.cursor.row += 1;
        if self.cursor.row == self.cells.len() {
            self.cells.remove(0);
            self.cells.push(vec![' '; self.columns]);
            self.cursor.row -= 1;
        }
    }

    fn sequence(&mut self, sequence: &str) -> Vec<u8> {
        let (args, last) = sequence.split_at(sequence.len() - 1);
        let mut args = args.split(';').map(|arg| arg.parse::<usize>().ok());
        let first = args.next().flatten();
        let (rows, n) = (self.cells.len(), first.unwrap_or(1));
        let Place { row, column, .. } = self.cursor;
        match last {
            "A" => self.cursor.row = row.saturating_sub(n),
            "B" => self.cursor.row = (row + n).min(rows - 1),
            "C" => self.cursor.column = (column + n).min(self.columns - 1),
            "D" => self.cursor.column = column.saturating_sub(n),
            "H" => {
                self.cursor.row = n.min(rows) - 1;
                self.cursor.column = args.next().flatten().unwrap_or(1).min(self.columns) - 1;
            }
            "J" => {
                let from = if first == Some(2) { 0 } else { row * self.columns + column };
                self.cells.iter_mut().flatten().skip(from).for_each(|cell| *cell = ' ');
            }
            "n" => return format!("\x1b[{};{}R", row + 1, column + 1).into_bytes(),
            other => panic!("the line sent ESC [ {other}"),
        }
        self.cursor.held = false;
        vec![]
    }
}
