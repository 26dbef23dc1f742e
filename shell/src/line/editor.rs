//! What noline reads from and writes to.
//!
//! noline trusts its terminal: it waits for ever for an answer that does not come, swallows what is typed
//! meanwhile, and panics on some replies. So it gets a [`Screen`], answers in time, and keys that were checked.
//! It owns the text until its line ends; to serve a frame in between, its line is ended with the output muted, and
//! the next one replays text and cursor.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, Write};

use super::cooked::BELL;
use super::history::History;
use super::input::{Ctrl, Input, Pumped};
use super::keys::{CTRL_B, CTRL_C, CTRL_D, CTRL_E, CTRL_L, CTRL_N, CTRL_P, CTRL_U, DELETE, ENTER, Key, TAB};
use super::screen::{ANSWERS, Screen};
use crate::board::Board;
use crate::console::Console;
use crate::limits::IDLE_MS;

/// The key that deletes the character under the cursor, as terminals send it.
const DELETE_FORWARD: Key = Key::new(*b"\x1b[3~");

/// Why noline's line ended, unless Enter ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A frame is whole.
    Frame,
    /// Tab.
    Tab,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D alone on an empty line.
    Eof,
    /// The peer is gone.
    Gone,
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
    /// The line is to be completed.
    tab: bool,
    /// What noline reads first: the answers to its questions.
    answers: &'a [u8],
    /// Text to be typed again: a cut line's, or the history's.
    replay: &'a [u8],
    /// How far from its end the cursor was, characters.
    back: usize,
    /// What noline reads next: the rest of a key.
    ahead: Key,
    stop: Option<Stop>,
}

impl<'a, B: Board> EditorIo<'a, B> {
    /// A line of a terminal `columns` wide that starts with `text`, the cursor `back` characters before its end.
    pub(crate) fn new(
        console: &'a mut Console<B>,
        input: &'a mut Input,
        columns: u16,
        history: &'a History<'a>,
        text: &'a [u8],
        back: usize,
    ) -> Self {
        Self {
            console,
            input,
            screen: Screen::new(columns),
            history,
            shown: 0,
            older: false,
            tab: false,
            answers: ANSWERS,
            replay: text,
            back,
            ahead: Key::NONE,
            stop: None,
        }
    }

    /// Why the line ended, and how many characters are before the cursor.
    pub(crate) fn end(&self) -> (Option<Stop>, usize) {
        (self.stop, self.screen.offset())
    }

    /// The next byte for noline.
    // noline asks in two places.
    #[inline(never)]
    fn next_byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.ahead.take() {
                if byte == CTRL_C {
                    self.print(b"^C");
                }
                return byte;
            }
            for typed in [&mut self.answers, &mut self.replay] {
                if let Some((&byte, rest)) = typed.split_first() {
                    *typed = rest;
                    return byte;
                }
            }
            if let Some(back) = self.back.checked_sub(1) {
                self.back = back;
                return CTRL_B;
            }
            // The cursor is at the line's end now, so that it tells whether there is text.
            if core::mem::take(&mut self.older) {
                let free = self.shown > 0 || self.screen.offset() == 0;
                if free && self.show(self.shown.saturating_add(1)) {
                    return CTRL_U;
                }
                self.print(BELL);
            }
            if core::mem::take(&mut self.tab) {
                self.screen.leave(&mut |bytes: &[u8]| self.console.raw(bytes));
                self.stop = Some(Stop::Tab);
                return ENTER;
            }
            match self.input.queue.pop() {
                None => {}
                Some(key) if key.first() != CTRL_N => {
                    self.press(key);
                    continue;
                }
                Some(_) if self.shown > 0 => {
                    self.show(self.shown.saturating_sub(1));
                    return CTRL_U;
                }
                Some(_) => self.print(BELL),
            }
            self.screen.sync(&mut |bytes: &[u8]| self.console.raw(bytes));
            match self.input.pump(self.console, IDLE_MS, Ctrl::IsKey) {
                Pumped::Frame => {
                    self.stop = Some(Stop::Frame);
                    return ENTER;
                }
                Pumped::Eof => {
                    self.stop = Some(Stop::Gone);
                    return CTRL_C;
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
        self.ahead = key;
        match key.first() {
            DELETE => self.ahead = DELETE_FORWARD,
            // Bytes follow it at once: a part of a damaged frame, or a key in the middle of a paste.
            CTRL_D if !self.input.is_quiet() => self.ahead = DELETE_FORWARD,
            CTRL_D => self.stop = Some(Stop::Eof),
            // noline goes on at the cursor's row, so the cursor leaves a long line at its end.
            ENTER => self.ahead = Key::new([CTRL_E, ENTER, 0, 0]),
            CTRL_P => {
                self.older = true;
                self.ahead = Key::byte(CTRL_E);
            }
            // In the middle of a paste it is a blank.
            TAB if !self.input.is_quiet() => self.ahead = Key::byte(b' '),
            TAB => {
                self.tab = true;
                self.ahead = Key::byte(CTRL_E);
            }
            CTRL_C => {
                self.stop = Some(Stop::Interrupt);
                self.ahead = Key::new([CTRL_E, CTRL_C, 0, 0]);
            }
            CTRL_L => self.screen.clear(&mut |bytes| self.console.raw(bytes)),
            _ => {}
        }
    }

    fn print(&mut self, bytes: &[u8]) {
        if !matches!(self.stop, Some(Stop::Frame | Stop::Tab | Stop::Gone)) {
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
        *place = self.next_byte();
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
