//! `monitor`: the terminal on the line.

use std::io::{ErrorKind, Read, Write, stdin, stdout};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

use super::device::port_of;
use super::tell;
use crate::cli::Options;
use crate::error::{EXIT_INTERRUPTED, EXIT_OK, Error, Result};
use crate::line;

/// Ctrl-], which leaves.
const LEAVE: u8 = 0x1d;
/// How long a read of the line waits at most.
const TURN: Duration = Duration::from_millis(50);
/// How long the line is shown after the end of the input, whose last lines may have an answer.
const LINGER: Duration = Duration::from_millis(500);

/// Why nothing more is sent.
enum Ended {
    /// Ctrl-] was typed.
    Left,
    /// The input ended.
    Input,
}

/// Connects the terminal with the line until Ctrl-] or the end of the input.
pub(super) fn run(options: &Options) -> Result<u8> {
    let port = port_of(options)?;
    let mut from_device = line::open(port, options.baud)?;
    let failed = |error: &dyn std::fmt::Display| Error::Line(format!("the line {port} failed: {error}"));
    from_device.set_timeout(TURN).map_err(|error| failed(&error))?;
    let to_device = from_device.try_clone().map_err(|error| failed(&error))?;
    let raw = RawTerminal::enter()?;
    if raw.is_some() {
        tell(&format!("{port}; Ctrl-] leaves\r"));
    }
    let mut keys = Some(std::thread::spawn(move || send_keys(to_device)));
    let mut until = None;
    let mut buffer = [0; 1024];
    let result = loop {
        match keys.take_if(|keys| keys.is_finished()).map(JoinHandle::join) {
            Some(Ok(Ok(Ended::Left))) => break Ok(()),
            Some(Ok(Ok(Ended::Input))) => until = Some(Instant::now() + LINGER),
            Some(Ok(Err(error))) => break Err(failed(&error)),
            Some(Err(_)) => break Err(failed(&"the keys are no longer sent")),
            None => {}
        }
        if until.is_some_and(|until| Instant::now() >= until) {
            break Ok(());
        }
        match from_device.read(&mut buffer) {
            Ok(0) => break Err(failed(&"it is closed")),
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                let mut out = stdout();
                out.write_all(bytes).and_then(|()| out.flush()).map_err(Error::output)?;
            }
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => break Err(failed(&error)),
        }
    };
    drop(raw);
    tell("");
    result.map(|()| EXIT_OK)
}

/// Sends what is typed to the device.
fn send_keys(mut to_device: impl Write) -> std::io::Result<Ended> {
    let mut buffer = [0; 256];
    loop {
        let count = stdin().read(&mut buffer)?;
        let typed = buffer.get(..count).unwrap_or_default();
        let leave = typed.iter().position(|key| *key == LEAVE);
        to_device.write_all(typed.get(..leave.unwrap_or(count)).unwrap_or_default())?;
        to_device.flush()?;
        if leave.is_some() {
            return Ok(Ended::Left);
        }
        if count == 0 {
            return Ok(Ended::Input);
        }
    }
}

/// The terminal in raw mode; dropping it, or a signal, restores the mode.
struct RawTerminal(Termios);

impl RawTerminal {
    /// Enters raw mode; `None` if standard input is no terminal.
    fn enter() -> Result<Option<Self>> {
        if !isatty(stdin()) {
            return Ok(None);
        }
        let wrong =
            |error: &dyn std::fmt::Display| Error::File(format!("cannot set the terminal's mode: {error}"));
        let before = tcgetattr(stdin()).map_err(|error| wrong(&error))?;
        let raw = Self(before.clone());
        let ended = move || {
            restore(&before);
            std::process::exit(EXIT_INTERRUPTED.into());
        };
        ctrlc::set_handler(ended).map_err(|error| wrong(&error))?;
        let mut mode = raw.0.clone();
        mode.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &mode).map_err(|error| wrong(&error))?;
        Ok(Some(raw))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        restore(&self.0);
    }
}

fn restore(before: &Termios) {
    let _ = tcsetattr(stdin(), OptionalActions::Now, before);
}
