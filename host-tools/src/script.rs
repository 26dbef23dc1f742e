//! Expect scripts: sessions written down as a person would type them.
//!
//! | line | meaning |
//! |---|---|
//! | `# text`, or empty | a comment |
//! | `> call calc add 1 2` | typed at the prompt; the lines below are what it prints, up to the next prompt |
//! | `>> run spin` | typed at the prompt; no prompt is awaited after the lines below |
//! | `$ wasmote ls` | run on the host by `sh`, with the board's line as its serial port; the lines below are its output, and `[exit N]` ends it when N is not 0 |
//! | `@send abc\x1b[D\r` | typed raw: `\r`, `\n`, `\t`, `\\` and `\xHH` are bytes |
//! | `@ctrl-c [MS]` | typed; the lines below and a prompt come back, within MS milliseconds when given, in one of three tries of the script |
//! | `@eof` | Ctrl-D is typed; the lines below and the board's end follow |
//! | `@start` | starts the board where a script wants to see the lines before the first prompt |
//! | `@restart`, `@kill` | the power is cut, and comes back on the same flash file, or not |
//! | `@wait MS` | time passes |
//! | `@patience S` | later steps wait this long for what they expect |
//! | `@flash guests` (or `empty`, `none`, `corrupt`) | first lines only: what the flash holds; `guests` when not said |
//! | `@terminal both` (or `answering`, `mute`) | first lines only: the terminal's manner; `answering` when not said |
//!
//! `wasmote test` plays them on a device that runs: `>`, `$`, `@wait` and `@patience` are for both, `@flash` and
//! `@terminal` say nothing to it, and the others need the bench of `wasmote-tests`, which starts boards.
//!
//! Expected lines are patterns (see [`pattern`]). An expected line `{...}` stands for any number of lines, and a
//! backslash before an expected line's first character takes its special meaning away.

mod lines;
pub mod pattern;

use std::time::Duration;

pub use self::lines::{Lines, describe, difference, host_lines};
use self::pattern::Pattern;

/// How a terminal treats the queries of its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It reports the cursor's position when asked (`ESC [ 6 n`), as terminal emulators do.
    Answering,
    /// It never sends anything by itself, as a logger or a plain serial console.
    Mute,
}

/// A parsed script.
#[derive(Debug)]
pub struct Script {
    /// What the flash holds before the first step.
    pub flash: Flash,
    /// The terminals that the script is to pass with.
    pub manners: Vec<Manner>,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// What the flash holds before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    /// A file system with the sample guests.
    Guests,
    /// A file system without modules.
    Empty,
    /// Nothing: the file does not exist.
    None,
    /// Bytes that are no file system.
    Corrupt,
}

/// Something done, and the lines that have to follow.
#[derive(Debug)]
pub struct Step {
    /// Line of the script, counted from 1.
    pub at: usize,
    /// What is done.
    pub action: Action,
    /// What has to be printed.
    pub expected: Vec<Expected>,
}

/// What a step does.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Starts the board.
    Start,
    /// Types a line and waits for the next prompt.
    Type(String),
    /// Types a line and does not wait for a prompt.
    TypeOn(String),
    /// Types bytes.
    Send(Vec<u8>),
    /// Runs a command on the host.
    Host(String),
    /// Types Ctrl-C; the prompt must be back in time.
    CtrlC(Option<Duration>),
    /// Types Ctrl-D; the board must end.
    Eof,
    /// Cuts the power and brings it back.
    Restart,
    /// Cuts the power.
    Kill,
    /// Lets time pass.
    Wait(Duration),
    /// Sets how long later steps wait.
    Patience(Duration),
}

/// An expected line.
#[derive(Debug)]
pub enum Expected {
    /// One line.
    Line(usize, Pattern),
    /// Any number of lines.
    Lines,
}

