//! Modules of hostile shapes: a result or a clear error, in time that grows with their size, on a small native
//! stack, with memory capped.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmote_runtime::{CallStatus, Engine, Error, Linker, Module, Store, StoreLimits, Trap, Val};
use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::shapes;
use wasmote_spec_tests::validity::{self, Agreement};

/// Native stack of a thread that loads and runs a module, what the thread itself needs included.
const STACK: usize = 64 * 1024;
/// How much smaller the module is that the time is compared with.
const SMALLER: usize = 16;
/// Time that the whole module may take, in times of the small one: linear would be 16, square 256.
const LINEAR: u32 = 64;
/// Times of modules are taken so often, and the least counts: the machine does other things too.
const TRIES: usize = 5;
/// Times of small modules below this one are taken for it.
const NOISE: Duration = Duration::from_millis(1);
/// What a shape comes to.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// It loads, instantiates, and its export "f" returns when there is one.
    Runs,
    /// It is refused, with this in the message.
    Refused(&'static str),
}

use Expect::{Refused, Runs};

fn load_and_run(bytes: &[u8]) -> Result<(), Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(1_000_000);
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    if let Some(func) = instance.get_func(&store, "f") {
        func.call(&mut store, &[Val::I32(0)], &mut [])?;
    }
    Ok(())
}

/// Runs `f` on a small native stack.
fn on_small_stack<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    thread::Builder::new().stack_size(STACK).spawn(f).unwrap().join().unwrap()
}

/// The processor time that the thread has taken.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn timed(bytes: Vec<u8>) -> (Result<(), Error>, Duration) {
    on_small_stack(move || {
        let start = processor_time();
        let outcome = load_and_run(&bytes);
        (outcome, processor_time() - start)
    })
}

/// The least times for `n / SMALLER` and for `n`, taken by turns.
fn best(shape: fn(usize) -> Vec<u8>, n: usize) -> (Duration, Duration) {
    let time = |n| timed(shape(n)).1;
    (0..TRIES)
        .map(|_| (time(n / SMALLER), time(n)))
        .reduce(|best, next| (best.0.min(next.0), best.1.min(next.1)))
        .unwrap_or_default()
}

fn check(name: &str, shape: fn(usize) -> Vec<u8>, n: usize, expect: Expect) {
    let (outcome, time) = timed(shape(n));
    println!("{name:22} {n:9} {:9.1} ms  {outcome:?}", time.as_secs_f64() * 1e3);
    match (expect, outcome) {
        (Runs, outcome) => assert_eq!(outcome, Ok(()), "{name}"),
        (Refused(words), Err(error)) => {
            let text = error.to_string();
            assert!(text.contains(words), "{name}: {text}, but: {words}");
        }
        (Refused(words), Ok(())) => assert_eq!("accepted", words, "{name}"),
    }
    let (small, large) = best(shape, n);
    let small = small.max(NOISE);
    assert!(large < small * LINEAR, "{name}: {small:?} for {}, {large:?} for {n}", n / SMALLER);
}

#[test]
fn shapes_take_linear_time_and_little_stack() {
    type Shape = fn(usize) -> Vec<u8>;
    let table: &[(&str, Shape, usize, Expect)] = &[
        ("nested blocks", shapes::nested_blocks, 100_000, Runs),
        ("nested loops", shapes::nested_loops, 100_000, Runs),
        ("nested ifs", shapes::nested_ifs, 100_000, Runs),
        ("locals", shapes::locals, 50_000 - 1, Runs),
        ("too many locals", shapes::locals, 50_001, Refused("too many locals")),
        ("endless locals", shapes::locals, u32::MAX as usize, Refused("too many locals")),
        ("groups of locals", shapes::local_groups, 40_000, Runs),
        ("branch table", shapes::branch_table, 1_000_000, Runs),
        ("forward branches", shapes::forward_branches, 200_000, Runs),
        ("operands", shapes::operands, 60_000, Runs),
        ("too many operands", shapes::operands, 1_000_000, Refused("slots in a frame")),
        ("lazy operands", shapes::lazy_operands, 200_000, Runs),
        ("elements", shapes::elements, 1_000_000, Runs),
        ("element expressions", shapes::element_expressions, 1_000_000, Runs),
        ("element segments", shapes::element_segments, 200_000, Runs),
        ("data", shapes::data, 1_000_000, Runs),
        ("data segments", shapes::data_segments, 200_000, Runs),
        ("10 MB custom section", shapes::custom, 10_000_000, Runs),
        ("custom sections", shapes::customs, 1_000_000, Runs),
        ("types", shapes::types, 16_000, Runs),
        ("too many types", shapes::types, 20_000, Refused("max_types")),
        ("functions", shapes::functions, 60_000, Runs),
        ("too many functions", shapes::functions, 100_000, Refused("max_functions")),
        ("exports", shapes::exports, 10_000, Runs),
        ("too many exports", shapes::exports, 20_000, Refused("max_exports")),
        ("constant sum", shapes::constant_sum, 500_000, Runs),
        ("constant pile", shapes::constant_pile, 500_000, Runs),
        ("parameters", shapes::parameters, 1_000, Runs),
        ("too many parameters", shapes::parameters, 100_000, Refused("max_arity")),
        ("imports", shapes::imports, 10_000, Refused("unknown import")),
        ("too many imports", shapes::imports, 20_000, Refused("max_globals")),
        ("a count that lies", shapes::lying_count, 1 << 30, Refused("length out of bounds")),
        ("a length that lies", shapes::lying_length, u32::MAX as usize, Refused("length out of bounds")),
        ("a length too long", shapes::lying_length, 1000, Refused("section size mismatch")),
        ("names not UTF-8", shapes::bad_name, 1_000_000, Refused("malformed UTF-8 encoding")),
        ("padded numbers", shapes::padded_number, 1_000_000, Refused("integer representation too long")),
    ];
    for &(name, shape, n, expect) in table {
        check(name, shape, n, expect);
    }
}

