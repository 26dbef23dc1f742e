//! What the tests of the store share: contents, installing, and comparing a store with a model.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use embedded_storage::nor_flash::NorFlash;
use sha2::{Digest, Sha256};
use wasmote_fs::{Error, ModuleStore, Name, RamFlash, Settings, UploadTarget};

/// A serial flash: 4 KiB sectors, any byte writable.
pub(crate) type Flash = RamFlash<4096, 1>;

/// The chunk size of an upload over a serial line.
pub(crate) const CHUNK: usize = 96;

/// What a store should hold: bytes and settings by name.
pub(crate) type Model = BTreeMap<String, (Vec<u8>, Settings)>;

pub(crate) fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}

/// Makes `len` bytes that depend on `seed` and do not repeat soon.
pub(crate) fn content(seed: u32, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_769).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

pub(crate) fn settings(seed: u8) -> Settings {
    Settings([seed; 32])
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(crate) fn target(bytes: &[u8]) -> UploadTarget {
    UploadTarget { len: bytes.len() as u32, sha256: Some(sha256(bytes)) }
}

/// Makes an empty store on a flash of `size` bytes.
pub(crate) fn empty(size: usize) -> ModuleStore<Flash> {
    let mut store = ModuleStore::new(Flash::new(size).unwrap());
    store.format().unwrap();
    store.mount().unwrap();
    store
}

/// Uploads `bytes` by chunks from where the store says, and makes them the module `to`.
pub(crate) fn install<F: NorFlash, const BLOCKS: usize>(
    store: &mut ModuleStore<F, BLOCKS>,
    to: &str,
    bytes: &[u8],
) -> Result<(), Error> {
    let mut offset = store.upload_begin(&target(bytes))? as usize;
    while offset < bytes.len() {
        let end = bytes.len().min(offset + CHUNK);
        offset = store.upload_append(offset as u32, &bytes[offset..end])? as usize;
    }
    store.upload_commit(&name(to), bytes.len() as u32, &sha256(bytes))
}

/// Reads the whole module `from`.
pub(crate) fn read<F: NorFlash, const BLOCKS: usize>(
    store: &mut ModuleStore<F, BLOCKS>,
    from: &str,
) -> Vec<u8> {
    use embedded_io::Read;
    store
        .open(&name(from), |file| {
            let mut bytes = vec![0; file.len() as usize];
            file.read_exact(&mut bytes).unwrap();
            assert_eq!(file.read(&mut [0; 8]), Ok(0), "{from} goes on past its length");
            bytes
        })
        .unwrap()
}

/// Returns the names in the order of the listing.
pub(crate) fn names<F: NorFlash, const BLOCKS: usize>(store: &mut ModuleStore<F, BLOCKS>) -> Vec<String> {
    let mut names = Vec::new();
    store
        .list(|entry| {
            names.push(entry.name.as_str().to_owned());
            ControlFlow::Continue(())
        })
        .unwrap();
    names
}

/// Holds the store against the model: names, bytes, hashes, lengths and settings.
pub(crate) fn check_model<F: NorFlash, const BLOCKS: usize>(
    store: &mut ModuleStore<F, BLOCKS>,
    model: &Model,
) {
    assert_eq!(names(store), model.keys().cloned().collect::<Vec<_>>());
    for (key, (bytes, settings)) in model {
        check_module(store, key, bytes);
        assert_eq!(store.settings(&name(key)), Ok(*settings), "settings of {key}");
    }
}

/// Checks that the module `key` is wholly `bytes`.
pub(crate) fn check_module<F: NorFlash, const BLOCKS: usize>(
    store: &mut ModuleStore<F, BLOCKS>,
    key: &str,
    bytes: &[u8],
) {
    let entry = store.stat(&name(key)).unwrap();
    assert_eq!((entry.len as usize, entry.sha256), (bytes.len(), Some(sha256(bytes))), "{key}");
    assert_eq!(store.verify(&name(key)), Ok(sha256(bytes)), "{key}");
}
