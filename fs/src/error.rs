//! What can go wrong in the store, as one small value.

use littlefs2::io::Error as LittlefsError;

/// Makes the errors and what they say from the same rows.
macro_rules! errors {
    ($($(#[$about:meta])* $name:ident: $message:literal,)+) => {
        /// What an operation of the store failed with.
        ///
        /// After any error the store is as it was before the operation, unless the variant says otherwise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Error {
            $($(#[$about])* $name,)+
        }

        impl Error {
            /// What the errors say, a line each, in their order: [`NotFound`](Self::NotFound), which is 0 as a number, has
            /// the first one.
            pub const MESSAGES: &str = concat!($($message, "\n"),+);
        }
    };
}
errors! {
    /// No module has this name. The user lists the names.
    NotFound: "no such module; see ls",
    /// The new name is taken. The user removes that module first.
    Exists: "that name is taken; remove that module first",
    /// The flash has no room. An upload that fails so has given its space back; the user removes modules.
    Full: "no room on flash; remove a module",
    /// The bytes on flash are not those that were installed, or the file system's structure is damaged.
    /// The user installs the module again; if the error stays, they format.
    Corrupt: "the module is damaged on flash; install it again",
    /// The flash holds no file system, or one that is damaged beyond mounting. The user formats.
    Unformatted: "the flash holds no readable file system; format it, which erases it",
    /// The flash holds a file system of another size, sector size or version, or is too small for one.
    /// The user gives the flash the size that the image was made for, or formats.
    Geometry: "the file system is of another size or version; set the flash size, or format",
    /// The name is not 1 to 32 characters of `A-Z a-z 0-9 . _ -`, or it starts with a dot.
    NameInvalid: "a name has 1 to 32 of A-Z a-z 0-9 . _ - and starts with no dot; choose another",
    /// No upload has been begun since the store was mounted. The client begins it again.
    NoUpload: "no upload is under way; begin one",
    /// A chunk starts after the end of what has arrived. The client asks the status and goes on from there.
    UploadGap: "a chunk is missing before this one; go on from the upload's status",
    /// A chunk goes past the announced length, or the module is committed at another length than has
    /// arrived. What has arrived is kept; the client sends the missing bytes or begins anew.
    UploadLength: "the upload is not of the announced length; send all of it",
    /// The bytes on flash do not have the announced SHA-256. They are removed; the client sends them again.
    HashMismatch: "the upload does not have the announced SHA-256; send it again",
    /// A module of no bytes. The user installs a file that has some.
    Empty: "a module has at least one byte; install another file",
    /// The file has no recorded hash to check against: another tool put it there. The user installs it
    /// again.
    Unrecorded: "the file has no recorded hash; install it again",
    /// A seek before the start of a file or past its end.
    SeekRange: "a seek outside of the file; stay within its length",
    /// The heap has no room for the smallest upload buffer. The user unloads modules.
    OutOfMemory: "no memory for an upload; unload a module",
    /// The flash driver refused an operation. The user checks the hardware or the flash file.
    Flash: "the flash refused an operation; check it",
    /// littlefs failed in a way the store does not expect. The user formats if it stays.
    Littlefs: "the file system failed; format if it stays",
}

impl Error {
    /// Returns what is wrong and what to do, separated by a semicolon, without a final full stop.
    pub fn message(self) -> &'static str {
        Self::MESSAGES.lines().nth(self as usize).unwrap_or_default()
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Error {}

impl embedded_io::Error for Error {
    fn kind(&self) -> embedded_io::ErrorKind {
        match self {
            Self::NotFound => embedded_io::ErrorKind::NotFound,
            Self::Exists => embedded_io::ErrorKind::AlreadyExists,
            Self::Corrupt | Self::HashMismatch => embedded_io::ErrorKind::InvalidData,
            Self::NameInvalid | Self::SeekRange => embedded_io::ErrorKind::InvalidInput,
            Self::OutOfMemory => embedded_io::ErrorKind::OutOfMemory,
            _ => embedded_io::ErrorKind::Other,
        }
    }
}

impl From<LittlefsError> for Error {
    fn from(error: LittlefsError) -> Self {
        match error {
            LittlefsError::NO_SUCH_ENTRY | LittlefsError::PATH_IS_DIR => Self::NotFound,
            LittlefsError::ENTRY_ALREADY_EXISTED => Self::Exists,
            LittlefsError::NO_SPACE | LittlefsError::FILE_TOO_BIG => Self::Full,
            LittlefsError::CORRUPTION => Self::Corrupt,
            // Nothing but the flash's driver fails so.
            LittlefsError::IO => Self::Flash,
            _ => Self::Littlefs,
        }
    }
}
