//! Runs a module as planned on the runtime.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use wasmote_runtime::{
    Caller, Engine, Error, Extern, ExternType, Func, FuncType, Global, HostError, Instance, Linker, Memory,
    Module, Result, Store, StoreLimits, Table, Trap, Val, ValType,
};

use crate::generate::{FUEL, FUEL_GLOBAL};
use crate::outcome::{Ended, Outcome, Part, Value, f32_class, f64_class, hash};
use crate::plan::{self, Kind, MAX_MEMORY, MAX_TABLE};

/// The text of a host function's failure.
pub const HOST_FAILURE: &str = "the host fails";
/// Bytes of value stack: as much as the deepest run takes.
const STACK: u32 = 64 << 20;

fn kind(ty: ValType) -> Kind {
    match ty {
        ValType::I32 => Kind::I32,
        ValType::I64 => Kind::I64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::FuncRef => Kind::Func,
        ValType::ExternRef => Kind::Extern,
    }
}

/// A value as both interpreters give it: NaNs by class.
fn to_value(val: Val) -> Value {
    match val {
        Val::F32(x) => f32_class(x),
        Val::F64(x) => f64_class(x),
        other => other.into(),
    }
}

fn ended(error: Error) -> Ended {
    match error {
        // The specification's interpreter has one word for both, the other interpreter too.
        Error::Trap(Trap::UndefinedElement) => Ended::Trap(Trap::TableOutOfBounds.as_str()),
        Error::Trap(trap @ (Trap::StackOverflow | Trap::OutOfMemory)) => {
            Ended::Limit(trap.as_str().to_owned())
        }
        Error::Trap(trap) => Ended::Trap(trap.as_str()),
        other => Ended::Limit(other.to_string()),
    }
}

/// The types of a host function's parameters or results, which live as long as the program: each list once.
fn interned(types: &[ValType]) -> &'static [ValType] {
    static LISTS: Mutex<BTreeSet<&'static [ValType]>> = Mutex::new(BTreeSet::new());
    let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
    lists.get(types).copied().unwrap_or_else(|| {
        let list: &'static [ValType] = types.to_vec().leak();
        lists.insert(list);
        list
    })
}

/// Defines what a module imports: functions as `call` says for their results' types, and all else with `value`s.
///
/// # Errors
/// `OutOfMemory`, or a limit of the store's.
pub fn define<T: 'static, F>(
    linker: &mut Linker<T>,
    store: &mut Store<T>,
    module: &Module,
    call: impl Fn(&'static [ValType]) -> F,
    value: impl Fn(ValType) -> Val,
) -> Result<()>
where
    F: Fn(&mut Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), HostError> + 'static,
{
    for import in module.imports() {
        let (from, name) = (import.module, import.name);
        match import.ty {
            ExternType::Func(ty) => {
                let ty = FuncType { params: interned(ty.params), results: interned(ty.results) };
                linker.func_new(from, name, ty, call(ty.results))?;
            }
            ExternType::Table(ty) => {
                linker.define(from, name, Table::new(&mut *store, ty, Val::default_for(ty.element))?)?;
            }
            ExternType::Memory(ty) => {
                linker.define(from, name, Memory::new(&mut *store, ty)?)?;
            }
            ExternType::Global(ty) => {
                linker.define(from, name, Global::new(&mut *store, ty, value(ty.content))?)?;
            }
        }
    }
    Ok(())
}

/// Defines what a module imports as it is planned.
fn link(linker: &mut Linker<u64>, store: &mut Store<u64>, module: &Module) -> Result<()> {
    let call = |results: &'static [ValType]| {
        let results: Vec<Kind> = results.iter().map(|&ty| kind(ty)).collect();
        move |caller: &mut Caller<'_, u64>, _: &[Val], out: &mut [Val]| {
            let count = *caller.data();
            *caller.data_mut() += 1;
            let values = plan::host_results(count, &results);
            let values = values.ok_or(HostError::Trap(Trap::Host(&HOST_FAILURE)))?;
            out.iter_mut().zip(values).for_each(|(out, value)| *out = value.into());
            Ok(())
        }
    };
    define(linker, store, module, call, |ty| plan::value(kind(ty), 20).into())
}

