//! The plain line: what a terminal driver does with a line in canonical mode. It needs no terminal at all.
//!
//! Backspace, Ctrl-U and Ctrl-W erase at the end; there is no cursor to move, no recall, and Tab is a blank.

use super::input::{Ctrl, Pumped};
use super::keys::{BACKSPACE, CTRL_C, CTRL_D, CTRL_U, CTRL_W, ENTER, Key, TAB, continues};
use super::{Event, Line, Text};
use crate::board::Board;
use crate::console::Console;
use crate::limits::{IDLE_MS, LINE_LIMIT};

/// Says that a key does nothing.
pub(crate) const BELL: &[u8] = b"\x07";

/// What stopped the typing of a plain line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// Enter: the text is a line.
    Entered,
    /// Ctrl-C: the text is gone.
    Interrupt,
    /// Ctrl-D on an empty line.
    Eof,
    /// A frame came.
    Frame,
    /// The peer is gone.
    Gone,
}

impl Line<'_> {
    /// Reads a line at the prompt, or of a script.
    pub(crate) fn read_plain<B: Board>(&mut self, console: &mut Console<B>, terminal: bool) -> Event<'_> {
        if terminal {
            console.raw(&self.text);
        }
        let typed = loop {
            if let Some(typed) = self.type_plain(console, IDLE_MS, false) {
                break typed;
            }
        };
        match typed {
            Typed::Frame => self.cut_by_frame(0),
            Typed::Entered => self.entered(terminal),
            Typed::Interrupt => Event::Interrupt,
            Typed::Eof | Typed::Gone => {
                self.input.reopen();
                Event::Eof
            }
        }
    }

    /// Takes the keys of a plain line that are there, or else waits for at most `timeout_ms` milliseconds for some to
    /// come; what stopped that, if anything did. A terminal shows them. A program that reads the line is stopped by
    /// Ctrl-C at once, gets the newline too, and takes a line above [`LINE_LIMIT`] in parts.
    pub(crate) fn type_plain<B: Board>(
        &mut self,
        console: &mut Console<B>,
        timeout_ms: u32,
        program: bool,
    ) -> Option<Typed> {
        let terminal = console.board().console_is_terminal();
        while let Some(key) = self.input.queue.pop() {
            // Bytes follow it at once: a part of a damaged frame, not a person's end.
            if terminal && key.first() == CTRL_D && !self.input.is_quiet() {
                continue;
            }
            let mut echo = |bytes: &[u8]| {
                if terminal {
                    console.raw(bytes);
                }
            };
            let end = press(&mut self.text, key, &mut echo);
            if program && end == Some(Typed::Entered) {
                // There is room for a character beyond the limit.
                let _ = self.text.push(b'\n');
            } else if program && self.text.len() >= LINE_LIMIT {
                return Some(Typed::Entered);
            }
            if end.is_some() {
                return end;
            }
        }
        let ctrl = if program { Ctrl::Interrupts } else { Ctrl::IsKey };
        match self.input.pump(console, timeout_ms, ctrl) {
            Pumped::Frame => Some(Typed::Frame),
            Pumped::Interrupt => {
                // It is shown like any other key.
                self.input.queue.push(Key::byte(CTRL_C));
                None
            }
            // A script's last line may lack its newline.
            Pumped::Eof if !terminal && !self.text.is_empty() => Some(Typed::Entered),
            Pumped::Eof => Some(Typed::Gone),
            Pumped::Bytes | Pumped::Timeout | Pumped::Full => None,
        }
    }
}

/// Applies a key to the text, printing its echo, and says when that ends the line.
pub(crate) fn press(text: &mut Text, key: Key, echo: &mut dyn FnMut(&[u8])) -> Option<Typed> {
    match key.first() {
        BACKSPACE => {
            erase(text, echo);
        }
        CTRL_U => while erase(text, echo) {},
        CTRL_W => {
            while text.ends_with(b" ") && erase(text, echo) {}
            while !text.ends_with(b" ") && erase(text, echo) {}
        }
        ENTER => {
            echo(b"\r\n");
            return Some(Typed::Entered);
        }
        CTRL_C => {
            echo(b"^C\r\n");
            text.clear();
            return Some(Typed::Interrupt);
        }
        CTRL_D if text.is_empty() => {
            echo(b"\r\n");
            return Some(Typed::Eof);
        }
        TAB => return press(text, Key::byte(b' '), echo),
        b' '.. => key.bytes(|bytes| echo(if text.extend_from_slice(bytes).is_ok() { bytes } else { BELL })),
        _ => {}
    }
    None
}

/// Erases the last character; whether there is one.
fn erase(text: &mut Text, echo: &mut dyn FnMut(&[u8])) -> bool {
    while let Some(byte) = text.pop() {
        if !continues(byte) {
            echo(b"\x08 \x08");
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::keys::Keys;
    use super::*;
    use crate::limits::LINE_CAPACITY;
    use std::string::String;

    /// Types `bytes`; gives the text left, the echo, and how the line ended.
    #[track_caller]
    fn check(bytes: &str, want: (&str, &str, Option<Typed>)) {
        let (mut keys, mut text, mut echo) = (Keys::new(), Text::new(), std::vec::Vec::new());
        let mut end = None;
        for key in bytes.bytes().filter_map(|b| keys.push(b)) {
            end = press(&mut text, key, &mut |b| echo.extend_from_slice(b));
        }
        let (text, echo) = (String::from_utf8_lossy(&text), String::from_utf8_lossy(&echo));
        assert_eq!((text.as_ref(), echo.as_ref(), end), want);
    }

    #[test]
    fn a_plain_line_is_edited_at_its_end() {
        check("ls\r", ("ls", "ls\r\n", Some(Typed::Entered)));
        check("lé\x7f", ("l", "lé\x08 \x08", None));
        check("\x7f", ("", "", None));
        check("ab\x15c", ("c", "ab\x08 \x08\x08 \x08c", None));
        check("a bc \x17", ("a ", "a bc \x08 \x08\x08 \x08\x08 \x08", None));
        check("é ü \x17", ("é ", "é ü \x08 \x08\x08 \x08", None));
        check("ab \x17 \x17c", ("c", "ab \x08 \x08\x08 \x08\x08 \x08 \x08 \x08c", None));
        check("ab\x03", ("", "ab^C\r\n", Some(Typed::Interrupt)));
        check("a\x04", ("a", "a", None));
        check("\x04", ("", "\r\n", Some(Typed::Eof)));
        check("a\x1b[D\x1b[Ab\x0c", ("ab", "ab", None));
        check("a\tb", ("a b", "a b", None));
    }

    #[test]
    fn a_full_line_rings_the_bell() {
        let line = "x".repeat(LINE_CAPACITY);
        check(&(line.clone() + "y"), (&line, &(line.clone() + "\x07"), None));
    }
}
