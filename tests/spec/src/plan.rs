//! What is done with a module: which of its exports are called, with which arguments, and what the host gives.

use crate::outcome::{Value, f32_class, f64_class};
use crate::prng::Prng;

/// Most functions that are called.
const MAX_CALLS: usize = 12;
/// Largest memory, in bytes, that either interpreter may make.
pub const MAX_MEMORY: usize = 1 << 20;
/// Largest table, in elements.
pub const MAX_TABLE: usize = 2_000;
/// Calls of the host's functions between two that fail.
const HOST_CALLS_PER_FAILURE: u64 = 50;

/// A type of value, as the two interpreters share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// i32.
    I32,
    /// i64.
    I64,
    /// f32.
    F32,
    /// f64.
    F64,
    /// funcref.
    Func,
    /// externref.
    Extern,
}

/// A value of a type, from random bits: no NaN and no function, which the two could not share.
pub fn value(kind: Kind, bits: u64) -> Value {
    match kind {
        Kind::I32 => Value::I32(bits as i32),
        Kind::I64 => Value::I64(bits as i64),
        Kind::F32 => f32_class((bits as i32 as f32 / 16.0).to_bits()),
        Kind::F64 => f64_class((bits as i64 as f64 / 16.0).to_bits()),
        Kind::Func => Value::Func(false),
        Kind::Extern => Value::Extern((bits & 3 != 0).then_some(bits as u32 >> 2)),
    }
}

/// Calls to make: the index among the exported functions, and a seed for its arguments.
pub fn calls(seed: u64, functions: usize) -> Vec<(usize, u64)> {
    let mut random = Prng::new(seed ^ 0x5eed);
    let first = random.below(functions);
    let count = if functions == 0 { 0 } else { functions.min(MAX_CALLS) + 2 };
    (0..count).map(|i| ((first + i) % functions, random.bits())).collect()
}

/// Arguments of these types.
pub fn arguments(seed: u64, kinds: &[Kind]) -> Vec<Value> {
    let mut random = Prng::new(seed);
    kinds.iter().map(|&kind| value(kind, random.edge())).collect()
}

/// What a host function gives at its `count`th call, over all of them: results of these types, or a failure.
pub fn host_results(count: u64, kinds: &[Kind]) -> Option<Vec<Value>> {
    if count % HOST_CALLS_PER_FAILURE == HOST_CALLS_PER_FAILURE - 1 {
        return None;
    }
    Some(arguments(count, kinds))
}
