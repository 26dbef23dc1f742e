//! The wasmote firmware as a RIOT application.
//!
//! The board wires what RIOT has and does nothing else: the console is RIOT's standard input and output, the flash an
//! MTD device or a part of it, the heap RIOT's `malloc`, the stack that of RIOT's main thread, the time ztimer's. The
//! `Makefile` has what can be chosen.
#![no_std]

mod board;
mod clock;
mod console;
mod ending;
mod flash;
mod functions;
mod heap;
mod interrupts;
mod options;

use core::convert::Infallible;

use wasmote_fs::ModuleStore;
use wasmote_shell::session::{self, Ended, Memory};

use board::Riot;
use flash::MtdFlash;
use heap::Heap;

#[global_allocator]
static HEAP: Heap = Heap::new();

mod entry {
    riot_wrappers::riot_main!(main);

    use super::main;
}

fn main() -> Infallible {
    console::start();
    // RIOT's own lines end without a CR.
    console::write(b"\r");
    let ended = match MtdFlash::open() {
        Ok(flash) => run(flash),
        Err(why) => ending::refuse(why),
    };
    match ended {
        Ended::Eof { .. } if ending::CAN_LEAVE => ending::leave(0),
        // A chip has nowhere to go: its next session begins as its first did.
        Ended::Eof { .. } | Ended::Reset => ending::reset(),
    }
}

/// Runs the shell; the memory of a session is kept off the stack.
#[expect(unsafe_code, reason = "statics that are this function's own")]
fn run(flash: MtdFlash) -> Ended {
    static mut MEMORY: Memory = Memory::new();
    static mut STORE: Option<ModuleStore<MtdFlash>> = None;
    let (memory, store) = (&raw mut MEMORY, &raw mut STORE);
    // SAFETY: only this function knows them, and RIOT calls main once.
    let (memory, store) = unsafe { (&mut *memory, &mut *store) };
    session::run_in(memory, Riot, store.insert(ModuleStore::new(flash)))
}
