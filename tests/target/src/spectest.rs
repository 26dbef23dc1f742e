//! The `spectest` host module that the suite's scripts import from (the specification's
//! `interpreter/host/spectest.ml`).

use wasmote_runtime::{
    Caller, Func, Global, GlobalType, Linker, Memory, MemoryType, Result, Store, Table, TableType, Val,
    ValType,
};

type Host<'a> = Caller<'a, ()>;

/// Defines the module in a linker, with its parts made in a store.
///
/// # Errors
/// `OutOfMemory`, or the store's limits.
pub fn define(linker: &mut Linker<()>, store: &mut Store<()>) -> Result<()> {
    const NAME: &str = "spectest";
    let prints = [
        ("print", Func::wrap(&mut *store, |_: &mut Host<'_>| {})?),
        ("print_i32", Func::wrap(&mut *store, |_: &mut Host<'_>, _: i32| {})?),
        ("print_i64", Func::wrap(&mut *store, |_: &mut Host<'_>, _: i64| {})?),
        ("print_f32", Func::wrap(&mut *store, |_: &mut Host<'_>, _: f32| {})?),
        ("print_f64", Func::wrap(&mut *store, |_: &mut Host<'_>, _: f64| {})?),
        ("print_i32_f32", Func::wrap(&mut *store, |_: &mut Host<'_>, _: i32, _: f32| {})?),
        ("print_f64_f64", Func::wrap(&mut *store, |_: &mut Host<'_>, _: f64, _: f64| {})?),
    ];
    for (name, func) in prints {
        linker.define(NAME, name, func)?;
    }
    let globals = [
        ("global_i32", Val::I32(666)),
        ("global_i64", Val::I64(666)),
        ("global_f32", Val::F32(666.6_f32.to_bits())),
        ("global_f64", Val::F64(666.6_f64.to_bits())),
    ];
    for (name, value) in globals {
        let ty = GlobalType { content: value.ty(), mutable: false };
        linker.define(NAME, name, Global::new(&mut *store, ty, value)?)?;
    }
    let table = TableType { element: ValType::FuncRef, min: 10, max: Some(20) };
    linker.define(NAME, "table", Table::new(&mut *store, table, Val::FuncRef(None))?)?;
    let memory = MemoryType { min: 1, max: Some(2), page_log2: 16 };
    linker.define(NAME, "memory", Memory::new(&mut *store, memory)?)?;
    Ok(())
}
