//! A command on the user's computer while the board's line is its serial port instead of the terminal's.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::pty;
use crate::session::{Session, at_once};
use crate::wire::{Manner, Wire};

/// Environment variable that names the serial port to the host tool.
pub const PORT: &str = "WASMOTE_PORT";

/// How long a host command may take in all.
const LIMIT: Duration = Duration::from_secs(120);

/// How often the line is looked at, nanoseconds.
const TICK_NS: i64 = 1_000_000;

/// Bytes on their way at which a sender is held back, as by a serial port's own buffer.
const BUFFERED: usize = 4096;

/// What a host command printed and how it ended.
pub struct Outcome {
    /// Standard output and standard error, in the order of their writing.
    pub printed: String,
    /// How it ended.
    pub status: ExitStatus,
    /// How long it took.
    pub took: Duration,
    /// Bytes that the host sent to the board.
    pub sent: u64,
    /// Faults on the line, in both directions.
    pub faults: u64,
}

/// What happens on the line while a host command uses it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Events<'a> {
    /// How the line treats its bytes, both ways.
    pub line: Manner,
    /// The command is killed when it has sent so many bytes.
    pub kill_at: Option<u64>,
    /// The power of the board is cut, and comes back, when the command has sent so many bytes.
    pub restart_at: Option<u64>,
    /// Keys that a person types meanwhile, one after each second line that the command sends.
    pub keys: &'a [u8],
}

impl Session {
    /// Runs a host command with the board's line as its serial port. The terminal is off the line meanwhile.
    ///
    /// # Errors
    /// The command cannot be started, the line fails, or the command takes more than two minutes.
    pub fn host(&mut self, command: Command) -> io::Result<Outcome> {
        self.host_over(command, Events::default())
    }

    /// As [`Session::host`], on a line on which something happens.
    ///
    /// # Errors
    /// As [`Session::host`].
    pub fn host_over(&mut self, mut command: Command, events: Events<'_>) -> io::Result<Outcome> {
        let port = pty::open()?;
        let (mut output, sink) = io::pipe()?;
        command.env(PORT, &port.path).stdin(std::process::Stdio::null());
        let began = Instant::now();
        let mut child = command.stdout(sink.try_clone()?).stderr(sink).spawn()?;
        // It holds the pipe's writing end, which must close for the reader to end.
        drop(command);
        let reader = std::thread::spawn(move || {
            let mut printed = Vec::new();
            output.read_to_end(&mut printed).map(|_| String::from_utf8_lossy(&printed).into_owned())
        });

        let until = began + LIMIT;
        let mut near = port.near;
        let mut to_host = Lane::new(events.line);
        let back = Manner { seed: events.line.seed.wrapping_add(1 << 32), ..events.line };
        let mut to_board = Lane::new(back);
        to_board.keys.extend(events.keys);
        let (mut kill_at, mut restart_at) = (events.kill_at, events.restart_at);
        let status = loop {
            let sent = to_board.wire.taken();
            if kill_at.take_if(|at| sent >= *at).is_some() {
                child.kill()?;
            }
            if restart_at.take_if(|at| sent >= *at).is_some() {
                self.restart()?;
            }
            // What it sent last still goes to the board.
            if let Some(status) = child.try_wait()?
                && to_board.is_idle()
            {
                break Ok(status);
            }
            if Instant::now() >= until {
                break Err(io::Error::other(format!("the host command took more than {LIMIT:?}")));
            }
            let mut fds = [
                PollFd::new(&self.line, to_host.wants_in() | to_board.wants_out()),
                PollFd::new(&near, to_board.wants_in() | to_host.wants_out()),
            ];
            poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: TICK_NS }))?;
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
        let faults = to_board.wire.faults() + to_host.wire.faults();
        match status {
            Ok(status) => {
                Ok(Outcome { printed, status, took: began.elapsed(), sent: to_board.wire.taken(), faults })
            }
            Err(error) => Err(io::Error::new(error.kind(), format!("{error}; it had printed: {printed}"))),
        }
    }
}

/// One direction of the line between two files.
struct Lane {
    wire: Wire,
    /// What has arrived and the receiver has not taken.
    arrived: Vec<u8>,
    /// Keys that somebody types between the lines.
    keys: VecDeque<u8>,
    lines: u32,
}

impl Lane {
    fn new(manner: Manner) -> Self {
        Self { wire: Wire::new(manner), arrived: Vec::new(), keys: VecDeque::new(), lines: 0 }
    }

    fn has_room(&self) -> bool {
        self.wire.going() + self.arrived.len() < BUFFERED
    }

    fn is_idle(&self) -> bool {
        self.arrived.is_empty() && self.wire.going() == 0
    }

    fn wants_in(&self) -> PollFlags {
        if self.has_room() { PollFlags::IN } else { PollFlags::empty() }
    }

    fn wants_out(&self) -> PollFlags {
        if self.arrived.is_empty() { PollFlags::empty() } else { PollFlags::OUT }
    }

    fn carry(&mut self, from: &mut File, to: &mut File) -> io::Result<()> {
        let now = Instant::now();
        if self.has_room() {
            let mut chunk = [0; 4096];
            // A pseudo-terminal whose other end has closed reports an I/O error.
            let count = at_once(from.read(&mut chunk)).unwrap_or(0);
            self.send(chunk.get(..count).unwrap_or_default(), now);
        }
        self.arrived.extend(self.wire.arrived(now));
        if !self.arrived.is_empty() {
            let sent = at_once(to.write(&self.arrived))?;
            self.arrived.drain(..sent);
        }
        Ok(())
    }

    /// Puts bytes on the wire, and the keys between their lines.
    fn send(&mut self, bytes: &[u8], now: Instant) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.wire.send(line, now);
            if line.ends_with(b"\n") {
                self.lines += 1;
                if self.lines.is_multiple_of(2) {
                    let key = self.keys.pop_front();
                    self.wire.send(key.as_slice(), now);
                }
            }
        }
    }
}
