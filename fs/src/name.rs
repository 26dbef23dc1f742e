//! The checked name of a module.

use core::ffi::CStr;
use core::fmt;
use core::str::FromStr;

use littlefs2::path::Path;

use crate::Error;

/// The longest name in bytes.
pub const NAME_MAX: usize = 32;

/// A module's name: 1 to [`NAME_MAX`] characters of `[A-Za-z0-9._-]`, not starting with a dot.
///
/// The store's own files start with a dot, so that no name can mean one of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The characters and zeros after them, at least one: a C string.
    bytes: [u8; NAME_MAX + 1],
}

impl Name {
    /// Checks `name`, or fails with [`Error::NameInvalid`].
    pub fn new(name: &str) -> Result<Self, Error> {
        Self::from_bytes(name.as_bytes())
    }

    /// Checks `name` as it came from the line or the flash, or fails with [`Error::NameInvalid`].
    pub fn from_bytes(name: &[u8]) -> Result<Self, Error> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if name.is_empty() || name.len() > NAME_MAX || name.starts_with(b".") || !name.iter().all(allowed) {
            return Err(Error::NameInvalid);
        }
        let mut bytes = [0; NAME_MAX + 1];
        for (to, from) in bytes.iter_mut().zip(name) {
            *to = *from;
        }
        Ok(Self { bytes })
    }

    /// The name of a file that the store keeps beside the modules: at most [`NAME_MAX`] bytes that begin with a dot.
    pub(crate) const fn own(name: &[u8]) -> Self {
        let mut bytes = [0; NAME_MAX + 1];
        let mut at = 0;
        while at < name.len() {
            bytes[at] = name[at];
            at += 1;
        }
        Self { bytes }
    }

    /// Returns the characters.
    pub fn as_str(&self) -> &str {
        self.path().as_str()
    }

    /// Returns the path of the file in the root directory.
    pub(crate) fn path(&self) -> &Path {
        let terminated = CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default();
        Path::from_cstr(terminated).unwrap_or(littlefs2::path!(""))
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names() {
        let check = |name: &str, valid: bool| {
            assert_eq!(Name::new(name).is_ok(), valid, "{name:?}");
            if valid {
                assert_eq!(Name::new(name).unwrap().as_str(), name);
            }
        };
        check("a", true);
        check("calc-2.0_rc1.wasm", true);
        check("12345678901234567890123456789012", true);
        check("123456789012345678901234567890123", false);
        for name in ["", ".", "..", ".part", "a/b", "a b", "é", "a\0", "a\n", "*"] {
            check(name, false);
        }
    }
}
