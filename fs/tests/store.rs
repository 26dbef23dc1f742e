//! The store as its users see it: installing, reading, and every refusal.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use embedded_io::{Read, Seek, SeekFrom};
use wasmote_fs::{Error, ModuleStore, Settings, Sha256, UploadTarget};

const KIB: usize = 1024;

#[test]
fn modules_of_any_length_come_back() {
    let mut store = empty(1024 * KIB);
    for len in [1, 242, 255, 256, 257, 4095, 4096, 4097, 8188, 8189, 100 * KIB, 500 * KIB] {
        let bytes = content(len as u32, len);
        install(&mut store, "module.wasm", &bytes).unwrap();
        assert_eq!(read(&mut store, "module.wasm"), bytes, "{len}");
        check_module(&mut store, "module.wasm", &bytes);
    }
}

#[test]
fn a_reboot_keeps_everything() {
    let mut store = empty(256 * KIB);
    install(&mut store, "b", &content(1, 5000)).unwrap();
    install(&mut store, "a", &content(2, 100)).unwrap();
    store.set_settings(&name("b"), &settings(7)).unwrap();
    let mut store = ModuleStore::new(store.into_flash());
    store.mount().unwrap();
    let model = Model::from([
        ("b".into(), (content(1, 5000), settings(7))),
        ("a".into(), (content(2, 100), Settings::default())),
    ]);
    check_model(&mut store, &model);
}

#[test]
fn reinstalling_replaces_the_bytes_and_keeps_the_settings() {
    let mut store = empty(256 * KIB);
    install(&mut store, "m", &content(1, 9000)).unwrap();
    store.set_settings(&name("m"), &settings(3)).unwrap();
    let used = store.usage().unwrap();
    for seed in 2..30 {
        install(&mut store, "m", &content(seed, 9000)).unwrap();
        check_model(&mut store, &Model::from([("m".into(), (content(seed, 9000), settings(3)))]));
        assert_eq!(store.usage().unwrap(), used, "space leaks");
    }
    store.set_settings(&name("m"), &Settings::default()).unwrap();
    assert_eq!(store.settings(&name("m")), Ok(Settings::default()));
}

#[test]
fn a_reader_streams_and_seeks() {
    let bytes = content(5, 20_000);
    let mut store = empty(256 * KIB);
    install(&mut store, "m", &bytes).unwrap();
    store
        .open(&name("m"), |file| {
            let mut check = |to: SeekFrom, expected: Result<u64, Error>| {
                let before = file.position();
                assert_eq!(file.seek(to), expected, "{to:?}");
                let at = expected.unwrap_or(u64::from(before)) as usize;
                let mut chunk = [0; 256];
                let count = file.read(&mut chunk).unwrap();
                assert_eq!(chunk[..count], bytes[at..bytes.len().min(at + 256)], "after {to:?}");
            };
            check(SeekFrom::Start(0), Ok(0));
            check(SeekFrom::Start(10_000), Ok(10_000));
            check(SeekFrom::Current(-300), Ok(9956));
            check(SeekFrom::Start(9960), Ok(9960));
            check(SeekFrom::End(-1), Ok(19_999));
            check(SeekFrom::End(0), Ok(20_000));
            check(SeekFrom::End(1), Err(Error::SeekRange));
            check(SeekFrom::Start(u64::MAX), Err(Error::SeekRange));
            check(SeekFrom::End(i64::MIN), Err(Error::SeekRange));
            check(SeekFrom::Start(3), Ok(3));
            check(SeekFrom::Current(i64::MIN), Err(Error::SeekRange));
        })
        .unwrap();
    let mut chunk = [0; 100];
    assert_eq!(store.read_at(&name("m"), 19_950, &mut chunk), Ok(50));
    assert_eq!(chunk[..50], bytes[19_950..]);
    for past in [20_000, 20_001, u32::MAX] {
        assert_eq!(store.read_at(&name("m"), past, &mut chunk), Ok(0));
    }
    assert_eq!(store.hash(&name("m"), 100..5000), Ok(sha256(&bytes[100..5000])));
    assert_eq!(store.hash(&name("m"), 5000..u32::MAX), Ok(sha256(&bytes[5000..])));
    assert_eq!(store.hash(&name("m"), u32::MAX..u32::MAX), Ok(sha256(&[])));
}

