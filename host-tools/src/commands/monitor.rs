//! `monitor`: the terminal on the line.

use std::io::{ErrorKind, Read, Write, stdin, stdout};
use std::time::Duration;

use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

use super::device::port_of;
use super::tell;
use crate::cli::Options;
use crate::error::{EXIT_OK, Error, Result};
use crate::line;

/// Ctrl-], which leaves.
const LEAVE: u8 = 0x1d;
/// How long a read of the line waits at most.
const TURN: Duration = Duration::from_millis(50);

/// Connects the terminal with the line until Ctrl-] or the end of the input.
pub(super) fn run(options: &Options) -> Result<u8> {
    let port = port_of(options)?;
    let mut from_device = line::open(port, options.baud)?;
    let failed = |error: &dyn std::fmt::Display| Error::Line(format!("the line {port} failed: {error}"));
    from_device.set_timeout(TURN).map_err(|error| failed(&error))?;
    let mut to_device = from_device.try_clone().map_err(|error| failed(&error))?;
    let raw = RawTerminal::enter()?;
    if raw.is_some() {
        tell(&format!("{port}; Ctrl-] leaves\r"));
    }
    let keys = std::thread::spawn(move || -> std::io::Result<()> {
        let mut buffer = [0; 256];
        loop {
            let count = stdin().read(&mut buffer)?;
            let typed = buffer.get(..count).unwrap_or_default();
            let leave = typed.iter().position(|key| *key == LEAVE);
            let sent = typed.get(..leave.unwrap_or(count)).unwrap_or_default();
            to_device.write_all(sent)?;
            if leave.is_some() || count == 0 {
                return to_device.flush();
            }
        }
    });
    let mut buffer = [0; 1024];
    let result = loop {
        if keys.is_finished() {
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

/// The terminal in raw mode; dropping it restores the mode.
struct RawTerminal(Termios);

impl RawTerminal {
    /// Enters raw mode; `None` if standard input is no terminal.
    fn enter() -> Result<Option<Self>> {
        if !isatty(stdin()) {
            return Ok(None);
        }
        let wrong = |error| Error::File(format!("cannot set the terminal's mode: {error}"));
        let before = tcgetattr(stdin()).map_err(wrong)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw).map_err(wrong)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
    }
}
