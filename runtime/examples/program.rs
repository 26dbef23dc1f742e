//! Runs a program of a C compiler on this computer: `cargo run -p wasmote-runtime --example program -- FILE [ARG...]`.
//!
//! The module may import the C library, which needs three things of its host: its own state, a console, and a clock.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use wasmote_runtime::libc::{self, Entry, LibcHost, LibcState};
use wasmote_runtime::{Engine, Error, HostError, Linker, Module, Store, StoreLimits, Trap, Val};

/// What host functions work with.
struct Guest {
    libc: LibcState,
    start: Instant,
}

impl LibcHost for Guest {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.libc
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        // What a full pipe does not take would be asked for again, for ever.
        let _ = std::io::stdout().write_all(bytes);
        bytes.len()
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        Ok(u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX))
    }
}

/// Runs `main` with these words, the program's name first, and returns what it gives.
fn run(wasm: &[u8], words: &[String]) -> Result<Option<Val>, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm)?;

    let guest = Guest { libc: LibcState::with_heap(64 * 1024), start: Instant::now() };
    let limits = StoreLimits { memory_bytes: 1 << 20, ..StoreLimits::default() };
    let mut store = Store::with_limits(&engine, guest, limits);
    let mut linker = Linker::new(&engine);
    linker.functions(libc::functions())?;
    let instance = linker.instantiate(&mut store, &module)?;

    let words = words.iter().map(String::as_str);
    let (main, arguments) = match libc::entry(&store, instance) {
        Some(Entry::Main(main)) => (main, libc::arguments(&mut store, instance, words)?.to_vec()),
        Some(Entry::Plain(main)) => (main, Vec::new()),
        None => return Ok(None),
    };
    let mut results = vec![Val::I32(0); main.arity(&store)?.1];
    main.call(&mut store, &arguments, &mut results)?;
    Ok(results.pop())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(wasm) = words.first().and_then(|file| std::fs::read(file).ok()) else {
        eprintln!("usage: program FILE [ARG...]");
        return ExitCode::FAILURE;
    };
    match run(&wasm, &words) {
        Ok(result) => println!("{result:?}"),
        // The program called `exit`.
        Err(Error::Trap(Trap::Exit(status))) => println!("exit {status}"),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
