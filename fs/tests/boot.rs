//! The boot line: what it keeps, and power cuts at every operation that changes it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use wasmote_fs::{BOOT_LINE_MAX, Cut, CutAt, Error, ModuleStore, PowerCut};

/// The boot line and its failures.
fn boot<F: embedded_storage::nor_flash::NorFlash>(store: &mut ModuleStore<F>) -> Option<(Vec<u8>, u8)> {
    store.boot_line().unwrap().map(|line| (line.as_bytes().to_vec(), line.failures))
}

#[test]
fn a_boot_line_outlives_a_reboot_and_is_no_module() {
    let mut store = empty(64 * 1024);
    assert_eq!(boot(&mut store), None);
    store.set_boot_failures(1).unwrap();
    let long = [b'x'; BOOT_LINE_MAX];
    for line in [&b"calc add 1 2"[..], b"m", &long] {
        store.set_boot_line(line).unwrap();
        assert_eq!(boot(&mut store), Some((line.to_vec(), 0)));
        store.set_boot_failures(2).unwrap();
        store = ModuleStore::new(store.into_flash());
        store.mount().unwrap();
        assert_eq!(boot(&mut store), Some((line.to_vec(), 2)));
        store.set_boot_failures(0).unwrap();
        assert_eq!(boot(&mut store), Some((line.to_vec(), 0)));
    }
    assert_eq!(store.set_boot_line(&[b'x'; BOOT_LINE_MAX + 1]), Err(Error::Full));
    assert_eq!(names(&mut store), <[&str; 0]>::default());
    assert_eq!(store.survey(|_, _| panic!("no module")).unwrap().foreign, 0);
    for _ in 0..2 {
        store.set_boot_line(b"").unwrap();
        assert_eq!(boot(&mut store), None);
    }
}

/// Changes the boot line from `old` to `new` with the power cut at every operation; gives the number of cuts.
fn check(old: &[u8], new: &[u8]) -> u32 {
    let mut store = empty(64 * 1024);
    install(&mut store, "m", &content(1, 5000)).unwrap();
    store.set_boot_line(old).unwrap();
    store.set_boot_failures(2).unwrap();
    let flash = store.into_flash();
    let line = |line: &[u8]| (!line.is_empty()).then(|| line.to_vec());
    let mut cuts = 0;
    for cut in [Cut::Before, Cut::Half, Cut::Scattered, Cut::After] {
        for operation in 0.. {
            let at = CutAt { operation, cut };
            let mut store = ModuleStore::new(PowerCut::new(flash.clone(), Some(at)));
            let _ = store.set_boot_line(new);
            let flash = store.into_flash();
            if !flash.is_dead() {
                break;
            }
            let mut store = ModuleStore::new(flash.into_inner());
            store.mount().unwrap();
            let found = boot(&mut store).map(|(line, _)| line);
            assert!(found == line(old) || found == line(new), "{at:?}: {found:?}");
            check_module(&mut store, "m", &content(1, 5000));
            assert_eq!(store.set_boot_line(new), Ok(()), "{at:?}");
            assert_eq!(boot(&mut store).map(|(line, _)| line), line(new), "{at:?}");
            cuts += 1;
        }
    }
    cuts
}

#[test]
fn a_power_cut_leaves_the_old_line_or_the_new_one() {
    let cuts = check(b"", b"calc add 1 2") + check(b"calc", b"calc add 1 2") + check(b"calc add 1 2", b"");
    println!("{cuts} power cuts");
    assert!(cuts >= 12);
}
