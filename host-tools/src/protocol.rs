//! Group 64: wasmote's own SMP commands, as `shell/src/smp/modules.rs` answers them.

use mcumgr_toolkit::commands::McuMgrCommand;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};

/// The group of wasmote's commands.
pub const GROUP: u16 = 64;

/// The path separator and suffix need no place in a module's name, so any name of these characters is its path.
pub const NAME_RULE: &str = "1 to 32 of A-Z a-z 0-9 . _ - and no dot in front";

/// Tells whether a module may have this name, which is for the store to say.
pub fn is_name(name: &str) -> bool {
    wasmote_fs::Name::new(name).is_ok()
}

/// Asks for the modules from number `from` on.
#[derive(Debug, Serialize)]
pub struct List {
    /// Number of the first module.
    pub from: u32,
}

/// The modules, as many as fit a packet.
#[derive(Debug, Deserialize)]
pub struct Listed {
    /// The modules.
    pub modules: Vec<Listing>,
    /// More follow.
    pub more: bool,
}

/// A module on the device.
#[derive(Debug, Deserialize)]
pub struct Listing {
    /// Its name.
    pub name: String,
    /// Its length, in bytes.
    pub len: u32,
    /// Its SHA-256, if the store knows it.
    pub sha256: Option<ByteBuf>,
}

/// Installs what was uploaded.
#[derive(Debug, Serialize)]
pub struct Commit<'a> {
    /// Name of the module.
    pub name: &'a str,
    /// Its length, in bytes.
    pub len: u32,
    /// Its SHA-256.
    pub sha256: &'a Bytes,
}

/// Deletes a module.
#[derive(Debug, Serialize)]
pub struct Delete<'a> {
    /// Name of the module.
    pub name: &'a str,
}

/// Asks how far an upload has come.
#[derive(Debug, Serialize)]
pub struct Resume<'a> {
    /// Name of the module.
    pub name: &'a str,
}

/// How far an upload has come.
#[derive(Debug, Deserialize)]
pub struct Resumable {
    /// Bytes that have arrived.
    pub off: u32,
    /// SHA-256 of those bytes; absent without an upload.
    pub sha256: Option<ByteBuf>,
}

/// A chunk of a module.
#[derive(Debug, Serialize)]
pub struct Upload<'a> {
    /// Where it begins, in bytes.
    pub off: u32,
    /// Its bytes.
    pub data: &'a Bytes,
    /// Name of the module.
    pub name: &'a str,
    /// Length of the module, in bytes; with the first chunk only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub len: Option<u32>,
    /// SHA-256 of the module; with the first chunk only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<&'a Bytes>,
}

/// Bytes of an [`Upload`] beside its data and name: header, map, keys, and numbers at their longest.
pub const UPLOAD_OVERHEAD: usize = 8 + 1 + (4 + 5) + (5 + 3) + (5 + 2);

/// The offset that an upload has reached.
#[derive(Debug, Deserialize)]
pub struct Uploaded {
    /// Bytes that have arrived.
    pub off: u32,
}

/// A response without content.
#[derive(Debug, Deserialize)]
pub struct Done {}

/// Declares commands: request, response, whether it writes, and its number.
macro_rules! commands {
    ($($request:ty => $response:ty, $write:literal, $number:literal;)*) => {$(
        impl McuMgrCommand for $request {
            type Payload = Self;
            type Response = $response;

            fn is_write_operation(&self) -> bool {
                $write
            }

            fn group_id(&self) -> u16 {
                GROUP
            }

            fn command_id(&self) -> u8 {
                $number
            }

            fn data(&self) -> &Self {
                self
            }
        }
    )*};
}

commands! {
    List => Listed, false, 0;
    Commit<'_> => Done, true, 1;
    Delete<'_> => Done, true, 2;
    Resume<'_> => Resumable, false, 3;
    Upload<'_> => Uploaded, true, 4;
}

/// Code of group 64 for a chunk at a wrong offset.
pub const WRONG_OFFSET: i32 = 11;

/// Says what a code of group 64 means and what to do.
pub fn refusal(code: i32) -> &'static str {
    match code {
        2 => "the name is not allowed; choose 1 to 32 of A-Z a-z 0-9 . _ -",
        3 => "no such module; `wasmote ls` shows those there are",
        4 => "the file is empty; a module has at least 8 bytes",
        5 => "the flash is full; `wasmote rm` makes room",
        6 => "the heap is full; `wasmote shell unload NAME` makes room",
        7 => "the flash does not read",
        8 => "the flash does not write",
        9 => "the flash holds no file system; `wasmote shell format` makes one, which erases it",
        10 => "the SHA-256 differs: bytes were lost or changed on the way; install again",
        WRONG_OFFSET => "the upload is at another offset; install again",
        12 => "the upload is gone: something else began one; install again",
        13 => "the module is in use; `wasmote shell unload NAME` first",
        14 => "the upload has more bytes than it announced; install again",
        15 => "the offset lies behind the end of the module",
        16 => "the device does not know that hash",
        _ => "the device failed",
    }
}
