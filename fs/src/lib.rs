//! The wasmote module store: modules by name on a NOR flash, safe against power cuts.
//!
//! Each module is one littlefs file, with its length, SHA-256 and load settings in user attributes. A module
//! is installed by an upload that ends in one atomic rename, so that after a power cut at any flash operation
//! each module is wholly the old one or wholly the new one.
//!
//! ```
//! use wasmote_fs::{ModuleStore, Name, RamFlash, UploadTarget};
//!
//! let mut store = ModuleStore::new(RamFlash::<4096, 1>::new(64 * 1024)?);
//! store.format()?;
//! let module = b"\0asm\x01\0\0\0";
//! let target = UploadTarget { len: 8, sha256: None };
//! let offset = store.upload_begin(&target)?;
//! store.upload_append(offset, module)?;
//! let sha256 = store.upload_hash()?;
//! store.upload_commit(&Name::new("empty")?, 8, &sha256)?;
//! assert_eq!(store.verify(&Name::new("empty")?)?, sha256);
//! # Ok::<(), wasmote_fs::Error>(())
//! ```
//!
//! # Invariants
//!
//! - A flash that does not mount is never formatted except by [`ModuleStore::format`].
//! - Nothing but an upload's buffer is allocated, and that fallibly.
//! - The store knows no WebAssembly, no console and no board.
//!
//! # RAM
//!
//! | what | bytes on thumbv7em | where |
//! |---|---|---|
//! | a store between operations, beside the flash driver | 56 | its owner |
//! | an operation, all calls included | 1,400 to 2,500 | stack |
//! | a listing, all calls included | 4,000 | stack |
//! | an open file, while the closure of [`ModuleStore::open`] runs | 1,550 | stack |
//! | an upload under way | 4,096, down to 256 if the heap has less | heap |
//!
//! Measured under QEMU (Cortex-M4, opt-level s) by the stack that a call overwrote, with [`RamFlash`] as the
//! driver. Of an operation's stack, about 850 bytes are littlefs's state, its two caches of [`CACHE_SIZE`] and
//! its map of free blocks; an open file has a third cache.
//!
//! # Image format
//!
//! littlefs disk version 2.0; blocks of 4096 bytes, or of one sector where that is larger; attribute `h` is
//! the length (4 bytes, little endian) and the SHA-256 (32 bytes), attribute `s` the settings (32 bytes). The hidden
//! file `.part` is an upload; `.boot` holds the boot line, and its attribute `f` a count of failures (1 byte).
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;
#[cfg(feature = "c-stubs")]
extern crate tinyrlibc;

mod blocks;
mod boot;
mod directory;
mod entry;
mod error;
mod files;
mod flash;
mod name;
mod reader;
mod store;
mod structure;
mod survey;
mod upload;
mod volume;

pub use boot::{BOOT_LINE_MAX, BootLine};
pub use entry::{Entry, SETTINGS_LEN, Settings, Sha256};
pub use error::Error;
#[cfg(all(feature = "std", unix))]
pub use flash::FileFlash;
pub use flash::{Cut, CutAt, PowerCut, PowerCutError, RamFlash, SimulatorError};
#[cfg(feature = "std")]
pub use flash::{Fault, Faulty, FaultyError};
pub use name::{NAME_MAX, Name};
pub use reader::ModuleReader;
pub use store::{ModuleStore, Usage};
pub use survey::Survey;
pub use upload::{RESERVED_BLOCKS, UPLOAD_BUFFER_MAX, UPLOAD_BUFFER_MIN, UploadStatus, UploadTarget};
pub use volume::{BLOCK_COUNTS, BLOCK_CYCLES, CACHE_SIZE, FIT_FLASH, LOOKAHEAD_SIZE, MIN_BLOCK_SIZE};
