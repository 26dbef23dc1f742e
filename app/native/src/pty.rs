//! A pseudo-terminal as the device's serial line: clients come and go, the line stays.
//!
//! The board keeps the clients' end open itself, so that a client that leaves is no end of the line. Whether
//! there is a client it finds out by letting go of that end for a moment.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocexcl, ioctl_tiocnxcl, tcgetattr, tcsetattr};

/// A serial line.
pub(crate) struct Pty {
    /// The board's end; never blocks.
    near: OwnedFd,
    /// The clients' end as the board holds it, while it can; never blocks.
    far: Option<OwnedFd>,
    path: CString,
}

impl Pty {
    /// Makes a line: raw, without echo.
    pub(crate) fn open() -> io::Result<Self> {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&near)?;
        unlockpt(&near)?;
        let flags = rustix::fs::fcntl_getfl(&near)?;
        rustix::fs::fcntl_setfl(&near, flags | OFlags::NONBLOCK)?;
        let path = ptsname(&near, Vec::new())?;
        let far = open_far(&path)?;
        let mut modes = tcgetattr(&far)?;
        modes.make_raw();
        tcsetattr(&far, OptionalActions::Now, &modes)?;
        Ok(Self { near, far: Some(far), path })
    }

    /// The path of the clients' end.
    pub(crate) fn path(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// The board's end.
    pub(crate) fn near(&self) -> BorrowedFd<'_> {
        self.near.as_fd()
    }

    /// Whether a client has the line open. An exclusive claim of one that left without giving it up ends here;
    /// else nobody could open the line again.
    pub(crate) fn has_client(&mut self) -> bool {
        let exclusive = match open_far(&self.path) {
            Ok(far) => {
                self.far.get_or_insert(far);
                false
            }
            Err(error) => error == Errno::BUSY,
        };
        let Some(far) = self.far.take() else { return true };
        // A failure of one of these leaves the claim as it is.
        if exclusive {
            let _ = ioctl_tiocnxcl(&far);
        }
        drop(far);
        let mut fds = [PollFd::new(&self.near, PollFlags::IN)];
        let polled = poll(&mut fds, Some(&Timespec::default()));
        let hung_up = polled.is_ok() && fds[0].revents().contains(PollFlags::HUP);
        self.far = open_far(&self.path).ok();
        if let (true, false, Some(far)) = (exclusive, hung_up, &self.far) {
            let _ = ioctl_tiocexcl(far);
        }
        !hung_up
    }

    /// Loses the output that no client has read.
    pub(crate) fn discard(&mut self) {
        let mut lost = [0; 256];
        while let Some(far) = &self.far
            && matches!(rustix::io::read(far, &mut lost), Ok(1..) | Err(Errno::INTR))
        {}
    }
}

fn open_far(path: &CString) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    rustix::fs::open(path.as_c_str(), flags, Mode::empty())
}