#[test]
fn names_lead_to_modules_or_errors() {
    let mut store = empty(256 * KIB);
    install(&mut store, "a", b"a").unwrap();
    install(&mut store, "b", b"b").unwrap();
    let (a, b, c) = (name("a"), name("b"), name("c"));
    assert_eq!(store.rename(&a, &b), Err(Error::Exists));
    assert_eq!(store.rename(&c, &c), Err(Error::NotFound));
    assert_eq!(store.rename(&c, &a), Err(Error::NotFound));
    assert_eq!(store.rename(&a, &a), Ok(()));
    assert_eq!(store.rename(&a, &c), Ok(()));
    assert_eq!(names(&mut store), ["b", "c"]);
    assert_eq!(read(&mut store, "c"), b"a");
    assert_eq!(store.remove(&a), Err(Error::NotFound));
    assert_eq!(store.stat(&a), Err(Error::NotFound));
    assert_eq!(store.verify(&a), Err(Error::NotFound));
    assert_eq!(store.settings(&a), Err(Error::NotFound));
    assert_eq!(store.set_settings(&a, &settings(1)), Err(Error::NotFound));
    assert_eq!(store.open(&a, |_| ()), Err(Error::NotFound));
    assert_eq!(store.remove(&c), Ok(()));
    assert_eq!(names(&mut store), ["b"]);
}

#[test]
fn chunks_may_repeat_and_overlap() {
    let bytes = content(1, 10_000);
    let mut store = empty(256 * KIB);
    assert_eq!(store.upload_append(0, &bytes), Err(Error::NoUpload));
    assert_eq!(store.upload_begin(&target(&bytes)), Ok(0));
    assert_eq!(store.upload_append(0, &bytes[..6000]), Ok(6000));
    assert_eq!(store.upload_append(0, &bytes[..100]), Ok(6000));
    assert_eq!(store.upload_append(5900, &bytes[5900..6100]), Ok(6100));
    assert_eq!(store.upload_append(6100, &[]), Ok(6100));
    assert_eq!(store.upload_append(6101, &bytes[6101..]), Err(Error::UploadGap));
    assert_eq!(store.upload_append(6100, &[0; 4000]), Err(Error::UploadLength));
    assert_eq!(store.upload_append(u32::MAX, &[0; 4000]), Err(Error::UploadGap));
    let status = store.upload_status().unwrap().unwrap();
    assert_eq!((status.received, status.stored, status.target), (6100, 4096, target(&bytes)));
    assert_eq!(store.upload_hash(), Ok(sha256(&bytes[..6100])));
    assert_eq!(store.upload_commit(&name("m"), 6100, &sha256(&bytes)), Err(Error::UploadLength));
    assert_eq!(store.upload_append(6100, &bytes[6100..]), Ok(10_000));
    assert_eq!(store.upload_commit(&name("m"), 10_000, &sha256(&bytes)), Ok(()));
    assert_eq!(read(&mut store, "m"), bytes);
    assert_eq!(store.upload_status(), Ok(None));
    assert_eq!(store.upload_hash(), Err(Error::NoUpload));
}

#[test]
fn uploads_resume_after_a_reboot_if_they_told_their_hash() {
    let bytes = content(1, 30_000);
    let other = content(2, 30_000);
    let check = |sha256: Option<Sha256>, then: &[u8], expected: u32| {
        let mut store = empty(256 * KIB);
        let free = store.usage().unwrap().free;
        assert_eq!(store.upload_begin(&UploadTarget { len: 30_000, sha256 }), Ok(0));
        assert_eq!(store.upload_append(0, &bytes[..20_000]), Ok(20_000));
        let mut store = ModuleStore::new(store.into_flash());
        store.mount().unwrap();
        if sha256.is_none() {
            assert_eq!(store.usage().unwrap().free, free, "a part file that is of no use stays");
        }
        assert_eq!(store.upload_begin(&target(then)), Ok(expected));
        store.upload_append(expected, &then[expected as usize..]).unwrap();
        store.upload_commit(&name("m"), 30_000, &common::sha256(then)).unwrap();
        assert_eq!(read(&mut store, "m"), then);
    };
    // Four blocks are full after 20,000 bytes.
    check(Some(sha256(&bytes)), &bytes, 4096 + 4092 + 4088 + 4092);
    check(Some(sha256(&bytes)), &other, 0);
    check(Some(sha256(&bytes)), &bytes[..30_000], 16_368);
    check(None, &bytes, 0);
}