/// Runs a guest's "f" with fuel and limits; gives its outcome and the bytes of memory it has committed.
fn run(wat: &'static str, fuel: u64, limits: StoreLimits) -> (Result<i32, Error>, usize) {
    on_small_stack(move || {
        let bytes = thread::scope(|scope| {
            // The text parser may recurse as it likes.
            scope.spawn(move || wat::parse_str(wat).unwrap()).join().unwrap()
        });
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes).unwrap();
        let mut store = Store::with_limits(&engine, (), limits);
        store.set_fuel(fuel);
        let mut results = [Val::I32(0)];
        let outcome = Linker::new(&engine).instantiate(&mut store, &module).and_then(|instance| {
            let func = instance.get_func(&store, "f").ok_or(Error::UnknownHandle)?;
            func.call(&mut store, &[], &mut results)
        });
        let value = match results {
            [Val::I32(x)] => x,
            _ => 0,
        };
        (outcome.map(|()| value), store.memory_committed())
    })
}

#[test]
fn recursion_without_end_is_a_trap() {
    let overflow = Err(Error::Trap(Trap::StackOverflow));
    let fuel = Err(Error::Trap(Trap::OutOfFuel));
    for (wat, expected) in [
        ("(module (func $f (export \"f\") (result i32) (call $f)))", overflow),
        (
            "(module (table funcref (elem $f)) (func $f (export \"f\") (result i32)
               (i32.add (call_indirect (result i32) (i32.const 0)) (i32.const 1))))",
            overflow,
        ),
        ("(module (func $f (export \"f\") (result i32) (return_call $f)))", fuel),
        ("(module (func (export \"f\") (result i32) (loop (br 0)) (i32.const 0)))", fuel),
        (
            "(module (func (export \"f\") (result i32) (i32.const 0)) (func $s (loop (br 0))) (start $s))",
            fuel,
        ),
    ] {
        assert_eq!(run(wat, 10_000_000, StoreLimits::new()).0, expected, "{wat}");
    }
}

#[test]
fn growing_without_end_meets_the_limit() {
    let limits = StoreLimits { memory_bytes: 1 << 20, table_elements: 1000, ..StoreLimits::new() };
    let memory = "(module (memory 1) (func (export \"f\") (result i32)
        (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size)))";
    assert_eq!(run(memory, 1000, limits), (Ok(16), 0));
    let touched = "(module (memory 1) (func (export \"f\") (result i32)
        (loop
          (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 1))
          (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (memory.size)))";
    let (outcome, committed) = run(touched, 1000, limits);
    assert_eq!(outcome, Ok(16));
    assert!(committed <= 1 << 20, "{committed} bytes are committed");
    let table = "(module (table $t 1 funcref) (func (export \"f\") (result i32)
        (loop (br_if 0 (i32.ne (table.grow $t (ref.null func) (i32.const 1)) (i32.const -1))))
        (table.size $t)))";
    assert_eq!(run(table, 5000, limits).0, Ok(1000));
}

#[test]
fn every_beginning_of_a_module_is_refused_or_a_module() {
    let bytes = wat::parse_str(
        "(module (import \"a\" \"b\" (func (param i64))) (memory 1) (table 2 funcref) (global i32 (i32.const 1))
           (elem (i32.const 0) 0 1) (data (i32.const 3) \"xyz\") (export \"f\" (func 1)) (start 2)
           (func (param i32) (block (br_table 0 0 (local.get 0)))) (func nop))",
    )
    .unwrap();
    for end in 0..bytes.len() {
        for feed in Feed::ALL {
            let agreement = validity::compare(&bytes[..end], feed);
            assert!(!matches!(agreement, Agreement::Disagree(_)), "the first {end} bytes: {agreement:?}");
        }
    }
}

#[test]
fn start_functions_without_end_give_the_line_back() {
    let bytes = wat::parse_str("(module (memory 1) (func $s (loop (br 0))) (start $s))").unwrap();
    on_small_stack(move || {
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(10_000);
        let (_, mut status) = Linker::new(&engine).instantiate_resumable(&mut store, &module).unwrap();
        for _ in 0..100 {
            assert_eq!(status, CallStatus::OutOfFuel);
            store.set_fuel(10_000);
            status = store.resume(&mut []).unwrap();
        }
    });
}
