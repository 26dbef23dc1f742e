//! Prints what modules take of the heap, by a counting allocator: at the load's peak, loaded, instantiated, after
//! a call, and what is left after everything is dropped; and the internal code per byte of wasm code.

#![expect(unsafe_code, reason = "a counting allocator forwards the unsafe methods of the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use wasmote_bench::engine::Outcome;
use wasmote_bench::guest::{GUESTS, folder};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    PEAK.fetch_max(HELD.fetch_add(bytes, Relaxed) + bytes, Relaxed);
}

// SAFETY: all is forwarded to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // In place, as allocators of devices do where they can.
        HELD.fetch_sub(layout.size(), Relaxed);
        grow(size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A module to measure, and the export to call, which takes one number.
struct Case {
    name: &'static str,
    file: PathBuf,
    call: &'static str,
}

/// Heap figures in bytes above what was held before.
#[derive(Default)]
struct Heap {
    peak: usize,
    loaded: usize,
    instantiated: usize,
    called: usize,
    left: usize,
}

/// The value stack and the heap that RIOT's sample gives a module, in bytes.
const STACK: u32 = 8192;
const HEAP: u32 = 8192;

fn held(before: usize) -> usize {
    HELD.load(Relaxed).saturating_sub(before)
}

/// A console that forgets, for the builtin libc.
#[derive(Default)]
struct Host(wasmote_runtime::libc::LibcState);

impl wasmote_runtime::libc::LibcHost for Host {
    fn libc(&mut self) -> &mut wasmote_runtime::libc::LibcState {
        &mut self.0
    }
    fn write(&mut self, bytes: &[u8]) -> usize {
        bytes.len()
    }
    fn micros(&mut self) -> Result<u64, wasmote_runtime::HostError> {
        Ok(0)
    }
}

fn wasmote(wasm: &[u8], call: &str) -> Outcome<Heap> {
    use wasmote_runtime::libc::{LibcState, functions};
    use wasmote_runtime::{Engine, Linker, Module, Store, StoreLimits, Val};
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut heap = Heap::default();
    {
        let engine = Engine::default();
        let limits = StoreLimits { stack_bytes: STACK, ..StoreLimits::new() };
        // As a device does: the module streams by, and its data segments are read again when it is instantiated.
        let mut source = Stream(wasm, 0);
        let module = Module::from_reader(&engine, &mut source)?;
        heap.loaded = held(before);
        let mut store = Store::with_limits(&engine, Host(LibcState::with_heap(HEAP)), limits);
        let mut linker = Linker::new(&engine);
        linker.functions(functions::<Host>())?;
        let (instance, _) = linker.instantiate_from(&mut store, &module, &mut source)?;
        heap.peak = PEAK.load(Relaxed) - before;
        heap.instantiated = held(before);
        let func = instance.get_func(&store, call).ok_or("no such export")?;
        let (params, _) = func.arity(&store)?;
        let mut results = [Val::I32(0)];
        func.call(&mut store, [Val::I32(1), Val::I32(0)].get(..params).unwrap_or_default(), &mut results)?;
        heap.called = held(before);
    }
    heap.left = held(before);
    Ok(heap)
}

#[cfg(feature = "peers")]
fn wasmi(wasm: &[u8], call: &str) -> Outcome<Heap> {
    use wasmi2::{Engine, Func, Linker, Module, Store, Val};
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut heap = Heap::default();
    {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm)?;
        heap.loaded = held(before);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let printf = Func::wrap(&mut store, |_: i32, _: i32| 0i32);
        linker.define("env", "printf", printf)?;
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        heap.peak = PEAK.load(Relaxed) - before;
        heap.instantiated = held(before);
        let func = instance.get_func(&store, call).ok_or("no such export")?;
        let params = func.ty(&store).params().len();
        func.call(
            &mut store,
            [Val::I32(1), Val::I32(0)].get(..params).unwrap_or_default(),
            &mut [Val::I32(0)],
        )?;
        heap.called = held(before);
    }
    heap.left = held(before);
    Ok(heap)
}

