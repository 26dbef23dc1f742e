//! What the store keeps about a module besides its bytes: littlefs user attributes of its file.

use littlefs2::path::Path;

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

/// The length and the hash that a file has, or will have when its upload is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) len: u32,
    pub(crate) sha256: Sha256,
}

/// The user attribute that holds a [`Record`]: the length, little endian, then the hash.
const RECORD_ATTRIBUTE: u8 = b'h';
const RECORD_LEN: usize = 4 + 32;

/// The user attribute that holds [`Settings`].
const SETTINGS_ATTRIBUTE: u8 = b's';

impl Record {
    /// Reads the record of the file at `path`; one of another length counts as none.
    pub(crate) fn read(fs: &dyn Files, path: &Path) -> Result<Option<Self>, Error> {
        let bytes: Option<[u8; RECORD_LEN]> = read_attribute(fs, path, RECORD_ATTRIBUTE)?;
        Ok(bytes.and_then(|bytes| {
            let (len, sha256) = bytes.split_first_chunk()?;
            Some(Self { len: u32::from_le_bytes(*len), sha256: sha256.try_into().ok()? })
        }))
    }

    /// Writes the record of the file at `path`.
    pub(crate) fn write(&self, fs: &dyn Files, path: &Path) -> Result<(), Error> {
        let mut bytes = [0; RECORD_LEN];
        let fields = self.len.to_le_bytes().into_iter().chain(self.sha256);
        for (to, from) in bytes.iter_mut().zip(fields) {
            *to = from;
        }
        Ok(fs.set_attribute(path, RECORD_ATTRIBUTE, &bytes)?)
    }
}

impl Settings {
    /// Reads the settings of the file at `path`; a record of another length counts as none.
    pub(crate) fn read(fs: &dyn Files, path: &Path) -> Result<Self, Error> {
        Ok(read_attribute(fs, path, SETTINGS_ATTRIBUTE)?.map_or(Self::default(), Self))
    }

    /// Writes the settings of the file at `path`.
    pub(crate) fn write(&self, fs: &dyn Files, path: &Path) -> Result<(), Error> {
        if *self == Self::read(fs, path)? {
            Ok(())
        } else if *self == Self::default() {
            Ok(fs.remove_attribute(path, SETTINGS_ATTRIBUTE)?)
        } else {
            Ok(fs.set_attribute(path, SETTINGS_ATTRIBUTE, &self.0)?)
        }
    }
}

/// Reads an attribute of exactly `N` bytes; one of another length counts as none.
pub(crate) fn read_attribute<const N: usize>(
    fs: &dyn Files,
    path: &Path,
    id: u8,
) -> Result<Option<[u8; N]>, Error> {
    let mut bytes = [0; N];
    let len = fs.attribute(path, id, &mut bytes)?;
    Ok((len == Some(N)).then_some(bytes))
}

/// Reads what the store keeps about the module `name`.
pub(crate) fn read_entry(fs: &dyn Files, name: &Name) -> Result<Entry, Error> {
    let len = file_len(fs, name.path())?;
    let sha256 = Record::read(fs, name.path())?.map(|record| record.sha256);
    Ok(Entry { name: *name, len, sha256 })
}

/// Returns the length of the file at `path` in bytes; a directory is [`Error::NotFound`].
pub(crate) fn file_len(fs: &dyn Files, path: &Path) -> Result<u32, Error> {
    let metadata = fs.metadata(path)?;
    if metadata.is_dir() {
        return Err(Error::NotFound);
    }
    u32::try_from(metadata.len()).map_err(|_| Error::Corrupt)
}
