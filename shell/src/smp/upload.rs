//! The upload that is under way: chunks in, one module out.
//!
//! A chunk may arrive again, because its answer was lost; it may overlap what is there, because a client changed
//! its chunk size. Both are answered with the offset that is reached. A chunk behind that offset is refused with it.
//! A chunk at offset 0 that tells the length begins anew.

use wasmote_fs::Name;

use super::body::needed;
use super::fault::{Fault, Rc};
use super::{Device, Digest, Refusal};

/// A chunk as a request carries it.
pub(super) struct Chunk<'a> {
    /// Module name.
    pub(super) name: &'a Name,
    /// Where its data begin, in bytes.
    pub(super) offset: u32,
    /// Its data.
    pub(super) data: &'a [u8],
    /// Length of the file, in bytes; only the first chunk must have it.
    pub(super) len: Option<u32>,
    /// SHA-256 of the file; only the first chunk may have it.
    pub(super) sha256: Option<&'a Digest>,
}

/// What happens when the last byte has arrived.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AtEnd {
    /// The module is committed: stock clients know no commit command.
    Commit,
    /// The upload waits for the commit command.
    Wait,
}

/// How far the upload has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is none.
    None,
    /// Bytes arrive.
    Receiving,
    /// The module is installed; kept so that a repeated last chunk or commit is answered as the first was.
    Committed,
}

/// How far an upload has come, for a client that resumes it.
pub(super) struct Progress {
    /// Bytes received.
    pub(super) offset: u32,
    /// Length of the file, in bytes.
    pub(super) len: u32,
    /// SHA-256 of the bytes received.
    pub(super) sha256: Digest,
}

/// The upload that is under way.
pub(super) struct Upload {
    name: Option<Name>,
    len: u32,
    offset: u32,
    phase: Phase,
    /// The SHA-256 of what was installed.
    installed: Digest,
    /// Where the last chunk that was refused for its offset should have begun.
    expected: u32,
}

impl Upload {
    /// Returns the state without an upload.
    pub(super) const fn new() -> Self {
        Self { name: None, len: 0, offset: 0, phase: Phase::None, installed: [0; 32], expected: 0 }
    }

    /// Takes a chunk and returns the offset that is reached.
    pub(super) fn chunk<D: Device>(
        &mut self,
        device: &mut D,
        chunk: &Chunk<'_>,
        at_end: AtEnd,
    ) -> Result<u32, Fault> {
        let same = self.phase != Phase::None && self.name.as_ref() == Some(chunk.name);
        match chunk.offset {
            0 if chunk.len.is_some() || !same => self.begin(device, chunk)?,
            0.. if same => {}
            _ => return Err(self.expect(0)),
        }
        let Some(known) = self.offset.checked_sub(chunk.offset) else {
            return Err(self.expect(self.offset));
        };
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        if known < chunk.data.len() {
            self.offset =
                self.or_abort(device, |device, _| device.upload_append(chunk.offset, chunk.data))?;
        }
        if at_end == AtEnd::Commit && self.offset == self.len && self.phase == Phase::Receiving {
            let sha256 = self.or_abort(device, |device, _| device.upload_hash())?;
            self.install(device, &sha256)?;
        }
        Ok(self.offset)
    }

    /// Refuses a chunk that should have begun at `offset`.
    fn expect(&mut self, offset: u32) -> Fault {
        self.expected = offset;
        Fault::Offset
    }

    /// Returns where the chunk should have begun that was refused with [`Fault::Offset`].
    pub(super) fn expected(&self) -> u32 {
        self.expected
    }

    /// Installs the complete upload if it is this module: name, length and SHA-256.
    pub(super) fn commit<D: Device>(
        &mut self,
        device: &mut D,
        name: &Name,
        len: u32,
        sha256: &Digest,
    ) -> Result<(), Fault> {
        if self.name.as_ref() != Some(name) || self.len != len || self.offset != len {
            return Err(Refusal::NoUpload.into());
        }
        match self.phase {
            Phase::Committed if self.installed == *sha256 => Ok(()),
            Phase::Receiving => self.install(device, sha256),
            _ => Err(Refusal::NoUpload.into()),
        }
    }

    /// Returns how far the upload of `name` has come; `None` if it is not under way.
    pub(super) fn progress<D: Device>(&self, device: &mut D, name: &Name) -> Result<Option<Progress>, Fault> {
        if self.phase != Phase::Receiving || self.name.as_ref() != Some(name) {
            return Ok(None);
        }
        Ok(Some(Progress { offset: self.offset, len: self.len, sha256: device.upload_hash()? }))
    }

    /// Gives the upload up, if there is one, with its part file.
    pub(super) fn abort<D: Device>(&mut self, device: &mut D) {
        if self.phase == Phase::Receiving {
            device.upload_abort();
        }
        self.phase = Phase::None;
    }

    fn begin<D: Device>(&mut self, device: &mut D, chunk: &Chunk<'_>) -> Result<(), Fault> {
        let len = chunk.len.ok_or(Fault::Request(Rc::Invalid))?;
        if len == 0 {
            return Err(Refusal::Empty.into());
        }
        self.phase = Phase::None;
        self.name = Some(*chunk.name);
        self.offset = device.upload_begin(chunk.name, len, chunk.sha256)?;
        self.len = len;
        self.phase = Phase::Receiving;
        Ok(())
    }

    fn install<D: Device>(&mut self, device: &mut D, sha256: &Digest) -> Result<(), Fault> {
        let name = needed(self.name)?;
        self.or_abort(device, |device, upload| device.upload_commit(&name, upload.len, sha256))?;
        self.phase = Phase::Committed;
        self.installed = *sha256;
        Ok(())
    }

    fn or_abort<D: Device, T>(
        &mut self,
        device: &mut D,
        action: impl FnOnce(&mut D, &Self) -> Result<T, Refusal>,
    ) -> Result<T, Fault> {
        let result = action(device, self);
        if result.is_err() {
            self.abort(device);
        }
        result.map_err(Fault::Refused)
    }
}
