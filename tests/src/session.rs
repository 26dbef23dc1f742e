//! A running board at the far end of a serial line, with a terminal at the near end.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::board::Board;
use crate::pty;
use crate::terminal::{COLUMNS, Manner, Terminal};

/// What the board shows when it waits for a command.
pub const PROMPT: &str = "> ";

/// How long a step waits for what it expects, unless it says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What went wrong, with everything that was on the screen until then.
#[derive(Debug)]
pub struct Failure {
    /// What was expected and what came instead.
    pub message: String,
    /// The whole session as a person would have seen it.
    pub transcript: String,
    /// Whether what was expected came, but too late.
    pub late: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n---- transcript ----\n{}\n---- end ----", self.message, self.transcript)
    }
}

impl std::error::Error for Failure {}

/// A board, its line, and the terminal on it.
pub struct Session {
    board: Board,
    flash: PathBuf,
    manner: Manner,
    pub(crate) child: Child,
    pub(crate) line: File,
    outgoing: VecDeque<u8>,
    terminal: Terminal,
    /// Rows before this one were looked at.
    seen: usize,
    /// What earlier terminals of this session showed, and what else happened.
    past: Vec<String>,
    hung_up: bool,
    resyncs: u32,
}

impl Session {
    /// Starts a board on a flash file. The first prompt is not awaited.
    pub fn start(board: &Board, flash: &Path, manner: Manner) -> io::Result<Self> {
        let line = pty::open()?;
        let child = board.start(flash, &line.far)?;
        Ok(Self {
            board: board.clone(),
            flash: flash.to_owned(),
            manner,
            child,
            line: line.near,
            outgoing: VecDeque::new(),
            terminal: Terminal::new(manner),
            seen: 0,
            past: Vec::new(),
            hung_up: false,
            resyncs: 0,
        })
    }