#[test]
fn a_suspended_upload_resumes_and_an_aborted_one_is_gone() {
    let bytes = content(1, 30_000);
    let mut store = empty(256 * KIB);
    let free = store.usage().unwrap().free;
    store.upload_begin(&target(&bytes)).unwrap();
    store.upload_append(0, &bytes[..20_000]).unwrap();
    assert_eq!(store.upload_begin(&target(&bytes)), Ok(20_000));
    store.upload_suspend();
    assert_eq!(store.upload_status().unwrap().unwrap().received, 16_368);
    assert_eq!(store.upload_begin(&target(&bytes)), Ok(16_368));
    store.upload_abort().unwrap();
    assert_eq!(store.upload_status(), Ok(None));
    assert_eq!(store.usage().unwrap().free, free);
    assert_eq!(store.upload_begin(&target(&bytes)), Ok(0));
}

#[test]
fn a_wrong_hash_or_no_bytes_leave_the_old_module_and_the_space() {
    let bytes = content(1, 9000);
    let mut store = empty(256 * KIB);
    install(&mut store, "m", b"old").unwrap();
    let usage = store.usage().unwrap();
    store.upload_begin(&target(&bytes)).unwrap();
    store.upload_append(0, &content(2, 9000)).unwrap();
    assert_eq!(store.upload_commit(&name("m"), 9000, &sha256(&bytes)), Err(Error::HashMismatch));
    assert_eq!(store.upload_begin(&UploadTarget { len: 0, sha256: None }), Err(Error::Empty));
    assert_eq!(store.usage(), Ok(usage));
    assert_eq!(read(&mut store, "m"), b"old");
}

#[test]
fn a_full_flash_refuses_and_stays_usable() {
    let mut store = empty(64 * KIB);
    let mut model = Model::new();
    let mut refused = 0;
    for seed in 0..30 {
        let bytes = content(seed, 3000 + 700 * seed as usize % 9000);
        let before = store.usage().unwrap();
        match install(&mut store, &format!("m{seed}"), &bytes) {
            Ok(()) => drop(model.insert(format!("m{seed}"), (bytes, Settings::default()))),
            Err(error) => {
                assert_eq!((error, store.usage().unwrap()), (Error::Full, before));
                refused += 1;
            }
        }
        check_model(&mut store, &model);
    }
    assert!(refused > 10, "the flash was never full");
    let too_long = UploadTarget { len: u32::MAX, sha256: None };
    assert_eq!(store.upload_begin(&too_long), Err(Error::Full));
    for key in model.keys() {
        store.remove(&name(key)).unwrap();
    }
    assert_eq!(store.usage(), empty(64 * KIB).usage());
}

#[test]
fn damage_is_found_and_named() {
    let mut store = empty(256 * KIB);
    let bytes = content(9, 20_000);
    install(&mut store, "good", &content(8, 20_000)).unwrap();
    install(&mut store, "bad", &bytes).unwrap();
    let mut flash = store.into_flash();
    let cells = flash.as_bytes_mut();
    let at = cells.windows(64).position(|window| window == &bytes[10_000..10_064]).unwrap();
    cells[at + 10] ^= 0x10;
    let mut store = ModuleStore::new(flash);
    store.mount().unwrap();
    assert_eq!(store.verify(&name("bad")), Err(Error::Corrupt));
    assert_eq!(store.verify(&name("good")).err(), None);
}

