//! What the tests share.
#![allow(clippy::unwrap_used)]

use std::string::String;
use std::vec::Vec;

use wasmote_fs::{ModuleStore, Name, RamFlash, UploadTarget};

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

/// The store of a small device.
pub(crate) type Store = ModuleStore<RamFlash<4096, 1>>;

/// A store with these bytes as the module `m`.
pub(crate) fn store(module: &[u8]) -> Store {
    let mut store = ModuleStore::new(RamFlash::new(64 * 1024).unwrap());
    store.format().unwrap();
    let len = u32::try_from(module.len()).unwrap();
    store.upload_begin(&UploadTarget { len, sha256: None }).unwrap();
    store.upload_append(0, module).unwrap();
    let sha256 = store.upload_hash().unwrap();
    store.upload_commit(&Name::new("m").unwrap(), len, &sha256).unwrap();
    store
}
