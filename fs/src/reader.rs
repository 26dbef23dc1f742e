//! Reading a stored file: as a stream, by chunk, and for its hash.

use core::ops::Range;

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use embedded_storage::nor_flash::NorFlash;
use littlefs2::fs::FileOpenFlags;
use sha2::Digest;

use crate::entry::Record;
use crate::files::{Files, OpenFile};
use crate::volume::Volume;
use crate::{Error, ModuleStore, Name, Sha256};

/// The bytes read at a time when a file is hashed.
const HASH_CHUNK: usize = 256;

/// An open file: a stream with a position, from 0 to the file's length.
///
/// It reads through a cache of [`CACHE_SIZE`](crate::CACHE_SIZE) bytes; a seek within the cache costs nothing,
/// and one elsewhere a few reads of 4 bytes each.
pub struct ModuleReader<'a> {
    file: &'a dyn OpenFile,
    position: u32,
    len: u32,
}

impl ModuleReader<'_> {
    /// Returns the length of the file in bytes.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Returns whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the position in bytes from the start.
    pub fn position(&self) -> u32 {
        self.position
    }
}

impl ErrorType for ModuleReader<'_> {
    type Error = Error;
}

impl Read for ModuleReader<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Error> {
        let count = self.file.read(bytes)?;
        self.position = self.position.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        Ok(count)
    }
}

impl Seek for ModuleReader<'_> {
    /// Moves to a position from 0 to the file's length, or fails with [`Error::SeekRange`] and stays.
    fn seek(&mut self, to: SeekFrom) -> Result<u64, Error> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => u64::from(self.len).checked_add_signed(offset),
            SeekFrom::Current(offset) => u64::from(self.position).checked_add_signed(offset),
        };
        let target = target.and_then(|target| u32::try_from(target).ok()).filter(|to| *to <= self.len);
        let target = target.ok_or(Error::SeekRange)?;
        if target != self.position {
            self.file.seek(target)?;
            self.position = target;
        }
        Ok(u64::from(target))
    }
}

/// Opens the file `name` and runs `f` on it.
fn with_file(
    fs: &dyn Files,
    name: &Name,
    f: &mut dyn FnMut(&mut ModuleReader<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    fs.open(name, FileOpenFlags::READ, &mut |file| {
        let len = file.len()?;
        f(&mut ModuleReader { file, position: 0, len })
    })
}

/// Computes the hash of the bytes of `range` of the file `name`, and of those behind them in `rest`, into `sha256`; the
/// range ends at the file's end at most.
pub(crate) fn hash(
    fs: &dyn Files,
    name: &Name,
    range: Range<u32>,
    rest: &[u8],
    sha256: &mut Sha256,
) -> Result<(), Error> {
    let mut hasher = sha2::Sha256::new();
    with_file(fs, name, &mut |file| {
        let end = range.end.min(file.len());
        file.seek(SeekFrom::Start(u64::from(range.start.min(end))))?;
        let mut chunk = [0; HASH_CHUNK];
        while file.position() < end {
            let left = usize::try_from(end.saturating_sub(file.position())).unwrap_or(HASH_CHUNK);
            let part = chunk.get_mut(..left.min(HASH_CHUNK)).unwrap_or_default();
            let count = file.read(part)?;
            if count == 0 {
                return Err(Error::Corrupt);
            }
            hasher.update(part.get(..count).unwrap_or_default());
        }
        Ok(())
    })?;
    hasher.update(rest);
    *sha256 = hasher.finalize().into();
    Ok(())
}

/// Computes the hash of the file `name` into `sha256` and compares it with its record; see [`ModuleStore::verify`].
pub(crate) fn verify_file(fs: &dyn Files, name: &Name, sha256: &mut Sha256) -> Result<(), Error> {
    let mut record = Record::NONE;
    record.read(fs, name)?;
    hash(fs, name, 0..u32::MAX, &[], sha256)?;
    if record.sha256().is_none() {
        Err(Error::Unrecorded)
    } else if record == Record::new(fs.len(name)?, sha256) {
        Ok(())
    } else {
        Err(Error::Corrupt)
    }
}

impl<F: NorFlash, const BLOCKS: usize> Volume<F, BLOCKS> {
    /// As [`hash`], in a session of its own.
    pub(crate) fn hash(&mut self, name: &Name, range: Range<u32>, rest: &[u8]) -> Result<Sha256, Error> {
        self.session(|fs, sha256| hash(fs, name, range.clone(), rest, sha256))
    }
}

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// Opens the file `name` and runs `f` on its reader; the file is closed when `f` returns.
    ///
    /// While `f` runs, about 1,550 bytes of stack hold littlefs's state and caches.
    ///
    /// Fails with [`Error::NotFound`] if there is no such file; what `f` returns is passed on.
    pub fn open<R>(&mut self, name: &Name, f: impl FnOnce(&mut ModuleReader<'_>) -> R) -> Result<R, Error> {
        let mut f = Some(f);
        let mut outcome = Err(Error::Corrupt);
        self.open_dyn(name, &mut |file| {
            outcome = f.take().map(|f| f(file)).ok_or(Error::Corrupt);
            Ok(())
        })?;
        outcome
    }

    /// As [`open`](Self::open), and once for all that `f` can give.
    fn open_dyn(
        &mut self,
        name: &Name,
        f: &mut dyn FnMut(&mut ModuleReader<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.volume.run(|fs| with_file(fs, name, f))
    }

    /// Reads bytes of the file `name` from byte `offset` until `bytes` is full or the file ends.
    ///
    /// Returns the number of bytes read, 0 at the end of the file or past it. Each call mounts and opens
    /// anew; [`open`](Self::open) suits a whole file better.
    pub fn read_at(&mut self, name: &Name, offset: u32, bytes: &mut [u8]) -> Result<usize, Error> {
        self.open(name, |file| {
            if offset >= file.len() {
                return Ok(0);
            }
            file.seek(SeekFrom::Start(u64::from(offset)))?;
            file.read(bytes)
        })?
    }

    /// Computes the SHA-256 of the bytes `range` of the file `name`, as they are on flash now.
    ///
    /// A range that goes past the end of the file ends there: `0..u32::MAX` is the whole file.
    pub fn hash(&mut self, name: &Name, range: Range<u32>) -> Result<Sha256, Error> {
        self.volume.hash(name, range, &[])
    }

    /// Computes the hash of the file `name` and compares it, and its length, with those recorded.
    ///
    /// Returns the hash. Fails with [`Error::Corrupt`] if they differ, and with [`Error::Unrecorded`] if
    /// another tool put the file there and there is nothing to compare with.
    // In a frame of its own: callers' frames lie below what littlefs takes.
    #[inline(never)]
    pub fn verify(&mut self, name: &Name) -> Result<Sha256, Error> {
        self.volume.session(|fs, sha256| verify_file(fs, name, sha256))
    }
}
