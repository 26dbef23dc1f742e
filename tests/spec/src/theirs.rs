//! Runs a module as planned on wasmi.

use wasmi::{
    Config, Engine, Error, ExternRef, ExternType, Func, Global, Instance, Linker, Memory, Module, Ref, Store,
    StoreLimits, StoreLimitsBuilder, Table, TrapCode, Val, ValType,
};
use wasmote_runtime::Trap;

use crate::generate::{FUEL, FUEL_GLOBAL};
use crate::ours::HOST_FAILURE;
use crate::outcome::{Ended, Outcome, Part, Value, f32_class, f64_class, hash};
use crate::plan::{self, Kind, MAX_MEMORY, MAX_TABLE};

/// Calls within calls, and bytes of stack: as many as the deepest run takes.
const DEPTH: usize = 100_000;
const STACK: usize = 64 << 20;

struct Host {
    limits: StoreLimits,
    /// Calls of the host's functions.
    count: u64,
}

fn kind(ty: ValType) -> Kind {
    match ty {
        ValType::I32 => Kind::I32,
        ValType::I64 => Kind::I64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::FuncRef => Kind::Func,
        _ => Kind::Extern,
    }
}

fn to_val(store: impl wasmi::AsContextMut, value: Value) -> Val {
    match value {
        Value::I32(x) => Val::I32(x),
        Value::I64(x) => Val::I64(x),
        Value::F32(x) => Val::F32(wasmi::F32::from_bits(x)),
        Value::F64(x) => Val::F64(wasmi::F64::from_bits(x)),
        Value::Func(_) => Val::FuncRef(Ref::Null),
        Value::Extern(None) => Val::ExternRef(Ref::Null),
        Value::Extern(Some(x)) => Val::ExternRef(Ref::Val(ExternRef::new(store, x))),
    }
}

fn to_value(store: &Store<Host>, val: &Val) -> Value {
    match val {
        Val::I32(x) => Value::I32(*x),
        Val::I64(x) => Value::I64(*x),
        Val::F32(x) => f32_class(x.to_bits()),
        Val::F64(x) => f64_class(x.to_bits()),
        Val::FuncRef(x) => Value::Func(!x.is_null()),
        Val::ExternRef(Ref::Val(x)) => Value::Extern(x.data(store).downcast_ref().copied()),
        _ => Value::Extern(None),
    }
}

fn ended(error: &Error) -> Ended {
    let trap = match error.as_trap_code() {
        Some(TrapCode::UnreachableCodeReached) => Trap::UnreachableCodeReached,
        Some(TrapCode::MemoryOutOfBounds) => Trap::MemoryOutOfBounds,
        Some(TrapCode::TableOutOfBounds) => Trap::TableOutOfBounds,
        Some(TrapCode::IndirectCallToNull) => Trap::IndirectCallToNull,
        Some(TrapCode::IntegerDivisionByZero) => Trap::IntegerDivisionByZero,
        Some(TrapCode::IntegerOverflow) => Trap::IntegerOverflow,
        Some(TrapCode::BadConversionToInteger) => Trap::BadConversionToInteger,
        Some(TrapCode::BadSignature) => Trap::BadSignature,
        _ if error.to_string().contains(HOST_FAILURE) => Trap::Host(&HOST_FAILURE),
        // An active element segment that does not fit is an error of its own there.
        _ if error.to_string().contains("does not fit") => Trap::TableOutOfBounds,
        _ => return Ended::Limit(error.to_string()),
    };
    Ended::Trap(trap.as_str())
}

/// Defines what a module imports.
fn link(linker: &mut Linker<Host>, store: &mut Store<Host>, module: &Module) -> Result<(), Error> {
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        match import.ty() {
            ExternType::Func(ty) => {
                let results: Vec<Kind> = ty.results().iter().map(|&ty| kind(ty)).collect();
                linker.func_new(from, name, ty.clone(), move |mut caller, _, out| {
                    let count = caller.data().count;
                    caller.data_mut().count += 1;
                    let values = plan::host_results(count, &results);
                    let values = values.ok_or_else(|| Error::new(HOST_FAILURE))?;
                    for (out, value) in out.iter_mut().zip(values) {
                        *out = to_val(&mut caller, value);
                    }
                    Ok(())
                })?;
            }
            ExternType::Table(ty) => {
                let init = Val::default(ty.element());
                linker.define(from, name, Table::new(&mut *store, *ty, init)?)?;
            }
            ExternType::Memory(ty) => {
                linker.define(from, name, Memory::new(&mut *store, *ty)?)?;
            }
            ExternType::Global(ty) => {
                let value = to_val(&mut *store, plan::value(kind(ty.content()), 20));
                linker.define(from, name, Global::new(&mut *store, value, ty.mutability()))?;
            }
        }
    }
    Ok(())
}

