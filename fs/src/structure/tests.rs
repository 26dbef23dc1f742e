//! Forged directories: right checksums, wrong entries.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::{ModuleStore, Name, RamFlash, UploadTarget};
use alloc::vec::Vec;

const SIZE: usize = 4096;
type Flash = RamFlash<SIZE, 1>;

/// A flash with modules "m" and "n".
fn flash() -> Flash {
    let mut store = ModuleStore::new(RamFlash::new(64 * 1024).unwrap());
    store.format().unwrap();
    for name in ["m", "n"] {
        store.upload_begin(&UploadTarget { len: 1, sha256: None }).unwrap();
        store.upload_append(0, b"x").unwrap();
        let sha256 = store.upload_hash().unwrap();
        store.upload_commit(&Name::new(name).unwrap(), 1, &sha256).unwrap();
    }
    store.into_flash()
}

/// Changes the tags of a block by `change`, which gets each one's type and length, and mends the checksums.
fn forge(block: &mut [u8], change: impl Fn(u32, u32) -> u32) -> u32 {
    let be = |block: &[u8], at: usize| u32::from_be_bytes(block[at..at + 4].try_into().unwrap());
    let (mut offset, mut old, mut new, mut changed) = (4, u32::MAX, u32::MAX, 0);
    let mut crc = Crc(u32::MAX);
    crc.update(&block[..4]);
    while offset + 4 <= SIZE {
        let tag = be(block, offset) ^ old;
        let size = Tag(tag).size() as usize;
        if !Tag(tag).is_valid() || offset + size > SIZE {
            break;
        }
        let forged = tag & !(0x7ff << 20) | change(Tag(tag).kind(), Tag(tag).len()) << 20;
        changed += u32::from(forged != tag);
        block[offset..offset + 4].copy_from_slice(&(forged ^ new).to_be_bytes());
        (old, new) = (tag, forged);
        crc.update(&block[offset..offset + 4]);
        if Tag(tag).is_checksum() {
            block[offset + 4..offset + 8].copy_from_slice(&crc.0.to_le_bytes());
            old ^= Tag(tag).kind() << 31;
            new ^= Tag(tag).kind() << 31;
            crc = Crc(u32::MAX);
        } else {
            crc.update(&block[offset + 4..offset + size]);
        }
        offset += size;
    }
    changed
}

/// Gives every file the type `kind`, and holds what mounting and listing say.
fn check(kind: u32, expected: Result<(), Error>) {
    let mut flash = flash();
    let mut changed = 0;
    for block in flash.as_bytes_mut().chunks_mut(SIZE).take(2) {
        changed += forge(block, |old, _| if old == FILE { kind } else { old });
    }
    assert!(changed >= 2 || kind == FILE);
    let mut store = ModuleStore::new(flash);
    assert_eq!(store.mount(), expected, "{kind:#x}");
    let mut names = Vec::new();
    let listed = store.list(|entry| {
        names.push(entry.name);
        core::ops::ControlFlow::Continue(())
    });
    assert_eq!(listed, expected, "{kind:#x}");
    assert_eq!(
        store.stat(&Name::new("m").unwrap()).err(),
        if kind == FILE { None } else { expected.err().or(Some(Error::NotFound)) }
    );
    assert_eq!(names.len(), if kind == FILE { 2 } else { 0 });
}

#[test]
fn entries_of_no_known_type_are_refused() {
    check(FILE, Ok(()));
    check(DIRECTORY, Ok(()));
    for kind in [0x000, 0x003, 0x010, 0x07f] {
        check(kind, Err(Error::Unformatted));
    }
}

#[test]
fn names_that_are_too_long_are_refused() {
    let mut flash = flash();
    // A commit of one entry with a name of 300 bytes takes the place of those that are there.
    for block in flash.as_bytes_mut()[..2 * SIZE].chunks_mut(SIZE) {
        let mut at = 4;
        let commit = [(FILE << 20 | 300, 300), (0x500 << 20 | 4, 0)];
        let mut crc = Crc(u32::MAX);
        crc.update(&block[..4]);
        let mut previous = u32::MAX;
        for (tag, len) in commit {
            block[at..at + 4].copy_from_slice(&(tag ^ previous).to_be_bytes());
            crc.update(&block[at..at + 4]);
            block[at + 4..at + 4 + len].fill(b'n');
            crc.update(&block[at + 4..at + 4 + len]);
            previous = tag;
            at += 4 + len;
        }
        block[at..at + 4].copy_from_slice(&crc.0.to_le_bytes());
    }
    assert_eq!(super::check(&mut flash, SIZE as u32, 16), Err(Error::Unformatted));
}

#[test]
fn entries_move_by_one_alone() {
    for kind in [0x400, 0x402, 0x480, 0x4e0] {
        let mut flash = flash();
        let blocks = flash.as_bytes_mut().chunks_mut(SIZE).take(2);
        let changed: u32 =
            blocks.map(|block| forge(block, |old, _| if old == CREATE { kind } else { old })).sum();
        assert!(changed > 0);
        assert_eq!(ModuleStore::new(flash).mount(), Err(Error::Unformatted), "{kind:#x}");
    }
}

#[test]
fn a_directory_is_no_module_and_keeps_its_name() {
    let mut flash = flash();
    for block in flash.as_bytes_mut().chunks_mut(SIZE).take(2) {
        // The first name of one character is that of "m".
        let first = core::cell::Cell::new(true);
        forge(
            block,
            |old, len| if old == FILE && len == 1 && first.replace(false) { DIRECTORY } else { old },
        );
    }
    let mut store = ModuleStore::new(flash);
    let [m, n] = ["m", "n"].map(|name| Name::new(name).unwrap());
    assert_eq!(store.stat(&m), Err(Error::NotFound));
    assert_eq!(store.rename(&n, &m), Err(Error::Exists));
    assert_eq!(store.rename(&m, &n), Err(Error::NotFound));
    assert_eq!(store.verify(&m), Err(Error::NotFound));
    assert_eq!(store.stat(&n).map(|entry| entry.len), Ok(1));
}
