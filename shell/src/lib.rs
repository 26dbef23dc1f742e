//! The wasmote shell: what a person or a program at the serial line talks to.
//!
//! Bytes from the line become events in [`line`](mod@line); commands print to an [`output`]; a board is whatever
//! implements [`board::Board`]. Nothing here touches flash, and only [`console`] writes to the line.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod answer;
pub mod args;
mod autostart;
pub mod board;
mod commands;
mod complete;
pub mod console;
mod context;
pub mod error;
mod escape;
pub mod guest;
mod instances;
pub mod limits;
pub mod line;
mod management;
pub mod output;
mod packed;
#[cfg(feature = "wasi")]
mod random;
pub mod received;
mod running;
pub mod session;
pub mod smp;
pub mod values;

#[cfg(test)]
mod testing;