/// Calls a function with arguments from a seed.
fn call(store: &mut Store<Host>, func: Func, seed: u64) -> Result<Vec<Value>, Error> {
    let ty = func.ty(&*store);
    let kinds: Vec<Kind> = ty.params().iter().map(|&ty| kind(ty)).collect();
    let args: Vec<Val> =
        plan::arguments(seed, &kinds).into_iter().map(|value| to_val(&mut *store, value)).collect();
    let mut found = vec![Val::I32(0); ty.results().len()];
    func.call(&mut *store, &args, &mut found)?;
    Ok(found.iter().map(|val| to_value(store, val)).collect())
}

fn part(store: &Store<Host>, item: wasmi::Extern) -> Option<Part> {
    match item {
        wasmi::Extern::Func(_) => None,
        wasmi::Extern::Global(global) => Some(Part::Global(to_value(store, &global.get(store)))),
        wasmi::Extern::Table(table) => {
            let all =
                (0..table.size(store)).filter_map(|i| table.get(store, i)).map(|val| to_value(store, &val));
            Some(Part::Table(all.collect()))
        }
        wasmi::Extern::Memory(memory) => {
            let bytes = memory.data(store);
            let state = bytes.chunks(1 << 16).fold(0, |state, chunk| hash(chunk, state));
            Some(Part::Memory(bytes.len() as u64, state))
        }
    }
}

/// Runs a module.
///
/// # Errors
/// Those of loading the module and of making what it imports.
pub fn run(bytes: &[u8], seed: u64) -> Result<Outcome, Error> {
    let mut config = Config::default();
    config.wasm_custom_page_sizes(true).wasm_multi_memory(false).wasm_wide_arithmetic(false);
    config.set_max_recursion_depth(DEPTH).set_max_stack_height(STACK);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, bytes)?;
    let limits = StoreLimitsBuilder::new().memory_size(MAX_MEMORY).table_elements(MAX_TABLE).build();
    let mut store = Store::new(&engine, Host { limits, count: 0 });
    store.limiter(|host| &mut host.limits);
    let mut linker = Linker::new(&engine);
    link(&mut linker, &mut store, &module)?;
    let mut outcome = Outcome::default();
    let instance = linker.instantiate_and_start(&mut store, &module);
    let step = instance.as_ref().map(|_| Vec::new()).map_err(ended);
    outcome.steps.push(("instantiation".to_owned(), step));
    let Ok(instance) = instance else { return Ok(outcome) };
    calls(&mut store, instance, &module, seed, &mut outcome);
    for export in module.exports() {
        if let Some(part) = instance.get_export(&store, export.name()).and_then(|item| part(&store, item)) {
            outcome.parts.insert(export.name().to_owned(), part);
        }
    }
    Ok(outcome)
}

fn calls(store: &mut Store<Host>, instance: Instance, module: &Module, seed: u64, outcome: &mut Outcome) {
    let mut functions: Vec<&str> =
        module.exports().filter(|e| e.ty().func().is_some()).map(|e| e.name()).collect();
    functions.sort_unstable();
    for (index, seed) in plan::calls(seed, functions.len()) {
        let name = functions[index];
        let Some(func) = instance.get_func(&*store, name) else { continue };
        if let Some(fuel) = instance.get_global(&*store, FUEL_GLOBAL) {
            let filled = fuel.set(&mut *store, Val::I32(FUEL as i32));
            assert!(filled.is_ok(), "the fuel can be set");
        }
        let step = call(store, func, seed).map_err(|error| ended(&error));
        outcome.steps.push((format!("{name} with seed {seed}"), step));
    }
}
