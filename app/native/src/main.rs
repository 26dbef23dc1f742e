//! The wasmote firmware as a Linux process.
//!
//! The board wires what the firmware needs and does nothing else: the console is standard input and output or
//! a pseudo-terminal, the flash is a file, the heap is an arena of fixed size, and the stack is that of a
//! thread. A reset ends that thread and starts another with the same flash and console.

mod board;
mod console;
mod ending;
mod functions;
mod heap;
mod options;
mod pty;
mod stack;
mod terminal;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;

use wasmote_fs::{FileFlash, ModuleStore};
use wasmote_shell::board::ResetCause;
use wasmote_shell::session::{self, Ended};

use crate::board::Native;
use crate::console::Console;
use crate::heap::DeviceHeap;
use crate::options::{Action, Options};
use crate::pty::Pty;
use crate::stack::{Stack, THREAD_STACK};

#[global_allocator]
static HEAP: DeviceHeap = DeviceHeap::new();

/// The status when the firmware could not start.
const NOT_STARTED: u8 = 2;

fn main() -> ExitCode {
    let done = match options::parse(std::env::args_os().skip(1)) {
        Ok(Action::Run(options)) => run(&options),
        Ok(Action::Help) => print(options::HELP),
        Ok(Action::Version) => print(concat!("wasmote-native ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(error) => Err(format!("{error}; --help lists the options")),
    };
    terminal::restore();
    done.unwrap_or_else(|error| {
        eprintln!("wasmote-native: {error}");
        ExitCode::from(NOT_STARTED)
    })
}

/// Prints to standard output at once.
fn print(text: &str) -> Result<ExitCode, String> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(why("print"))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what could not be done.
fn why<E: Display>(what: impl Display) -> impl FnOnce(E) -> String {
    move |error| format!("cannot {what}: {error}")
}

/// Runs the firmware until its console ends.
fn run(options: &Options) -> Result<ExitCode, String> {
    ending::prepare().map_err(why("catch signals"))?;
    let mut flash = FileFlash::open(&options.flash, options.flash_size)
        .map_err(why(format_args!("open {}", options.flash.display())))?;
    if !HEAP.install(options.ram) {
        return Err(format!("cannot take {} bytes of RAM", options.ram));
    }
    let console = Arc::new(Mutex::new(open_console(options.pty)?));
    let mut cause = ResetCause::PowerOn;
    loop {
        let ended;
        (flash, ended) = boot(flash, Arc::clone(&console), cause)?;
        let held = HEAP.restart();
        if held > 0 {
            eprintln!("wasmote-native: the firmware lost {held} blocks of heap");
        }
        match ended {
            Ended::Reset => cause = ResetCause::Requested,
            Ended::Eof { failed } => return Ok(ExitCode::from(u8::from(failed))),
        }
    }
}

fn open_console(pty: bool) -> Result<Console, String> {
    if !pty {
        return Console::stdio().map_err(why("use the terminal"));
    }
    let pty = Pty::open().map_err(why("open a pseudo-terminal"))?;
    print(&format!("{}\n", pty.path()))?;
    Ok(Console::pty(pty))
}

/// Boots the firmware and runs it until its console ends or it resets; gives the flash back.
fn boot(
    flash: FileFlash,
    console: Arc<Mutex<Console>>,
    cause: ResetCause,
) -> Result<(FileFlash, Ended), String> {
    let firmware = thread::Builder::new().name("firmware".into()).stack_size(THREAD_STACK);
    let firmware = firmware.spawn(move || {
        let board = Native::new(console, Stack::fill(), cause);
        heap::on_device(|| {
            let mut store = ModuleStore::new(flash);
            let ended = session::run(board, &mut store);
            (store.into_flash(), ended)
        })
    });
    // A panic ends the process before it could be seen here.
    firmware
        .map_err(why("start the firmware's thread"))?
        .join()
        .map_err(|_| "the firmware panicked".to_owned())
}
