//! The console: standard input and output, or a pseudo-terminal.
//!
//! Nothing is kept here: a byte that the shell does not ask for stays in the pipe or the terminal, so that its
//! sender is held back. From a pipe or a file the shell gets single bytes, whatever it asks for: so a line that
//! resets the device leaves the rest of the input to the next boot, where a terminal's typed-ahead keys are lost.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use wasmote_shell::board::Input;

use crate::pty::Pty;
use crate::terminal;

/// How long a full pseudo-terminal may stay full before the board looks whether there is a client at all.
const CLIENT_CHECK: Duration = Duration::from_millis(100);

/// A silence after which the board looks after the pseudo-terminal, milliseconds.
const SILENCE_MS: u32 = 500;

/// The console.
pub(crate) struct Console {
    line: Line,
    /// The peer has gone; output is lost.
    gone: bool,
}

enum Line {
    /// Standard input and output; `terminal` if a person is there.
    Stdio {
        terminal: bool,
    },
    Pty(Pty),
}

impl Line {
    fn input(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stdio { .. } => stdin(),
            Self::Pty(pty) => pty.near(),
        }
    }

    fn output(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stdio { .. } => stdout(),
            Self::Pty(pty) => pty.near(),
        }
    }
}

impl Console {
    /// The console on standard input and output. A terminal there becomes raw.
    pub(crate) fn stdio() -> io::Result<Self> {
        let terminal = terminal::is_there();
        if terminal {
            terminal::make_raw()?;
        }
        Ok(Self { line: Line::Stdio { terminal }, gone: false })
    }

    /// The console on a pseudo-terminal.
    pub(crate) fn pty(pty: Pty) -> Self {
        Self { line: Line::Pty(pty), gone: false }
    }

    /// Whether somebody may be typing.
    pub(crate) fn is_terminal(&self) -> bool {
        !matches!(self.line, Line::Stdio { terminal: false })
    }

    /// Reads what is there, at most `buf`, waiting at most `timeout_ms` for the first byte.
    pub(crate) fn read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        let most = if self.is_terminal() { buf.len() } else { 1 };
        let buf = buf.get_mut(..most).unwrap_or_default();
        let until = Instant::now() + Duration::from_millis(timeout_ms.into());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match wait(self.line.input(), PollFlags::IN, Some(left)) {
                Ok(true) => (),
                Ok(false) => return self.silence(timeout_ms),
                Err(Errno::INTR) => continue,
                Err(_) => return Input::Eof,
            }
            match (rustix::io::read(self.line.input(), &mut *buf), &self.line) {
                (Ok(count @ 1..), _) => return Input::Bytes(count),
                (Err(Errno::INTR | Errno::AGAIN), _) => (),
                // The clients' end is closed: the board could not open it again while a client claimed it.
                (Ok(_) | Err(_), Line::Pty(_)) => {
                    std::thread::sleep(left.min(CLIENT_CHECK));
                    return self.silence(timeout_ms);
                }
                (Ok(_) | Err(_), _) => return Input::Eof,
            }
        }
    }

    /// Uses a silence to look after a pseudo-terminal.
    fn silence(&mut self, lasted_ms: u32) -> Input {
        if let (Line::Pty(pty), SILENCE_MS..) = (&mut self.line, lasted_ms) {
            pty.has_client();
        }
        Input::Timeout
    }

    /// Writes all of `bytes`, waiting as long as it takes. They are lost when the peer is gone.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.gone {
            match rustix::io::write(self.line.output(), bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => (),
                Err(Errno::AGAIN) => self.wait_for_room(),
                Err(_) => match &mut self.line {
                    Line::Stdio { .. } => self.gone = true,
                    Line::Pty(_) => return,
                },
            }
        }
    }

    /// Waits until the line may take output; that which nobody will read is lost.
    fn wait_for_room(&mut self) {
        match &mut self.line {
            Line::Stdio { .. } => {
                // An interrupted or failed wait shows again at the next write.
                let _ = wait(stdout(), PollFlags::OUT, None);
            }
            Line::Pty(pty) => {
                let room = wait(pty.near(), PollFlags::OUT, Some(CLIENT_CHECK));
                if room == Ok(false) && !pty.has_client() {
                    pty.discard();
                }
            }
        }
    }
}

/// Waits until something can be done with a file, or until it is over with it; `false` if the time is up.
fn wait(fd: impl AsFd, events: PollFlags, limit: Option<Duration>) -> rustix::io::Result<bool> {
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    let mut fds = [PollFd::new(&fd, events)];
    Ok(poll(&mut fds, limit.as_ref())? > 0)
}
