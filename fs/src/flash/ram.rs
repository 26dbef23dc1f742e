//! A NOR flash in memory.

use alloc::vec::Vec;
use core::ops::Range;

use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, ReadNorFlash, check_erase, check_read, check_write,
};

use super::{ERASED, SimulatorError, check_clears};
use crate::Error;

/// A NOR flash in memory with sectors of `SECTOR` bytes, written in words of `WORD` bytes.
///
/// It holds to the rules of NOR flash: an erase sets all bits of a sector, and a write that would set a
/// cleared bit is refused and changes nothing.
#[derive(Clone)]
pub struct RamFlash<const SECTOR: usize, const WORD: usize> {
    cells: Vec<u8>,
}

impl<const SECTOR: usize, const WORD: usize> RamFlash<SECTOR, WORD> {
    /// Makes an erased flash of `size` bytes, or fails with [`Error::OutOfMemory`].
    pub fn new(size: usize) -> Result<Self, Error> {
        let mut cells = Vec::new();
        cells.try_reserve_exact(size).map_err(|_| Error::OutOfMemory)?;
        cells.resize(size, ERASED);
        Ok(Self { cells })
    }

    /// Returns the content, for images.
    pub fn as_bytes(&self) -> &[u8] {
        &self.cells
    }

    /// Returns the content without the rules of NOR flash, for images and to damage it in tests.
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        &mut self.cells
    }
}

fn range(from: u32, len: usize) -> Range<usize> {
    let from = from as usize;
    from..from.saturating_add(len)
}

impl<const SECTOR: usize, const WORD: usize> ErrorType for RamFlash<SECTOR, WORD> {
    type Error = SimulatorError;
}

impl<const SECTOR: usize, const WORD: usize> ReadNorFlash for RamFlash<SECTOR, WORD> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), SimulatorError> {
        check_read(self, offset, bytes.len())?;
        let cells = self.cells.get(range(offset, bytes.len())).ok_or(SimulatorError::OutOfBounds)?;
        bytes.copy_from_slice(cells);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.cells.len()
    }
}

impl<const SECTOR: usize, const WORD: usize> NorFlash for RamFlash<SECTOR, WORD> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), SimulatorError> {
        check_erase(self, from, to)?;
        let cells = self.cells.get_mut(from as usize..to as usize).ok_or(SimulatorError::OutOfBounds)?;
        cells.fill(ERASED);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), SimulatorError> {
        check_write(self, offset, bytes.len())?;
        let cells = self.cells.get_mut(range(offset, bytes.len())).ok_or(SimulatorError::OutOfBounds)?;
        check_clears(cells, bytes)?;
        cells.copy_from_slice(bytes);
        Ok(())
    }
}

impl<const SECTOR: usize, const WORD: usize> MultiwriteNorFlash for RamFlash<SECTOR, WORD> {}
