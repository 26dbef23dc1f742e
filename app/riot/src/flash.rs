//! The flash: an MTD device of RIOT's, or a part of it. It has no other owner.

#![expect(unsafe_code, reason = "calls RIOT")]

use core::ptr::NonNull;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

use crate::options;

/// What is erased at once, bytes: a device's own sectors may be smaller, but not larger.
const SECTOR: usize = 4096;

/// What is written at once, bytes: a device's own words may be smaller, but not larger.
const WORD: usize = 8;

/// Why the flash refused an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlashError {
    /// The range is not in the flash, or not one of whole sectors or words.
    Range(NorFlashErrorKind),
    /// RIOT's driver failed.
    Device,
}

impl NorFlashError for FlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Range(kind) => *kind,
            Self::Device => NorFlashErrorKind::Other,
        }
    }
}

/// The flash of the module store.
pub(crate) struct MtdFlash {
    device: NonNull<riot_sys::mtd_dev_t>,
    /// Where it begins on the device, bytes.
    start: u32,
    /// How long it is, bytes.
    len: usize,
}

impl MtdFlash {
    /// Opens the device, and says why it cannot be used.
    pub(crate) fn open() -> Result<Self, &'static str> {
        // SAFETY: RIOT knows the devices before main begins, and has them for ever. It checks the number.
        let device = unsafe { riot_sys::inline::mtd_dev_get(options::DEVICE) };
        let device = NonNull::new(device.cast::<riot_sys::mtd_dev_t>()).ok_or("there is no MTD device")?;
        // SAFETY: the device is RIOT's, and nobody else uses it.
        let (begun, device_ref) = unsafe { (riot_sys::mtd_init(device.as_ptr()), device.as_ref()) };
        if begun < 0 {
            return Err("the MTD device does not start");
        }
        let bytes = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let sector = bytes(device_ref.pages_per_sector).saturating_mul(bytes(device_ref.page_size));
        if sector == 0 || !SECTOR.is_multiple_of(sector) {
            return Err("the MTD device has larger sectors than 4096 bytes");
        }
        let word = bytes(device_ref.write_size);
        if word == 0 || !WORD.is_multiple_of(word) {
            return Err("the MTD device writes more than 8 bytes at once");
        }
        // Addresses have 32 bits.
        let end = sector.saturating_mul(bytes(device_ref.sector_count)).min(bytes(u32::MAX));
        let behind = end.saturating_sub(options::OFFSET);
        let len = options::SIZE.map_or(behind, |size| size.min(behind)) / SECTOR * SECTOR;
        let start = u32::try_from(options::OFFSET).unwrap_or(u32::MAX);
        if len == 0 || !options::OFFSET.is_multiple_of(SECTOR) {
            return Err("the MTD device has no whole sectors in the chosen range");
        }
        Ok(Self { device, start, len })
    }

    /// The place of an offset on the device.
    fn place(&self, offset: u32) -> u32 {
        self.start.saturating_add(offset)
    }
}

/// A length that was checked to be in the flash.
fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// What a call of the driver's gave.
fn done(result: i32) -> Result<(), FlashError> {
    if result < 0 { Err(FlashError::Device) } else { Ok(()) }
}

impl ErrorType for MtdFlash {
    type Error = FlashError;
}

impl ReadNorFlash for MtdFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), FlashError> {
        check_read(self, offset, bytes.len()).map_err(FlashError::Range)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let (place, len) = (self.place(offset), count(bytes.len()));
        // SAFETY: the device is RIOT's, and it may write that many bytes there.
        done(unsafe { riot_sys::mtd_read(self.device.as_ptr(), bytes.as_mut_ptr().cast(), place, len) })
    }

    fn capacity(&self) -> usize {
        self.len
    }
}

impl NorFlash for MtdFlash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), FlashError> {
        check_erase(self, from, to).map_err(FlashError::Range)?;
        if from == to {
            return Ok(());
        }
        let (place, len) = (self.place(from), to.saturating_sub(from));
        // SAFETY: the device is RIOT's.
        done(unsafe { riot_sys::mtd_erase(self.device.as_ptr(), place, len) })
    }

    /// Writes; RIOT splits what crosses a page.
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FlashError> {
        check_write(self, offset, bytes.len()).map_err(FlashError::Range)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let (place, len) = (self.place(offset), count(bytes.len()));
        // SAFETY: the device is RIOT's, and it reads that many bytes.
        done(unsafe { riot_sys::mtd_write(self.device.as_ptr(), bytes.as_ptr().cast(), place, len) })
    }
}
