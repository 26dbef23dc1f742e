//! Runs of a module in slices held against one whole run: results, traps, memory and fuel are the same.

use wasmote_runtime::{
    CallStatus, Caller, Engine, Error, Extern, Func, HostError, Instance, Linker, Module, Result, Store,
    StoreLimits, Trap, Val, ValType,
};

use crate::ours::{define, memory_hash};

/// Fuel of a slice.
const SLICES: [u64; 5] = [1, 2, 3, 7, 1000];
/// Fuel of a whole run; one that needs more is left out.
const WHOLE: u64 = 20_000;
/// Slices without progress after which a run hangs.
const PATIENCE: u32 = 10;

/// What a host function gets that waits where it must not.
const OUTSIDE: &str = "a host function waits outside of a guest's call";

/// How a run goes on when it stops.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Fuel of a slice.
    slice: u64,
    /// Whether each call of a host function waits once.
    host_waits: bool,
}

/// What a run came to.
#[derive(Debug, PartialEq)]
struct Run {
    steps: Vec<Result<Vec<Val>, Error>>,
    /// Fuel that each step took.
    fuel: Vec<u64>,
    /// Hashes of memories, bits of globals, tables.
    state: Vec<(String, String)>,
    /// How often the host was called.
    host_calls: u64,
}

/// The embedder's data: what the host functions do next.
#[derive(Default)]
pub struct Host {
    waits: bool,
    waited: bool,
    calls: u64,
}

fn host(caller: &mut Caller<'_, Host>, args: &[Val], results: &mut [Val]) -> Result<(), HostError> {
    let data = caller.data_mut();
    if data.waits && !data.waited {
        data.waited = true;
        return Err(HostError::Suspend);
    }
    data.waited = false;
    data.calls += 1;
    let mix = args.len() as i32 + data.calls as i32;
    for (i, result) in results.iter_mut().enumerate() {
        *result = match *result {
            Val::I32(_) => Val::I32(mix + i as i32),
            Val::I64(_) => Val::I64(i64::from(mix) << 33),
            Val::F32(_) => Val::F32((mix as f32).to_bits()),
            Val::F64(_) => Val::F64(f64::from(mix).to_bits()),
            other => other,
        };
    }
    if data.calls.is_multiple_of(23) { Err(Trap::Host(&"the host fails").into()) } else { Ok(()) }
}

/// Defines what a module imports; the functions wait once a call if the data says so.
///
/// # Errors
/// `OutOfMemory`, or a limit of the store's.
pub fn link(linker: &mut Linker<Host>, store: &mut Store<Host>, module: &Module) -> Result<()> {
    let call = |types: &'static [ValType]| {
        move |caller: &mut Caller<'_, Host>, args: &[Val], results: &mut [Val]| {
            results.iter_mut().zip(types).for_each(|(result, &ty)| *result = Val::default_for(ty));
            host(caller, args, results)
        }
    };
    define(linker, store, module, call, Val::default_for)
}

/// Goes on until the call ends; gives the fuel it took. A call that takes more than `WHOLE` is given up.
fn finish(
    store: &mut Store<Host>,
    pace: Pace,
    mut status: Result<CallStatus>,
    results: &mut [Val],
) -> (Result<CallStatus>, u64) {
    let mut granted = pace.slice;
    let mut idle = 0;
    loop {
        match status {
            Ok(CallStatus::OutOfFuel) => {
                assert_eq!(store.fuel(), 0, "fuel is left at {pace:?}");
                if granted >= WHOLE {
                    store.cancel();
                    return (Ok(CallStatus::OutOfFuel), granted);
                }
                granted += pace.slice;
                store.set_fuel(pace.slice);
                idle = 0;
            }
            Ok(CallStatus::Waiting) => {
                idle += 1;
                assert!(idle < PATIENCE, "no progress at {pace:?}");
            }
            ended => return (ended, granted - store.fuel()),
        }
        assert!(store.is_suspended());
        assert_eq!(store.resume(&mut [Val::I32(0); 99]), Err(Error::Signature), "99 results never fit");
        status = store.resume(results);
    }
}

