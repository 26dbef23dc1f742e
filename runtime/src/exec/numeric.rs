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

macro_rules! float {
    ($mod:ident, $t:ty, $bits:ty, $quiet:expr, $sign:expr, $floor:ident, $ceil:ident, $trunc:ident, $rint:ident, $sqrt:ident) => {
        /// Operations of one float type, on bits.
        pub(crate) mod $mod {
            const SIGN: $bits = $sign;

            /// Applies `f`, or makes a NaN quiet.
            fn arith(x: $bits, f: impl Fn($t) -> $t) -> $bits {
                let x = <$t>::from_bits(x);
                if x.is_nan() { x.to_bits() | $quiet } else { f(x).to_bits() }
            }
            pub(crate) fn abs(x: $bits) -> $bits {
                x & !SIGN
            }
            pub(crate) fn neg(x: $bits) -> $bits {
                x ^ SIGN
            }
            pub(crate) fn copysign(x: $bits, y: $bits) -> $bits {
                x & !SIGN | y & SIGN
            }
            pub(crate) fn ceil(x: $bits) -> $bits {
                arith(x, libm::$ceil)
            }
            pub(crate) fn floor(x: $bits) -> $bits {
                arith(x, libm::$floor)
            }
            pub(crate) fn trunc(x: $bits) -> $bits {
                arith(x, libm::$trunc)
            }
            pub(crate) fn nearest(x: $bits) -> $bits {
                arith(x, libm::$rint)
            }
            pub(crate) fn sqrt(x: $bits) -> $bits {
                arith(x, libm::$sqrt)
            }
            pub(crate) fn min(x: $bits, y: $bits) -> $bits {
                let (a, b) = (<$t>::from_bits(x), <$t>::from_bits(y));
                if a.is_nan() {
                    x | $quiet
                } else if b.is_nan() {
                    y | $quiet
                } else if a == b {
                    // Zeros: the negative one wins.
                    x | y
                } else if a < b {
                    x
                } else {
                    y
                }
            }
            pub(crate) fn max(x: $bits, y: $bits) -> $bits {
                let (a, b) = (<$t>::from_bits(x), <$t>::from_bits(y));
                if a.is_nan() {
                    x | $quiet
                } else if b.is_nan() {
                    y | $quiet
                } else if a == b {
                    // Zeros: the positive one wins.
                    x & y
                } else if a > b {
                    x
                } else {
                    y
                }
            }
        }
    };
}
float!(f32, f32, u32, 0x0040_0000, 0x8000_0000, floorf, ceilf, truncf, rintf, sqrtf);
float!(f64, f64, u64, 0x0008_0000_0000_0000, 0x8000_0000_0000_0000, floor, ceil, trunc, rint, sqrt);

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
    const QUIET: u64 = 1 << 51;
    let x = f64::from(core::primitive::f32::from_bits(x));
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
