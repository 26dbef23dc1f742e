//! Floats, and divisions of 64 bits, for processors that have no instructions for them.
//!
//! The compiler brings functions of its own for that, of 8.5 KB on a Cortex-M4. These take 3, since one way in and one way
//! out serve nearly all of them: a float is taken apart into [`Parts`] that are the same for both widths, and whatever
//! makes a result leaves it to [`Format::pack`] to round. Only sums, products and comparisons of normal numbers, which
//! programs are full of, have shorter ways of their own, in [`f32`](mod@f32) and [`f64`](mod@f64). A board gives all of
//! them the names that the compiler calls.
//!
//! All take and give the bits of floats (IEEE 754-2019), round to the nearest, ties to even, and raise no exceptions. A
//! NaN that they make has no sign and no payload: wasm's canonical one (specification section 4.3.3).

#![cfg_attr(not(test), no_std)]

mod arith;
mod divide;
mod parts;
#[cfg(test)]
mod tests;
mod width;

pub use divide::{div_rem, div_rem_signed};
pub use parts::{F32, F64, Format, Parts};
pub use width::{Order, f32, f64};
