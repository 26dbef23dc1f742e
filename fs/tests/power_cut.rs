//! Power cuts at every write and erase of every operation that changes the store.
//!
//! Exhausts: the flash operations of installing, replacing, removing, renaming, setting settings, sweeping at boot
//! and formatting; what the cut does to the operation it falls on (four ways); an empty, a half-full and a nearly full store; flashes
//! that are written by byte and by page. After each cut the store must mount and be wholly as before the
//! operation or wholly as after it, and doing the operation again must work.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::{Cut, CutAt, Error, ModuleStore, PowerCut, RamFlash, Settings};

const CUTS: [Cut; 4] = [Cut::Before, Cut::Half, Cut::Scattered, Cut::After];

#[derive(Clone, Copy, Debug)]
enum Operation {
    Install,
    Replace,
    Remove,
    Rename,
    SetSettings,
}

impl Operation {
    const ALL: [Self; 5] = [Self::Install, Self::Replace, Self::Remove, Self::Rename, Self::SetSettings];

    fn new_bytes() -> Vec<u8> {
        content(77, 9500)
    }

    fn run<F: NorFlash>(self, store: &mut ModuleStore<F>) -> Result<(), Error> {
        match self {
            Self::Install => install(store, "new", &Self::new_bytes()),
            Self::Replace => install(store, "old", &Self::new_bytes()),
            Self::Remove => store.remove(&name("old")),
            Self::Rename => store.rename(&name("old"), &name("renamed")),
            Self::SetSettings => store.set_settings(&name("old"), &settings(9)),
        }
    }

    /// Does to the model what `run` does to the store.
    fn model(self, before: &Model) -> Model {
        let mut after = before.clone();
        match self {
            Self::Install => drop(after.insert("new".into(), (Self::new_bytes(), Settings::default()))),
            Self::Replace => after.get_mut("old").unwrap().0 = Self::new_bytes(),
            Self::Remove => drop(after.remove("old")),
            Self::Rename => {
                let moved = after.remove("old").unwrap();
                after.insert("renamed".into(), moved);
            }
            Self::SetSettings => after.get_mut("old").unwrap().1 = settings(9),
        }
        after
    }
}

/// A store that holds "old", and "fill0" and so on until `free` blocks or fewer are left.
fn prepare<const WORD: usize>(free: u32) -> (RamFlash<4096, WORD>, Model) {
    let mut store = ModuleStore::new(RamFlash::new(64 * 1024).unwrap());
    store.format().unwrap();
    let mut model = Model::new();
    let old = content(1, 5000);
    install(&mut store, "old", &old).unwrap();
    store.set_settings(&name("old"), &settings(4)).unwrap();
    model.insert("old".into(), (old, settings(4)));
    let mut seed = 0;
    while store.usage().unwrap().free > free * 4096 {
        let bytes = content(100 + seed, 4096);
        install(&mut store, &format!("fill{seed}"), &bytes).unwrap();
        model.insert(format!("fill{seed}"), (bytes, Settings::default()));
        seed += 1;
    }
    (store.into_flash(), model)
}

fn holds<F: NorFlash>(store: &mut ModuleStore<F>, model: &Model) -> bool {
    names(store) == model.keys().cloned().collect::<Vec<_>>()
        && model.iter().all(|(key, (bytes, settings))| {
            store.verify(&name(key)) == Ok(sha256(bytes)) && store.settings(&name(key)) == Ok(*settings)
        })
}

/// Runs `operation` with the power cut at `at`; returns the flash, and whether the cut came.
fn run_until<F: NorFlash>(flash: F, operation: Operation, at: CutAt) -> (F, bool) {
    let mut store = ModuleStore::new(PowerCut::new(flash, Some(at)));
    // A boot is a part of it: sweeping writes too.
    let result = store.mount().and_then(|()| operation.run(&mut store));
    let flash = store.into_flash();
    assert!(result.is_ok() != flash.is_dead(), "{operation:?} {at:?}: {result:?}");
    if flash.is_dead() {
        assert!(matches!(result, Err(Error::Flash)), "{operation:?} {at:?}: {result:?}");
    }
    let dead = flash.is_dead();
    (flash.into_inner(), dead)
}

/// Checks the store after a cut, and that the operation can be done again.
fn check_after<const WORD: usize>(
    flash: RamFlash<4096, WORD>,
    operation: Operation,
    (before, after, used): (&Model, &Model, u32),
    context: &str,
) {
    let mut store = ModuleStore::new(flash);
    assert_eq!(store.mount(), Ok(()), "{context}");
    if !holds(&mut store, after) {
        assert!(holds(&mut store, before), "{context}: neither old nor new");
        assert_eq!(operation.run(&mut store), Ok(()), "{context}: again");
        assert!(holds(&mut store, after), "{context}: again");
    }
    assert_eq!(store.usage().unwrap().used, used, "{context}: space leaks");
}

/// What an operation leads to: the model, and the space that is taken, in bytes.
fn outcome<const WORD: usize>(
    flash: &RamFlash<4096, WORD>,
    operation: Operation,
    before: &Model,
) -> (Model, u32) {
    let mut store = ModuleStore::new(flash.clone());
    operation.run(&mut store).unwrap();
    (operation.model(before), store.usage().unwrap().used)
}

