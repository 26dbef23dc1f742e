//! The serial line: a port or a pty, with a limit on how long an answer may take.
//!
//! The client library gives up when the line is silent; this also gives up when the line talks without end but
//! never answers, as under a module that prints in a loop.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use mcumgr_toolkit::transport::serial::ConfigurableTimeout;
use serialport::SerialPort;

use crate::error::{Error, Result};

/// Speed of the line in bits per second, where nothing else is said.
pub const BAUD: u32 = 115_200;

/// How long an answer may take by default: the largest packet takes 0.2 s, a store that tidies up its flash more.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// A line with a deadline for each answer, counted from the last write.
pub struct Line<P> {
    port: P,
    timeout: Duration,
    deadline: Instant,
}

/// What a line needs of its port.
pub trait Port: Read + Write + Send {
    /// Sets how long a read may wait.
    ///
    /// # Errors
    ///
    /// Those of the port.
    fn set_read_timeout(&mut self, timeout: Duration) -> io::Result<()>;
}

impl Port for Box<dyn SerialPort> {
    fn set_read_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        SerialPort::set_timeout(self.as_mut(), timeout).map_err(io::Error::from)
    }
}

impl<P: Port> Line<P> {
    /// Returns a line over an open port.
    pub fn new(port: P) -> Self {
        Self { port, timeout: ANSWER_TIMEOUT, deadline: Instant::now() + ANSWER_TIMEOUT }
    }
}

impl<P: Port> Read for Line<P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.port.set_read_timeout(left)?;
            match self.port.read(buffer) {
                // Ctrl-C: its handler has told the device, whose answer is still to come.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl<P: Port> Write for Line<P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.port.write(bytes)?;
        self.deadline = Instant::now() + self.timeout;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.port.flush()
    }
}

impl<P: Port> ConfigurableTimeout for Line<P> {
    fn set_timeout(
        &mut self,
        timeout: Duration,
    ) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.timeout = timeout;
        Ok(())
    }
}

/// Opens a serial device or a pty.
///
/// # Errors
///
/// The path is no such thing, or another program has it.
pub fn open(path: &str, baud: u32) -> Result<Box<dyn SerialPort>> {
    let port = serialport::new(path, baud).timeout(ANSWER_TIMEOUT).open().map_err(|error| {
        let advice = match error.kind() {
            serialport::ErrorKind::NoDevice => {
                "is the board connected, and does no other program use the port?"
            }
            serialport::ErrorKind::Io(io::ErrorKind::PermissionDenied) => {
                "may this user open it (group dialout)?"
            }
            _ if std::path::Path::new(path).is_file() => "a port is a serial device or a pty, and no file",
            _ => "is the board connected?",
        };
        Error::Line(format!("cannot open {path}: {error}; {advice}"))
    })?;
    // What the device said before belongs to nobody's answer.
    let _ = port.clear(serialport::ClearBuffer::Input);
    Ok(port)
}
