//! What the server needs of the device.

use wasmote_fs::Name;

use super::{Output, Refusal};

/// A SHA-256.
pub type Digest = [u8; 32];

/// A module in the store.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its length, in bytes.
    pub len: u32,
    /// Its SHA-256; `None` if the store does not know it.
    pub sha256: Option<Digest>,
}

/// A task in the sense of the OS group: the shell, or a module in flight.
#[derive(Clone, Copy, Debug, Default)]
pub struct Task<'a> {
    /// Its name; names must differ.
    pub name: &'a str,
    /// Its priority; 0 where there is none.
    pub priority: u8,
    /// Zephyr's state bits: 0 running, 2 pending, 4 sleeping, 16 suspended, 128 ready.
    pub state: u8,
    /// Highest stack use, in bytes.
    pub stack_used: u32,
    /// Stack size, in bytes.
    pub stack_size: u32,
    /// Work done, in units of the device: fuel for a module.
    pub runtime: u64,
}

/// The device behind the server. Names come without path and suffix.
///
/// One upload is under way at most. Its bytes come in order and without a gap, between `upload_begin` and
/// `upload_commit` or `upload_abort`.
pub trait Device {
    /// Begins an upload of `len` bytes, at least 1, and gives another one up. Returns the offset to go on from, in
    /// bytes: 0, unless `sha256` is told and an upload of that length and hash was interrupted.
    ///
    /// # Errors
    ///
    /// The store has no room or no file system.
    fn upload_begin(&mut self, name: &Name, len: u32, sha256: Option<&Digest>) -> Result<u32, Refusal>;

    /// Takes bytes of the upload, of which `offset` is the first one's, and returns the offset that is reached; those that
    /// have arrived before are passed over.
    ///
    /// # Errors
    ///
    /// They go past the announced length, or the flash is full or fails. The server then aborts the upload.
    fn upload_append(&mut self, offset: u32, data: &[u8]) -> Result<u32, Refusal>;

    /// Returns the SHA-256 of the bytes that have arrived; more may follow.
    ///
    /// # Errors
    ///
    /// The bytes cannot be read.
    fn upload_hash(&mut self) -> Result<Digest, Refusal>;

    /// Makes the complete upload the module `name`, at once or not at all.
    ///
    /// # Errors
    ///
    /// The bytes do not have this SHA-256, the flash is full or fails, or the module is in use. The server then
    /// aborts the upload.
    fn upload_commit(&mut self, name: &Name, len: u32, sha256: &Digest) -> Result<(), Refusal>;

    /// Gives the upload up. Without an upload, nothing happens.
    fn upload_abort(&mut self);

    /// Returns the length of a module, in bytes.
    ///
    /// # Errors
    ///
    /// There is no such module.
    fn stat(&mut self, name: &Name) -> Result<u32, Refusal>;

    /// Reads a module from `offset` into `buffer` and returns how many bytes: fewer only at the end of the module.
    ///
    /// # Errors
    ///
    /// There is no such module, or the flash fails.
    fn read_at(&mut self, name: &Name, offset: u32, buffer: &mut [u8]) -> Result<usize, Refusal>;

    /// Returns the SHA-256 of `len` bytes of a module from `offset` on; the range lies within the module.
    ///
    /// # Errors
    ///
    /// There is no such module, or the flash fails.
    fn hash(&mut self, name: &Name, offset: u32, len: u32) -> Result<Digest, Refusal>;

    /// Calls `each` for the modules from number `from` on, in an order that stays, until it returns false.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn list(&mut self, from: u32, each: &mut dyn FnMut(&Module<'_>) -> bool) -> Result<(), Refusal>;

    /// Deletes a module.
    ///
    /// # Errors
    ///
    /// There is no such module, or it is in use.
    fn delete(&mut self, name: &Name) -> Result<(), Refusal>;

    /// Runs a command line, as if it had been typed, with its output to `out`; returns its status, 0 for success.
    fn exec(&mut self, line: &str, out: &mut Output<'_>) -> i32;

    /// Calls `each` for every task.
    fn tasks(&mut self, each: &mut dyn FnMut(&Task<'_>));
}
