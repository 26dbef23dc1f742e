//! Host functions that call back into guests, fail, change what the guest stands on, and do so within each other.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use wasmote_runtime::{
    CallStatus, Caller, Engine, Error, Extern, Func, HostError, Instance, Linker, Module, Result, Store,
    StoreLimits, Trap, Val,
};

/// `f(n)` keeps a local on each side of a call of the host's `back(n)`.
const GUEST: &str = r#"(module
  (import "env" "back" (func $back (param i32) (result i32)))
  (memory (export "memory") 1 4)
  (table (export "table") 1 8 funcref)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (func (export "f") (param i32) (result i32) (local i32)
    (local.set 1 (i32.mul (local.get 0) (i32.const 100)))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.add (call $back (local.get 0)) (i32.add (local.get 1) (i32.load8_u (local.get 0)))))
  (func (export "trap") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0)))
  (func (export "spin") (param i32) (result i32) (loop (br 0)) (local.get 0))
  (func (export "deep") (param i32) (result i32) (call 4 (i32.add (local.get 0) (i32.const 1))))
  (func (export "sizes") (param i32) (result i32) (local i32)
    (local.set 1 (call $back (local.get 0)))
    (i32.add (local.get 1) (i32.add (i32.mul (memory.size) (i32.const 10)) (table.size 0)))))"#;

/// Bytes of value stack.
const STACK: u32 = 16 * 1024;

/// The native stack holds this many host functions at once.
const DEPTH: i32 = 16;

fn func(caller: &Caller<'_, ()>, name: &str) -> Func {
    match caller.get_export(name) {
        Some(Extern::Func(func)) => func,
        other => panic!("{name} is {other:?}"),
    }
}

/// Calls the guest's function `name` with `arg`.
fn call(caller: &mut Caller<'_, ()>, name: &str, arg: i32) -> Result<i32> {
    func(caller, name).typed::<i32, i32>(&*caller)?.call(caller, arg)
}

/// A guest whose `back` is the given function.
fn guest(
    back: impl Fn(&mut Caller<'_, ()>, i32) -> Result<i32, HostError> + 'static,
) -> (Store<()>, Instance) {
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(GUEST).unwrap()).unwrap();
    let mut store = Store::with_limits(&engine, (), StoreLimits { stack_bytes: STACK, ..StoreLimits::new() });
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "back", back).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

fn f(store: &mut Store<()>, instance: Instance, name: &str, arg: i32) -> Result<i32> {
    instance.get_typed_func::<i32, i32>(&*store, name)?.call(store, arg)
}

#[test]
fn a_guest_and_the_host_call_each_other_as_deep_as_the_native_stack_allows() {
    let (mut store, instance) = guest(|caller, n| if n == 0 { Ok(0) } else { Ok(call(caller, "f", n - 1)?) });
    let deepest = DEPTH - 1;
    assert_eq!(f(&mut store, instance, "f", deepest), Ok((0..=deepest).sum::<i32>() * 100));
    let calls = instance.get_global(&store, "calls").unwrap();
    assert_eq!(calls.get(&store), Some(Val::I32(DEPTH)));
    for n in [DEPTH, 1000] {
        assert_eq!(f(&mut store, instance, "f", n), Err(Trap::StackOverflow.into()));
        assert_eq!(f(&mut store, instance, "f", 1), Ok(100), "after {n}");
    }
}

#[test]
fn a_host_function_may_go_on_after_a_guest_that_it_called_failed() {
    for (name, trap) in
        [("trap", Trap::IntegerDivisionByZero), ("deep", Trap::StackOverflow), ("spin", Trap::OutOfFuel)]
    {
        let (mut store, instance) = guest(move |caller, n| match call(caller, name, n) {
            Err(Error::Trap(found)) if found == trap => Ok(7),
            other => panic!("{name}: {other:?}"),
        });
        let fuel = if trap == Trap::OutOfFuel { 1000 } else { u64::MAX };
        store.set_fuel(fuel);
        assert_eq!(f(&mut store, instance, "f", 3), Ok(307), "{name}");
        store.set_fuel(fuel);
        assert_eq!(f(&mut store, instance, "f", 4), Ok(407), "{name}, again");
    }
}

#[test]
fn a_guest_that_a_host_function_calls_cannot_wait() {
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(GUEST).unwrap()).unwrap();
    let mut store = Store::new(&engine, false);
    let mut linker = Linker::new(&engine);
    let back = |caller: &mut Caller<'_, bool>, n: i32| -> Result<i32, HostError> {
        if n > 0 {
            let Some(Extern::Func(f)) = caller.get_export("f") else { panic!("f is exported") };
            return Ok(f.typed::<i32, i32>(&*caller)?.call(caller, n - 1)?);
        }
        if core::mem::replace(caller.data_mut(), true) { Ok(5) } else { Err(HostError::Suspend) }
    };
    linker.func_wrap("env", "back", back).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let f = instance.get_func(&store, "f").unwrap();
    let mut result = [Val::I32(0)];
    let waits = Trap::Host(&"a host function waits in a call by another");
    assert_eq!(f.call(&mut store, &[Val::I32(1)], &mut result), Err(waits.into()));
    assert!(!store.is_suspended());
    *store.data_mut() = false;
    assert_eq!(f.call_resumable(&mut store, &[Val::I32(0)], &mut result), Ok(CallStatus::Waiting));
    assert_eq!(store.resume(&mut result), Ok(CallStatus::Finished));
    assert_eq!(result, [Val::I32(5)]);
}

#[test]
fn a_host_function_may_change_what_the_guest_stands_on() {
    let (mut store, instance) = guest(|caller, n| {
        // What instances, memories and tables are kept in moves as more come.
        let engine = Engine::default();
        let module = Module::new(&engine, &wat::parse_str(GUEST).unwrap())?;
        for _ in 0..20 {
            let mut linker = Linker::new(&engine);
            linker.func_wrap("env", "back", |n: i32| n + 1)?;
            let other = linker.instantiate(&mut *caller, &module)?;
            assert_eq!(other.get_typed_func::<i32, i32>(&*caller, "f")?.call(&mut *caller, 2), Ok(203));
        }
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else { panic!("no memory") };
        let Some(Extern::Table(table)) = caller.get_export("table") else { panic!("no table") };
        memory.grow(&mut *caller, n as u32)?;
        table.grow(&mut *caller, 2, Val::FuncRef(None))?;
        caller.write_memory(n as u32, &[9])?;
        Ok(1000)
    });
    assert_eq!(f(&mut store, instance, "f", 1), Ok(1000 + 100 + 9));
    assert_eq!(f(&mut store, instance, "sizes", 1), Ok(1000 + 30 + 5));
    assert_eq!(f(&mut store, instance, "f", 0), Ok(1000 + 9));
}