/// Calls a function with arguments from a seed.
fn call(store: &mut Store<u64>, func: Func, seed: u64) -> Result<Vec<Value>> {
    let (params, results) = func.arity(&*store)?;
    let kinds: Vec<Kind> = (0..params).filter_map(|i| func.param(&*store, i)).map(kind).collect();
    let args: Vec<Val> = plan::arguments(seed, &kinds).into_iter().map(Val::from).collect();
    let mut found = vec![Val::I32(0); results];
    func.call(store, &args, &mut found)?;
    Ok(found.into_iter().map(to_value).collect())
}

/// Hashes a memory, which is read in parts.
pub fn memory_hash<T>(store: &Store<T>, memory: Memory) -> u64 {
    let size = memory.data_size(store);
    let mut buffer = vec![0; 1 << 16];
    let (mut at, mut state) = (0, 0);
    while at < size {
        let count = (size - at).min(buffer.len() as u64) as usize;
        let read = memory.read(store, at as u32, &mut buffer[..count]);
        assert_eq!(read, Ok(()), "the memory's own bytes can be read");
        state = hash(&buffer[..count], state);
        at += count as u64;
    }
    state
}

fn part(store: &Store<u64>, item: Extern) -> Option<Part> {
    match item {
        Extern::Func(_) => None,
        Extern::Global(global) => global.get(store).map(|value| Part::Global(to_value(value))),
        Extern::Table(table) => {
            let all = (0..table.size(store)).filter_map(|i| table.get(store, i)).map(to_value);
            Some(Part::Table(all.collect()))
        }
        Extern::Memory(memory) => Some(Part::Memory(memory.data_size(store), memory_hash(store, memory))),
    }
}

/// Runs a module; the error is that of loading it or of making what it imports.
///
/// # Errors
/// Those of [`Module::new`].
pub fn run(bytes: &[u8], seed: u64) -> Result<Outcome> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let limits = StoreLimits {
        memory_bytes: MAX_MEMORY as u64,
        table_elements: MAX_TABLE as u32,
        stack_bytes: STACK,
        ..StoreLimits::new()
    };
    let mut store = Store::with_limits(&engine, 0, limits);
    let mut linker = Linker::new(&engine);
    link(&mut linker, &mut store, &module)?;
    let mut outcome = Outcome::default();
    let instance = linker.instantiate(&mut store, &module);
    let step = instance.map(|_| Vec::new()).map_err(ended);
    outcome.steps.push(("instantiation".to_owned(), step));
    let Ok(instance) = instance else { return Ok(outcome) };
    calls(&mut store, instance, &module, seed, &mut outcome);
    for export in module.exports() {
        if let Some(part) = instance.get_export(&store, export.name).and_then(|item| part(&store, item)) {
            outcome.parts.insert(export.name.to_owned(), part);
        }
    }
    Ok(outcome)
}

fn calls(store: &mut Store<u64>, instance: Instance, module: &Module, seed: u64, outcome: &mut Outcome) {
    let mut functions: Vec<&str> =
        module.exports().filter(|e| matches!(e.ty, ExternType::Func(_))).map(|e| e.name).collect();
    functions.sort_unstable();
    for (index, seed) in plan::calls(seed, functions.len()) {
        let name = functions[index];
        let Some(func) = instance.get_func(&*store, name) else { continue };
        if let Some(fuel) = instance.get_global(&*store, FUEL_GLOBAL) {
            let filled = fuel.set(&mut *store, Val::I32(FUEL as i32));
            assert_eq!(filled, Ok(()), "the fuel can be set");
        }
        let step = call(store, func, seed).map_err(ended);
        outcome.steps.push((format!("{name} with seed {seed}"), step));
    }
}
