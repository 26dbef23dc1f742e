//! A device for the tests: the firmware's SMP server over a store in memory, on a line that can be bad.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use mcumgr_toolkit::transport::serial::ConfigurableTimeout;
use wasmote_host::line::Port;
use wasmote_shell::line::demux::Demux;
use wasmote_shell::smp;

#[path = "../../../shell/src/smp/tests/fake.rs"]
pub mod fake;

use fake::FakeDevice;
use smp::Server;

/// What the line does to bytes.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    /// Loses each nth write (a line of a frame) in either direction.
    pub lose: Option<usize>,
    /// Flips a bit in each nth write.
    pub flip: Option<usize>,
    /// Puts console text before each response line.
    pub chatter: bool,
    /// Nothing arrives after so many writes of the host.
    pub cut_after: Option<usize>,
}

/// The device, its line, and what went over it.
pub struct Board {
    demux: Demux,
    pub server: Server,
    pub device: FakeDevice,
    pub faults: Faults,
    /// Bytes from the host and to it, and how often the line turned.
    pub received: usize,
    pub sent: usize,
    pub turns: usize,
    writes: usize,
    output: VecDeque<u8>,
    pub console: Vec<u8>,
}

impl Board {
    /// Passes a line over the bad wire.
    fn damage(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.writes += 1;
        let hits = |every: Option<usize>| every.is_some_and(|every| self.writes.is_multiple_of(every));
        let mut bytes = bytes.to_vec();
        if hits(self.faults.lose) {
            bytes.clear();
        }
        if hits(self.faults.flip) {
            let middle = bytes.len() / 2;
            bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 4);
        }
        bytes
    }

    /// Takes bytes from the line and queues what the server answers.
    pub fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let framed = self.demux.push(*byte, |byte| self.console.push(byte));
            if !(framed && self.server.frame(self.demux.frame())) {
                continue;
            }
            self.turns += 1;
            let mut lines = Lines(Vec::new());
            self.server.serve(&mut self.device, &mut lines).unwrap();
            for line in lines.0 {
                if self.faults.chatter {
                    self.output.extend(b"> module says: 06 09 \x06 and more\r\n");
                }
                self.sent += line.len();
                let line = self.damage(&line);
                self.output.extend(line);
            }
        }
    }

    /// Takes what is to be sent.
    pub fn answer(&mut self) -> Vec<u8> {
        self.output.drain(..).collect()
    }
}

/// Collects response lines.
struct Lines(Vec<Vec<u8>>);

impl embedded_io::ErrorType for Lines {
    type Error = core::convert::Infallible;
}

impl embedded_io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// The host's end of the line, in memory. Clones share the board.
#[derive(Clone)]
pub struct Wire(Arc<Mutex<Board>>);

impl Wire {
    pub fn new(faults: Faults) -> Self {
        Self(Arc::new(Mutex::new(Board {
            demux: Demux::new(),
            server: Server::new(),
            device: FakeDevice::default(),
            faults,
            received: 0,
            sent: 0,
            turns: 0,
            writes: 0,
            output: VecDeque::new(),
            console: Vec::new(),
        })))
    }

    pub fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap()
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut board = self.board();
        if board.output.is_empty() {
            // Silence is certain here, so no time needs to pass.
            return Err(io::ErrorKind::TimedOut.into());
        }
        board.output.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut board = self.board();
        board.received += bytes.len();
        if board.faults.cut_after.is_some_and(|limit| board.writes >= limit) {
            return Ok(bytes.len());
        }
        let arrived = board.damage(bytes);
        board.take(&arrived);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Port for Wire {
    fn set_read_timeout(&mut self, _: Duration) -> io::Result<()> {
        Ok(())
    }
}

impl ConfigurableTimeout for Wire {
    fn set_timeout(&mut self, _: Duration) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}

/// Returns bytes without pattern, the same for the same count.
pub fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..count).map(|_| next()).collect()
}
