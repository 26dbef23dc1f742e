//! Why a request fails, and how that is put into a response.
//!
//! SMP has two encodings: version 1 answers `rc` from one list of codes, with a reason in words; version 2 answers
//! `err {group, rc}` with a code of the group. A fault of the request itself is `rc` in both.

use embedded_storage::nor_flash::NorFlashErrorKind;
use wasmote_fs::Error as StoreError;

use super::body::{Body, Full};
use super::{GROUP_FS, GROUP_MODULES, GROUP_SHELL, Header};
use crate::error::store_says;
use crate::packed::{Packed, packed};

/// Why the device refuses a request: the codes of group 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
    /// The device failed in a way that has no code of its own.
    Failed = 1,
    /// The store takes no file of this name: it is empty, too long or has characters that are not allowed.
    InvalidName = 2,
    /// No module has this name.
    NotFound = 3,
    /// A module of 0 bytes is no module.
    Empty = 4,
    /// The flash has no room for it.
    NoSpace = 5,
    /// The heap has no room for it.
    NoMemory = 6,
    /// The flash does not read.
    ReadFailed = 7,
    /// The flash does not write.
    WriteFailed = 8,
    /// The flash holds no file system.
    NotMounted = 9,
    /// The bytes that arrived do not have the SHA-256 that was announced.
    HashMismatch = 10,
    /// The chunk does not begin where the last one ended.
    WrongOffset = 11,
    /// No upload of this name and length is complete.
    NoUpload = 12,
    /// The module is in use.
    Busy = 13,
    /// The upload has more bytes than it announced.
    TooLong = 14,
    /// The offset lies behind the end of the module.
    BehindEnd = 15,
    /// The device knows no such hash or checksum.
    UnknownHash = 16,
}

impl Refusal {
    /// Every refusal, in the order of their codes.
    pub const ALL: [Self; 16] = [
        Self::Failed,
        Self::InvalidName,
        Self::NotFound,
        Self::Empty,
        Self::NoSpace,
        Self::NoMemory,
        Self::ReadFailed,
        Self::WriteFailed,
        Self::NotMounted,
        Self::HashMismatch,
        Self::WrongOffset,
        Self::NoUpload,
        Self::Busy,
        Self::TooLong,
        Self::BehindEnd,
        Self::UnknownHash,
    ];

    /// Returns the code in group 64.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the refusal with this code in group 64.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }

    /// Says what is wrong and what to do, for the reason of version 1: in the store's words where it has some.
    const fn text(self) -> Packed {
        let error = match self {
            Self::Failed => return packed!("the device failed; its log may tell why"),
            Self::Busy => return packed!("the module is in use; unload it first"),
            Self::UnknownHash => return packed!("no such hash; there are crc32 and sha256"),
            Self::InvalidName => StoreError::NameInvalid,
            Self::NotFound => StoreError::NotFound,
            Self::Empty => StoreError::Empty,
            Self::NoSpace => StoreError::Full,
            Self::NoMemory => StoreError::OutOfMemory,
            Self::ReadFailed => StoreError::Corrupt,
            Self::WriteFailed => StoreError::Flash(NorFlashErrorKind::Other),
            Self::NotMounted => StoreError::Unformatted,
            Self::HashMismatch => StoreError::HashMismatch,
            Self::WrongOffset => StoreError::UploadGap,
            Self::NoUpload => StoreError::NoUpload,
            Self::TooLong => StoreError::UploadLength,
            Self::BehindEnd => StoreError::SeekRange,
        };
        store_says(error)
    }

    /// Returns the code in the FS group (Zephyr's `fs_mgmt_err_code_t`).
    const fn fs_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::InvalidName => 2,
            Self::NotFound => 3,
            Self::NoMemory | Self::Busy | Self::NoUpload => 5,
            Self::ReadFailed => 7,
            Self::NoSpace | Self::WriteFailed | Self::HashMismatch | Self::TooLong => 10,
            Self::WrongOffset => 11,
            Self::BehindEnd => 12,
            Self::UnknownHash => 13,
            Self::NotMounted => 14,
            Self::Empty => 16,
        }
    }

    /// Returns the code of version 1.
    const fn rc(self) -> Rc {
        match self {
            Self::Failed | Self::ReadFailed | Self::WriteFailed => Rc::Unknown,
            Self::NoSpace | Self::NoMemory => Rc::NoMemory,
            Self::NotFound | Self::NotMounted => Rc::NoEntry,
            Self::NoUpload => Rc::BadState,
            Self::HashMismatch => Rc::Corrupt,
            Self::Busy => Rc::Busy,
            _ => Rc::Invalid,
        }
    }
}

/// Codes that every group shares (Zephyr's `mcumgr_err_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Rc {
    Unknown = 1,
    NoMemory = 2,
    Invalid = 3,
    NoEntry = 5,
    BadState = 6,
    MessageSize = 7,
    NotSupported = 8,
    Corrupt = 9,
    Busy = 10,
    TooNew = 13,
}

/// Why a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The request is wrong in itself.
    Request(Rc),
    /// The device refuses it.
    Refused(Refusal),
    /// The chunk of an upload should have begun elsewhere, where the upload tells.
    Offset,
    /// The command line is too long.
    CommandTooLong,
    /// The command line is empty.
    CommandEmpty,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Full> for Fault {
    fn from(_: Full) -> Self {
        Self::Request(Rc::MessageSize)
    }
}

impl Fault {
    /// Writes the body of the response to `request`; an upload should go on at `expected`.
    pub(super) fn encode(self, request: &Header, expected: u32, body: &mut Body<'_>) {
        let grouped = self.group_code(request.group).filter(|_| request.version > 0);
        let offset = self == Self::Offset;
        if let Some((group, code)) = grouped {
            body.map(if offset { 2 } else { 1 });
            body.key("err").map(2).number("group", group.into()).number("rc", code.into());
            if offset {
                body.number("len", expected);
            }
            return;
        }
        let alone = !matches!(self, Self::Offset | Self::Refused(_));
        body.map(if alone { 1 } else { 2 }).number("rc", (self.rc() as u8).into());
        if offset {
            body.number("off", expected);
        }
        if let Self::Refused(refusal) = self {
            body.key("rsn").packed(refusal.text());
        }
    }

    fn rc(self) -> Rc {
        match self {
            Self::Request(rc) => rc,
            Self::Refused(refusal) => refusal.rc(),
            Self::Offset | Self::CommandTooLong | Self::CommandEmpty => Rc::Invalid,
        }
    }

    /// Returns group and code for version 2; `None` for a fault that is `rc` there too.
    fn group_code(self, group: u16) -> Option<(u16, u8)> {
        let refusal = match self {
            Self::Request(_) => return None,
            Self::CommandTooLong => return Some((GROUP_SHELL, 2)),
            Self::CommandEmpty => return Some((GROUP_SHELL, 3)),
            Self::Offset => Refusal::WrongOffset,
            Self::Refused(refusal) => refusal,
        };
        match group {
            GROUP_FS => Some((GROUP_FS, refusal.fs_code())),
            GROUP_MODULES => Some((GROUP_MODULES, refusal.code())),
            _ => None,
        }
    }
}
