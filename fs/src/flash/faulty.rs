//! A flash with bad sectors, that counts what each sector goes through.

use std::vec::Vec;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// What is wrong with a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Reads fail.
    Read,
    /// Writes fail, and change nothing.
    Write,
    /// Erases fail, and change nothing.
    Erase,
    /// Each byte at a multiple of 64 reads with its lowest bit cleared, whatever is written.
    Stuck,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Erase, Self::Stuck];
}

/// How far apart the bytes of [`Fault::Stuck`] are.
const STUCK_STEP: usize = 64;

/// Why a [`Faulty`] flash refused an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultyError<E> {
    /// The sector is bad.
    Bad(Fault),
    /// The flash below refused it.
    Flash(E),
}

impl<E: NorFlashError> NorFlashError for FaultyError<E> {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Bad(_) => NorFlashErrorKind::Other,
            Self::Flash(error) => error.kind(),
        }
    }
}

/// A flash over `F` whose sectors can be bad, and that counts the erases of each.
#[derive(Clone)]
pub struct Faulty<F> {
    flash: F,
    faults: Vec<(u32, Fault)>,
    erases: Vec<u32>,
    writes: u32,
}

impl<F: NorFlash> Faulty<F> {
    /// Wraps `flash`; all its sectors are good.
    pub fn new(flash: F) -> Self {
        let sectors = flash.capacity() / F::ERASE_SIZE;
        Self { flash, faults: Vec::new(), erases: std::vec![0; sectors], writes: 0 }
    }

    /// Makes the sector of this number bad, in addition to what is wrong with it already.
    #[must_use]
    pub fn with(mut self, sector: u32, fault: Fault) -> Self {
        self.faults.push((sector, fault));
        self
    }

    /// Returns the flash.
    pub fn into_inner(self) -> F {
        self.flash
    }

    /// Returns how often each sector was erased.
    pub fn erases(&self) -> &[u32] {
        &self.erases
    }

    /// Returns how often something was written, erases not counted.
    pub const fn writes(&self) -> u32 {
        self.writes
    }

    /// Whether the sectors from byte `from` to before byte `to` have a fault.
    fn check(&self, from: u32, to: u32, fault: Fault) -> Result<(), FaultyError<F::Error>> {
        let size = sector_size::<F>();
        let hit = |sector: u32| {
            let start = sector.saturating_mul(size);
            from < start.saturating_add(size) && start < to
        };
        let bad = self.faults.iter().any(|(sector, of)| *of == fault && hit(*sector));
        if bad { Err(FaultyError::Bad(fault)) } else { Ok(()) }
    }
}

fn sector_size<F: NorFlash>() -> u32 {
    u32::try_from(F::ERASE_SIZE).unwrap_or(u32::MAX).max(1)
}

fn end(offset: u32, bytes: &[u8]) -> u32 {
    offset.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
}

impl<F: NorFlash> ErrorType for Faulty<F> {
    type Error = FaultyError<F::Error>;
}

impl<F: NorFlash> ReadNorFlash for Faulty<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.check(offset, end(offset, bytes), Fault::Read)?;
        self.flash.read(offset, bytes).map_err(FaultyError::Flash)?;
        for (at, byte) in (offset..).zip(bytes) {
            if (at as usize).is_multiple_of(STUCK_STEP)
                && self.check(at, at.saturating_add(1), Fault::Stuck).is_err()
            {
                *byte &= 0xfe;
            }
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl<F: NorFlash> NorFlash for Faulty<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        let size = sector_size::<F>();
        for sector in from / size..to / size {
            if let Some(count) = self.erases.get_mut(sector as usize) {
                *count = count.saturating_add(1);
            }
        }
        self.check(from, to, Fault::Erase)?;
        self.flash.erase(from, to).map_err(FaultyError::Flash)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.writes = self.writes.saturating_add(1);
        self.check(offset, end(offset, bytes), Fault::Write)?;
        self.flash.write(offset, bytes).map_err(FaultyError::Flash)
    }
}
