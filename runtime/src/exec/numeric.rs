//! Numeric operations that Rust's do not give as they are (specification section 4.3).

use crate::Trap;

pub(crate) fn div_s(x: u32, y: u32) -> Result<u32, Trap> {
    match (x as i32, y as i32) {
        (_, 0) => Err(Trap::IntegerDivisionByZero),
        (x, y) => x.checked_div(y).map(|q| q as u32).ok_or(Trap::IntegerOverflow),
    }
}
pub(crate) fn div_u(x: u32, y: u32) -> Result<u32, Trap> {
    x.checked_div(y).ok_or(Trap::IntegerDivisionByZero)
}
pub(crate) fn rem_s(x: u32, y: u32) -> Result<u32, Trap> {
    if y == 0 { Err(Trap::IntegerDivisionByZero) } else { Ok((x as i32).wrapping_rem(y as i32) as u32) }
}
pub(crate) fn rem_u(x: u32, y: u32) -> Result<u32, Trap> {
    x.checked_rem(y).ok_or(Trap::IntegerDivisionByZero)
}
pub(crate) fn div_s64(x: u64, y: u64) -> Result<u64, Trap> {
    match (x as i64, y as i64) {
        (_, 0) => Err(Trap::IntegerDivisionByZero),
        (x, y) => x.checked_div(y).map(|q| q as u64).ok_or(Trap::IntegerOverflow),
    }
}
pub(crate) fn div_u64(x: u64, y: u64) -> Result<u64, Trap> {
    x.checked_div(y).ok_or(Trap::IntegerDivisionByZero)
}
pub(crate) fn rem_s64(x: u64, y: u64) -> Result<u64, Trap> {
    if y == 0 { Err(Trap::IntegerDivisionByZero) } else { Ok((x as i64).wrapping_rem(y as i64) as u64) }
}
pub(crate) fn rem_u64(x: u64, y: u64) -> Result<u64, Trap> {
    x.checked_rem(y).ok_or(Trap::IntegerDivisionByZero)
}

const QUIET: u64 = 1 << 51;

/// Applies `f`, or makes a NaN quiet.
fn arith(x: u64, f: impl Fn(f64) -> f64) -> u64 {
    let x = f64::from_bits(x);
    if x.is_nan() { x.to_bits() | QUIET } else { f(x).to_bits() }
}
fn ceil(x: u64) -> u64 {
    arith(x, libm::ceil)
}
fn floor(x: u64) -> u64 {
    arith(x, libm::floor)
}
fn trunc(x: u64) -> u64 {
    arith(x, libm::trunc)
}
fn nearest(x: u64) -> u64 {
    arith(x, libm::rint)
}
#[cfg(not(target_os = "none"))]
fn sqrt(x: u64) -> u64 {
    arith(x, libm::sqrt)
}
/// Where flash is short: a third of `libm`'s code, and some 900 instructions more.
#[cfg(target_os = "none")]
fn sqrt(x: u64) -> u64 {
    if f64::from_bits(x).is_nan() { x | QUIET } else { wasmote_soft::f64::sqrt(x) }
}
fn min(x: u64, y: u64) -> u64 {
    let (a, b) = (f64::from_bits(x), f64::from_bits(y));
    if a.is_nan() {
        x | QUIET
    } else if b.is_nan() {
        y | QUIET
    } else if a == b {
        // Zeros: the negative one wins.
        x | y
    } else if a < b {
        x
    } else {
        y
    }
}
fn max(x: u64, y: u64) -> u64 {
    const SIGN: u64 = 1 << 63;
    // An f64's order is that of its negative turned round, and a NaN stays one.
    min(x ^ SIGN, y ^ SIGN) ^ SIGN
}

/// The functions of one and of two floats, on bits of an `f64`, in wasm's order. Those of `f32` are the same, rounded:
/// exact for what is no root, and right for roots, since an `f64` has more than twice the digits and two.
pub(crate) const UNARY: [fn(u64) -> u64; 5] = [ceil, floor, trunc, nearest, sqrt];
pub(crate) const BINARY: [fn(u64, u64) -> u64; 2] = [min, max];

/// Truncates a float to an integer of the range between `low` and `high`, both excluded.
fn trunc_in(x: f64, low: f64, high: f64) -> Result<f64, Trap> {
    if x.is_nan() {
        Err(Trap::BadConversionToInteger)
    } else if x > low && x < high {
        Ok(x)
    } else {
        Err(Trap::IntegerOverflow)
    }
}

/// 2^63, exact.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// The bits of an f32's value as an f64; a NaN becomes quiet, which a soft-float library may leave out.
pub(crate) fn promote(x: u32) -> u64 {
    let x = f64::from(f32::from_bits(x));
    if x.is_nan() { x.to_bits() | QUIET } else { x.to_bits() }
}

pub(crate) fn trunc_i32_s(x: f64) -> Result<u32, Trap> {
    trunc_in(x, -2_147_483_649.0, 2_147_483_648.0).map(|x| x as i32 as u32)
}
pub(crate) fn trunc_i32_u(x: f64) -> Result<u32, Trap> {
    trunc_in(x, -1.0, 4_294_967_296.0).map(|x| x as u32)
}
pub(crate) fn trunc_i64_s(x: f64) -> Result<u64, Trap> {
    // No float lies between -2^63 and the next integer below it, so the bound itself is let in.
    if x == -TWO_63 {
        return Ok(1 << 63);
    }
    trunc_in(x, -TWO_63, TWO_63).map(|x| x as i64 as u64)
}
pub(crate) fn trunc_i64_u(x: f64) -> Result<u64, Trap> {
    trunc_in(x, -1.0, 2.0 * TWO_63).map(|x| x as u64)
}

/// The bits of an f64 as an f32, rounded.
pub(crate) fn demote(x: u64) -> u32 {
    (f64::from_bits(x) as f32).to_bits()
}
