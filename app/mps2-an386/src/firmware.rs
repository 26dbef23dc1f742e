//! The board's parts, and how they are joined.

mod arithmetic;
mod board;
mod clock;
mod console;
mod fault;
mod flash;
mod functions;
mod heap;
mod layout;
mod mem;
#[cfg(feature = "faults")]
mod provoke;
mod record;
mod semihosting;
mod shift;
mod stack;
mod vectors;

use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use wasmote_fs::ModuleStore;
use wasmote_shell::board::ResetCause;
use wasmote_shell::session::{self, Ended, Memory};

use board::Mps2;
use flash::FileFlash;
use heap::Heap;

#[global_allocator]
static HEAP: Heap = Heap::new();

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = Memory::new();
    static mut STORE: Option<ModuleStore<FileFlash>> = None;

    stack::guard();
    let last = record::take();
    HEAP.install();
    clock::start();
    console::start();
    #[cfg(feature = "faults")]
    provoke::provoke(last);
    let flash = match FileFlash::open() {
        Ok(flash) => flash,
        Err(why) => {
            console::write(b"wasmote: ");
            console::write(why.as_bytes());
            console::write(b"\r\n");
            semihosting::exit(NOT_STARTED)
        }
    };
    match session::run_in(MEMORY, Mps2::new(last), STORE.insert(ModuleStore::new(flash))) {
        Ended::Reset => {
            record::leave(ResetCause::Requested);
            SCB::sys_reset()
        }
        // A chip would wait for the next terminal; the emulator is no longer needed.
        Ended::Eof { failed } => semihosting::exit(u32::from(failed)),
    }
}

/// The emulator's status when the firmware could not start.
const NOT_STARTED: u32 = 2;