/// Cuts `operation` at every flash operation in every way; returns the number of cuts.
fn check<const WORD: usize>(operation: Operation, free: u32) -> u32 {
    let (flash, before) = prepare::<WORD>(free);
    let (after, used) = outcome(&flash, operation, &before);
    let mut cuts = 0;
    for cut in CUTS {
        for number in 0.. {
            let at = CutAt { operation: number, cut };
            let (flash, dead) = run_until(flash.clone(), operation, at);
            if !dead {
                break;
            }
            check_after(
                flash,
                operation,
                (&before, &after, used),
                &format!("{operation:?} {free} free {at:?}"),
            );
            cuts += 1;
        }
    }
    assert!(cuts >= 4, "{operation:?} writes nothing");
    cuts
}

/// An install takes 3 data blocks and 2 reserved: 5 free are just enough.
const FREE: [u32; 3] = [16, 8, 5];

#[test]
fn flash_written_by_byte() {
    let cuts: u32 =
        Operation::ALL.map(|operation| FREE.map(|free| check::<1>(operation, free))).iter().flatten().sum();
    println!("{cuts} power cuts");
}

#[test]
fn flash_written_by_page() {
    let cuts: u32 =
        Operation::ALL.map(|operation| FREE.map(|free| check::<256>(operation, free))).iter().flatten().sum();
    println!("{cuts} power cuts");
}

/// The power comes back, and goes again while the store recovers and the operation is repeated.
#[test]
fn a_second_cut_during_the_recovery() {
    let mut cuts = 0;
    for operation in [Operation::Rename, Operation::Remove, Operation::SetSettings, Operation::Replace] {
        let (flash, before) = prepare::<1>(8);
        let (after, used) = outcome(&flash, operation, &before);
        for first in 0.. {
            let (broken, dead) =
                run_until(flash.clone(), operation, CutAt { operation: first, cut: Cut::Scattered });
            if !dead {
                break;
            }
            if holds(&mut ModuleStore::new(broken.clone()), &after) {
                continue;
            }
            for second in 0.. {
                let at = CutAt { operation: second, cut: Cut::Half };
                let (flash, dead) = run_until(broken.clone(), operation, at);
                if !dead {
                    break;
                }
                check_after(
                    flash,
                    operation,
                    (&before, &after, used),
                    &format!("{operation:?} {first} {at:?}"),
                );
                cuts += 1;
            }
        }
    }
    println!("{cuts} second cuts");
    assert!(cuts > 1000);
}

/// Calls `f` with the flash after each cut of `run`, in every way; returns the number of cuts.
fn cut_everywhere(
    flash: &RamFlash<4096, 1>,
    run: impl Fn(&mut ModuleStore<PowerCut<RamFlash<4096, 1>>>) -> Result<(), Error>,
    mut f: impl FnMut(ModuleStore<RamFlash<4096, 1>>, CutAt),
) -> u32 {
    let mut cuts = 0;
    for cut in CUTS {
        for operation in 0.. {
            let at = CutAt { operation, cut };
            let mut store = ModuleStore::new(PowerCut::new(flash.clone(), Some(at)));
            let result = run(&mut store);
            let flash = store.into_flash();
            if !flash.is_dead() {
                assert_eq!(result, Ok(()), "{at:?}");
                break;
            }
            f(ModuleStore::new(flash.into_inner()), at);
            cuts += 1;
        }
    }
    cuts
}

#[test]
fn sweeping_at_boot() {
    let (flash, model) = prepare::<1>(8);
    let mut store = ModuleStore::new(flash);
    let used = store.usage().unwrap().used;
    // An upload that did not tell its hash cannot be resumed.
    store.upload_begin(&wasmote_fs::UploadTarget { len: 9000, sha256: None }).unwrap();
    store.upload_append(0, &content(3, 9000)).unwrap();
    store.upload_suspend();
    assert!(store.usage().unwrap().used > used);
    let cuts = cut_everywhere(&store.into_flash(), ModuleStore::mount, |mut store, at| {
        assert_eq!(store.mount(), Ok(()), "{at:?}");
        assert!(holds(&mut store, &model), "{at:?}");
        assert_eq!(store.usage().unwrap().used, used, "{at:?}: space leaks");
    });
    println!("{cuts} cuts of a sweep");
    assert!(cuts >= 4);
}

/// A cut leaves all modules, or none, or a flash that says that it is to be formatted.
#[test]
fn formatting() {
    let (flash, model) = prepare::<1>(8);
    let mut unformatted = 0;
    let cuts = cut_everywhere(&flash, ModuleStore::format, |mut store, at| {
        match store.mount() {
            Ok(()) => assert!(holds(&mut store, &model) || holds(&mut store, &Model::new()), "{at:?}"),
            Err(error) => {
                assert_eq!(error, Error::Unformatted, "{at:?}");
                unformatted += 1;
            }
        }
        assert_eq!(store.format(), Ok(()), "{at:?}");
        assert_eq!(store.mount(), Ok(()), "{at:?}");
        assert!(holds(&mut store, &Model::new()), "{at:?}");
    });
    println!("{cuts} cuts of formatting, {unformatted} of them to be formatted again");
    assert!(cuts >= 8);
}
