//! The wasmote WebAssembly interpreter.
#![no_std]
extern crate alloc;

mod error;
mod value;

pub use error::{Error, Result, Trap};
pub use value::{Val, ValType};

/// A function of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Func(u32);

impl Func {
    pub(crate) const fn to_bits(self) -> u32 {
        self.0
    }
    pub(crate) const fn from_bits(bits: u32) -> Option<Self> {
        if bits == 0 { None } else { Some(Self(bits)) }
    }
}
