//! A NOR flash in a file.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, ReadNorFlash, check_erase, check_read, check_write,
};

use super::{ERASED, SimulatorError, check_clears};

/// A NOR flash in a file, shaped like a common serial flash chip: 4 KiB sectors, 256-byte pages, any byte
/// writable.
///
/// It holds to the rules of NOR flash: an erase sets all bits of a sector, and a write that would set a
/// cleared bit is refused. After opening it allocates nothing.
pub struct FileFlash {
    file: File,
    capacity: usize,
}

/// The bytes of an erased sector.
const ERASED_SECTOR: [u8; FileFlash::SECTOR_SIZE] = [ERASED; FileFlash::SECTOR_SIZE];

impl FileFlash {
    /// The bytes erased at a time.
    pub const SECTOR_SIZE: usize = 4096;
    /// The most bytes programmed at a time; longer writes are split.
    pub const PAGE_SIZE: usize = 256;
    /// The size of a new flash in bytes where none is given.
    pub const DEFAULT_SIZE: u32 = 1024 * 1024;

    /// Opens the flash in the file at `path`, or creates it, erased.
    ///
    /// `size` in bytes is a positive multiple of [`SECTOR_SIZE`](Self::SECTOR_SIZE); `None` takes the size of
    /// the file, or [`DEFAULT_SIZE`](Self::DEFAULT_SIZE) for a new one. A file of another size is refused and
    /// left alone, and so is one that another process has open as a flash.
    pub fn open(path: &Path, size: Option<u32>) -> io::Result<Self> {
        let invalid = |message: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(
                    io::ErrorKind::ResourceBusy,
                    "another process has the flash open",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let found = file.metadata()?.len();
        let expected = match size {
            Some(size) => u64::from(size),
            None if found == 0 => u64::from(Self::DEFAULT_SIZE),
            None => found,
        };
        if expected == 0 || !expected.is_multiple_of(Self::SECTOR_SIZE as u64) {
            return invalid("the size of a flash is a multiple of 4096 bytes, at least one");
        }
        if found != 0 && found != expected {
            return invalid("the flash file has another size; give that size, or another file");
        }
        let Some(capacity) = u32::try_from(expected).ok().and_then(|size| usize::try_from(size).ok()) else {
            return invalid("the size of a flash is below 4 GiB");
        };
        if found == 0 {
            for _ in 0..capacity / Self::SECTOR_SIZE {
                (&file).write_all(&ERASED_SECTOR)?;
            }
        }
        Ok(Self { file, capacity })
    }
}

impl From<io::Error> for SimulatorError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.raw_os_error().unwrap_or(0))
    }
}

impl ErrorType for FileFlash {
    type Error = SimulatorError;
}

impl ReadNorFlash for FileFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), SimulatorError> {
        check_read(self, offset, bytes.len())?;
        Ok(self.file.read_exact_at(bytes, u64::from(offset))?)
    }

    fn capacity(&self) -> usize {
        self.capacity
    }
}

impl NorFlash for FileFlash {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = Self::SECTOR_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), SimulatorError> {
        check_erase(self, from, to)?;
        for sector in (from..to).step_by(Self::SECTOR_SIZE) {
            self.file.write_all_at(&ERASED_SECTOR, u64::from(sector))?;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), SimulatorError> {
        check_write(self, offset, bytes.len())?;
        let (mut offset, mut rest) = (u64::from(offset), bytes);
        while !rest.is_empty() {
            let in_page = (offset % Self::PAGE_SIZE as u64) as usize;
            let room = Self::PAGE_SIZE.saturating_sub(in_page);
            let (page, after) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            let mut old = [0; Self::PAGE_SIZE];
            let old = old.get_mut(..page.len()).unwrap_or_default();
            self.file.read_exact_at(old, offset)?;
            check_clears(old, page)?;
            self.file.write_all_at(page, offset)?;
            offset = offset.saturating_add(page.len() as u64);
            rest = after;
        }
        Ok(())
    }
}

impl MultiwriteNorFlash for FileFlash {}
