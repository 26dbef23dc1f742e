//! What the targets share: a board on the bench, and a flash with sample guests.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use wasmote_fs::{ModuleStore, Name, RamFlash, UploadTarget};
use wasmote_shell::board::{Board, HeapStats, Input, StackStats};
use wasmote_shell::session;

/// A small flash: what fills it is soon full.
pub type Flash = RamFlash<SECTOR, 1>;
/// Bytes of a sector.
pub const SECTOR: usize = 512;
const FLASH: usize = 64 * SECTOR;
/// Milliseconds after which the peer presses Ctrl-C, and is gone: a guest that runs for ever ends.
const PATIENCE: u64 = 2_000;

/// A board whose clock goes on with each look at it.
struct Bench {
    input: VecDeque<u8>,
    millis: Cell<u64>,
}

impl Board for Bench {
    fn name(&self) -> &'static str {
        "bench"
    }
    fn version(&self) -> &'static str {
        "0"
    }
    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        self.millis.set(self.millis() + u64::from(timeout_ms));
        if self.is_over() {
            return Input::Eof;
        }
        // A byte of 0xff is a pause.
        match self.input.front() {
            None => return Input::Eof,
            Some(0xff) => {
                self.input.pop_front();
                return Input::Timeout;
            }
            Some(_) => {}
        }
        let mut count = 0;
        while count < buf.len()
            && let Some(byte) = self.input.pop_front_if(|byte| *byte != 0xff)
        {
            buf[count] = byte;
            count += 1;
        }
        Input::Bytes(count)
    }
    fn console_write(&mut self, _: &[u8]) {}
    fn interrupted(&mut self) -> bool {
        self.is_over()
    }
    fn millis(&self) -> u64 {
        self.millis.set(self.millis.get() + 1);
        self.millis.get()
    }
    fn micros(&self) -> u64 {
        self.millis() * 1000
    }
    fn heap(&self) -> HeapStats {
        HeapStats::default()
    }
    fn stack(&self) -> Option<StackStats> {
        None
    }
    fn reset(&mut self) {}
}

impl Bench {
    fn is_over(&self) -> bool {
        self.millis.get() > PATIENCE
    }
}

/// A flash that holds a few guests.
pub fn flash() -> Flash {
    static FLASH_IMAGE: OnceLock<Flash> = OnceLock::new();
    let made = FLASH_IMAGE.get_or_init(|| {
        let mut store = ModuleStore::new(Flash::new(FLASH).expect("memory for the flash"));
        store.format().expect("an erased flash can be formatted");
        for (name, bytes) in [
            ("calc", &include_bytes!("../../guests/calc.wasm")[..]),
            ("spin", include_bytes!("../../guests/spin.wasm")),
        ] {
            let (len, sha256) = (bytes.len() as u32, Sha256::digest(bytes).into());
            store
                .upload_begin(&UploadTarget { len, sha256: Some(sha256) })
                .and_then(|_| store.upload_append(0, bytes))
                .and_then(|_| store.upload_commit(&Name::new(name)?, len, &sha256))
                .expect("the guest fits");
        }
        store.into_flash()
    });
    made.clone()
}

/// Types bytes at the prompt of a board with this flash, until they or the board's patience end; gives the store.
pub fn session(flash: Flash, input: &[u8]) -> ModuleStore<Flash> {
    let mut store = ModuleStore::new(flash);
    let board = Bench { input: input.iter().copied().collect(), millis: Cell::new(0) };
    session::run(board, &mut store);
    store
}