fn step(store: &mut Store<Host>, func: Func, pace: Pace) -> (Result<Vec<Val>>, u64) {
    let (params, count) = func.arity(&*store).unwrap_or_default();
    let args: Vec<Val> = (0..params).filter_map(|i| func.param(&*store, i)).map(Val::default_for).collect();
    let mut results = vec![Val::I32(0); count];
    store.set_fuel(pace.slice);
    let status = func.call_resumable(&mut *store, &args, &mut results);
    let (status, fuel) = finish(store, pace, status, &mut results);
    let outcome = match status {
        Ok(CallStatus::Finished) => Ok(results),
        Ok(_) => Err(Trap::OutOfFuel.into()),
        Err(error) => Err(error),
    };
    (outcome, fuel)
}

/// Runs all exported functions of a module at a pace; `None` when it is no module, or takes too much fuel.
fn run(bytes: &[u8], pace: Pace) -> Option<Run> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes).ok()?;
    let limits = StoreLimits { memory_bytes: 1 << 20, table_elements: 10_000, ..StoreLimits::new() };
    let mut store = Store::with_limits(&engine, Host { waits: pace.host_waits, ..Host::default() }, limits);
    let mut linker = Linker::new(&engine);
    link(&mut linker, &mut store, &module).ok()?;
    store.set_fuel(pace.slice);
    let mut run = Run { steps: Vec::new(), fuel: Vec::new(), state: Vec::new(), host_calls: 0 };
    let instance = match linker.instantiate_resumable(&mut store, &module) {
        Ok((instance, status)) => {
            let (status, fuel) = finish(&mut store, pace, Ok(status), &mut []);
            match status {
                Ok(CallStatus::Finished) => run.steps.push(Ok(Vec::new())),
                Ok(_) => return None,
                // Whether it traps before or after a stop, nothing but the trap is given.
                Err(error) => {
                    run.steps.push(Err(error));
                    return Some(run);
                }
            }
            run.fuel.push(fuel);
            instance
        }
        Err(error) => {
            run.steps.push(Err(error));
            return Some(run);
        }
    };
    let functions: Vec<Func> =
        module.exports().filter_map(|e| instance.get_func(&store, e.name)).take(6).collect();
    for func in functions {
        let (outcome, fuel) = step(&mut store, func, pace);
        if outcome == Err(Trap::OutOfFuel.into()) {
            return None;
        }
        run.steps.push(outcome);
        run.fuel.push(fuel);
    }
    run.state = state(&store, &module, instance);
    run.host_calls = store.data().calls;
    Some(run)
}

fn state(store: &Store<Host>, module: &Module, instance: Instance) -> Vec<(String, String)> {
    let part = |item| match item {
        Extern::Memory(memory) => format!("{} {:x}", memory.size(store), memory_hash(store, memory)),
        Extern::Global(global) => format!("{:?}", global.get(store)),
        Extern::Table(table) => {
            format!("{:?}", (0..table.size(store)).map(|i| table.get(store, i)).collect::<Vec<_>>())
        }
        Extern::Func(_) => String::new(),
    };
    let export = |name: &str| instance.get_export(store, name).map(|item| (name.to_owned(), part(item)));
    module.exports().filter_map(|e| export(e.name)).collect()
}

/// Holds runs at all paces against one that never stops; gives the fuel that the module took, `None` when it could not
/// be run.
///
/// # Panics
/// When one differs.
pub fn check(name: &str, module: &[u8]) -> Option<u64> {
    let whole = run(module, Pace { slice: WHOLE, host_waits: false })?;
    for host_waits in [false, true] {
        for slice in SLICES {
            let pace = Pace { slice, host_waits };
            let sliced = run(module, pace);
            // A host function that the embedder calls itself, by a guest's export, has no call to suspend.
            let outside = |run: &Run| run.steps.contains(&Err(Trap::Host(&OUTSIDE).into()));
            if !sliced.as_ref().is_some_and(outside) {
                assert_eq!(sliced.as_ref(), Some(&whole), "{name} at {pace:?}");
            }
        }
    }
    Some(whole.fuel.iter().sum())
}
