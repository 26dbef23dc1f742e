//! The engines under test, each behind the same call: load a module, run its `run`.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// What goes wrong in a benchmark ends it.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What a run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// The guest's checksum, which all engines agree on.
    pub checksum: i32,
    /// Processor time from the module's bytes to an instance.
    pub load: Duration,
    /// Processor time of the call.
    pub call: Duration,
}

/// Processor time of this process; 0 where there is no clock for it.
pub fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// An engine of this process.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Its name in tables and on the worker's command line.
    pub name: &'static str,
    /// Loads a module and calls its `run`.
    pub run: fn(&[u8], i32) -> Outcome<Measured>,
}

/// The engines; which of the runtime's back ends is measured is fixed when the worker is built. The runtime and its peers
/// are not in one program: how the linker's optimizer treats the one can make the other twice as slow.
pub const ENGINES: &[Engine] = &[
    #[cfg(not(feature = "peers"))]
    Engine { name: "wasmote", run: wasmote },
    #[cfg(feature = "peers")]
    Engine { name: "wasmi", run: crate::peers::wasmi },
    #[cfg(feature = "peers")]
    Engine { name: "stitch", run: crate::peers::stitch },
    #[cfg(feature = "peers")]
    Engine { name: "tinywasm", run: crate::peers::tinywasm },
];

/// The value stack's limit for guests of benchmarks, in bytes.
#[cfg(not(feature = "peers"))]
const STACK: u32 = 1 << 16;

pub(crate) fn measure<C>(
    load: impl FnOnce() -> Outcome<C>,
    call: impl FnOnce(C) -> Outcome<i32>,
) -> Outcome<Measured> {
    let begun = processor_time();
    let callee = load()?;
    let loaded = processor_time();
    let checksum = call(callee)?;
    Ok(Measured {
        checksum,
        load: loaded.saturating_sub(begun),
        call: processor_time().saturating_sub(loaded),
    })
}

#[cfg(not(feature = "peers"))]
fn wasmote(wasm: &[u8], rounds: i32) -> Outcome<Measured> {
    use wasmote_runtime::{Engine, Linker, Module, Store, StoreLimits};
    let engine = Engine::default();
    let limits = StoreLimits { stack_bytes: STACK, ..StoreLimits::new() };
    let mut store = Store::with_limits(&engine, (), limits);
    let (store, engine) = (&mut store, &engine);
    let mut run = None;
    measure(
        || {
            let module = Module::new(engine, wasm)?;
            let instance = Linker::new(engine).instantiate(&mut *store, &module)?;
            run = Some(instance.get_typed_func::<(i32,), i32>(&*store, "run")?);
            Ok((run, store))
        },
        |(run, store)| {
            let run = run.ok_or("no run")?;
            Ok(run.call(store, (rounds,))?)
        },
    )
}
