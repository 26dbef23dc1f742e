//! A running program reads the line: its input is what the plain line would enter, an ended line at a time.
//!
//! What it can read is text: keys in UTF-8, with Tab as a space and other control keys left out. A line of more than
//! [`LINE_LIMIT`](crate::limits::LINE_LIMIT) bytes is read in parts, which are edited apart. Ctrl-D on an empty line
//! ends the input for one read, the end of a script for all.

use super::cooked::Typed;
use super::{Activity, Line};
use crate::board::Board;
use crate::console::Console;

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
            let terminal = console.board().console_is_terminal();
            if terminal && !self.text.is_empty() && core::mem::take(&mut self.framed) {
                console.raw(&self.text);
            }
            match self.type_plain(console, timeout_ms, true) {
                Some(Typed::Entered) => {}
                Some(Typed::Eof) => return Read::Text(&[]),
                Some(Typed::Gone) if !terminal => return Read::Text(&[]),
                Some(Typed::Interrupt | Typed::Gone) => return Read::Nothing(Activity::Interrupt),
                Some(Typed::Frame) => {
                    self.framed = true;
                    return Read::Nothing(Activity::Frame);
                }
                None => return Read::Nothing(Activity::Idle),
            }
            self.read = Some(0);
        }
        let begin = self.read.unwrap_or(0);
        let end = begin.saturating_add(most).min(self.text.len());
        self.read = Some(end);
        Read::Text(self.text.get(begin..end).unwrap_or_default())
    }

    /// Forgets what a program has left of its line.
    pub fn forget_read(&mut self) {
        self.text.clear();
        self.read = None;
    }
}
