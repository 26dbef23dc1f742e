//! What the tests share.

use std::string::String;
use std::vec::Vec;

use crate::output::{Output, Sink};

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// What `print` prints.
pub(crate) fn printed(print: impl FnOnce(&mut Output<'_>)) -> String {
    let mut bytes = Vec::new();
    print(&mut Output::new(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}
