//! The simulated flashes: the rules of NOR flash, the file, the cut.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::ErrorKind;

use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use wasmote_fs::{Cut, CutAt, FileFlash, ModuleStore, PowerCut, PowerCutError, RamFlash, SimulatorError};

/// The rules that every simulated flash of 4 KiB sectors holds to.
fn check_rules<F: NorFlash<Error = SimulatorError>>(flash: &mut F) {
    let size = flash.capacity() as u32;
    let mut bytes = [0; 600];
    flash.read(0, &mut bytes).unwrap();
    assert_eq!(bytes, [0xff; 600], "a new flash is erased");

    flash.write(4000, &[0xa5; 600]).unwrap();
    flash.read(4000, &mut bytes).unwrap();
    assert_eq!(bytes, [0xa5; 600]);
    flash.write(4000, &[0x85; 600]).unwrap();
    assert_eq!(flash.write(4100, &[0x8f; 4]), Err(SimulatorError::ClearedBit));
    flash.read(4000, &mut bytes).unwrap();
    assert_eq!(bytes, [0x85; 600], "a refused write changes nothing");

    assert_eq!(flash.erase(4096, 8192), Ok(()));
    flash.read(4000, &mut bytes).unwrap();
    assert_eq!((&bytes[..96], &bytes[96..]), (&[0x85; 96][..], &[0xff; 504][..]));

    assert_eq!(flash.erase(1, 4097), Err(SimulatorError::NotAligned));
    assert_eq!(flash.erase(8192, 4096), Err(SimulatorError::OutOfBounds));
    assert_eq!(flash.erase(0, size + 4096), Err(SimulatorError::OutOfBounds));
    assert_eq!(flash.write(size - 4, &[0; 8]), Err(SimulatorError::OutOfBounds));
    assert_eq!(flash.read(u32::MAX, &mut bytes), Err(SimulatorError::OutOfBounds));
    assert_eq!(flash.write(size - 4, &[0; 4]), Ok(()));
}

/// A path in the system's temporary folder that goes away with the value.
struct TempPath(std::path::PathBuf);

impl TempPath {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wasmote-fs-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }
}

impl Drop for TempPath {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn ram_flash_holds_to_the_rules() {
    check_rules(&mut RamFlash::<4096, 1>::new(64 * 1024).unwrap());
    let mut words = RamFlash::<4096, 8>::new(64 * 1024).unwrap();
    assert_eq!(words.write(4, &[0; 8]), Err(SimulatorError::NotAligned));
    assert_eq!(words.write(8, &[0; 7]), Err(SimulatorError::NotAligned));
}

#[test]
fn file_flash_holds_to_the_rules_and_keeps_its_content() {
    let path = TempPath::new("rules");
    check_rules(&mut FileFlash::open(&path.0, Some(64 * 1024)).unwrap());
    let mut again = FileFlash::open(&path.0, None).unwrap();
    let mut bytes = [0; 4];
    again.read(64 * 1024 - 4, &mut bytes).unwrap();
    assert_eq!((bytes, again.capacity()), ([0; 4], 64 * 1024));
}

#[test]
fn file_flash_refuses_what_is_not_its_file() {
    let path = TempPath::new("refuses");
    let open =
        |size| FileFlash::open(&path.0, size).map(|flash| flash.capacity()).map_err(|error| error.kind());
    assert_eq!(open(Some(0)), Err(ErrorKind::InvalidInput));
    assert_eq!(open(Some(5000)), Err(ErrorKind::InvalidInput));
    assert_eq!(open(None), Ok(1024 * 1024));
    assert_eq!(open(Some(64 * 1024)), Err(ErrorKind::InvalidInput));
    assert_eq!(open(Some(1024 * 1024)), Ok(1024 * 1024));
    let held = FileFlash::open(&path.0, None).unwrap();
    assert_eq!(open(None), Err(ErrorKind::ResourceBusy));
    drop(held);
    std::fs::write(&path.0, [0; 5000]).unwrap();
    assert_eq!(open(None), Err(ErrorKind::InvalidInput));
    assert_eq!(open(Some(8192)), Err(ErrorKind::InvalidInput));
    assert_eq!(std::fs::read(&path.0).unwrap(), [0; 5000], "a refused file is left alone");
}

#[test]
fn a_store_lives_in_a_file() {
    let path = TempPath::new("store");
    let mut store = ModuleStore::new(FileFlash::open(&path.0, None).unwrap());
    store.format().unwrap();
    assert_eq!(store.usage().unwrap().total, 1024 * 1024);
    drop(store);
    ModuleStore::new(FileFlash::open(&path.0, None).unwrap()).mount().unwrap();
}

#[test]
fn a_cut_falls_on_its_operation() {
    let check = |cut: Cut, written: &dyn Fn(&[u8]) -> bool, erased: &dyn Fn(&[u8]) -> bool| {
        let new = || RamFlash::<4096, 1>::new(8192).unwrap();
        let mut flash = PowerCut::new(new(), Some(CutAt { operation: 1, cut }));
        flash.write(0, &[0x11; 64]).unwrap();
        assert_eq!(flash.write(64, &[0x55; 64]), Err(PowerCutError::PowerLost));
        assert_eq!(flash.write(128, &[0; 64]), Err(PowerCutError::PowerLost));
        assert_eq!(flash.erase(0, 4096), Err(PowerCutError::PowerLost));
        assert_eq!(flash.read(0, &mut [0; 4]), Err(PowerCutError::PowerLost));
        assert!(flash.is_dead() && flash.operations() == 2);
        let flash = flash.into_inner();
        assert_eq!((&flash.as_bytes()[..64], flash.as_bytes()[128]), (&[0x11; 64][..], 0xff));
        assert!(written(&flash.as_bytes()[64..128]), "{cut:?}: {:x?}", &flash.as_bytes()[64..128]);

        let mut flash = PowerCut::new(new(), Some(CutAt { operation: 1, cut }));
        flash.write(0, &[0x11; 4096]).unwrap();
        assert_eq!(flash.erase(0, 4096), Err(PowerCutError::PowerLost));
        assert!(erased(&flash.into_inner().as_bytes()[..4096]), "{cut:?}");
    };
    let all = |bytes: &[u8], value: u8| bytes.iter().all(|byte| *byte == value);
    check(Cut::Before, &|b| all(b, 0xff), &|b| all(b, 0x11));
    check(Cut::After, &|b| all(b, 0x55), &|b| all(b, 0xff));
    check(Cut::Half, &|b| all(&b[..32], 0x55) && all(&b[32..], 0xff), &|b| {
        all(&b[..2048], 0) && all(&b[2048..], 0x11)
    });
    check(
        Cut::Scattered,
        &|b| b.iter().all(|byte| byte & 0x55 == 0x55) && !all(b, 0x55) && !all(b, 0xff),
        &|b| !all(b, 0x11) && !all(b, 0xff),
    );
}
