//! What the tests share: a folder with a flash, the firmware in it, and its lines.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use tempfile::TempDir;

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A folder of its own, removed when dropped.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The firmware, to be started in the folder.
    pub(crate) fn firmware(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote-native"));
        command.current_dir(self.folder()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the firmware with standard input from a pipe.
    pub(crate) fn piped(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.firmware(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end before it has read everything.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }
}

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Waits for the end.
    pub(crate) fn status(&mut self) -> std::process::ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.0.try_wait().unwrap() {
                Some(status) => return status,
                None => assert!(Instant::now() < until, "it does not end"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The processor time used so far, in clock ticks of 10 ms.
    pub(crate) fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let fields = stat.rsplit(')').next().unwrap().split_whitespace().collect::<Vec<_>>();
        fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One end of a line.
pub(crate) struct End(pub(crate) File);

impl End {
    /// Opens a terminal device as a client does.
    pub(crate) fn open(path: &str) -> rustix::io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?.into()))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads until `expected` came, and gives everything until then.
    pub(crate) fn until(&self, expected: &str) -> String {
        let mut heard = Vec::new();
        let until = Instant::now() + PATIENCE;
        while !String::from_utf8_lossy(&heard).contains(expected) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {expected:?} in {:?}", String::from_utf8_lossy(&heard));
            heard.extend(self.read(left));
        }
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// Reads what comes within a time; nothing if nothing does.
    pub(crate) fn read(&self, limit: Duration) -> Vec<u8> {
        let mut fds = [PollFd::from_borrowed_fd(self.0.as_fd(), PollFlags::IN)];
        if poll(&mut fds, Some(&Timespec::try_from(limit).unwrap())).unwrap() == 0 {
            return Vec::new();
        }
        let mut chunk = [0; 4096];
        let count = rustix::io::read(&self.0, &mut chunk).unwrap_or(0);
        chunk[..count].to_vec()
    }
}
