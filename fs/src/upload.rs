//! Uploads: how a module gets into the store.
//!
//! The bytes of an upload go to one hidden part file. When all have arrived and have the right hash, a
//! rename makes the part file the module, replacing an old one of that name in the same atomic step.
//!
//! Bytes wait in a buffer until they fill a littlefs block, so that each block is erased and written once.
//! The buffer is one block (at most [`UPLOAD_BUFFER_MAX`] bytes) from the heap; where the heap has less, a
//! smaller buffer serves and blocks are written several times. What has reached the flash outlives a reboot.

use alloc::vec::Vec;

use embedded_storage::nor_flash::NorFlash;
use littlefs2::fs::FileOpenFlags;

use crate::entry::Record;
use crate::files::Files;
use crate::reader::hash;
use crate::volume::{Volume, block_size};
use crate::{Error, ModuleStore, Name, Settings, Sha256, blocks};

/// The largest upload buffer in bytes.
pub const UPLOAD_BUFFER_MAX: usize = 4096;

/// The smallest upload buffer in bytes.
pub const UPLOAD_BUFFER_MIN: usize = 256;

/// The blocks an upload leaves free, for the directory to be rewritten and grow.
pub const RESERVED_BLOCKS: u32 = 2;

/// The part file.
pub(crate) const PART: &Name = &Name::own(b".part");

/// What an upload says about itself when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadTarget {
    /// The length of the module in bytes, at least 1.
    pub len: u32,
    /// The hash of the module. Only an upload that tells it can be resumed after a reboot.
    pub sha256: Option<Sha256>,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadStatus {
    /// What the upload announced.
    pub target: UploadTarget,
    /// The bytes that have arrived, from the start: the next chunk's offset.
    pub received: u32,
    /// The bytes that would outlive a power cut now.
    pub stored: u32,
}

/// An upload under way.
pub(crate) struct Upload {
    target: UploadTarget,
    stored: u32,
    buffer: Vec<u8>,
}

impl Upload {
    fn received(&self) -> u32 {
        self.stored.saturating_add(u32::try_from(self.buffer.len()).unwrap_or(u32::MAX))
    }

    fn status(&self) -> UploadStatus {
        UploadStatus { target: self.target, received: self.received(), stored: self.stored }
    }

    /// Appends the buffer to the part file.
    fn flush<F: NorFlash, const BLOCKS: usize>(
        &mut self,
        volume: &mut Volume<F, BLOCKS>,
    ) -> Result<(), Error> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        volume.run(|fs| {
            // A part file of another length is not the one that was written to.
            if fs.len(PART)? != self.stored {
                return Err(Error::Corrupt);
            }
            let flags = FileOpenFlags::WRITE | FileOpenFlags::APPEND;
            fs.open(PART, flags, &mut |file| file.write_all(&self.buffer))
        })?;
        self.stored = self.received();
        self.buffer.clear();
        Ok(())
    }

    /// Takes a byte into the buffer, which has room for one.
    fn push(&mut self, byte: u8) {
        if self.buffer.len() < self.buffer.capacity() {
            self.buffer.push(byte);
        }
    }

    /// Whether the buffer reaches its end, or that of the part file's last block, which has room for `room` bytes.
    fn is_full(&self, room: u32) -> bool {
        self.buffer.len() == self.buffer.capacity() || u32::try_from(self.buffer.len()) == Ok(room)
    }
}

/// Takes the largest buffer that the heap has room for.
fn allocate_buffer(block_size: usize) -> Result<Vec<u8>, Error> {
    let mut size = block_size.min(UPLOAD_BUFFER_MAX);
    while size >= UPLOAD_BUFFER_MIN {
        let mut buffer = Vec::new();
        if buffer.try_reserve_exact(size).is_ok() {
            return Ok(buffer);
        }
        size /= 2;
    }
    Err(Error::OutOfMemory)
}

/// A part file.
pub(crate) struct Part {
    /// What it will be, or none if it cannot be resumed.
    pub(crate) record: Record,
    /// Its bytes on flash.
    pub(crate) stored: u32,
}

impl Part {
    pub(crate) const NONE: Self = Self { record: Record::NONE, stored: 0 };

    /// Finds an upload that can be resumed.
    pub(crate) fn find(&mut self, fs: &dyn Files) -> Result<(), Error> {
        match fs.len(PART) {
            Err(Error::NotFound) => return Ok(()),
            other => self.stored = other?,
        }
        self.record.read(fs, PART)?;
        if self.stored > self.record.len() {
            *self = Self::NONE;
        }
        Ok(())
    }
}

