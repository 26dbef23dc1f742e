//! A command on the user's computer while the board's line is its serial port instead of the terminal's.

use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::pty;
use crate::session::{Session, at_once};

/// Environment variable that names the serial port to the host tool.
pub const PORT: &str = "WASMOTE_PORT";

/// How long a host command may take in all.
const LIMIT: Duration = Duration::from_secs(120);

/// What a host command printed and how it ended.
pub struct Outcome {
    /// Standard output and standard error, in the order of their writing.
    pub printed: String,
    /// How it ended.
    pub status: ExitStatus,
}

impl Session {
    /// Runs a host command with the board's line as its serial port. The terminal is off the line meanwhile.
    ///
    /// # Errors
    /// The command cannot be started, the line fails, or the command takes more than two minutes.
    pub fn host(&mut self, mut command: Command) -> io::Result<Outcome> {
        let port = pty::open()?;
        let (mut output, sink) = io::pipe()?;
        command.env(PORT, &port.path).stdin(std::process::Stdio::null());
        let mut child = command.stdout(sink.try_clone()?).stderr(sink).spawn()?;
        // It holds the pipe's writing end, which must close for the reader to end.
        drop(command);
        let reader = std::thread::spawn(move || {
            let mut printed = Vec::new();
            output.read_to_end(&mut printed).map(|_| String::from_utf8_lossy(&printed).into_owned())
        });

        let until = Instant::now() + LIMIT;
        let mut near = port.near;
        let mut to_host = Lane::default();
        let mut to_board = Lane::default();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Ok(status);
            }
            if Instant::now() >= until {
                break Err(io::Error::other(format!("the host command took more than {LIMIT:?}")));
            }
            let mut fds = [
                PollFd::new(&self.line, to_host.events() | to_board.events_out()),
                PollFd::new(&near, to_board.events() | to_host.events_out()),
            ];
            poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 5_000_000 }))?;
            if fds[0].revents().contains(PollFlags::HUP) {
                break Err(io::Error::other("the board ended while the host command ran"));
            }
            to_host.carry(&mut self.line, &mut near)?;
            to_board.carry(&mut near, &mut self.line)?;
        };
        if status.is_err() {
            child.kill()?;
            child.wait()?;
        }
        let printed = reader.join().map_err(|_| io::Error::other("the reader of the output failed"))??;
        match status {
            Ok(status) => Ok(Outcome { printed, status }),
            Err(error) => Err(io::Error::new(error.kind(), format!("{error}; it had printed: {printed}"))),
        }
    }
}

/// One direction of the line: what was read at one end and not yet written at the other.
#[derive(Default)]
struct Lane {
    waiting: Vec<u8>,
}

impl Lane {
    fn events(&self) -> PollFlags {
        if self.waiting.is_empty() { PollFlags::IN } else { PollFlags::empty() }
    }

    fn events_out(&self) -> PollFlags {
        if self.waiting.is_empty() { PollFlags::empty() } else { PollFlags::OUT }
    }

    fn carry(&mut self, from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
        if self.waiting.is_empty() {
            let mut chunk = [0; 4096];
            let count = at_once(from.read(&mut chunk))?;
            self.waiting.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
        if !self.waiting.is_empty() {
            let sent = at_once(to.write(&self.waiting))?;
            self.waiting.drain(..sent);
        }
        Ok(())
    }
}
