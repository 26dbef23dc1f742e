//! A flash that loses power at a chosen operation.

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// What a cut does to the operation it falls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The operation does not happen.
    Before,
    /// A write happens for its first half; an erase leaves the first half of the range cleared to zeros.
    Half,
    /// Some bits of a write happen; an erase leaves the range in disorder.
    Scattered,
    /// The operation happens, and its caller does not learn of it.
    After,
}

/// The cut to come: at the write or erase number `operation`, counted from 0 when the flash was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutAt {
    /// The number of the operation.
    pub operation: u32,
    /// What happens to it.
    pub cut: Cut,
}

/// A flash over `F` that counts operations, loses power at one of them and fails all later ones.
///
/// An erase torn by [`Cut::Half`] or [`Cut::Scattered`] is made of writes to `F`; where `F` refuses to write
/// a word twice, that erase counts as not begun.
#[derive(Clone)]
pub struct PowerCut<F> {
    flash: F,
    cut: Option<CutAt>,
    dead: bool,
    writes: u32,
    erases: u32,
    bytes_read: u64,
}

/// Why a [`PowerCut`] refused an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerCutError<E> {
    /// The power is gone.
    PowerLost,
    /// The flash below refused it.
    Flash(E),
}

impl<E: NorFlashError> NorFlashError for PowerCutError<E> {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::PowerLost => NorFlashErrorKind::Other,
            Self::Flash(error) => error.kind(),
        }
    }
}

/// The bytes of a torn operation that are made at a time; a multiple of every word size up to it.
const TEAR_CHUNK: usize = 256;

impl<F: NorFlash> PowerCut<F> {
    /// Wraps `flash`; without a cut it only counts.
    pub const fn new(flash: F, cut: Option<CutAt>) -> Self {
        Self { flash, cut, dead: false, writes: 0, erases: 0, bytes_read: 0 }
    }

    /// Returns the flash, as it is when the power comes back.
    pub fn into_inner(self) -> F {
        self.flash
    }

    /// Returns whether the cut has come.
    pub const fn is_dead(&self) -> bool {
        self.dead
    }

    /// Returns the number of writes and erases.
    pub const fn operations(&self) -> u32 {
        self.writes.saturating_add(self.erases)
    }

    /// Returns the number of erases, each of one range.
    pub const fn erases(&self) -> u32 {
        self.erases
    }

    /// Returns the number of bytes read.
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    fn check_power(&self) -> Result<(), PowerCutError<F::Error>> {
        if self.dead { Err(PowerCutError::PowerLost) } else { Ok(()) }
    }

    /// Returns the cut that falls on the operation at hand.
    fn due(&self) -> Option<Cut> {
        self.cut.filter(|at| at.operation == self.operations()).map(|at| at.cut)
    }

    /// Writes what is left of a write of `bytes` when a part of its bits came through.
    fn write_scattered(&mut self, offset: u32, bytes: &[u8]) -> Result<(), F::Error> {
        let mut at = offset;
        let mut disorder = Disorder(offset);
        for chunk in bytes.chunks(TEAR_CHUNK) {
            let mut torn = [0; TEAR_CHUNK];
            let torn = torn.get_mut(..chunk.len()).unwrap_or_default();
            for (to, from) in torn.iter_mut().zip(chunk) {
                *to = from | disorder.next_byte();
            }
            self.flash.write(at, torn)?;
            at = at.saturating_add(u32::try_from(torn.len()).unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// Clears the range to zeros where it is in its first half.
    fn clear_half(&mut self, from: u32, to: u32) -> Result<(), F::Error> {
        let zeros = [0; TEAR_CHUNK];
        let end = from.saturating_add(to.saturating_sub(from) / 2);
        for at in (from..end).step_by(TEAR_CHUNK) {
            self.flash.write(at, &zeros)?;
        }
        Ok(())
    }

    /// Erases the range and fills it with disorder.
    fn erase_scattered(&mut self, from: u32, to: u32) -> Result<(), F::Error> {
        self.flash.erase(from, to)?;
        let mut disorder = Disorder(to);
        for at in (from..to).step_by(TEAR_CHUNK) {
            let mut bytes = [0; TEAR_CHUNK];
            bytes.fill_with(|| disorder.next_byte());
            self.flash.write(at, &bytes)?;
        }
        Ok(())
    }
}

/// Bytes without order, the same for the same seed (a linear congruential generator, Numerical Recipes).
struct Disorder(u32);

impl Disorder {
    fn next_byte(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 24) as u8
    }
}

impl<F: NorFlash> ErrorType for PowerCut<F> {
    type Error = PowerCutError<F::Error>;
}

impl<F: NorFlash> ReadNorFlash for PowerCut<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.check_power()?;
        self.bytes_read = self.bytes_read.saturating_add(bytes.len() as u64);
        self.flash.read(offset, bytes).map_err(PowerCutError::Flash)
    }

    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl<F: NorFlash> NorFlash for PowerCut<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.check_power()?;
        let cut = self.due();
        self.erases = self.erases.saturating_add(1);
        let Some(cut) = cut else {
            return self.flash.erase(from, to).map_err(PowerCutError::Flash);
        };
        self.dead = true;
        // What the flash refuses of a torn operation did not happen; the power is gone either way.
        let _ = match cut {
            Cut::Before => Ok(()),
            Cut::Half => self.clear_half(from, to),
            Cut::Scattered => self.erase_scattered(from, to),
            Cut::After => self.flash.erase(from, to),
        };
        Err(PowerCutError::PowerLost)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.check_power()?;
        let cut = self.due();
        self.writes = self.writes.saturating_add(1);
        let Some(cut) = cut else {
            return self.flash.write(offset, bytes).map_err(PowerCutError::Flash);
        };
        self.dead = true;
        let half = bytes.len() / 2 / F::WRITE_SIZE.max(1) * F::WRITE_SIZE;
        let _ = match cut {
            Cut::Before => Ok(()),
            Cut::Half => self.flash.write(offset, bytes.get(..half).unwrap_or_default()),
            Cut::Scattered => self.write_scattered(offset, bytes),
            Cut::After => self.flash.write(offset, bytes),
        };
        Err(PowerCutError::PowerLost)
    }
}
