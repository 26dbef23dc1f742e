//! Functions as a guest calls them, by their rows: those that share an implementation, and those that end the program.

use alloc::vec::Vec;

use crate::host::HostError;
use crate::libc::{LibcHost, LibcState, functions};
use crate::rows::MAX_ROW_SLOTS;
use crate::{Caller, Engine, Instance, Linker, Module, Store, Trap, ValType};

/// `(module (memory 1))`
const ONE_PAGE: &[u8] = b"\0asm\x01\0\0\0\x05\x03\x01\0\x01";
/// Where the tests' texts are, and where what is printed goes.
const TEXT: u32 = 64;
const ARGS: u32 = 128;
const BUF: u32 = 256;
/// What the clock shows: more than a word.
const MICROS: u64 = 5 << 32 | 7;
const HEAP: core::ops::Range<u32> = 4096..8192;

struct Host {
    libc: LibcState,
    screen: Vec<u8>,
}

impl LibcHost for Host {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.libc
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        self.screen.extend_from_slice(bytes);
        bytes.len()
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        Ok(MICROS)
    }
}

/// Calls a function with a format, its argument 42 and "moved" in memory; gives its result, what it printed, and the
/// first bytes of `BUF` and of the heap.
fn call(name: &str, args: &[u32]) -> (Result<u64, HostError>, Vec<u8>, [u8; 6], [u8; 6]) {
    let engine = Engine::default();
    let host = Host { libc: LibcState::new(HEAP), screen: Vec::new() };
    let mut store = Store::new(&engine, host);
    let module = Module::new(&engine, ONE_PAGE).unwrap();
    let instance: Instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
    let mut caller = Caller::embedder(&mut store, instance);
    caller.write_memory(TEXT, b"<%d>\0moved").unwrap();
    caller.write_memory(ARGS, &42u32.to_le_bytes()).unwrap();
    let mut rows = functions::<Host>().functions();
    let (_, row) = rows.find(|(n, row)| *n == name && row.ty.params.len() == args.len()).unwrap();
    let mut slots = [0; MAX_ROW_SLOTS];
    slots[..args.len()].copy_from_slice(args);
    let result = (row.call)(&mut caller, &mut slots).map(|low| match row.ty.results {
        [ValType::I64] => u64::from(low) | u64::from(slots[0]) << 32,
        _ => low.into(),
    });
    let result = result.map_err(|_| caller.why);
    let (mut buf, mut block) = ([0; 6], [0; 6]);
    caller.read_memory(BUF, &mut buf).unwrap();
    caller.read_memory(HEAP.start + 8, &mut block).unwrap();
    let screen = caller.data().screen.clone();
    (result, screen, buf, block)
}

#[test]
fn functions_of_one_kind_do_the_same() {
    let printed = (Ok(4), b"<42>".to_vec(), [0; 6], [0; 6]);
    assert_eq!(call("printf", &[TEXT, ARGS]), printed);
    assert_eq!(call("vprintf", &[TEXT, ARGS]), printed);
    let made = (Ok(4), Vec::new(), *b"<42>\0\0", [0; 6]);
    assert_eq!(call("sprintf", &[BUF, TEXT, ARGS]), made);
    assert_eq!(call("vsprintf", &[BUF, TEXT, ARGS]), made);
    let cut = (Ok(4), Vec::new(), *b"<4\0\0\0\0", [0; 6]);
    assert_eq!(call("snprintf", &[BUF, 3, TEXT, ARGS]), cut);
    assert_eq!(call("vsnprintf", &[BUF, 3, TEXT, ARGS]), cut);
    let moved = (Ok(BUF.into()), Vec::new(), *b"moved\0", [0; 6]);
    for name in ["memcpy", "memmove", "emscripten_memcpy_big"] {
        assert_eq!(call(name, &[BUF, TEXT + 5, 5]), moved);
    }
    let block = Ok(u64::from(HEAP.start + 8));
    for name in ["strdup", "_strdup"] {
        assert_eq!(call(name, &[TEXT + 5]), (block, Vec::new(), [0; 6], *b"moved\0"));
    }
    for name in ["malloc", "__cxa_allocate_exception"] {
        assert_eq!(call(name, &[16]), (block, Vec::new(), [0; 6], [0; 6]));
    }
}

#[test]
fn one_gives_two_words() {
    assert_eq!(call("clock", &[]).0, Ok(MICROS * 1000));
}

#[test]
fn some_end_the_program() {
    let check = |name, args: &[u32], want: Trap| assert_eq!(call(name, args).0, Err(HostError::Trap(want)));
    check("exit", &[3], Trap::Exit(3));
    check("exit", &[u32::MAX], Trap::Exit(-1));
    check("abort", &[], Trap::Exit(134));
    check("abort", &[1], Trap::Exit(134));
    check("abort", &[0, 0, 7, 3], Trap::Exit(134));
    check("abortStackOverflow", &[0], Trap::StackOverflow);
    check("nullFunc_X", &[0], Trap::IndirectCallToNull);
    check("__cxa_throw", &[0, 0, 0], Trap::Host(&"a C++ exception was thrown"));
    assert_eq!(call("__cxa_begin_catch", &[0]).0, Ok(0));
}
