//! Runs in slices give what one run gives: results, traps, memory and fuel; and what is dropped while it is
//! suspended gives everything back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use wasmote_runtime::{CallStatus, Engine, Error, Linker, Module, Store, Val};
use wasmote_spec_tests::generate::{self, Purpose};
use wasmote_spec_tests::rewrite::widen;
use wasmote_spec_tests::slices::{Host, check, link};

/// Generated modules.
const MODULES: u64 = 150;

#[test]
fn generated_modules() {
    let mut count = 0;
    for seed in 0..MODULES {
        let Some(module) = generate::module(seed, Purpose::Running) else { continue };
        count += u32::from(check(&format!("seed {seed}"), &module).is_some());
    }
    println!("{count} generated modules");
    assert!(count > 100);
}

#[test]
fn sample_guests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests");
    let mut count = 0;
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "wasm") {
                let module = std::fs::read(&path).unwrap();
                count += u32::from(check(&path.display().to_string(), &module).is_some());
            }
        }
    }
    println!("{count} sample guests");
    assert!(count > 0, "no sample guests");
}

/// The fuel of [`NESTED`]: calls and taken back edges.
const FUEL: u64 = 738;

/// Calls of every kind within each other, loops, a start function, traps and host calls; all of it also in wide
/// frames.
const NESTED: &str = r#"(module
  (import "env" "h" (func $h (param i32) (result i32)))
  (import "env" "v" (func $v))
  (memory (export "memory") 1)
  (table funcref (elem $fib $h $count))
  (global $g (export "g") (mut i32) (i32.const 0))
  (start $start)
  (func $start
    (local i32)
    (loop (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (call $v)
      (i32.store (i32.mul (local.get 0) (i32.const 4)) (call $fib (i32.const 5)))
      (br_if 0 (i32.lt_u (local.get 0) (i32.const 5)))))
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call_indirect (param i32) (result i32) (i32.sub (local.get 0) (i32.const 2)) (i32.const 0))))))
  (func $count (param i32) (result i32)
    (global.set $g (i32.add (global.get $g) (local.get 0)))
    (return_call $h (local.get 0)))
  (func (export "fib10") (result i32) (call $fib (i32.const 10)))
  (func (export "hosts") (result i32)
    (i32.add
      (call $h (i32.const 1))
      (i32.add
        (call_indirect (param i32) (result i32) (i32.const 9) (i32.const 1))
        (call_indirect (param i32) (result i32) (i32.const 9) (i32.const 2)))))
  (func $even (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (return_call_indirect (param i32) (result i32)
        (call $h (i32.const 4)) (i32.const 0)))
      (else (i32.const 1))))
  (func (export "tails") (result i32) (call $even (i32.const 9)))
  (func (export "loops") (result i32) (local i32 i32)
    (loop
      (local.set 1 (i32.const 0))
      (loop (br_if 0 (i32.ne (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 9))))
      (i32.store8 (local.get 0) (local.get 1))
      (br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 30))))
    (i32.add (local.get 0) (local.get 1)))
  (func (export "trap") (result i32) (i32.div_u (call $fib (i32.const 6)) (i32.const 0))))"#;

#[test]
fn nested_calls_of_every_kind() {
    let module = wat::parse_str(NESTED).unwrap();
    // The number is part of what fuel means: it is the same in every build, on either back end.
    assert_eq!(check("nested", &module), Some(FUEL));
    assert_eq!(check("nested, widened", &widen(&module).unwrap()), Some(FUEL));
}

#[test]
fn dropped_and_cancelled_while_suspended() {
    let module = wat::parse_str(NESTED).unwrap();
    for bytes in [widen(&module).unwrap(), module] {
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes).unwrap();
        let mut store = Store::new(&engine, Host::default());
        let mut linker = Linker::new(&engine);
        link(&mut linker, &mut store, &module).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let fib = instance.get_func(&store, "fib").unwrap();
        let mut one = [Val::I32(0)];
        for fuel in 0..60 {
            store.set_fuel(fuel);
            let status = fib.call_resumable(&mut store, &[Val::I32(12)], &mut one);
            assert_eq!(status, Ok(CallStatus::OutOfFuel));
            assert_eq!(fib.call(&mut store, &[Val::I32(1)], &mut one), Err(Error::Suspended));
            assert!(matches!(linker.instantiate(&mut store, &module), Err(Error::Suspended)));
            store.cancel();
            assert_eq!(store.resume(&mut one), Err(Error::Suspended));
            store.set_fuel(u64::MAX);
            fib.call(&mut store, &[Val::I32(10)], &mut one).unwrap();
            assert_eq!(one, [Val::I32(55)]);
        }
        store.set_fuel(20);
        fib.call_resumable(&mut store, &[Val::I32(12)], &mut one).unwrap();
        drop(store);
    }
}
