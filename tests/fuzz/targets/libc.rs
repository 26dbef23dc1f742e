//! The functions of the C library and of WASI called with any arguments, over any memory.
#![no_main]

use std::fmt::Write;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use wasmote_runtime::libc::{self, LibcHost, LibcState};
use wasmote_runtime::wasi::{self, WasiHost, WasiState};
use wasmote_runtime::{Engine, Func, HostError, HostTable, Linker, Module, Store, StoreLimits, Val, ValType};

/// Bytes of `malloc`'s heap.
const HEAP: u32 = 4096;
/// Calls of one input.
const CALLS: usize = 64;

struct Host {
    libc: LibcState,
    wasi: WasiState,
    /// Bytes that the console takes of each write and gives to each read; odd numbers make what can wait wait.
    room: u8,
}

impl LibcHost for Host {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.libc
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        bytes.len().min(self.room.into())
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        Ok(self.room.into())
    }
}

impl Host {
    /// What a question to the host comes to.
    fn answer<A>(&self, answer: A) -> Result<A, HostError> {
        if self.room % 2 == 0 { Ok(answer) } else { Err(HostError::Suspend) }
    }
}

impl WasiHost for Host {
    fn wasi(&mut self) -> &mut WasiState {
        &mut self.wasi
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, HostError> {
        self.answer(buf.len().min(self.room.into()))
    }

    fn random(&mut self, buf: &mut [u8]) -> Result<(), HostError> {
        buf.fill(self.room);
        self.answer(())
    }

    fn unix_micros(&mut self) -> Result<u64, HostError> {
        self.answer(self.room.into())
    }

    fn sleep(&mut self, _: u64) -> Result<(), HostError> {
        self.answer(())
    }
}

/// A module that calls each function of the library by an export: imports, types and bodies are alike.
fn module() -> &'static [u8] {
    static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
    MODULE.get_or_init(|| {
        let name = |ty: &ValType| format!("{ty:?}").to_lowercase();
        let (mut imports, mut bodies) = (String::new(), String::new());
        let rows =
            |table: &'static HostTable<Host>| table.functions().map(|(name, row)| (table.module, name, row));
        let rows = rows(libc::functions()).chain(rows(wasi::functions()));
        for (index, (module, function, row)) in rows.enumerate() {
            let list = |word: &str, types: &[ValType]| {
                types.iter().map(|ty| format!("({word} {})", name(ty))).collect::<String>()
            };
            let ty = list("param", row.ty.params) + &list("result", row.ty.results);
            // Writing to a string cannot fail.
            let _ = write!(imports, "(import \"{module}\" \"{function}\" (func $f{index} {ty}))");
            let args: String = (0..row.ty.params.len()).map(|i| format!("(local.get {i})")).collect();
            let _ = write!(bodies, "(func (export \"{index}\") {ty} (call $f{index} {args}))");
        }
        let text = format!("(module {imports} (memory (export \"m\") 1 2) {bodies})");
        wat::parse_str(&text).expect("the text is that of a module")
    })
}

/// Takes the input's first byte.
fn byte(input: &mut &[u8]) -> u8 {
    match input.split_first() {
        Some((&first, rest)) => {
            *input = rest;
            first
        }
        None => 0,
    }
}

/// A value of a type: mostly one that may be an address or a small count.
fn value(ty: ValType, input: &mut &[u8]) -> Val {
    let low = u16::from_le_bytes([byte(input), byte(input)]);
    let bits = match low % 8 {
        0 => u64::from_le_bytes(std::array::from_fn(|_| byte(input))),
        1 => u64::MAX - u64::from(low >> 3),
        _ => u64::from(low >> 3),
    };
    match ty {
        ValType::I32 => Val::I32(bits as i32),
        ValType::I64 => Val::I64(bits as i64),
        ValType::F32 => Val::F32(bits as u32),
        ValType::F64 => Val::F64(bits),
        other => Val::default_for(other),
    }
}

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let engine = Engine::default();
    let module = Module::new(&engine, module()).expect("the module loads");
    let wasi = WasiState::new(["program", "word"].into_iter()).expect("there is memory");
    let host = Host { libc: LibcState::with_heap(HEAP), wasi, room: byte(&mut input) };
    let mut store = Store::with_limits(&engine, host, StoreLimits::new());
    let mut linker = Linker::new(&engine);
    linker.functions(libc::functions()).expect("the library can be linked");
    linker.functions(wasi::functions()).expect("WASI can be linked");
    let instance = linker.instantiate(&mut store, &module).expect("the module can be instantiated");
    let memory = instance.get_memory(&store, "m").expect("a memory is exported");
    let functions: Vec<Func> =
        module.exports().filter_map(|export| instance.get_func(&store, export.name)).collect();
    // The rest is the guest's memory, and what is called.
    let (bytes, mut calls) = input.split_at(input.len() / 2);
    let fits = bytes.len().min(1 << 13);
    memory.write(&mut store, 0, &bytes[..fits]).expect("the bytes fit the memory");
    for _ in 0..CALLS {
        if calls.is_empty() {
            break;
        }
        let func = functions[usize::from(byte(&mut calls)) % functions.len()];
        let (params, results) = func.arity(&store).expect("the function is the store's");
        let args: Vec<Val> =
            (0..params).filter_map(|i| func.param(&store, i)).map(|ty| value(ty, &mut calls)).collect();
        let mut results = vec![Val::I32(0); results];
        // A call that waits for the console is dropped.
        let _ = func.call_resumable(&mut store, &args, &mut results);
        if store.is_suspended() {
            store.cancel();
            store.data_mut().libc.reset_output();
            store.data_mut().wasi.forget_call();
        }
    }
});
