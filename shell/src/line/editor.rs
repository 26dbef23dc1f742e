//! What noline reads from and writes to.
//!
//! noline trusts its terminal: it waits for ever for an answer that does not come, swallows what is typed
//! meanwhile, and panics on some replies. So it gets a [`Screen`], answers in time, and keys that were checked.
//! It owns the text until its line ends; to serve a frame in between, its line is ended with the output muted, and
//! the next one replays text and cursor.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, Write};
use heapless::Deque;

use super::cooked::BELL;
use super::history::History;
use super::input::{Ctrl, Input, Pumped};
use super::keys::{CTRL_B, CTRL_C, CTRL_D, CTRL_E, CTRL_L, CTRL_N, CTRL_P, CTRL_U, DELETE, ENTER, Key};
use super::screen::{ANSWERS, Screen};
use crate::board::Board;
use crate::console::Console;
use crate::limits::IDLE_MS;

/// The key that deletes the character under the cursor, as terminals send it.
const DELETE_FORWARD: &[u8] = b"\x1b[3~";

/// Why noline's line ended, unless Enter ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A frame is whole.
    Frame,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D alone on an empty line, or the peer is gone.
    Eof,
}

/// The terminal side of one noline line.
pub(crate) struct EditorIo<'a, B> {
    console: &'a mut Console<B>,
    input: &'a mut Input,
    screen: Screen,
    history: &'a History<'a>,
    /// Which line of the history is shown, counted back from 1 for the newest; 0 for none.
    shown: usize,
    /// An older line is to be shown, if the line is empty or shows one already.
    older: bool,
    /// Text to be typed again: a cut line's, or the history's.
    replay: &'a [u8],
    /// How far from its end the cursor was, characters.
    back: usize,
    /// What noline reads next: the answers to its questions, or the rest of a key.
    ahead: Deque<u8, { ANSWERS.len() + 1 }>,
    stop: Option<Stop>,
}

impl<'a, B: Board> EditorIo<'a, B> {
    /// A line of a terminal `columns` wide that starts with `text`, the cursor `back` characters before its end.
    pub(crate) fn new(
        console: &'a mut Console<B>,
        input: &'a mut Input,
        columns: u16,
        history: &'a History<'a>,
        text: &'a str,
        back: usize,
    ) -> Self {
        let mut ahead = Deque::new();
        ahead.extend(ANSWERS.iter().copied());
        Self {
            console,
            input,
            screen: Screen::new(columns),
            history,
            shown: 0,
            older: false,
            replay: text.as_bytes(),
            back,
            ahead,
            stop: None,
        }
    }

    /// Why the line ended, and how many characters are before the cursor.
    pub(crate) fn end(&self) -> (Option<Stop>, usize) {
        (self.stop, self.screen.offset())
    }

    /// The next byte for noline; `None` ends its line.
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            if let Some(byte) = self.ahead.pop_front() {
                if byte == CTRL_C {
                    self.print(b"^C");
                }
                return Some(byte);
            }
            if let Some((&byte, rest)) = self.replay.split_first() {
                self.replay = rest;
                return Some(byte);
            }
            if let Some(back) = self.back.checked_sub(1) {
                self.back = back;
                return Some(CTRL_B);
            }
            // The cursor is at the line's end now, so that it tells whether there is text.
            if core::mem::take(&mut self.older) {
                let free = self.shown > 0 || self.screen.offset() == 0;
                if free && self.show(self.shown.saturating_add(1)) {
                    return Some(CTRL_U);
                }
                self.print(BELL);
            }
            match self.input.queue.pop() {
                None => {}
                Some(Key::Control(CTRL_N)) if self.shown > 0 => {
                    self.show(self.shown.saturating_sub(1));
                    return Some(CTRL_U);
                }
                Some(Key::Control(CTRL_N)) => self.print(BELL),
                Some(key) => {
                    self.press(key);
                    continue;
                }
            }
            self.screen.sync(&mut |bytes: &[u8]| self.console.raw(bytes));
            match self.input.pump(self.console, IDLE_MS, Ctrl::IsKey) {
                Pumped::Frame => {
                    self.stop = Some(Stop::Frame);
                    return Some(ENTER);
                }
                Pumped::Eof => {
                    self.stop = Some(Stop::Eof);
                    return None;
                }
                Pumped::Bytes | Pumped::Interrupt | Pumped::Timeout | Pumped::Full => {}
            }
        }
    }

    /// Has a line of the history typed once the line is cleared; whether there is one, the empty one before it included.
    fn show(&mut self, n: usize) -> bool {
        let line = self.history.recall(n);
        self.replay = line.unwrap_or_default();
        self.shown = if line.is_some() { n } else { self.shown };
        line.is_some()
    }

    /// Lays a key out as noline reads it.
    fn press(&mut self, key: Key) {
        let bytes = match &key {
            Key::Char(c) => c.bytes(),
            Key::Control(DELETE) => DELETE_FORWARD,
            // Bytes follow it at once: a part of a damaged frame, or a key in the middle of a paste.
            Key::Control(CTRL_D) if !self.input.is_quiet() => DELETE_FORWARD,
            // noline goes on at the cursor's row, so the cursor leaves a long line at its end.
            Key::Control(ENTER) => &[CTRL_E, ENTER],
            Key::Control(CTRL_P) => {
                self.older = true;
                &[CTRL_E]
            }
            Key::Control(CTRL_C) => {
                self.stop = Some(Stop::Interrupt);
                &[CTRL_E, CTRL_C]
            }
            Key::Control(code) => {
                match *code {
                    CTRL_D => self.stop = Some(Stop::Eof),
                    CTRL_L => self.screen.clear(&mut |bytes| self.console.raw(bytes)),
                    _ => {}
                }
                core::slice::from_ref(code)
            }
            Key::Report(..) => &[],
        };
        self.ahead.extend(bytes.iter().copied());
    }

    fn print(&mut self, bytes: &[u8]) {
        if self.stop != Some(Stop::Frame) {
            self.screen.write(bytes, &mut |bytes| self.console.raw(bytes));
        }
    }
}

impl<B> ErrorType for EditorIo<'_, B> {
    type Error = Infallible;
}

impl<B: Board> Read for EditorIo<'_, B> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let Some(place) = buf.first_mut() else { return Ok(0) };
        let Some(byte) = self.next_byte() else { return Ok(0) };
        *place = byte;
        Ok(1)
    }
}

impl<B: Board> Write for EditorIo<'_, B> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.print(bytes);
        Ok(bytes.len())
    }

    /// Does nothing: the console sends what it gathered before it waits.
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A stream for noline's constructor, which names a stream's type and leaves it alone.
pub(crate) struct Nowhere;

impl ErrorType for Nowhere {
    type Error = Infallible;
}

impl Read for Nowhere {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        Ok(0)
    }
}

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
