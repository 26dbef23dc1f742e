//! NOR flashes that are simulated: in memory, in a file, one that loses power, and one with bad sectors.

#[cfg(feature = "std")]
mod faulty;
mod power_cut;
mod ram;

#[cfg(all(feature = "std", unix))]
mod file;

use embedded_storage::nor_flash::{NorFlashError, NorFlashErrorKind};

#[cfg(feature = "std")]
pub use faulty::{Fault, Faulty, FaultyError};
#[cfg(all(feature = "std", unix))]
pub use file::FileFlash;
pub use power_cut::{Cut, CutAt, PowerCut, PowerCutError};
pub use ram::RamFlash;

/// Why a simulated flash refused an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulatorError {
    /// The offset or the length is not a multiple of the sector or word.
    NotAligned,
    /// The range goes past the end of the flash.
    OutOfBounds,
    /// A write would have set a bit that is cleared, which only an erase can do.
    ClearedBit,
    /// The file under the flash failed, with the system's error number (0 if it gave none).
    Io(i32),
}

impl NorFlashError for SimulatorError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
            Self::ClearedBit | Self::Io(_) => NorFlashErrorKind::Other,
        }
    }
}

impl From<NorFlashErrorKind> for SimulatorError {
    fn from(kind: NorFlashErrorKind) -> Self {
        match kind {
            NorFlashErrorKind::NotAligned => Self::NotAligned,
            NorFlashErrorKind::OutOfBounds => Self::OutOfBounds,
            _ => Self::Io(0),
        }
    }
}

/// What an erased cell reads as.
const ERASED: u8 = 0xff;

/// Checks that writing `new` over `old` only clears bits.
fn check_clears(old: &[u8], new: &[u8]) -> Result<(), SimulatorError> {
    if old.iter().zip(new).all(|(old, new)| old & new == *new) {
        Ok(())
    } else {
        Err(SimulatorError::ClearedBit)
    }
}