#[test]
fn a_flash_that_does_not_mount_says_why_and_is_left_alone() {
    let check = |flash: Flash, expected: Result<(), Error>| {
        let before = flash.as_bytes().to_vec();
        let mut store = ModuleStore::new(flash);
        assert_eq!(store.mount(), expected);
        assert_eq!(store.usage().err(), expected.err());
        assert_eq!(store.stat(&name("m")).err().unwrap(), expected.err().unwrap_or(Error::NotFound));
        assert!(store.flash_mut().as_bytes() == before, "mounting wrote");
        if expected != Err(Error::Geometry) || before.len() >= 32 * KIB {
            store.format().unwrap();
            assert_eq!(store.mount(), Ok(()));
        }
    };
    let formatted = |size| empty(size).into_flash();
    let damaged = |sectors: usize| {
        let mut flash = formatted(256 * KIB);
        flash.as_bytes_mut()[..sectors * 4096].fill(0);
        flash
    };
    let resized = |size| {
        let mut flash = Flash::new(size).unwrap();
        let image = formatted(256 * KIB);
        let len = size.min(256 * KIB);
        flash.as_bytes_mut()[..len].copy_from_slice(&image.as_bytes()[..len]);
        flash
    };
    check(Flash::new(256 * KIB).unwrap(), Err(Error::Unformatted));
    check(damaged(1), Ok(()));
    check(damaged(2), Err(Error::Unformatted));
    check(resized(128 * KIB), Err(Error::Geometry));
    check(resized(512 * KIB), Err(Error::Geometry));
    check(Flash::new(16 * KIB).unwrap(), Err(Error::Geometry));
    // What a flash has above a capacity of the list is not used.
    check(resized(260 * KIB), Ok(()));
}

/// Any block that is lost, and bits that flip at a third of the directory's bytes, end in values.
#[test]
fn damaged_structures_are_errors_and_never_panics() {
    let mut store = empty(64 * KIB);
    for seed in 0..4 {
        install(&mut store, &format!("m{seed}"), &content(seed, 6000)).unwrap();
    }
    let flash = store.into_flash();
    let exercise = |flash: Flash| {
        let mut store = ModuleStore::new(flash);
        let mounted = store.mount();
        for seed in 0..4 {
            let _ = store.verify(&name(&format!("m{seed}")));
        }
        let _ = store.list(|_| std::ops::ControlFlow::Continue(()));
        let _ = install(&mut store, "new", &content(9, 5000));
        mounted
    };
    let mut unmountable = 0;
    for sector in 0..16 {
        for fill in [0, 0xff, 0xa5] {
            let mut damaged = flash.clone();
            damaged.as_bytes_mut()[sector * 4096..][..4096].fill(fill);
            unmountable += u32::from(exercise(damaged).is_err());
        }
    }
    assert_eq!(unmountable, 0, "the superblock is kept twice");
    for at in (0..4096).step_by(3) {
        let mut damaged = flash.clone();
        // The same place of both copies, so that the damage counts.
        damaged.as_bytes_mut()[at] ^= 1 << (at % 8);
        damaged.as_bytes_mut()[4096 + at] ^= 1 << (at / 8 % 8);
        let _ = exercise(damaged);
    }
}

/// A module that is so small that littlefs keeps it in the directory, until nothing more fits in there.
#[test]
fn a_directory_grows_until_the_flash_is_full_and_shrinks_again() {
    let mut store = empty(48 * KIB);
    let mut model = Model::new();
    for seed in 0.. {
        let (key, bytes) = (format!("a-name-of-the-longest-kind-{seed:05}"), content(seed, 200));
        let result = install(&mut store, &key, &bytes)
            .and_then(|()| store.set_settings(&name(&key), &settings(seed as u8)));
        match result {
            Ok(()) => drop(model.insert(key, (bytes, settings(seed as u8)))),
            Err(error) => {
                assert_eq!(error, Error::Full);
                let _ = store.remove(&name(&key));
                break;
            }
        }
    }
    assert!(model.len() > 20);
    check_model(&mut store, &model);
    for key in model.keys() {
        store.rename(&name(key), &name("moved")).unwrap();
        store.set_settings(&name("moved"), &Settings::default()).unwrap();
        store.remove(&name("moved")).unwrap();
    }
    assert_eq!(names(&mut store), <[&str; 0]>::default());
    install(&mut store, "large", &content(1, 24 * KIB)).unwrap();
}

#[test]
fn a_board_may_name_its_capacity() {
    let mut store = ModuleStore::<Flash, 23>::with_block_count(Flash::new(256 * KIB).unwrap());
    store.format().unwrap();
    assert_eq!(store.usage().unwrap().total, 23 * 4096);
    install(&mut store, "m", &content(1, 60 * KIB)).unwrap();
    check_module(&mut store, "m", &content(1, 60 * KIB));
    let mut fitted = ModuleStore::new(store.into_flash());
    assert_eq!(fitted.mount(), Err(Error::Geometry));
    let mut larger = ModuleStore::<Flash, 65>::with_block_count(fitted.into_flash());
    assert_eq!(larger.format(), Err(Error::Geometry));
}