/// A module's bytes as a stream that can seek.
struct Stream<'a>(&'a [u8], usize);

impl embedded_io::ErrorType for Stream<'_> {
    type Error = core::convert::Infallible;
}
impl embedded_io::Read for Stream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let rest = self.0.get(self.1..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        for (to, from) in buf.iter_mut().zip(rest) {
            *to = *from;
        }
        self.1 += n;
        Ok(n)
    }
}
impl embedded_io::Seek for Stream<'_> {
    fn seek(&mut self, pos: embedded_io::SeekFrom) -> Result<u64, Self::Error> {
        let to = match pos {
            embedded_io::SeekFrom::Start(n) => n,
            embedded_io::SeekFrom::End(n) => (self.0.len() as u64).saturating_add_signed(n),
            embedded_io::SeekFrom::Current(n) => (self.1 as u64).saturating_add_signed(n),
        };
        self.1 = to as usize;
        Ok(to)
    }
}

fn show(engine: &str, case: &Case, size: usize, heap: &Heap) {
    println!(
        "{:8} {:14} {:>7} {:>8} {:>8} {:>8} {:>8} {:>6}",
        case.name, engine, size, heap.peak, heap.loaded, heap.instantiated, heap.called, heap.left
    );
}

/// Bytes of a module's code section.
fn code_section(wasm: &[u8]) -> usize {
    let mut at = 8;
    while let Some(&id) = wasm.get(at) {
        let (mut size, mut shift) = (0usize, 0);
        at += 1;
        while let Some(&byte) = wasm.get(at) {
            at += 1;
            size |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        if id == 10 {
            return size;
        }
        at += size;
    }
    0
}

fn code() -> Outcome<()> {
    let engine = wasmote_runtime::Engine::default();
    let (mut all, mut internal) = (0, 0);
    println!("\n{:12} {:>7} {:>9} {:>6}", "guest", "wasm", "internal", "ratio");
    let mut show = |name: &str, file: &Path| -> Outcome<()> {
        let wasm = fs::read(file)?;
        let size = wasmote_runtime::Module::new(&engine, &wasm)?.code_size() as usize;
        let section = code_section(&wasm);
        (all, internal) = (all + section, internal + size);
        println!("{name:12} {section:>7} {size:>9} {:>6.2}", size as f64 / section as f64);
        Ok(())
    };
    for guest in GUESTS {
        show(guest.name, &folder().join(guest.name).with_extension("wasm"))?;
    }
    for name in ["10k", "50k"] {
        show(name, &folder().join("sizes").join(name).with_extension("wasm"))?;
    }
    println!("{:12} {all:>7} {internal:>9} {:>6.2}", "all", internal as f64 / all as f64);
    Ok(())
}

fn main() -> Outcome<()> {
    let hello = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../guests/hello.wasm");
    let cases = [
        Case { name: "hello", file: hello, call: "main" },
        Case { name: "2 KB", file: folder().join("nbody.wasm"), call: "run" },
        Case { name: "10 KB", file: folder().join("sizes/10k.wasm"), call: "run_crc32_os" },
        Case { name: "50 KB", file: folder().join("sizes/50k.wasm"), call: "run_crc32_os" },
    ];
    println!("heap in bytes, on this machine of {} bits", usize::BITS);
    println!(
        "{:8} {:14} {:>7} {:>8} {:>8} {:>8} {:>8} {:>6}",
        "module", "engine", "file", "peak", "loaded", "instance", "called", "left"
    );
    for case in &cases {
        let wasm = fs::read(&case.file)?;
        show("wasmote", case, wasm.len(), &wasmote(&wasm, case.call)?);
        #[cfg(feature = "peers")]
        show("wasmi + file", case, wasm.len(), &{
            let mut heap = wasmi(&wasm, case.call)?;
            heap.peak += wasm.len();
            heap
        });
    }
    code()
}
