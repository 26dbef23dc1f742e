//! The lines that a step expects, taken off one by one as they are printed.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::pattern::Captures;
use super::{Expected, Step};

/// The expected lines that are still to come.
#[derive(Debug)]
pub struct Lines<'a> {
    left: &'a [Expected],
}

impl<'a> Lines<'a> {
    /// All lines of a step.
    pub fn of(step: &'a Step) -> Self {
        Self { left: &step.expected }
    }

    /// Takes a printed line.
    ///
    /// # Errors
    ///
    /// The line of the script that was expected in its place, if any was.
    pub fn take(&mut self, row: &str, captures: &mut Captures) -> Result<(), (Option<usize>, &'a str)> {
        match self.left {
            [Expected::Line(_, pattern), rest @ ..] if pattern.matches(row, captures) => {
                self.left = rest;
                Ok(())
            }
            [Expected::Lines, Expected::Line(_, pattern), rest @ ..] => {
                if pattern.matches(row, captures) {
                    self.left = rest;
                }
                Ok(())
            }
            [Expected::Lines, ..] => Ok(()),
            [Expected::Line(at, pattern), ..] => Err((Some(*at), pattern.text())),
            [] => Err((None, "(nothing more)")),
        }
    }

    /// Whether all lines have come.
    pub fn is_done(&self) -> bool {
        self.missing().is_none()
    }

    /// The next line that has not come, and its number in the script.
    pub fn missing(&self) -> Option<(usize, &'a str)> {
        self.left.iter().find_map(|expected| match expected {
            Expected::Line(at, pattern) => Some((*at, pattern.text())),
            Expected::Lines => None,
        })
    }
}

/// Holds all lines that were printed against what a step expects: the first line of the script that they differ from,
/// and how.
pub fn difference(step: &Step, printed: &[String], captures: &mut Captures) -> Option<(usize, String)> {
    let mut lines = Lines::of(step);
    for row in printed {
        if let Err((at, text)) = lines.take(row, captures) {
            return Some((at.unwrap_or(step.at), format!("expected `{text}`\nprinted  `{row}`")));
        }
    }
    lines.missing().map(|(at, text)| (at, format!("expected `{text}`\nnothing more was printed")))
}

/// The lines of a command on the host: what it printed, and `[exit N]` if it failed.
pub fn host_lines(printed: &str, status: ExitStatus) -> Vec<String> {
    let mut lines: Vec<_> = printed.lines().map(str::to_owned).collect();
    if !status.success() {
        lines.push(format!("[{}]", describe(status)));
    }
    lines
}

/// How a process ended: `exit 1`, `signal 9`.
pub fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, signal) => format!("signal {}", signal.unwrap_or_default()),
    }
}
