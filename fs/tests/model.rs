//! Random operations, held against a map after each.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use wasmote_fs::{Error, ModuleStore, RamFlash, Settings};

/// A generator of numbers below a bound, the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

fn check<const SECTOR: usize, const WORD: usize>(seed: u64, size: usize) {
    let mut random = Random(seed);
    let mut store = ModuleStore::new(RamFlash::<SECTOR, WORD>::new(size).unwrap());
    store.format().unwrap();
    let mut model = Model::new();
    let (mut full, mut missing) = (0, 0);
    for step in 0..300 {
        let key = format!("module-{}", random.below(8));
        let other = format!("module-{}", random.below(8));
        match random.below(10) {
            0..=3 => {
                let bytes = content(step, 1 + random.below(size / 3));
                match install(&mut store, &key, &bytes) {
                    Ok(()) => model.entry(key).or_insert((Vec::new(), Settings::default())).0 = bytes,
                    Err(Error::Full) => full += 1,
                    Err(error) => panic!("seed {seed} step {step}: {error:?}"),
                }
            }
            4..=5 => match store.remove(&name(&key)) {
                Ok(()) => drop(model.remove(&key).unwrap()),
                Err(error) => {
                    assert_eq!((error, model.get(&key)), (Error::NotFound, None));
                    missing += 1;
                }
            },
            6 => {
                let expected = match (model.contains_key(&key), key == other, model.contains_key(&other)) {
                    (false, ..) => Err(Error::NotFound),
                    (true, false, true) => Err(Error::Exists),
                    _ => Ok(()),
                };
                assert_eq!(store.rename(&name(&key), &name(&other)), expected);
                if expected.is_ok() {
                    let moved = model.remove(&key).unwrap();
                    model.insert(other, moved);
                }
            }
            7 => {
                let settings = settings(random.below(3) as u8);
                let expected = model.get_mut(&key).map(|module| module.1 = settings).ok_or(Error::NotFound);
                assert_eq!(store.set_settings(&name(&key), &settings), expected);
            }
            8 => {
                // An upload that is left in the middle, and perhaps found again.
                let bytes = content(step % 3, 1 + size / 8);
                if store.upload_begin(&target(&bytes)).is_ok_and(|offset| offset == 0) {
                    store.upload_append(0, &bytes[..bytes.len() / 2]).unwrap();
                }
            }
            _ => {
                store = ModuleStore::new(store.into_flash());
                store.mount().unwrap();
            }
        }
        if step % 8 == 0 {
            check_model(&mut store, &model);
        }
    }
    check_model(&mut store, &model);
    assert!(full > 0 && missing > 0, "seed {seed}: the flash was never full, or no name missing");
    store.upload_abort().unwrap();
    for key in model.keys() {
        store.remove(&name(key)).unwrap();
    }
    let usage = store.usage().unwrap();
    assert!(usage.used <= 2 * 8 * 4096.max(SECTOR as u32), "seed {seed}: space leaks: {usage:?}");
}

#[test]
fn small_flash() {
    for seed in 0..8 {
        check::<4096, 1>(seed, 64 * 1024);
    }
}

#[test]
fn small_sectors_and_wide_words() {
    for seed in 0..4 {
        check::<1024, 8>(seed, 64 * 1024);
        check::<4096, 256>(seed, 96 * 1024);
    }
}

#[test]
fn large_sectors() {
    for seed in 0..2 {
        check::<16384, 4>(seed, 512 * 1024);
    }
}
