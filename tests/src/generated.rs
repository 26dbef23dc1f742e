//! Modules and bytes made at test time: larger than what is worth keeping in the tree.

use std::fmt::Write as _;
use std::io;

/// What a generated module is like.
#[derive(Debug)]
pub struct Shape {
    /// Name of its file, without the extension.
    pub name: &'static str,
    /// Number of steps in its chain, of about 30 bytes of code each.
    pub steps: u32,
    /// Size of the whole binary in bytes.
    pub bytes: usize,
}

/// The generated modules. The sizes are those that an installation over the line has to stand.
pub const SHAPES: &[Shape] = &[
    Shape { name: "code10k", steps: 330, bytes: 20_000 },
    Shape { name: "big100k", steps: 1_300, bytes: 100_000 },
    Shape { name: "big500k", steps: 1_300, bytes: 500_000 },
];

/// Makes a module of exactly the shape's size.
///
/// It exports `chain (i32) -> (i32)`, which takes every step in turn (see [`chain`]); a custom section, as debugging
/// information would be, makes up the rest of the size.
///
/// # Errors
/// The size is too small for the steps.
pub fn module(shape: &Shape) -> io::Result<Vec<u8>> {
    let mut rest = 0_usize;
    // The section's length also changes the lengths of length fields: a few rounds settle it.
    for _ in 0..8 {
        let binary = wat::parse_str(text(shape.steps, rest)).map_err(io::Error::other)?;
        if binary.len() == shape.bytes {
            return Ok(binary);
        }
        rest = (rest + shape.bytes)
            .checked_sub(binary.len())
            .ok_or_else(|| io::Error::other(format!("{shape:?} does not hold its steps")))?;
    }
    Err(io::Error::other(format!("{shape:?}: no length of the rest gives exactly this size")))
}

/// What `chain` of a generated module answers.
pub fn chain(steps: u32, start: i32) -> i32 {
    (0..steps).fold(start, |value, index| {
        let (factor, add) = constants(index);
        let product = value.wrapping_mul(factor).wrapping_add(add);
        product ^ (product.cast_unsigned() >> (index % 31 + 1)).cast_signed()
    })
}

/// Odd factor and summand of a step, spread over the range of i32 so that their encodings have all lengths.
fn constants(index: u32) -> (i32, i32) {
    let factor = index.wrapping_mul(2_654_435_761) | 1;
    let add = index.wrapping_mul(index).wrapping_mul(97);
    (factor.cast_signed(), add.cast_signed())
}

/// Steps of the chain that one function takes.
const STEPS: usize = 4;

fn text(steps: u32, rest: usize) -> String {
    let mut text = String::from("(module\n");
    let mut chain = String::from("local.get 0");
    let indices: Vec<u32> = (0..steps).collect();
    // Writing to a `String` cannot fail.
    for (function, indices) in indices.chunks(STEPS).enumerate() {
        let _ = writeln!(text, "(func $f{function} (param i32) (result i32)");
        for index in indices {
            let (factor, add) = constants(*index);
            let shift = index % 31 + 1;
            let _ = writeln!(
                text,
                "local.get 0 i32.const {factor} i32.mul i32.const {add} i32.add local.tee 0
                 local.get 0 i32.const {shift} i32.shr_u i32.xor local.set 0"
            );
        }
        text.push_str("local.get 0)\n");
        let _ = write!(chain, " call $f{function}");
    }
    let _ = writeln!(text, "(func (export \"chain\") (param i32) (result i32) {chain})");
    text.push_str("(@custom \"rest\" \"");
    for byte in noise(rest) {
        let _ = write!(text, "\\{byte:02x}");
    }
    text.push_str("\"))");
    text
}

/// Bytes without a pattern, the same at every run: xorshift32 (Marsaglia, 2003).
pub fn noise(length: usize) -> Vec<u8> {
    Noise::new(0x9e37_79b9).take(length).collect()
}

/// An endless source of bytes without a pattern.
#[derive(Clone, Debug)]
pub struct Noise(u32);

impl Noise {
    /// Starts at a seed; 0 is taken as 1.
    pub fn new(seed: u32) -> Self {
        Self(seed.max(1))
    }
}

impl Iterator for Noise {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        Some(self.0.to_be_bytes()[0])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn shapes_are_exact_and_valid() {
        for shape in SHAPES {
            let binary = module(shape).unwrap();
            assert_eq!(binary.len(), shape.bytes, "{shape:?}");
            wasmparser::validate(&binary).unwrap();
        }
    }
}
