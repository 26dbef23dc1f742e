//! Every allocation of loading, instantiating and running fails once: each time there is an error value, nothing
//! panics, and the heap is what it was, to the byte.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod failing;

use failing::{Failing, bytes, failing};
use wasmote_runtime::{
    CallStatus, Caller, Engine, Error, FuncType, HostError, Instance, Linker, Module, Result, Store,
    StoreLimits, Trap, Val,
};
use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::generate::{self, Purpose};

#[global_allocator]
static ALLOCATOR: Failing = Failing;

/// A module with something of everything that takes memory.
const GUEST: &str = r#"(module
  (import "env" "host" (func $host (param i64 f32) (result i64)))
  (import "env" "offset" (global $offset i32))
  (memory (export "memory") 1 100)
  (table $table (export "table") 4 1000 funcref)
  (table $other 2 externref)
  (global $count (export "count") (mut i64) (i64.const 5))
  (global $sum i32 (i32.add (global.get $offset) (i32.const 8)))
  (elem (i32.const 0) $recurse $start)
  (elem $passive funcref (ref.func $recurse) (ref.null func))
  (data (offset (i32.mul (global.get $offset) (i32.const 2))) "active data")
  (data $late "passive data")
  (start $start)
  (func $start
    (memory.init $late (i32.const 40000) (i32.const 0) (i32.const 12))
    (table.init $table $passive (i32.const 2) (i32.const 0) (i32.const 2)))
  (func $recurse (export "recurse") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 1))
      (else (i32.add (local.get 0)
        (call_indirect (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))))
  (func (export "touch") (param i32) (result i32)
    (i32.store (local.get 0) (i32.const 0x01020304))
    (memory.copy (i32.const 60000) (local.get 0) (i32.const 600))
    (memory.fill (i32.const 20000) (i32.const 7) (i32.const 300))
    (i32.load (local.get 0)))
  (func (export "grow") (result i32)
    (i32.add (memory.grow (i32.const 2))
      (i32.add
        (table.grow $table (ref.null func) (i32.const 100))
        (table.grow $other (ref.null extern) (i32.const 10)))))
  (func (export "call_host") (result i64)
    (call $host (i64.const 3) (f32.const 2)))
  (func (export "many") (param i32) (result i64 i64 i64 i32)
    (block (block (block (br_table 0 1 2 (local.get 0))) (nop)))
    (i64.const 1) (i64.const 0x123456789abc) (global.get $count) (global.get $sum)))"#;

/// The same heap as before is a condition of every step.
struct World {
    module: Module,
    store: Store<u32>,
    instance: Instance,
}

fn load(bytes: &[u8], feed: Feed) -> Result<World> {
    let engine = Engine::default();
    let module = feed.load(&engine, bytes)?;
    let limits = StoreLimits { stack_bytes: 1 << 16, ..StoreLimits::new() };
    let mut store = Store::with_limits(&engine, 0, limits);
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "host", |caller: &mut Caller<'_, u32>, x: i64, y: f32| {
        *caller.data_mut() += 1;
        x + y as i64
    })?;
    let ty = wasmote_runtime::GlobalType { content: wasmote_runtime::ValType::I32, mutable: false };
    let offset = wasmote_runtime::Global::new(&mut store, ty, Val::I32(1000))?;
    linker.define("env", "offset", offset)?;
    let instance = feed.instantiate(&linker, &mut store, &module, bytes)?;
    Ok(World { module, store, instance })
}

fn call(world: &mut World, name: &str, args: &[Val], results: &mut [Val]) -> Result<()> {
    let func = world.instance.get_func(&world.store, name).ok_or(Error::UnknownHandle)?;
    func.call(&mut world.store, args, results)
}

/// Calls everything; the guest's own answers to a full heap (-1 from grow) are errors here too.
fn calls(world: &mut World) -> Result<()> {
    let mut one = [Val::I32(0)];
    call(world, "recurse", &[Val::I32(200)], &mut one)?;
    assert_eq!(one, [Val::I32(20_101)]);
    call(world, "touch", &[Val::I32(100)], &mut one)?;
    assert_eq!(one, [Val::I32(0x0102_0304)]);
    call(world, "grow", &[], &mut one)?;
    if one != [Val::I32(1 + 4 + 2)] {
        return Err(Error::OutOfMemory);
    }
    call(world, "call_host", &[], &mut one)?;
    assert_eq!(one, [Val::I64(5)]);
    let mut four = [Val::I32(0); 4];
    call(world, "many", &[Val::I32(1)], &mut four)?;
    assert_eq!(four, [Val::I64(1), Val::I64(0x1234_5678_9abc), Val::I64(5), Val::I32(1008)]);
    let typed = world.instance.get_typed_func::<i32, i32>(&world.store, "recurse")?;
    assert_eq!(typed.call(&mut world.store, 2)?, 4);
    Ok(())
}

/// Whether an error says that the heap is full.
fn is_full(error: Error) -> bool {
    matches!(error, Error::OutOfMemory | Error::Trap(Trap::OutOfMemory))
}

