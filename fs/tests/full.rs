//! A full flash: every operation, at every amount of space that is left.
//!
//! Exhausts: 0 to 12 free blocks; modules of 1 byte to 9 blocks; all that takes space. An operation that finds no
//! room leaves the store and its free space as they were.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use wasmote_fs::{Error, ModuleStore, Settings};

/// A store with "old", and small modules until exactly `free` blocks are left.
fn prepare(free: u32) -> (Flash, Model) {
    let mut store = empty(96 * 1024);
    let mut model = Model::new();
    let mut add = |store: &mut ModuleStore<Flash>, key: String, len: usize| {
        let bytes = content(key.len() as u32, len);
        install(store, &key, &bytes).unwrap();
        model.insert(key, (bytes, Settings::default()));
    };
    add(&mut store, "old".into(), 6_000);
    for n in 0.. {
        let left = store.usage().unwrap().free / 4096;
        if left <= free {
            break;
        }
        if left <= 2 {
            // An install keeps two blocks free; what another tool writes does not.
            break;
        }
        add(&mut store, format!("fill{n:02}"), 4_000);
    }
    (store.into_flash(), model)
}

#[derive(Default)]
struct Tally {
    done: u32,
    full: u32,
}

fn check(free: u32, tally: &mut Tally) {
    let (flash, model) = prepare(free);
    let mut step = |what: &str, run: &dyn Fn(&mut ModuleStore<Flash>) -> Result<(), Error>| {
        let mut store = ModuleStore::new(flash.clone());
        store.mount().unwrap();
        let before = store.usage().unwrap();
        match run(&mut store) {
            Ok(()) => tally.done += 1,
            Err(error) => {
                assert_eq!(error, Error::Full, "{free} blocks free: {what}");
                assert_eq!(store.usage().unwrap(), before, "{free} blocks free: {what}");
                check_model(&mut store, &model);
                tally.full += 1;
            }
        }
        // Whatever the outcome, the store works: removing is always possible and takes no space.
        let free_after = store.usage().unwrap().free;
        store.remove(&name("old")).unwrap();
        assert!(store.usage().unwrap().free >= free_after, "{free} blocks free: {what}");
    };
    for len in [1, 200, 4_096, 4_097, 12_000, 24_000, 36_000] {
        let bytes = content(99, len);
        step("install", &|store| install(store, "new", &bytes));
        step("replace", &|store| install(store, "old", &bytes));
        step("install without a hash", &|store| {
            store.upload_begin(&wasmote_fs::UploadTarget { len: len as u32, sha256: None })?;
            store.upload_append(0, &bytes)?;
            store.upload_commit(&name("new"), len as u32, &sha256(&bytes))
        });
    }
    step("settings", &|store| store.set_settings(&name("old"), &settings(1)));
    step("rename", &|store| {
        store
            .rename(&name("old"), &name("renamed"))
            .and_then(|()| store.rename(&name("renamed"), &name("old")))
    });
    step("boot line", &|store| store.set_boot_line(&[b'x'; 256]));
}

#[test]
fn every_operation_ends_well_at_every_amount_of_space() {
    let mut tally = Tally::default();
    for free in 0..=12 {
        check(free, &mut tally);
    }
    println!("{} operations done, {} found the flash full", tally.done, tally.full);
    assert!(tally.done > 50 && tally.full > 50);
}
