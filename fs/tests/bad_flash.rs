//! Bad flash: sectors that do not read, write or erase, and bits that are stuck.
//!
//! Exhausts: each sector of a small flash with each fault, before and after everything that changes a store.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use wasmote_fs::{Error, Fault, Faulty, ModuleStore, RamFlash, Settings};

const SECTORS: u32 = 24;

/// A store with three modules on a good flash.
fn prepare() -> (Flash, Model) {
    let mut store = empty(SECTORS as usize * 4096);
    let mut model = Model::new();
    for (seed, len) in [(0, 300), (1, 9_000), (2, 14_000)] {
        let key = format!("m{seed}");
        install(&mut store, &key, &content(seed, len)).unwrap();
        model.insert(key, (content(seed, len), Settings::default()));
    }
    (store.into_flash(), model)
}

/// What a store says of each module of the model: whether it is what it was, by its own account.
fn survey(store: &mut ModuleStore<Faulty<Flash>>, model: &Model) -> Result<Vec<(String, bool)>, Error> {
    let mut found = Vec::new();
    store.survey(|entry, state| {
        let (bytes, _) = &model[entry.name.as_str()];
        if state.is_ok() {
            assert_eq!(entry.sha256, Some(sha256(bytes)));
        }
        found.push((entry.name.as_str().to_owned(), state.is_ok()));
    })?;
    Ok(found)
}

#[derive(Default, Debug)]
struct Tally {
    unreadable: u32,
    damaged: u32,
    worked: u32,
    refused: u32,
}

/// Works on a flash with one bad sector: whatever happens is told, and other modules are as they were.
fn check(sector: u32, fault: Fault, tally: &mut Tally) {
    let (flash, mut model) = prepare();
    let mut store = ModuleStore::new(Faulty::new(flash).with(sector, fault));
    let context = format!("sector {sector}, {fault:?}");
    // littlefs takes a commit that does not read right for one that a power cut tore, and goes on from the one
    // before it: what stands in the directory's own sectors can get lost, and what is left must be right.
    let may_forget = sector < 2 && fault == Fault::Stuck;
    match store.mount().and_then(|()| survey(&mut store, &model)) {
        Err(error) => {
            assert!(sector < 2, "{context}: {error:?}");
            tally.unreadable += 1;
        }
        Ok(found) => {
            assert!(found.len() == 3 || may_forget, "{context}");
            let damaged = found.iter().filter(|(_, good)| !good).count();
            assert!(damaged <= 1, "{context}: {found:?}");
            tally.damaged += damaged as u32;
        }
    }
    let mut step = |store: &mut ModuleStore<Faulty<Flash>>,
                    result: Result<(), Error>,
                    then: &dyn Fn(&mut Model)| {
        match result {
            Ok(()) => {
                tally.worked += 1;
                then(&mut model);
            }
            Err(error) => {
                assert!(
                    matches!(error, Error::Flash | Error::Corrupt | Error::HashMismatch | Error::Unformatted)
                        || may_forget,
                    "{context}: {error:?}"
                );
                tally.refused += 1;
            }
        }
        let _ = store.upload_abort();
    };
    let new = content(7, 12_000);
    let result = install(&mut store, "new", &new);
    step(&mut store, result, &|model| drop(model.insert("new".into(), (new.clone(), Settings::default()))));
    let result = install(&mut store, "m1", &new);
    step(&mut store, result, &|model| model.get_mut("m1").unwrap().0 = new.clone());
    let result = store.set_settings(&name("m2"), &settings(3));
    step(&mut store, result, &|model| model.get_mut("m2").unwrap().1 = settings(3));
    let result = store.remove(&name("m0"));
    step(&mut store, result, &|model| drop(model.remove("m0")));

    // The sector is good again, as far as it was ever bad: what was installed is there, and what was said is so.
    let mut store = ModuleStore::new(store.into_flash().into_inner());
    assert_eq!(store.mount(), Ok(()), "{context}");
    if may_forget {
        model.retain(|key, _| store.verify(&name(key)).is_ok());
    }
    for (key, (bytes, settings)) in &model {
        assert!(may_forget || store.settings(&name(key)) == Ok(*settings), "{context}: {key}");
        assert_eq!(read(&mut store, key), *bytes, "{context}: {key}");
    }
    assert!(may_forget || names(&mut store).len() == model.len(), "{context}");
}