/// Fails allocation after allocation of `f` until it needs no more; gives their count.
fn check(what: &str, mut f: impl FnMut() -> Result<()>) -> usize {
    f().unwrap();
    for n in 0.. {
        let before = bytes();
        let (outcome, failed) = failing(n, &mut f);
        assert_eq!(bytes(), before, "{what}, allocation {n}: {outcome:?} left bytes behind");
        if !failed {
            assert_eq!(outcome, Ok(()), "{what}");
            return n;
        }
        // A stack or table that could not have its roomy size may do with the least one.
        assert!(outcome.map_or_else(is_full, |()| true), "{what}, allocation {n}: {outcome:?}");
    }
    0
}

#[test]
fn every_allocation_may_fail() {
    let bytes = wat::parse_str(GUEST).unwrap();
    for feed in Feed::ALL {
        let engine = Engine::default();
        let loading = check("load", || feed.load(&engine, &bytes).map(|_| ()));
        let instantiating = check("load and instantiate", || load(&bytes, feed).map(|_| ()));
        let all = check("load, instantiate and call", || calls(&mut load(&bytes, feed)?));
        println!(
            "{feed:?}: {loading} allocations to load, {instantiating} with instantiating, {all} with calls"
        );
    }
}

#[test]
fn a_store_goes_on_after_a_failure() {
    let bytes = wat::parse_str(GUEST).unwrap();
    let before = failing::bytes();
    for n in 0.. {
        let mut world = load(&bytes, Feed::Slice).unwrap();
        let (outcome, failed) = failing(n, || calls(&mut world));
        if failed && outcome.is_err() {
            let mut one = [Val::I32(0)];
            call(&mut world, "recurse", &[Val::I32(200)], &mut one).unwrap();
            assert_eq!(one, [Val::I32(20_101)], "allocation {n}");
            call(&mut world, "touch", &[Val::I32(100)], &mut one).unwrap();
            assert_eq!(one, [Val::I32(0x0102_0304)], "allocation {n}");
        }
        drop(world);
        assert_eq!(failing::bytes(), before, "allocation {n}");
        if !failed {
            break;
        }
    }
}

#[test]
fn a_second_instance_may_fail() {
    let bytes = wat::parse_str(GUEST).unwrap();
    let before = failing::bytes();
    for n in 0.. {
        let mut world = load(&bytes, Feed::Slice).unwrap();
        let mut linker = Linker::new(&Engine::default());
        linker.func_wrap("env", "host", |_: &mut Caller<'_, u32>, x: i64, _: f32| x).unwrap();
        let ty = wasmote_runtime::GlobalType { content: wasmote_runtime::ValType::I32, mutable: false };
        let offset = wasmote_runtime::Global::new(&mut world.store, ty, Val::I32(1000)).unwrap();
        linker.define("env", "offset", offset).unwrap();
        let (outcome, failed) =
            failing(n, || linker.instantiate(&mut world.store, &world.module).map(|_| ()));
        assert!(outcome.map_or_else(is_full, |()| true), "allocation {n}: {outcome:?}");
        calls(&mut world).unwrap();
        drop((world, linker));
        assert_eq!(failing::bytes(), before, "allocation {n}");
        if !failed {
            break;
        }
    }
}

#[test]
fn loading_generated_modules_may_fail() {
    let engine = Engine::default();
    let mut total = 0;
    for seed in 0..60 {
        let Some(module) = generate::module(seed, Purpose::Running) else { continue };
        total += check(&format!("seed {seed}"), || Module::new(&engine, &module).map(|_| ()));
    }
    println!("{total} allocations failed");
}

#[test]
fn what_is_dropped_while_suspended_is_given_back() {
    let guest = r#"(module
      (import "env" "wait" (func $wait))
      (memory 1)
      (func $deep (param i32)
        (i32.store (local.get 0) (i32.const 1))
        (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else (call $wait))))
      (func $start (call $deep (i32.const 50)))
      (start $start))"#;
    let bytes = wat::parse_str(guest).unwrap();
    let before = failing::bytes();
    for (fuel, expected) in
        (0..50).map(|fuel| (fuel, CallStatus::OutOfFuel)).chain([(1000, CallStatus::Waiting)])
    {
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes).unwrap();
        let mut store = Store::new(&engine, 0);
        let mut linker = Linker::new(&engine);
        let wait = |_: &mut Caller<'_, u32>, _: &[Val], _: &mut [Val]| Err(HostError::Suspend);
        let ty = FuncType { params: &[], results: &[] };
        linker.func_new("env", "wait", ty, wait).unwrap();
        store.set_fuel(fuel);
        let (_, status) = linker.instantiate_resumable(&mut store, &module).unwrap();
        assert_eq!(status, expected, "with fuel {fuel}");
        drop((store, linker, module));
        assert_eq!(failing::bytes(), before, "with fuel {fuel}");
    }
}
