//! What the store keeps about a module besides its bytes: littlefs user attributes of its file.

use crate::files::Files;
use crate::{Error, Name};

/// A SHA-256 hash.
pub type Sha256 = [u8; 32];

/// The bytes of a [`Settings`] record.
pub const SETTINGS_LEN: usize = 32;

/// A module's load settings: a fixed-size record whose meaning is the shell's.
///
/// All zeros is the default and means "nothing set"; it takes no space on flash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings(pub [u8; SETTINGS_LEN]);

/// One module of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name of the module.
    pub name: Name,
    /// The length of the file in bytes.
    pub len: u32,
    /// The hash recorded at installation; `None` for a file that another tool put on the flash.
    pub sha256: Option<Sha256>,
}

/// The user attribute that holds a [`Record`].
const RECORD_ATTRIBUTE: u8 = b'h';

/// The user attribute that holds [`Settings`].
const SETTINGS_ATTRIBUTE: u8 = b's';

/// The length and the hash that a file has, or will have when its upload is complete: the length, little endian, then the
/// hash. Zeros stand for none: no module is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record([u8; 4 + 32]);

impl Record {
    pub(crate) const NONE: Self = Self([0; 4 + 32]);

    pub(crate) fn new(len: u32, sha256: &Sha256) -> Self {
        let mut record = Self::NONE;
        if let Some(place) = record.0.first_chunk_mut() {
            *place = len.to_le_bytes();
        }
        if let Some(place) = record.0.last_chunk_mut() {
            *place = *sha256;
        }
        record
    }

    /// Reads the record of the file `name`.
    pub(crate) fn read(&mut self, fs: &dyn Files, name: &Name) -> Result<(), Error> {
        fs.attribute(name, RECORD_ATTRIBUTE, &mut self.0)
    }

    /// Writes the record of the file `name`.
    pub(crate) fn write(&self, fs: &dyn Files, name: &Name) -> Result<(), Error> {
        fs.set_attribute(name, RECORD_ATTRIBUTE, &self.0)
    }

    /// The length in bytes; 0 if there is no record.
    pub(crate) fn len(&self) -> u32 {
        self.0.first_chunk().copied().map_or(0, u32::from_le_bytes)
    }

    /// The hash, if there is a record.
    pub(crate) fn sha256(&self) -> Option<&Sha256> {
        self.0.last_chunk().filter(|_| self.len() > 0)
    }
}

impl Settings {
    /// Reads the settings of the file `name`.
    pub(crate) fn read(&mut self, fs: &dyn Files, name: &Name) -> Result<(), Error> {
        fs.attribute(name, SETTINGS_ATTRIBUTE, &mut self.0)
    }

    /// Writes the settings of the file `name`.
    pub(crate) fn write(&self, fs: &dyn Files, name: &Name) -> Result<(), Error> {
        let mut before = Self::default();
        before.read(fs, name)?;
        if *self == before {
            return Ok(());
        }
        fs.set_attribute(name, SETTINGS_ATTRIBUTE, if *self == Self::default() { &[] } else { &self.0 })
    }
}

/// Reads what the store keeps about the module `name`.
pub(crate) fn read_entry(fs: &dyn Files, name: &Name, entry: &mut Entry) -> Result<(), Error> {
    entry.len = fs.len(name)?;
    let mut record = Record::NONE;
    record.read(fs, name)?;
    entry.sha256 = record.sha256().copied();
    Ok(())
}