    /// Ends the board as a power cut does, and starts it again on the same flash file.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill();
        let line = pty::open()?;
        self.child = self.board.start(&self.flash, &line.far)?;
        self.line = line.near;
        self.outgoing.clear();
        self.hung_up = false;
        Ok(())
    }

    /// Ends the board as a power cut does.
    pub fn kill(&mut self) {
        self.reconnect("[power cut]");
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.hung_up = true;
    }

    /// Puts a fresh terminal on the line, and `note` into the transcript.
    pub fn reconnect(&mut self, note: &str) {
        let old = std::mem::replace(&mut self.terminal, Terminal::new(self.manner));
        self.past.extend(old.rows());
        self.past.push(note.to_owned());
        self.seen = 0;
    }

    /// Forgets what earlier terminals showed, and puts a fresh one on the line; for sessions of hours.
    pub fn forget(&mut self) -> Result<(), Failure> {
        self.reconnect("");
        self.past.clear();
        self.resync(PATIENCE)
    }

    /// Types raw bytes, without waiting for anything.
    pub fn send(&mut self, bytes: &[u8]) {
        self.outgoing.extend(bytes);
    }

    /// How many typed bytes the line has not taken yet.
    pub fn backlog(&self) -> usize {
        self.outgoing.len()
    }

    /// Lets bytes flow both ways until something happened on the line or `until` is reached.
    pub fn flow(&mut self, until: Instant) -> io::Result<()> {
        let left = until.saturating_duration_since(Instant::now());
        if self.hung_up {
            std::thread::sleep(left.min(Duration::from_millis(5)));
            return Ok(());
        }
        let mut events = PollFlags::IN;
        if !self.outgoing.is_empty() {
            events |= PollFlags::OUT;
        }
        let left = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let mut fds = [PollFd::new(&self.line, events)];
        poll(&mut fds, Some(&left))?;
        let ready = fds[0].revents();
        if ready.contains(PollFlags::OUT) {
            let (chunk, _) = self.outgoing.as_slices();
            let sent = at_once(self.line.write(chunk))?;
            self.outgoing.drain(..sent);
        }
        if ready.intersects(PollFlags::IN | PollFlags::HUP) {
            let mut chunk = [0; 4096];
            match self.line.read(&mut chunk) {
                // A pseudo-terminal reports the end of its peer as an I/O error.
                Ok(0) | Err(_) if ready.contains(PollFlags::HUP) => self.hung_up = true,
                Ok(count) => {
                    let shown = chunk.get(..count).unwrap_or_default();
                    let replies = self.terminal.show(shown);
                    self.outgoing.extend(replies);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits until `look` finds what it looks for. `None` when `patience` ends or the board does.
    pub fn wait<T>(
        &mut self,
        patience: Duration,
        mut look: impl FnMut(&mut Self) -> Option<T>,
    ) -> io::Result<Option<T>> {
        let until = Instant::now() + patience;
        loop {
            if let Some(found) = look(self) {
                return Ok(Some(found));
            }
            if self.hung_up || Instant::now() >= until {
                return Ok(None);
            }
            self.flow(until)?;
        }
    }

    /// Waits until the board has ended.
    pub fn wait_exit(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let until = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                // What it said last is still in the line.
                while !self.hung_up && Instant::now() < until {
                    self.flow(until)?;
                }
                return Ok(Some(status));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            self.flow(until.min(Instant::now() + Duration::from_millis(20)))?;
        }
    }

    /// The next complete row that was not looked at yet.
    pub fn next_row(&mut self) -> Option<String> {
        let row = (self.seen < self.terminal.cursor_row()).then(|| self.terminal.row(self.seen))?;
        self.seen += 1;
        Some(row)
    }

    /// Takes the rows on which a typed line is echoed behind the prompt, once they are complete.
    pub fn next_echo(&mut self, typed: &str) -> Option<String> {
        let rows = (PROMPT.len() + typed.chars().count()).div_ceil(usize::from(COLUMNS)).max(1);
        (self.seen + rows <= self.terminal.cursor_row())
            .then(|| (0..rows).filter_map(|_| self.next_row()).collect::<String>())
    }

    /// Whether all rows were looked at and the cursor waits behind a prompt.
    pub fn at_prompt(&self) -> bool {
        self.seen == self.terminal.cursor_row()
            && self.terminal.row(self.seen) == PROMPT.trim_end()
            && usize::from(self.terminal.column()) == PROMPT.len()
    }

    /// Whether the board's end of the line is closed.
    pub fn hung_up(&self) -> bool {
        self.hung_up
    }

    /// Waits for the next prompt and gives the rows before it.
    pub fn rows_until_prompt(&mut self, patience: Duration) -> Result<Vec<String>, Failure> {
        let mut rows = Vec::new();
        let found = self.wait(patience, |session| {
            rows.extend(std::iter::from_fn(|| session.next_row()));
            session.at_prompt().then_some(())
        });
        match found {
            Ok(Some(())) => Ok(rows),
            Ok(None) if self.hung_up => Err(self.failure("the board ended where a prompt was expected")),
            Ok(None) => Err(self.failure(format!("no prompt within {patience:?}"))),
            Err(error) => Err(self.failure(format!("the line failed: {error}"))),
        }
    }

    /// Waits for the echo of a line that was typed.
    pub fn echo(&mut self, typed: &str, patience: Duration) -> Result<(), Failure> {
        let expected = format!("{PROMPT}{typed}");
        match self.wait(patience, |session| session.next_echo(typed)) {
            Ok(Some(row)) if row.trim_end() == expected.trim_end() => Ok(()),
            Ok(Some(row)) => Err(self.failure(format!("typed   `{expected}`\nechoed  `{row}`"))),
            Ok(None) => Err(self.failure(format!("typed   `{expected}`\nno echo within {patience:?}"))),
            Err(error) => Err(self.failure(format!("the line failed: {error}"))),
        }
    }

    /// Types a command, and gives the rows that it prints until the next prompt.
    pub fn command(&mut self, typed: &str) -> Result<Vec<String>, Failure> {
        self.send(typed.as_bytes());
        self.send(b"\r");
        self.echo(typed, PATIENCE)?;
        self.rows_until_prompt(PATIENCE)
    }

    /// Finds the prompt again when it is not known what the line shows, by typing a comment that is looked for.
    pub fn resync(&mut self, patience: Duration) -> Result<(), Failure> {
        self.resyncs += 1;
        let comment = format!("# resync {}", self.resyncs);
        self.send(format!("\r{comment}\r").as_bytes());
        let found = self.wait(patience, |session| {
            std::iter::from_fn(|| session.next_row()).find(|row| row.ends_with(&comment))
        });
        match found {
            Ok(Some(_)) => self.rows_until_prompt(patience).map(drop),
            Ok(None) => Err(self.failure(format!("`{comment}` is not echoed within {patience:?}"))),
            Err(error) => Err(self.failure(format!("the line failed: {error}"))),
        }
    }

    /// A failure with the transcript so far.
    pub fn failure(&self, message: impl Into<String>) -> Failure {
        Failure { message: message.into(), transcript: self.transcript(), late: false }
    }

    /// Everything shown since the session began.
    pub fn transcript(&self) -> String {
        let mut rows = self.past.clone();
        rows.extend(self.terminal.rows());
        rows.join("\n")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended by itself already; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How much of a read or write that must not block was done.
pub(crate) fn at_once(result: io::Result<usize>) -> io::Result<usize> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        other => other,
    }
}
