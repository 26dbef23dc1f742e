//! What can go wrong, split by who has to act: that is what the exit status tells.

use std::fmt;
use std::path::Path;

/// Exit status of success.
pub const EXIT_OK: u8 = 0;
/// Exit status when the device refused or failed a command. `shell` and `call` exit with the command's own status.
pub const EXIT_DEVICE: u8 = 1;
/// Exit status when the command line is wrong.
pub const EXIT_USAGE: u8 = 2;
/// Exit status when the line cannot be opened, or nothing answers on it.
pub const EXIT_LINE: u8 = 3;
/// Exit status when a file on this computer cannot be read, written, or used as a module.
pub const EXIT_FILE: u8 = 4;
/// Exit status after Ctrl-C, as shells have it.
pub const EXIT_INTERRUPTED: u8 = 130;

/// Why a command failed: one line that says what is wrong and what to do.
#[derive(Debug)]
pub enum Error {
    /// The device refused or failed.
    Device(String),
    /// The command line is wrong.
    Usage(String),
    /// A word of it is: the text says what to write instead.
    Argument(String),
    /// The line to the device failed.
    Line(String),
    /// A file on this computer is at fault.
    File(String),
}

impl Error {
    /// Returns the exit status that goes with the error.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Device(_) => EXIT_DEVICE,
            Self::Usage(_) | Self::Argument(_) => EXIT_USAGE,
            Self::Line(_) => EXIT_LINE,
            Self::File(_) => EXIT_FILE,
        }
    }

    /// Returns the error of a file operation; `verb` is as in "cannot read".
    pub fn file(verb: &str, path: &Path, error: impl fmt::Display) -> Self {
        Self::File(format!("cannot {verb} {}: {error}", path.display()))
    }

    /// Returns the error of writing to standard output.
    pub fn output(error: std::io::Error) -> Self {
        Self::File(format!("cannot write to standard output: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => write!(f, "{text}; `wasmote help` shows the commands"),
            Self::Argument(text) | Self::Device(text) | Self::Line(text) | Self::File(text) => {
                f.write_str(text)
            }
        }
    }
}

impl std::error::Error for Error {}

/// The result of a command or a part of it.
pub type Result<T> = std::result::Result<T, Error>;
