//! The console: the board's line with output gathered, and the cursor's column 0 kept in mind.
//!
//! Everything that is printed goes through here, so that an SMP frame always starts a line of its own.

use heapless::Vec;

use crate::board::{Board, Input};
use crate::limits::WRITE_CHUNK;
use crate::output::Sink;

/// A board and what was printed on its line.
pub struct Console<B> {
    board: B,
    gathered: Vec<u8, WRITE_CHUNK>,
    last: u8,
    /// A frame ended its line with LF alone, so a terminal's cursor is not in column 0.
    framed: bool,
}

impl<B: Board> Console<B> {
    /// The console of a board whose cursor is taken to be at the start of a line.
    pub fn new(board: B) -> Self {
        Self { board, gathered: Vec::new(), last: b'\n', framed: false }
    }

    /// The board.
    pub fn board(&self) -> &B {
        &self.board
    }

    /// The board, to be changed. Output must not bypass the console.
    pub fn board_mut(&mut self) -> &mut B {
        &mut self.board
    }

    /// Reads from the board after everything printed is on its way; see [`Board::console_read`].
    pub fn read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        self.flush();
        self.board.console_read(buf, timeout_ms)
    }

    /// Writes bytes as they are, such as a terminal's control sequences.
    pub fn raw(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() && core::mem::take(&mut self.framed) && self.board.console_is_terminal() {
            self.put(b"\r");
        }
        self.put(bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.gathered.push(byte).is_err() {
                self.flush();
                // The buffer is empty now.
                let _ = self.gathered.push(byte);
            }
            self.last = byte;
        }
    }

    /// Writes an SMP frame, newline included, as a line of its own, and sends it off.
    pub fn frame(&mut self, frame: &[u8]) {
        if self.last != b'\n' && !self.framed {
            self.newline();
        }
        self.put(frame);
        self.framed = true;
        self.flush();
    }

    /// Ends the line.
    pub fn newline(&mut self) {
        self.write(b"\n");
    }

    /// Hands what was gathered to the board.
    pub fn flush(&mut self) {
        if !self.gathered.is_empty() {
            self.board.console_write(&self.gathered);
            self.gathered.clear();
        }
    }
}

impl<B: Board> Sink for Console<B> {
    /// Writes text; on a terminal LF becomes CR LF.
    fn write(&mut self, bytes: &[u8]) {
        let terminal = self.board.console_is_terminal();
        for &byte in bytes {
            if byte == b'\n' && terminal && self.last != b'\r' {
                self.raw(b"\r");
            }
            self.raw(&[byte]);
        }
    }
}