/// Removes the part file, if there is one.
fn remove_part(fs: &dyn Files) -> Result<(), Error> {
    match fs.remove(PART) {
        Err(Error::NotFound) => Ok(()),
        other => other,
    }
}

/// Removes a part file that cannot be resumed.
pub(crate) fn sweep(fs: &dyn Files) -> Result<(), Error> {
    let mut part = Part::NONE;
    part.find(fs)?;
    if part.record.sha256().is_none() { remove_part(fs) } else { Ok(()) }
}

/// Makes an empty part file for `target`, if the flash has room for all of it.
fn create_part(fs: &dyn Files, target: &UploadTarget, block_size: u32) -> Result<(), Error> {
    remove_part(fs)?;
    if fs.free()? < blocks::count(target.len, block_size).saturating_add(RESERVED_BLOCKS) {
        return Err(Error::Full);
    }
    fs.write(PART, &[])?;
    match target.sha256 {
        Some(sha256) => Record::new(target.len, &sha256).write(fs, PART),
        None => Ok(()),
    }
}

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// The block size as the arithmetic here needs it.
    pub(crate) const BLOCK_SIZE: u32 = {
        assert!(block_size::<F>() < 1 << 31, "a block is below 2 GiB");
        block_size::<F>() as u32
    };

    /// Begins an upload and returns the offset of the first byte to send.
    ///
    /// That is 0, except when an upload of the same length and hash is under way or was interrupted: then it
    /// goes on from there. Any other upload is given up. The flash must have room for the whole module beside
    /// the one that it replaces; if not, this fails with [`Error::Full`] before anything is sent.
    pub fn upload_begin(&mut self, target: &UploadTarget) -> Result<u32, Error> {
        if target.len == 0 {
            return Err(Error::Empty);
        }
        if let Some(upload) = &self.upload
            && upload.target == *target
            && target.sha256.is_some()
        {
            return Ok(upload.received());
        }
        self.upload = None;
        let buffer = allocate_buffer(block_size::<F>())?;
        let stored = self.volume.session(|fs, stored| {
            let mut part = Part::NONE;
            part.find(fs)?;
            if part.record.len() == target.len && part.record.sha256() == target.sha256.as_ref() {
                *stored = part.stored;
                return Ok(());
            }
            create_part(fs, target, Self::BLOCK_SIZE)
        })?;
        self.upload = Some(Upload { target: *target, stored, buffer });
        Ok(stored)
    }

    /// Takes the chunk `bytes` that starts at byte `offset` of the module, and returns how many bytes have
    /// arrived: the next chunk's offset.
    ///
    /// A chunk that has arrived before, or a part of one, is passed over: repeating is harmless. One that
    /// leaves a gap fails with [`Error::UploadGap`], one that goes past the announced length with
    /// [`Error::UploadLength`], and neither changes anything. When the flash fails or is full, the upload is
    /// given up and its space given back.
    pub fn upload_append(&mut self, offset: u32, bytes: &[u8]) -> Result<u32, Error> {
        let upload = self.upload.as_mut().ok_or(Error::NoUpload)?;
        let received = upload.received();
        let end = u32::try_from(bytes.len()).ok().and_then(|len| offset.checked_add(len));
        let known = received.checked_sub(offset).ok_or(Error::UploadGap)?;
        if end.is_none_or(|end| end > upload.target.len) {
            return Err(Error::UploadLength);
        }
        let mut room = blocks::room(upload.stored, Self::BLOCK_SIZE);
        for &byte in bytes.iter().skip(usize::try_from(known).unwrap_or(usize::MAX)) {
            upload.push(byte);
            if upload.is_full(room) {
                if let Err(error) = upload.flush(&mut self.volume) {
                    return Err(self.give_up(error));
                }
                room = blocks::room(upload.stored, Self::BLOCK_SIZE);
            }
        }
        Ok(upload.received())
    }

    /// Returns how far the upload under way is, or the one that an earlier boot left; `None` if there is
    /// neither.
    pub fn upload_status(&mut self) -> Result<Option<UploadStatus>, Error> {
        if let Some(upload) = &self.upload {
            return Ok(Some(upload.status()));
        }
        let mut part = Part::NONE;
        self.volume.run(|fs| part.find(fs))?;
        let Part { record, stored } = part;
        Ok(record.sha256().map(|sha256| {
            let target = UploadTarget { len: record.len(), sha256: Some(*sha256) };
            UploadStatus { target, received: stored, stored }
        }))
    }

    /// Computes the SHA-256 of all bytes that have arrived, for the client to compare before it resumes, or
    /// to commit an upload whose hash was not told.
    pub fn upload_hash(&mut self) -> Result<Sha256, Error> {
        let buffer = self.upload.as_ref().map(|upload| upload.buffer.as_slice()).unwrap_or_default();
        let stored = self.upload.as_ref().map_or(u32::MAX, |upload| upload.stored);
        self.volume.hash(PART, 0..stored, buffer).map_err(|error| match error {
            Error::NotFound => Error::NoUpload,
            error => error,
        })
    }

    /// Makes the upload the module `name`, replacing the one of that name, whose settings are kept.
    ///
    /// `len` and `sha256` are what the client says it sent; the hash is computed from the flash. Fails with
    /// [`Error::UploadLength`] if another number of bytes has arrived: more can follow. Fails with
    /// [`Error::HashMismatch`] if the bytes differ: the upload is given up. After a power cut the module is
    /// wholly the old one or wholly the new one.
    pub fn upload_commit(&mut self, name: &Name, len: u32, sha256: &Sha256) -> Result<(), Error> {
        let upload = self.upload.as_mut().ok_or(Error::NoUpload)?;
        if len != upload.received() || len != upload.target.len {
            return Err(Error::UploadLength);
        }
        let flushed = upload.flush(&mut self.volume);
        let record = Record::new(len, sha256);
        let committed = flushed.and_then(|()| self.volume.run(|fs| commit_part(fs, name, &record)));
        match committed {
            Ok(()) => {
                self.upload = None;
                Ok(())
            }
            Err(error) => Err(self.give_up(error)),
        }
    }

    /// Gives up the upload, also one that an earlier boot left, and gives its space back.
    pub fn upload_abort(&mut self) -> Result<(), Error> {
        self.upload = None;
        self.volume.run(remove_part)
    }

    /// Gives the upload's buffer back to the heap. Bytes that have not reached the flash are forgotten; the
    /// upload can be resumed if it told its hash.
    pub fn upload_suspend(&mut self) {
        self.upload = None;
    }

    /// Ends a failed upload and passes the error on. On a flash that fails, its space stays taken until the
    /// next boot or upload.
    fn give_up(&mut self, error: Error) -> Error {
        let _ = self.upload_abort();
        error
    }
}

