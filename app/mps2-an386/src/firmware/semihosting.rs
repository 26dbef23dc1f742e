//! Calls to the emulator (Arm, "Semihosting for AArch32 and AArch64", 2.0): files and the end.

#![expect(unsafe_code, reason = "a call takes addresses as numbers")]

use core::ffi::CStr;

use cortex_m_semihosting::{nr, syscall, syscall1};

/// `SYS_EXIT_EXTENDED`, which carries a status, and its reason for an orderly end.
const EXIT_EXTENDED: usize = 0x20;
const APPLICATION_EXIT: usize = 0x2_0026;

/// How a file is opened: `r+b` and `w+b` of C.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// To read and write what is there.
    Update = 3,
    /// Empty.
    Create = 7,
}

/// A file of the host.
pub(super) struct File(usize);

/// The host refused; its error number.
pub(super) struct Refused(pub(super) i32);

/// The host's answer, which is 0 where all went well.
fn zero(answer: usize) -> Result<(), Refused> {
    if answer == 0 { Ok(()) } else { Err(refused()) }
}

fn refused() -> Refused {
    // SAFETY: the call takes no argument.
    let number = unsafe { syscall1(nr::ERRNO, 0) };
    Refused(number.cast_signed().try_into().unwrap_or(0))
}

impl File {
    /// Opens a file.
    pub(super) fn open(path: &CStr, mode: Mode) -> Result<Self, Refused> {
        let block = [path.as_ptr().expose_provenance(), mode as usize, path.count_bytes()];
        // SAFETY: the block holds the address and length of a string that ends in a zero.
        match unsafe { syscall(nr::OPEN, &block) } {
            usize::MAX => Err(refused()),
            handle => Ok(Self(handle)),
        }
    }

    /// The file's length, bytes.
    pub(super) fn len(&self) -> Result<usize, Refused> {
        // SAFETY: the block holds the handle.
        match unsafe { syscall(nr::FLEN, &[self.0]) } {
            usize::MAX => Err(refused()),
            len => Ok(len),
        }
    }

    fn seek(&self, position: usize) -> Result<(), Refused> {
        // SAFETY: the block holds the handle and a number.
        zero(unsafe { syscall(nr::SEEK, &[self.0, position]) })
    }

    /// Reads all of `bytes` from a position.
    pub(super) fn read(&self, position: usize, bytes: &mut [u8]) -> Result<(), Refused> {
        self.seek(position)?;
        let block = [self.0, bytes.as_mut_ptr().expose_provenance(), bytes.len()];
        // SAFETY: the block holds the address and length of memory that may be written.
        zero(unsafe { syscall(nr::READ, &block) })
    }

    /// Writes all of `bytes` to a position.
    pub(super) fn write(&self, position: usize, bytes: &[u8]) -> Result<(), Refused> {
        self.seek(position)?;
        let block = [self.0, bytes.as_ptr().expose_provenance(), bytes.len()];
        // SAFETY: the block holds the address and length of memory that may be read.
        zero(unsafe { syscall(nr::WRITE, &block) })
    }
}

/// Reads the words that the emulator was given for the firmware, blanks between them, and a zero behind.
pub(super) fn command_line(place: &mut [u8]) -> Option<&CStr> {
    let mut block = [place.as_mut_ptr().expose_provenance(), place.len()];
    // SAFETY: the block holds the address and length of memory that may be written, and may be written itself.
    let answer = unsafe { syscall1(nr::GET_CMDLINE, block.as_mut_ptr().expose_provenance()) };
    (answer == 0).then(|| CStr::from_bytes_until_nul(place).ok()).flatten()
}

/// Ends the emulator.
pub(super) fn exit(status: u32) -> ! {
    // A status is as wide as a word.
    let status = usize::try_from(status).unwrap_or(usize::MAX);
    loop {
        // SAFETY: the block holds the reason and the status.
        unsafe { syscall(EXIT_EXTENDED, &[APPLICATION_EXIT, status]) };
    }
}