impl Script {
    /// Parses a script.
    ///
    /// # Errors
    /// The line (counted from 1) that cannot be understood, and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut script = Self { flash: Flash::Guests, manners: vec![Manner::Answering], steps: Vec::new() };
        let mut known = Vec::new();
        for (index, line) in text.lines().enumerate() {
            script.line(index + 1, line, &mut known).map_err(|why| format!("{}: {why}", index + 1))?;
        }
        if !matches!(script.steps.first(), Some(Step { action: Action::Start, .. })) {
            script.steps.insert(0, Step { at: 0, action: Action::Start, expected: Vec::new() });
        }
        // What a board says before its first prompt only matters to scripts that ask for it.
        for step in &mut script.steps {
            if matches!(step.action, Action::Start | Action::Restart) && step.expected.is_empty() {
                step.expected.push(Expected::Lines);
            }
        }
        Ok(script)
    }

    fn line(&mut self, at: usize, line: &str, known: &mut Vec<String>) -> Result<(), String> {
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(directive) = line.strip_prefix('@') {
            return self.directive(at, directive);
        }
        let typed = |prefix: &str| line.strip_prefix(prefix).map(|text| text.trim_start().to_owned());
        let action = if let Some(text) = typed(">>") {
            Action::TypeOn(text)
        } else if let Some(text) = typed(">") {
            Action::Type(text)
        } else if let Some(text) = typed("$") {
            Action::Host(text)
        } else {
            let expected = if line.trim() == "{...}" {
                Expected::Lines
            } else {
                Expected::Line(at, Pattern::parse(line.strip_prefix('\\').unwrap_or(line), known)?)
            };
            let step = self.steps.last_mut().ok_or("an expected line before the first step")?;
            step.expected.push(expected);
            return Ok(());
        };
        self.push(at, action);
        Ok(())
    }

    fn push(&mut self, at: usize, action: Action) {
        self.steps.push(Step { at, action, expected: Vec::new() });
    }

    fn directive(&mut self, at: usize, directive: &str) -> Result<(), String> {
        let (name, value) = directive.split_once(' ').unwrap_or((directive, ""));
        let value = value.trim();
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is no number"));
        if let "flash" | "terminal" = name {
            if !self.steps.is_empty() {
                return Err(format!("`@{name}` after the first step"));
            }
            match (name, value) {
                ("flash", "guests") => self.flash = Flash::Guests,
                ("flash", "empty") => self.flash = Flash::Empty,
                ("flash", "none") => self.flash = Flash::None,
                ("flash", "corrupt") => self.flash = Flash::Corrupt,
                ("terminal", "answering") => self.manners = vec![Manner::Answering],
                ("terminal", "mute") => self.manners = vec![Manner::Mute],
                ("terminal", "both") => self.manners = vec![Manner::Answering, Manner::Mute],
                _ => return Err(format!("`@{name}` does not know `{value}`")),
            }
            return Ok(());
        }
        let action = match name {
            "start" if self.steps.is_empty() => Action::Start,
            "start" => return Err("`@start` is not the first step; `@restart` starts again".to_owned()),
            "send" => Action::Send(unescape(value)?),
            "ctrl-c" if value.is_empty() => Action::CtrlC(None),
            "ctrl-c" => Action::CtrlC(Some(Duration::from_millis(number()?))),
            "eof" => Action::Eof,
            "restart" => Action::Restart,
            "kill" => Action::Kill,
            "wait" => Action::Wait(Duration::from_millis(number()?)),
            "patience" => Action::Patience(Duration::from_secs(number()?)),
            _ => return Err(format!("`@{name}` is no directive")),
        };
        self.push(at, action);
        Ok(())
    }
}

/// Turns `\r`, `\n`, `\t`, `\\` and `\xHH` into bytes.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let hex = after.strip_prefix('x').and_then(|tail| tail.get(..2));
        let (byte, length) = match (after.chars().next(), hex) {
            (Some('r'), _) => (b'\r', 1),
            (Some('n'), _) => (b'\n', 1),
            (Some('t'), _) => (b'\t', 1),
            (Some('\\'), _) => (b'\\', 1),
            (_, Some(hex)) => (u8::from_str_radix(hex, 16).map_err(|_| format!("`\\x{hex}` is no byte"))?, 3),
            _ => return Err(format!("`\\{after}` is no escape")),
        };
        bytes.push(byte);
        rest = after.get(length..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_script_reads_as_a_session() {
        let script = Script::parse(
            "# A comment.\n@terminal both\n@flash empty\n\n> ls\ncalc {num} B\n{...}\n>> run spin\n@ctrl-c 100\n\\# literal\n@eof\n",
        )
        .unwrap();
        assert_eq!(script.flash, Flash::Empty);
        assert_eq!(script.manners, [Manner::Answering, Manner::Mute]);
        let steps: Vec<_> =
            script.steps.iter().map(|step| (step.at, &step.action, step.expected.len())).collect();
        assert_eq!(
            steps,
            [
                (0, &Action::Start, 1),
                (5, &Action::Type("ls".to_owned()), 2),
                (8, &Action::TypeOn("run spin".to_owned()), 0),
                (9, &Action::CtrlC(Some(Duration::from_millis(100))), 1),
                (11, &Action::Eof, 0),
            ]
        );
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, at) in [
            ("calc {num} B\n", "1: an expected line"),
            ("> ls\n@nothing\n", "2: `@nothing`"),
            ("> ls\n@flash empty\n", "2: `@flash`"),
            ("@terminal loud\n", "1: `@terminal`"),
            ("> ls\n@wait soon\n", "2: `soon`"),
            ("@send \\q\n", "1: `\\q`"),
            ("> ls\n{nothing}\n", "2: `{nothing}`"),
        ] {
            let why = Script::parse(text).unwrap_err();
            assert!(why.starts_with(at), "{text:?}: {why}");
        }
    }

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"a\x1b[D\r\\\x00").unwrap(), b"a\x1b[D\r\\\0");
    }
}
