//! Why a request fails, and how that is put into a response.
//!
//! SMP has two encodings: version 1 answers `rc` from one list of codes, with a reason in words; version 2 answers
//! `err {group, rc}` with a code of the group. A fault of the request itself is `rc` in both.

use wasmote_fs::Error as StoreError;

use super::body::{Body, Full};
use super::{GROUP_FS, GROUP_MODULES, GROUP_SHELL, Header};
use crate::error::store_says;
use crate::packed::{Packed, packed};

/// Makes the refusals from rows: behind each its codes in group 64 and in the FS group (Zephyr's `fs_mgmt_err_code_t`), the
/// code of version 1, and the number of the store's error that says the same.
macro_rules! refusals {
    ($($(#[$about:meta])* $name:ident = $code:literal, $fs:literal, $rc:ident, $says:expr;)+) => {
        /// Why the device refuses a request: the codes of group 64.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Refusal {
            $($(#[$about])* $name = $code,)+
        }

        impl Refusal {
            /// Every refusal, in the order of their codes, which begin with 1.
            pub const ALL: [Self; 16] = [$(Self::$name),+];

            const ROWS: [Row; 16] = [$(Row { fs: $fs, rc: Rc::$rc, says: $says }),+];
        }
    };
}

/// What a refusal is in a response.
struct Row {
    fs: u8,
    rc: Rc,
    /// The number of the store's error that says the same.
    says: Option<u8>,
}

refusals! {
    /// The device failed in a way that has no code of its own.
    Failed = 1, 1, Unknown, None;
    /// The store takes no file of this name: it is empty, too long or has characters that are not allowed.
    InvalidName = 2, 2, Invalid, Some(StoreError::NameInvalid as u8);
    /// No module has this name.
    NotFound = 3, 3, NoEntry, Some(StoreError::NotFound as u8);
    /// A module of 0 bytes is no module.
    Empty = 4, 16, Invalid, Some(StoreError::Empty as u8);
    /// The flash has no room for it.
    NoSpace = 5, 10, NoMemory, Some(StoreError::Full as u8);
    /// The heap has no room for it.
    NoMemory = 6, 5, NoMemory, Some(StoreError::OutOfMemory as u8);
    /// The flash does not read.
    ReadFailed = 7, 7, Unknown, Some(StoreError::Corrupt as u8);
    /// The flash does not write.
    WriteFailed = 8, 10, Unknown, Some(StoreError::Flash as u8);
    /// The flash holds no file system.
    NotMounted = 9, 14, NoEntry, Some(StoreError::Unformatted as u8);
    /// The bytes that arrived do not have the SHA-256 that was announced.
    HashMismatch = 10, 10, Corrupt, Some(StoreError::HashMismatch as u8);
    /// The chunk does not begin where the last one ended.
    WrongOffset = 11, 11, Invalid, Some(StoreError::UploadGap as u8);
    /// No upload of this name and length is complete.
    NoUpload = 12, 5, BadState, Some(StoreError::NoUpload as u8);
    /// The module is in use.
    Busy = 13, 5, Busy, None;
    /// The upload has more bytes than it announced.
    TooLong = 14, 10, Invalid, Some(StoreError::UploadLength as u8);
    /// The offset lies behind the end of the module.
    BehindEnd = 15, 12, Invalid, Some(StoreError::SeekRange as u8);
    /// The device knows no such hash or checksum.
    UnknownHash = 16, 13, Invalid, None;
}

impl Refusal {
    /// Returns the code in group 64.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the refusal with this code in group 64.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }

    fn row(self) -> &'static Row {
        const UNKNOWN: &Row = &Refusal::ROWS[0];
        Self::ROWS.get(usize::from(self.code()).wrapping_sub(1)).unwrap_or(UNKNOWN)
    }

    /// Says what is wrong and what to do, for the reason of version 1: in the store's words where it has some.
    fn text(self) -> Packed {
        match self.row().says {
            Some(number) => store_says(number),
            None => match self {
                Self::Busy => packed!("the module is in use; unload it first"),
                Self::UnknownHash => packed!("no such hash; there are crc32 and sha256"),
                _ => packed!("the device failed; its log may tell why"),
            },
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
            Self::Refused(refusal) => refusal.row().rc,
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
            GROUP_FS => Some((GROUP_FS, refusal.row().fs)),
            GROUP_MODULES => Some((GROUP_MODULES, refusal.code())),
            _ => None,
        }
    }
}
