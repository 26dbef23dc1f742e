//! The wasmote shell: what a person or a program at the serial line talks to.
//!
//! Bytes from the line become events in [`line`](mod@line); commands print to an [`output`]; a board is whatever
//! implements [`board::Board`]. Nothing here touches flash, and only [`console`] writes to the line.
#![no_std]

#[cfg(test)]
extern crate std;

pub mod args;
pub mod board;
pub mod console;
pub mod error;
pub mod json;
pub mod limits;
pub mod line;
pub mod output;
pub mod smp;
pub mod values;

#[cfg(test)]
mod testing;
