//! What the device does when it boots: one line for the shell, in a hidden file.

use embedded_storage::nor_flash::NorFlash;
use littlefs2::fs::FileOpenFlags;

use crate::{Error, ModuleStore, Name};

/// The longest boot line in bytes.
pub const BOOT_LINE_MAX: usize = 256;

/// The file of the boot line.
pub(crate) const BOOT: &Name = &Name::own(b".boot");

/// The user attribute of that file that counts how often in a row it failed; absent for 0.
const FAILURES_ATTRIBUTE: u8 = b'f';

/// The boot line, whose meaning is the shell's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootLine {
    bytes: [u8; BOOT_LINE_MAX],
    len: usize,
    /// How often in a row it failed.
    pub failures: u8,
}

impl BootLine {
    /// Returns the bytes of the line, at least one.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// Returns the boot line, or `None` if there is none.
    pub fn boot_line(&mut self) -> Result<Option<BootLine>, Error> {
        self.volume.session(|fs, found: &mut Option<BootLine>| {
            let len = match fs.len(BOOT) {
                Err(Error::NotFound) | Ok(0) => return Ok(()),
                other => usize::try_from(other?).unwrap_or(usize::MAX),
            };
            let line = found.insert(BootLine { bytes: [0; BOOT_LINE_MAX], len, failures: 0 });
            if len > BOOT_LINE_MAX {
                return Err(Error::Corrupt);
            }
            fs.open(BOOT, FileOpenFlags::READ, &mut |file| {
                // A file that ends early is damage; its bytes stay zeros.
                file.read(&mut line.bytes).map(drop)
            })?;
            fs.attribute(BOOT, FAILURES_ATTRIBUTE, core::slice::from_mut(&mut line.failures))
        })
    }

    /// Replaces the boot line, and its failures by none; an empty line removes it.
    ///
    /// After a power cut the line is wholly the old one or wholly the new one.
    /// Fails with [`Error::Full`] if the flash has no room for it, or it is above [`BOOT_LINE_MAX`].
    pub fn set_boot_line(&mut self, line: &[u8]) -> Result<(), Error> {
        if line.len() > BOOT_LINE_MAX {
            return Err(Error::Full);
        }
        self.volume.run(|fs| {
            match fs.len(BOOT) {
                Err(Error::NotFound) if line.is_empty() => Ok(()),
                Ok(_) if line.is_empty() => fs.remove(BOOT),
                Err(Error::NotFound) => {
                    let written = fs.write(BOOT, line);
                    if written.is_err() {
                        // A full disk leaves an empty file.
                        let _ = fs.remove(BOOT);
                    }
                    written
                }
                Err(error) => Err(error),
                Ok(_) => {
                    fs.set_attribute(BOOT, FAILURES_ATTRIBUTE, &[])?;
                    fs.write(BOOT, line)
                }
            }
        })
    }

    /// Notes how often in a row the boot line failed. Without a boot line, nothing happens.
    pub fn set_boot_failures(&mut self, failures: u8) -> Result<(), Error> {
        self.volume.run(|fs| match fs.len(BOOT) {
            Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
            Ok(_) if failures == 0 => fs.set_attribute(BOOT, FAILURES_ATTRIBUTE, &[]),
            Ok(_) => fs.set_attribute(BOOT, FAILURES_ATTRIBUTE, &[failures]),
        })
    }
}