#[test]
fn a_bad_sector_harms_no_other_module() {
    for fault in Fault::ALL {
        let mut tally = Tally::default();
        for sector in 0..SECTORS {
            check(sector, fault, &mut tally);
        }
        println!("{fault:?}: of {SECTORS} sectors {tally:?}");
        assert!(tally.worked > 0);
        if fault == Fault::Read {
            assert!(tally.unreadable > 0 && tally.damaged > 0, "{tally:?}");
        }
    }
}

/// A bit of each 100th byte flips: a module with a damaged byte is never good, and no other one is harmed.
#[test]
fn a_flipped_bit_is_found_and_named() {
    let (flash, model) = prepare();
    let (mut flips, mut found) = (0, 0);
    for at in (2 * 4096..SECTORS as usize * 4096).step_by(100) {
        let mut damaged = flash.clone();
        damaged.as_bytes_mut()[at] ^= 1 << (at / 100 % 8);
        let mut store = ModuleStore::new(damaged);
        store.mount().unwrap();
        let mut corrupt = Vec::new();
        store
            .survey(|entry, state| {
                if let Err(error) = state {
                    assert_eq!(error, Error::Corrupt);
                    corrupt.push(entry.name);
                }
            })
            .unwrap();
        assert!(corrupt.len() <= 1, "{at}: {corrupt:?}");
        for (key, (bytes, _)) in &model {
            if !corrupt.contains(&name(key)) {
                assert_eq!(read(&mut store, key), *bytes, "{at}: {key}");
            }
        }
        flips += 1;
        found += corrupt.len();
    }
    println!("{flips} flips outside of the directory, {found} of them in a module");
    assert!(found > 200, "{found}");
}

#[test]
fn a_survey_changes_nothing_and_counts_the_rest() {
    let (flash, _) = prepare();
    let mut store = ModuleStore::new(Faulty::new(flash));
    let bytes = content(9, 12_000);
    store.upload_begin(&target(&bytes)).unwrap();
    store.upload_append(0, &bytes[..5000]).unwrap();
    store.upload_suspend();
    let flash = store.into_flash().into_inner();
    let before = flash.as_bytes().to_vec();
    let mut store = ModuleStore::new(Faulty::new(flash));
    let survey = store.survey(|_, state| assert_eq!(state, Ok(()))).unwrap();
    assert_eq!((survey.foreign, survey.part), (0, Some(4096)));
    let flash = store.into_flash();
    assert_eq!((flash.writes(), flash.erases().iter().sum::<u32>()), (0, 0));
    assert!(flash.into_inner().as_bytes() == before);
}

/// Installs of changing size on a small flash; gives the erases of the sectors, sorted.
fn wear(installs: u32) -> Vec<u32> {
    let flash = RamFlash::<4096, 1>::new(64 * 1024).unwrap();
    let mut store = ModuleStore::new(Faulty::new(flash));
    store.format().unwrap();
    for seed in 0..installs {
        let key = format!("m{}", seed % 3);
        let bytes = content(seed, 1 + (seed as usize * 2_711) % 12_000);
        install(&mut store, &key, &bytes).unwrap();
        if seed % 1_000 == 0 {
            check_module(&mut store, &key, &bytes);
        }
    }
    let mut erases = store.into_flash().erases().to_vec();
    erases.sort_unstable();
    println!(
        "{installs} installs of 1 to 12,000 B on 16 sectors: erases a sector {} / {} / {} (min, median, max), {} in all",
        erases[0],
        erases[erases.len() / 2],
        erases[erases.len() - 1],
        erases.iter().map(|count| u64::from(*count)).sum::<u64>()
    );
    erases
}

#[test]
fn wear_spreads() {
    let erases = wear(3_000);
    assert!(erases[0] * 10 > erases[erases.len() / 2], "{erases:?}");
    assert!(erases[erases.len() - 1] < 3 * erases[erases.len() / 2], "{erases:?}");
}

/// Run by `cargo test -p wasmote-fs --test bad_flash -- --ignored --nocapture`; it takes minutes.
#[test]
#[ignore = "takes minutes"]
fn wear_of_100_000_installs() {
    let erases = wear(100_000);
    assert!(erases[erases.len() - 1] < 3 * erases[erases.len() / 2], "{erases:?}");
}
