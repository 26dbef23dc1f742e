//! Pseudo-terminals as serial lines: raw from the start, eight bits, no echo.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::{OptionalActions, Winsize};

use crate::terminal::{COLUMNS, ROWS};

/// The two ends of a serial line.
pub(crate) struct Line {
    /// The harness's end. Reads and writes never block.
    pub(crate) near: File,
    /// The peer's end.
    pub(crate) far: File,
    /// Path of the peer's end, for a peer that opens it by itself.
    pub(crate) path: PathBuf,
}

/// Makes a serial line.
pub(crate) fn open() -> io::Result<Line> {
    let near = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    rustix::pty::grantpt(&near)?;
    rustix::pty::unlockpt(&near)?;
    let path = rustix::pty::ptsname(&near, Vec::new())?;
    let path = PathBuf::from(path.into_string().map_err(io::Error::other)?);
    let near = File::from(near);
    set_nonblocking(&near)?;
    let far = open_raw(&path)?;
    rustix::termios::tcsetwinsize(
        &far,
        Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 },
    )?;
    Ok(Line { near, far, path })
}

/// Opens a terminal device raw, without making it the controlling terminal.
pub(crate) fn open_raw(path: &std::path::Path) -> io::Result<File> {
    let far = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut modes = rustix::termios::tcgetattr(&far)?;
    modes.make_raw();
    rustix::termios::tcsetattr(&far, OptionalActions::Now, &modes)?;
    Ok(File::from(far))
}

/// Makes reads and writes return at once.
pub(crate) fn set_nonblocking(file: &File) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(file)?;
    Ok(rustix::fs::fcntl_setfl(file, flags | OFlags::NONBLOCK)?)
}
