//! A running program reads the line: its input is what the plain line would enter, an ended line at a time.
//!
//! What it can read is text: keys in UTF-8, with Tab as a space and other control keys left out. A line of more than
//! [`LINE_LIMIT`] bytes is read in parts, which are edited apart. Ctrl-D on an empty line ends the input for one read,
//! the end of a script for all.

use super::cooked::{self, End};
use super::input::{Ctrl, Pumped};
use super::keys::{CTRL_C, CTRL_D, Key};
use super::{Activity, Line};
use crate::board::Board;
use crate::console::Console;
use crate::limits::LINE_LIMIT;

/// What a program that reads the line gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read<'a> {
    /// Text; none is the end of the input.
    Text(&'a [u8]),
    /// None yet; what happened instead.
    Nothing(Activity),
}

impl Line<'_> {
    /// Gives at most `most` bytes of the line that a person or script has ended, its newline included. Until there is
    /// one, waits for at most `timeout_ms` milliseconds for something to come. A terminal shows what is typed.
    pub fn read<B: Board>(&mut self, console: &mut Console<B>, timeout_ms: u32, most: usize) -> Read<'_> {
        if self.read.is_some_and(|read| read >= self.text.len()) {
            self.forget_read();
        }
        if self.read.is_none() {
            if let Err(nothing) = self.type_line(console, timeout_ms) {
                return nothing;
            }
            self.read = Some(0);
        }
        let begin = self.read.unwrap_or(0);
        let end = begin.saturating_add(most).min(self.text.len());
        self.read = Some(end);
        Read::Text(self.text.as_bytes().get(begin..end).unwrap_or_default())
    }

    /// Forgets what a program has left of its line.
    pub fn forget_read(&mut self) {
        self.text.clear();
        self.read = None;
    }

    /// Takes the keys that are there, or else those that come; `Ok` when they end the line.
    fn type_line<B: Board>(
        &mut self,
        console: &mut Console<B>,
        timeout_ms: u32,
    ) -> Result<(), Read<'static>> {
        let terminal = console.board().console_is_terminal();
        if terminal && !self.text.is_empty() && core::mem::take(&mut self.framed) {
            console.raw(self.text.as_bytes());
        }
        while let Some(key) = self.input.queue.pop() {
            if self.press(console, key, terminal)? {
                return Ok(());
            }
        }
        Err(Read::Nothing(match self.input.pump(console, timeout_ms, Ctrl::Interrupts) {
            Pumped::Bytes | Pumped::Timeout | Pumped::Full => Activity::Idle,
            Pumped::Frame => {
                self.framed = true;
                Activity::Frame
            }
            // A script's last line may lack its newline.
            Pumped::Eof if !terminal && !self.text.is_empty() => return Ok(()),
            Pumped::Eof if !terminal => return Err(Read::Text(&[])),
            Pumped::Interrupt => return self.press(console, Key::Control(CTRL_C), terminal).map(drop),
            Pumped::Eof => Activity::Interrupt,
        }))
    }

    /// Takes a key; whether it ends the line.
    fn press<B: Board>(
        &mut self,
        console: &mut Console<B>,
        key: Key,
        terminal: bool,
    ) -> Result<bool, Read<'static>> {
        let mut echo = |bytes: &[u8]| {
            if terminal {
                console.raw(bytes);
            }
        };
        // A part of a damaged frame, not a person's end.
        if key == Key::Control(CTRL_D) && terminal && !self.input.is_quiet() {
            return Ok(false);
        }
        match cooked::press(&mut self.text, key, &mut echo) {
            // There is room for a character beyond the limit.
            Some(End::Entered) => Ok(self.text.push('\n').is_ok()),
            Some(End::Interrupt) => Err(Read::Nothing(Activity::Interrupt)),
            Some(End::Eof) => Err(Read::Text(&[])),
            None => Ok(self.text.len() >= LINE_LIMIT),
        }
    }
}
