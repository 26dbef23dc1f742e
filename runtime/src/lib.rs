//! The wasmote WebAssembly interpreter: small enough for a microcontroller, with wasmtime's names and shapes.
//!
//! A module is loaded from a stream and never held as a whole; linear memory costs what the guest writes; every
//! limit and every failure is a value; a running call stops and resumes. `no_std` with `alloc`.
//!
//! ```
//! use wasmote_runtime::{Caller, Engine, Linker, Module, Store, Trap};
//!
//! // (module
//! //   (import "env" "log" (func $log (param i32)))
//! //   (memory (export "memory") 1)
//! //   (func (export "add") (param i32 i32) (result i32)
//! //     (call $log (local.get 0))
//! //     (i32.store (i32.const 8) (i32.add (local.get 0) (local.get 1)))
//! //     (i32.load (i32.const 8))))
//! # let wasm = b"\0asm\x01\0\0\0\x01\x0b\x02\x60\x01\x7f\0\x60\x02\x7f\x7f\x01\x7f\x02\x0b\x01\x03env\x03log\0\0\
//! #   \x03\x02\x01\x01\x05\x03\x01\0\x01\x07\x10\x02\x06memory\x02\0\x03add\0\x01\
//! #   \x0a\x17\x01\x15\0\x20\0\x10\0\x41\x08\x20\0\x20\x01\x6a\x36\x02\0\x41\x08\x28\x02\0\x0b";
//! let engine = Engine::default();
//! let module = Module::new(&engine, wasm)?;
//!
//! // The store's data is what host functions work with.
//! let mut store = Store::new(&engine, 0_i32);
//! let mut linker = Linker::new(&engine);
//! linker.func_wrap("env", "log", |caller: &mut Caller<'_, i32>, x: i32| -> Result<(), Trap> {
//!     *caller.data_mut() += x;
//!     if x < 0 { Err(Trap::Host(&"negative")) } else { Ok(()) }
//! })?;
//! let instance = linker.instantiate(&mut store, &module)?;
//!
//! let add = instance.get_typed_func::<(i32, i32), i32>(&store, "add")?;
//! assert_eq!(add.call(&mut store, (2, 3))?, 5);
//! assert_eq!(*store.data(), 2);
//!
//! let memory = instance.get_memory(&store, "memory").unwrap();
//! let mut bytes = [0; 4];
//! memory.read(&store, 8, &mut bytes)?;
//! assert_eq!(bytes, 5_i32.to_le_bytes());
//!
//! // A call can be made in slices of fuel.
//! use wasmote_runtime::{CallStatus, Val};
//! store.set_fuel(1);
//! let mut results = [Val::I32(0)];
//! let mut status = add.func().call_resumable(&mut store, &[Val::I32(7), Val::I32(8)], &mut results)?;
//! while status != CallStatus::Finished {
//!     store.set_fuel(1);
//!     status = store.resume(&mut results)?;
//! }
//! assert_eq!(results, [Val::I32(15)]);
//! # Ok::<(), wasmote_runtime::Error>(())
//! ```
//!
//! The example `program` in the crate's `examples` folder runs a C compiler's module, with the C library of [`libc`].
//! Where there is no RAM for a module's bytes, [`Module::from_reader`] takes them from a stream, and
//! [`Linker::instantiate_from`] the data segments too. Functions that never change are rows of a table in flash
//! ([`host_funcs!`], [`Linker::functions`]). The feature `wasi`, on by default, adds `wasi`.
//!
//! # Features of WebAssembly
//!
//! | feature | |
//! |---|---|
//! | 2.0: sign extension, saturating conversions, mutable globals, multi-value, bulk memory, reference types | yes |
//! | extended constant expressions | yes |
//! | tail calls | yes; one into another instance takes a frame |
//! | custom page sizes (1 and 65,536 bytes) | yes |
//! | SIMD, threads, exceptions, garbage collection, typed references, memory64, several memories, components | refused by name |
//!
//! # Limits
//!
//! [`Config`] bounds what a module may contain, [`StoreLimits`] what its instances may take. Beyond them: 65,535
//! functions, slots of a frame, and segments that instructions name; 50,000 locals; 16 host functions on the native
//! stack at once. Results of floating-point operations follow the hardware's NaNs.
//!
//! # What suspends
//!
//! A call that runs out of fuel, or whose host function returns [`HostError::Suspend`], stays in its store until
//! [`Store::resume`] or [`Store::cancel`]; several stores can have a call in flight. A call that a host function makes
//! back into a guest cannot be suspended: it traps instead.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod compile;
mod config;
pub mod decimal;
mod error;
mod exec;
mod fallible;
mod func;
mod handles;
mod host;
mod instance;
pub mod libc;
mod linker;
mod memory;
mod module;
pub mod names;
mod numbered;
mod order;
mod reader;
mod rows;
mod stop;
mod store;
mod store_inner;
mod table;
mod trace;
mod types;
mod value;
#[cfg(feature = "wasi")]
pub mod wasi;

pub use self::config::{Config, Engine, StoreLimits};
pub use self::error::{Error, OutOfMemory, Result, Trap};
pub use self::fallible::boxed;
pub use self::func::{Func, TypedFunc};
pub use self::handles::{Global, Memory, Table};
pub use self::host::{Caller, Failed, HostError, HostResult, IntoFunc, Plain, WasmTy, WasmValues};
pub use self::instance::{Extern, Instance};
pub use self::linker::Linker;
pub use self::memory::MemoryType;
pub use self::module::{ExportType, ImportType, Module};
pub use self::rows::{HostFunc, HostTable, MAX_ROW_SLOTS, RowFn, Slots, call_typed};
pub use self::stop::Reason;
pub use self::store::{AsContext, AsContextMut, CallStatus, Store, StoreContext, StoreContextMut};
pub use self::trace::Frame;
pub use self::types::{ExternType, FuncType, GlobalType, TableType};
pub use self::value::{Val, ValType};
