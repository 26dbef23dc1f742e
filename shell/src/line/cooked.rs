//! The plain line: what a terminal driver does with a line in canonical mode. It needs no terminal at all.
//!
//! Backspace, Ctrl-U and Ctrl-W erase at the end; there is no cursor to move and no recall.

use heapless::String;

use super::keys::{BACKSPACE, CTRL_C, CTRL_D, CTRL_U, CTRL_W, ENTER, Key};
use crate::limits::LINE_CAPACITY;

/// How a plain line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Enter: the text is a line.
    Entered,
    /// Ctrl-C: the text is gone.
    Interrupt,
    /// Ctrl-D on an empty line.
    Eof,
}

/// Says that a key does nothing.
pub(crate) const BELL: &[u8] = b"\x07";

/// Applies a key to the text, printing its echo, and says when that ends the line.
pub(crate) fn press(text: &mut String<LINE_CAPACITY>, key: Key, echo: &mut dyn FnMut(&[u8])) -> Option<End> {
    match key {
        Key::Char(c) => match text.push_str(c.text()) {
            Ok(()) => echo(c.text().as_bytes()),
            Err(_) => echo(BELL),
        },
        Key::Control(BACKSPACE) => erase(text, text.len().saturating_sub(1), echo),
        Key::Control(CTRL_U) => erase(text, 0, echo),
        Key::Control(CTRL_W) => {
            let bytes = text.as_bytes();
            let word = bytes.iter().rposition(|byte| *byte != b' ').unwrap_or(0);
            let before = bytes.iter().take(word).rposition(|byte| *byte == b' ');
            erase(text, before.map_or(0, |blank| blank.saturating_add(1)), echo);
        }
        Key::Control(ENTER) => {
            echo(b"\r\n");
            return Some(End::Entered);
        }
        Key::Control(CTRL_C) => {
            echo(b"^C\r\n");
            text.clear();
            return Some(End::Interrupt);
        }
        Key::Control(CTRL_D) if text.is_empty() => {
            echo(b"\r\n");
            return Some(End::Eof);
        }
        _ => {}
    }
    None
}

/// Erases what is behind the first bytes.
fn erase(text: &mut String<LINE_CAPACITY>, kept: usize, echo: &mut dyn FnMut(&[u8])) {
    while text.len() > kept {
        text.pop();
        echo(b"\x08 \x08");
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::Keys;
    use super::*;
    use std::string::String as Text;

    /// Types `bytes`; gives the text left, the echo, and how the line ended.
    #[track_caller]
    fn check(bytes: &str, want: (&str, &str, Option<End>)) {
        let (mut keys, mut text, mut echo) = (Keys::new(), String::new(), std::vec::Vec::new());
        let mut end = None;
        for key in bytes.bytes().filter_map(|b| keys.push(b)) {
            end = press(&mut text, key, &mut |b| echo.extend_from_slice(b));
        }
        assert_eq!((text.as_str(), Text::from_utf8_lossy(&echo).as_ref(), end), want);
    }

    #[test]
    fn a_plain_line_is_edited_at_its_end() {
        check("ls\r", ("ls", "ls\r\n", Some(End::Entered)));
        check("lé\x7f", ("l", "lé\x08 \x08", None));
        check("\x7f", ("", "", None));
        check("ab\x15c", ("c", "ab\x08 \x08\x08 \x08c", None));
        check("a bc \x17", ("a ", "a bc \x08 \x08\x08 \x08\x08 \x08", None));
        check("ab\x03", ("", "ab^C\r\n", Some(End::Interrupt)));
        check("a\x04", ("a", "a", None));
        check("\x04", ("", "\r\n", Some(End::Eof)));
        check("a\x1b[D\x1b[Ab\x0c", ("ab", "ab", None));
    }

    #[test]
    fn a_full_line_rings_the_bell() {
        let line = "x".repeat(LINE_CAPACITY);
        check(&(line.clone() + "y"), (&line, &(line.clone() + "\x07"), None));
    }
}
