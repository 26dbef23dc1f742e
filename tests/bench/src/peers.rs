//! The peers, as their documentation tells to use them.

use crate::engine::{Measured, Outcome, measure};

pub(crate) fn wasmi(wasm: &[u8], rounds: i32) -> Outcome<Measured> {
    use wasmi2::{Engine, Linker, Module, Store};
    let engine = Engine::default();
    measure(
        || {
            let module = Module::new(&engine, wasm)?;
            let mut store = Store::new(&engine, ());
            let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
            let run = instance.get_typed_func::<i32, i32>(&store, "run")?;
            Ok((store, run))
        },
        |(mut store, run)| Ok(run.call(&mut store, rounds)?),
    )
}

pub(crate) fn stitch(wasm: &[u8], rounds: i32) -> Outcome<Measured> {
    use makepad_stitch::{Engine, Linker, Module, Store, Val};
    let engine = Engine::new();
    measure(
        || {
            let module = Module::new(&engine, wasm).map_err(|_| "stitch does not load it")?;
            let mut store = Store::new(engine.clone());
            let instance =
                Linker::new().instantiate(&mut store, &module).map_err(|_| "stitch does not link it")?;
            let run = instance.exported_func("run").ok_or("no run")?;
            Ok((store, run))
        },
        |(mut store, run)| {
            let mut results = [Val::I32(0)];
            run.call(&mut store, &[Val::I32(rounds)], &mut results).map_err(|_| "stitch traps")?;
            match results {
                [Val::I32(checksum)] => Ok(checksum),
                _ => Err("stitch gives another type".into()),
            }
        },
    )
}

pub(crate) fn tinywasm(wasm: &[u8], rounds: i32) -> Outcome<Measured> {
    use tinywasm::{ModuleInstance, Store, parse_bytes};
    measure(
        || {
            let module = parse_bytes(wasm)?;
            let mut store = Store::default();
            let instance = ModuleInstance::instantiate(&mut store, &module, None)?;
            let run = instance.func::<i32, i32>(&store, "run")?;
            Ok((store, run))
        },
        |(mut store, run)| Ok(run.call(&mut store, rounds)?),
    )
}
