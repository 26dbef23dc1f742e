//! What running a module came to, in terms that two interpreters share.

use std::collections::BTreeMap;

pub use wasmote_target_tests::machine::Value;

/// An f32 by its class if it is a NaN: all NaNs are one.
pub fn f32_class(bits: u32) -> Value {
    Value::F32(if f32::from_bits(bits).is_nan() { f32::NAN.to_bits() } else { bits })
}

/// An f64 by its class if it is a NaN.
pub fn f64_class(bits: u64) -> Value {
    Value::F64(if f64::from_bits(bits).is_nan() { f64::NAN.to_bits() } else { bits })
}

/// How a call or an instantiation ended without a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By a trap of the specification's, or of the host's, in our words.
    Trap(&'static str),
    /// At a limit that the two need not share; nothing after it is compared.
    Limit(String),
}

/// A part of an instance that it exports, at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A global's value.
    Global(Value),
    /// A table's elements.
    Table(Vec<Value>),
    /// A memory's bytes and their hash.
    Memory(u64, u64),
}

/// What running a module came to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Instantiation, then each call, in order.
    pub steps: Vec<(String, Result<Vec<Value>, Ended>)>,
    /// What the instance exports, afterwards, by name.
    pub parts: BTreeMap<String, Part>,
}

/// FNV-1a over words of 8 bytes and what is left.
pub fn hash(bytes: &[u8], mut state: u64) -> u64 {
    const PRIME: u64 = 0x100_0000_01b3;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = (state ^ u64::from_le_bytes(*word)).wrapping_mul(PRIME);
        state ^= state >> 29;
    }
    for &byte in rest {
        state = (state ^ u64::from(byte)).wrapping_mul(PRIME);
    }
    state
}

/// How two outcomes compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In nothing.
    None,
    /// In nothing up to a limit that one of them reached.
    Limit,
    /// In this.
    Found(String),
}

/// Compares two outcomes.
pub fn difference(ours: &Outcome, theirs: &Outcome) -> Difference {
    for ((name, mine), (_, other)) in ours.steps.iter().zip(&theirs.steps) {
        if matches!(mine, Err(Ended::Limit(_))) || matches!(other, Err(Ended::Limit(_))) {
            return Difference::Limit;
        }
        if mine != other {
            return Difference::Found(format!("{name}: {mine:?}, not {other:?}"));
        }
    }
    if ours.steps.len() != theirs.steps.len() {
        return Difference::Found(format!("{} steps, not {}", ours.steps.len(), theirs.steps.len()));
    }
    for ((name, mine), (_, other)) in ours.parts.iter().zip(&theirs.parts) {
        if mine != other {
            return Difference::Found(format!("{name} at the end: {mine:?}, not {other:?}"));
        }
    }
    if ours.parts.len() != theirs.parts.len() {
        return Difference::Found(format!("{} parts, not {}", ours.parts.len(), theirs.parts.len()));
    }
    Difference::None
}
