//! What runs when the device boots, and the guard that keeps it from failing for ever.
//!
//! | when | what happens |
//! |---|---|
//! | at boot | the device waits a second for Ctrl-C, which skips the autostart, and runs it |
//! | it traps, cannot be loaded, or the device faults, within a minute of boot | a failure is noted on flash |
//! | it ends well, or has run for a minute | the failures are forgotten |
//! | the third failure in a row | the autostart is turned off, and the shell says so |
//!
//! A boot after `reboot`, or after power came on, is no failure: a power cut says nothing about a module. A board that
//! keeps no record of its reset has only the failures that the shell sees.

use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use wasmote_fs::BootLine;

use crate::board::{Board, ResetCause};
use crate::context::Target;
use crate::error::Error;
use crate::limits::{AUTOSTART_SKIP_MS, AUTOSTART_STEADY_MS, AUTOSTART_TRIES, LINE_LIMIT};
use crate::line::Activity;
use crate::packed::packed;
use crate::session::Session;

/// The words of a stored autostart.
pub(crate) fn words(line: &BootLine) -> &str {
    core::str::from_utf8(line.as_bytes()).unwrap_or_default()
}

/// Whether the device was reset by a failure of what it ran.
fn was_failure(cause: Option<ResetCause>) -> bool {
    match cause {
        None | Some(ResetCause::PowerOn | ResetCause::Requested) => false,
        Some(
            ResetCause::Fault { .. }
            | ResetCause::StackOverflow { .. }
            | ResetCause::OutOfMemory { .. }
            | ResetCause::Panic { .. },
        ) => true,
    }
}

impl<B: Board, F: NorFlash> Session<'_, B, F> {
    /// Runs the autostart, if there is one and nobody skips it; called once at boot.
    pub(crate) fn autostart(&mut self) {
        let line = match self.store.boot_line() {
            Ok(Some(line)) => line,
            Ok(None) => return,
            Err(error) => return self.fail(&Error::Store(error)),
        };
        self.boot_failures = line.failures;
        let words = words(&line);
        if was_failure(self.console.board().reset_cause()) && !self.autostart_failed(words) {
            return;
        }
        if !self.autostart_skipped(words) {
            self.interrupted = false;
            let done = self.run_autostart(words);
            if self.interrupted {
                // A person stopped it, which says nothing about it.
            } else if done {
                self.autostart_is_steady();
            } else if self.console.board().millis() < AUTOSTART_STEADY_MS {
                self.autostart_failed(words);
            }
        }
        // What runs from now on is not the autostart.
        self.boot_failures = 0;
    }

    /// Forgets the failures once the autostart has run for long enough; called between the slices of any call.
    pub(crate) fn autostart_may_be_steady(&mut self) {
        if self.boot_failures > 0 && self.console.board().millis() >= AUTOSTART_STEADY_MS {
            self.autostart_is_steady();
        }
    }

    fn autostart_is_steady(&mut self) {
        if core::mem::take(&mut self.boot_failures) > 0 {
            // A count that cannot be written stays; nothing else depends on it.
            let _ = self.store.set_boot_failures(0);
        }
    }

    /// Notes a failure; whether the autostart may be tried again. The last one turns it off.
    fn autostart_failed(&mut self, words: &str) -> bool {
        self.boot_failures = self.boot_failures.saturating_add(1);
        if self.boot_failures < AUTOSTART_TRIES {
            let noted = self.store.set_boot_failures(self.boot_failures);
            return noted.map_err(|error| self.fail(&Error::Store(error))).is_ok();
        }
        self.boot_failures = 0;
        if let Err(error) = self.store.set_boot_line(b"") {
            self.fail(&Error::Store(error));
        }
        self.fail(&Error::GivenUp(words));
        false
    }

    /// Gives a person the time to skip the autostart; whether somebody did.
    fn autostart_skipped(&mut self, words: &str) -> bool {
        if !self.console.board().console_is_terminal() {
            return false;
        }
        let mut answer = self.answer();
        answer.form(packed!("autostart: {}; Ctrl-C within {} s skips it\n")).text(words);
        answer.number(AUTOSTART_SKIP_MS / 1000).end(0);
        let begin = self.console.board().millis();
        loop {
            let waited = self.console.board().millis().wrapping_sub(begin) as u32;
            let left = AUTOSTART_SKIP_MS.saturating_sub(waited);
            if left == 0 {
                return false;
            }
            match self.line.wait(&mut self.console, left) {
                Activity::Idle => {}
                Activity::Frame => self.frame(),
                Activity::Interrupt => {
                    self.answer().form(packed!("autostart skipped\n")).end(0);
                    return true;
                }
            }
            if self.resetting {
                return true;
            }
        }
    }

    /// Runs `NAME` as `run` does, `NAME FUNC ARGS` as `load` and `call` do; whether all went well.
    fn run_autostart(&mut self, words: &str) -> bool {
        // A name like an option stands behind a `--`.
        let from = if words.starts_with("-- ") { 3 } else { 0 };
        match words.bytes().skip(from).position(|byte| byte == b' ') {
            None => self.execute("run", words, Target::Console),
            Some(end) => {
                let name = words.get(..from.saturating_add(end)).unwrap_or_default();
                self.execute("load", name, Target::Console) && self.execute(CALL, words, Target::Console)
            }
        }
    }
}

/// What runs a stored autostart with a function's name.
const CALL: &str = "call";

/// The longest stored autostart: behind its verb it fits a command line.
const WORDS_MAX: usize = LINE_LIMIT - CALL.len() - 1;

/// The words of an autostart as they are stored.
type Words = Vec<u8, WORDS_MAX>;

/// The words of an autostart as they are stored, quoted where they must be; `None` if they are too long.
pub(crate) fn quoted<'w>(words: impl Iterator<Item = &'w str>) -> Option<Words> {
    let mut line = Words::new();
    for word in words {
        quote(&mut line, word)?;
    }
    Some(line)
}

/// Appends a word so that it is read as the same word, behind a blank if it is not the first.
fn quote(line: &mut Words, word: &str) -> Option<()> {
    if !line.is_empty() {
        append(line, b' ')?;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b':');
    let quoted = word.is_empty() || !word.bytes().all(plain);
    if quoted {
        append(line, b'"')?;
    }
    for byte in word.bytes() {
        if matches!(byte, b'"' | b'\\') {
            append(line, b'\\')?;
        }
        append(line, byte)?;
    }
    if quoted { append(line, b'"') } else { Some(()) }
}

/// Appends a byte; kept out of its callers, which would each hold a copy of it.
#[inline(never)]
fn append(line: &mut Words, byte: u8) -> Option<()> {
    line.push(byte).ok()
}

#[cfg(test)]
mod tests;
