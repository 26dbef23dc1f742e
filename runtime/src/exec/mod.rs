//! The execution core: internal code and what runs it.
//!
//! All `unsafe` of running guest code is below this module. Its soundness rests on one invariant: code is
//! emitted only by `compile`, which checked every type and index, and frames lie on a stack whose limit
//! ENTER checks.

#![expect(unsafe_code, reason = "the interpreter's inner loop works on raw frames, code and memory")]

mod access;
mod arith;
pub(crate) mod code;
// Debug assertions take addresses of locals, which keeps calls from becoming jumps.
#[cfg_attr(all(wasmote_threaded, not(debug_assertions)), path = "threaded.rs")]
pub(crate) mod dispatch;
mod driver;
pub(crate) mod driver_op;
pub(crate) mod escape;
pub(crate) mod frame;
mod kinds;
pub(crate) mod machine;
mod miss;
mod numeric;
pub(crate) mod ops;
pub(crate) mod pairs;
pub(crate) mod rare;
pub(crate) mod regs;
pub(crate) mod stack;
mod units;
mod values;
