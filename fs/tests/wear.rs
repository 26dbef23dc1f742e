//! What operations cost the flash: erases, and bytes read.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use wasmote_fs::{Error, ModuleStore, PowerCut};

/// A store of `modules` modules of 10 KB on a 1 MiB flash that counts.
fn counting(modules: u32) -> ModuleStore<PowerCut<Flash>> {
    let mut store = empty(1024 * 1024);
    for seed in 0..modules {
        install(&mut store, &format!("module-{seed}"), &content(seed, 10_000)).unwrap();
    }
    ModuleStore::new(PowerCut::new(store.into_flash(), None))
}

/// Runs `operation` and checks its erases and the bytes it reads against a budget.
fn check(
    what: &str,
    modules: u32,
    (erases, bytes_read): (u32, u64),
    operation: impl FnOnce(&mut ModuleStore<PowerCut<Flash>>) -> Result<(), Error>,
) {
    let mut store = counting(modules);
    operation(&mut store).unwrap();
    let flash = store.flash_mut();
    println!("{what}, {modules} modules: {} erases, {} bytes read", flash.erases(), flash.bytes_read());
    assert!(flash.erases() <= erases, "{what}: {} erases of {erases}", flash.erases());
    assert!(flash.bytes_read() <= bytes_read, "{what}: {} bytes read of {bytes_read}", flash.bytes_read());
}

/// Each block of an upload is erased once, whatever the chunks; the directory takes a few erases more.
#[test]
fn an_upload_erases_each_block_once() {
    for len in [242, 100 * 1024, 500 * 1024] {
        let bytes = content(1, len);
        let blocks = len.div_ceil(4088) as u32;
        let read = 3 * len as u64 + u64::from(blocks + 4) * 30_000;
        check(&format!("install {len} B"), 20, (blocks + blocks / 16 + 4, read), |store| {
            install(store, "new", &bytes)
        });
    }
}

#[test]
fn reading_is_cheap() {
    for modules in [1, 20] {
        check("mount", modules, (0, 15_000), |store| store.mount());
        check("stat", modules, (0, 20_000), |store| store.stat(&name("module-0")).map(drop));
        check("list", modules, (0, 400_000), |store| store.list(|_| std::ops::ControlFlow::Continue(())));
        check("open and read 10,000 B", modules, (0, 30_000), |store| {
            read(store, "module-0");
            Ok(())
        });
        check("read_at 96 B", modules, (0, 15_000), |store| {
            store.read_at(&name("module-0"), 5000, &mut [0; 96]).map(drop)
        });
        check("verify 10,000 B", modules, (0, 40_000), |store| store.verify(&name("module-0")).map(drop));
    }
}
