//! The flash: a file of the host that follows the rules of NOR flash.
//!
//! The file is the second word that the emulator was given, and has the size of [`SIZE`]. That is a constant, so
//! that the store's code for all other sizes falls away.

use core::ffi::CStr;

use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, ReadNorFlash, check_erase, check_read, check_write,
};
use wasmote_fs::SimulatorError;

use super::semihosting::{File, Mode, Refused, command_line};

/// The flash's size, its sectors and its pages, bytes: those of a common serial flash chip.
pub(super) const SIZE: usize = 1024 * 1024;
const SECTOR: usize = 4096;
const PAGE: usize = 256;

/// The longest command line, bytes.
const COMMAND_LINE: usize = 512;

/// A NOR flash in a file of the host.
pub(super) struct FileFlash(File);

impl FileFlash {
    /// Opens the flash, or makes it, erased, where there is no file. Says why it could not.
    pub(super) fn open() -> Result<Self, &'static str> {
        let mut place = [0; COMMAND_LINE];
        let path = command_line(&mut place).and_then(path);
        let path = path.ok_or("no flash file; start with -semihosting-config arg=wasmote,arg=FILE")?;
        if let Ok(file) = File::open(path, Mode::Update) {
            return match file.len() {
                Ok(SIZE) => Ok(Self(file)),
                _ => Err("the flash file has another size than 1 MiB"),
            };
        }
        let made = File::open(path, Mode::Create).map(Self).and_then(|flash| {
            flash.fill(0, SIZE)?;
            Ok(flash)
        });
        made.map_err(|_| "the flash file cannot be made")
    }

    /// Erases a range.
    fn fill(&self, from: usize, to: usize) -> Result<(), Refused> {
        let erased = [0xff; PAGE];
        (from..to).step_by(PAGE).try_for_each(|page| self.put(page, &erased))
    }

    /// Writes a page or a part of one.
    fn put(&self, position: usize, bytes: &[u8]) -> Result<(), Refused> {
        #[cfg(feature = "faults")]
        super::provoke::power_cut(|| {
            // The cells that the power still reached.
            let _ = self.0.write(position, bytes.get(..bytes.len() / 2).unwrap_or_default());
        });
        self.0.write(position, bytes)
    }
}

/// The path in a command line: what is behind the last blank.
fn path(words: &CStr) -> Option<&CStr> {
    let blank = words.to_bytes().iter().rposition(|&byte| byte == b' ')?;
    CStr::from_bytes_until_nul(words.to_bytes_with_nul().get(blank.checked_add(1)?..)?).ok()
}

fn failed(why: Refused) -> SimulatorError {
    SimulatorError::Io(why.0)
}

/// An offset in the flash; [`SIZE`] fits a `u32`.
fn position(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl ErrorType for FileFlash {
    type Error = SimulatorError;
}

impl ReadNorFlash for FileFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), SimulatorError> {
        check_read(self, offset, bytes.len())?;
        self.0.read(position(offset), bytes).map_err(failed)
    }

    fn capacity(&self) -> usize {
        SIZE
    }
}

impl NorFlash for FileFlash {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = SECTOR;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), SimulatorError> {
        check_erase(self, from, to)?;
        self.fill(position(from), position(to)).map_err(failed)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), SimulatorError> {
        check_write(self, offset, bytes.len())?;
        let mut offset = position(offset);
        for page in bytes.chunks(PAGE) {
            let mut old = [0; PAGE];
            let old = old.get_mut(..page.len()).unwrap_or_default();
            self.0.read(offset, old).map_err(failed)?;
            if old.iter().zip(page).any(|(old, new)| old & new != *new) {
                return Err(SimulatorError::ClearedBit);
            }
            self.put(offset, page).map_err(failed)?;
            offset = offset.saturating_add(page.len());
        }
        Ok(())
    }
}

impl MultiwriteNorFlash for FileFlash {}