/// Checks the part file and makes it the module `name`.
fn commit_part(fs: &dyn Files, name: &Name, record: &Record) -> Result<(), Error> {
    let mut sha256 = Sha256::default();
    hash(fs, PART, 0..u32::MAX, &[], &mut sha256)?;
    if Record::new(fs.len(PART)?, &sha256) != *record {
        return Err(Error::HashMismatch);
    }
    let mut settings = Settings::default();
    match fs.len(name) {
        Err(Error::NotFound) => {}
        other => other.and_then(|_| settings.read(fs, name))?,
    }
    settings.write(fs, PART)?;
    let mut recorded = Record::NONE;
    recorded.read(fs, PART)?;
    if recorded != *record {
        record.write(fs, PART)?;
    }
    fs.rename(PART, name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use sha2::Digest;

    use super::*;
    use crate::{PowerCut, RamFlash};

    /// Uploads 20,000 bytes through a buffer of `capacity` bytes and checks them, and the erases it took.
    fn check(capacity: usize, erases: u32) {
        let bytes: Vec<u8> = (0..20_000u32).map(|n| (n % 251) as u8).collect();
        let sha256: Sha256 = sha2::Sha256::digest(&bytes).into();
        let flash = RamFlash::<4096, 1>::new(256 * 1024).unwrap();
        let mut store = ModuleStore::new(PowerCut::new(flash, None));
        store.format().unwrap();
        let before = store.flash_mut().erases();
        store.upload_begin(&UploadTarget { len: 20_000, sha256: Some(sha256) }).unwrap();
        store.upload.as_mut().unwrap().buffer = Vec::with_capacity(capacity);
        for (index, chunk) in bytes.chunks(100).enumerate() {
            store.upload_append(index as u32 * 100, chunk).unwrap();
        }
        let name = Name::new("module").unwrap();
        store.upload_commit(&name, 20_000, &sha256).unwrap();
        assert_eq!(store.verify(&name), Ok(sha256));
        let taken = store.flash_mut().erases() - before;
        assert!(taken <= erases, "a buffer of {capacity} B took {taken} erases of {erases}");
    }

    #[test]
    fn a_small_buffer_costs_erases_and_no_bytes() {
        check(4096, 5);
        check(2048, 11);
        check(1024, 23);
        check(256, 95);
    }
}
