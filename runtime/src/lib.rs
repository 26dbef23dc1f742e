//! The wasmote WebAssembly interpreter.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod compile;
mod config;
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
mod reader;
mod store;
mod store_inner;
mod table;
mod trace;
mod types;
mod value;

pub use self::config::{Config, Engine, StoreLimits};
pub use self::error::{Error, Result, Trap};
pub use self::fallible::boxed;
pub use self::func::{Func, TypedFunc};
pub use self::handles::{Global, Memory, Table};
pub use self::host::{Caller, HostError, HostFunc, HostResult, IntoFunc, MAX_ROW_SLOTS, WasmTy, WasmValues};
pub use self::instance::{Extern, Instance};
pub use self::linker::Linker;
pub use self::memory::MemoryType;
pub use self::module::{ExportType, ImportType, Module};
pub use self::store::{AsContext, AsContextMut, CallStatus, Store, StoreContext, StoreContextMut};
pub use self::trace::Frame;
pub use self::types::{ExternType, FuncType, GlobalType, TableType};
pub use self::value::{Val, ValType};
