//! The session as the management protocol sees it.

use core::ops::ControlFlow;
use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::{Error as StoreError, Name, UploadTarget};

use crate::board::Board;
use crate::context::Target;
use crate::session::Session;
use crate::smp::{Device, Digest, Module, Output, Refusal, Task};

/// The refusal for a store's error.
fn refusal(error: StoreError) -> Refusal {
    match error {
        StoreError::NotFound => Refusal::NotFound,
        StoreError::Full => Refusal::NoSpace,
        StoreError::Unformatted | StoreError::Geometry => Refusal::NotMounted,
        StoreError::NameInvalid => Refusal::InvalidName,
        StoreError::NoUpload => Refusal::NoUpload,
        StoreError::UploadLength => Refusal::TooLong,
        StoreError::UploadGap => Refusal::WrongOffset,
        StoreError::HashMismatch => Refusal::HashMismatch,
        StoreError::Empty => Refusal::Empty,
        StoreError::SeekRange => Refusal::BehindEnd,
        StoreError::OutOfMemory => Refusal::NoMemory,
        StoreError::Corrupt => Refusal::ReadFailed,
        StoreError::Flash => Refusal::WriteFailed,
        StoreError::Exists | StoreError::Unrecorded | StoreError::Littlefs => Refusal::Failed,
    }
}

impl<B: Board, F: NorFlash> Device for Session<'_, B, F> {
    fn upload_begin(&mut self, _: &Name, len: u32, sha256: Option<&Digest>) -> Result<u32, Refusal> {
        let target = UploadTarget { len, sha256: sha256.copied() };
        self.store.upload_begin(&target).map_err(refusal)
    }

    fn upload_append(&mut self, offset: u32, data: &[u8]) -> Result<u32, Refusal> {
        self.store.upload_append(offset, data).map_err(refusal)
    }

    fn upload_hash(&mut self) -> Result<Digest, Refusal> {
        self.store.upload_hash().map_err(refusal)
    }

    fn upload_commit(&mut self, name: &Name, len: u32, sha256: &Digest) -> Result<(), Refusal> {
        self.store.upload_commit(name, len, sha256).map_err(refusal)
    }

    fn upload_abort(&mut self) {
        // An upload that cannot be removed is swept at the next boot.
        let _ = self.store.upload_abort();
    }

    fn stat(&mut self, name: &Name) -> Result<u32, Refusal> {
        self.store.stat(name).map(|entry| entry.len).map_err(refusal)
    }

    fn read_at(&mut self, name: &Name, offset: u32, buffer: &mut [u8]) -> Result<usize, Refusal> {
        self.store.read_at(name, offset, buffer).map_err(refusal)
    }

    fn hash(&mut self, name: &Name, offset: u32, len: u32) -> Result<Digest, Refusal> {
        let end = offset.checked_add(len).ok_or(Refusal::BehindEnd)?;
        self.store.hash(name, offset..end).map_err(refusal)
    }

    fn list(&mut self, from: u32, each: &mut dyn FnMut(&Module<'_>) -> bool) -> Result<(), Refusal> {
        let mut index = 0u32;
        let listed = self.store.list(|entry| {
            let wanted = index >= from;
            index = index.saturating_add(1);
            let module = Module { name: entry.name.as_str(), len: entry.len, sha256: entry.sha256 };
            if wanted && !each(&module) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        listed.map_err(refusal)
    }

    fn delete(&mut self, name: &Name) -> Result<(), Refusal> {
        self.store.remove(name).map_err(refusal)
    }

    fn exec(&mut self, line: &str, out: &mut Output<'_>) -> i32 {
        let failed = self.failed;
        let done = self.execute("", line, Target::Buffer(out));
        // The status is the client's, not that of the console's input.
        self.failed = failed;
        if done { 0 } else { 1 }
    }

    fn tasks(&mut self, each: &mut dyn FnMut(&Task<'_>)) {
        let stack = self.console.board().stack().unwrap_or_default();
        let bytes = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        each(&Task {
            name: SHELL,
            stack_used: bytes(stack.peak),
            stack_size: bytes(stack.total),
            ..Task::default()
        });
        for loaded in self.instances.iter() {
            each(&Task {
                name: loaded.alias.as_str(),
                priority: 0,
                state: SUSPENDED,
                stack_used: bytes(loaded.stack_peak),
                stack_size: loaded.options.stack,
                runtime: loaded.fuel,
            });
        }
    }
}

/// The task that the shell is, named as no instance can be: a response names each task once.
const SHELL: &str = "(shell)";

/// Zephyr's state bit of a task that does not run.
const SUSPENDED: u8 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_instance_has_the_name_of_the_shell() {
        assert!(Name::new(SHELL).is_err());
    }
}
