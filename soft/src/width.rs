//! The functions of each width. Sums and products of normal numbers, as most are, are made without taking these apart.

use crate::arith;
use crate::parts::{F32, F64, Parts};

/// How two floats compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Order {
    /// The first one is less.
    Less,
    /// They are equal.
    Equal,
    /// The first one is greater.
    Greater,
    /// One is no number.
    None,
}

macro_rules! width {
    ($module:ident, $word:ty, $format:ident, $high:path, $fraction:literal, $exponent:literal) => {
        /// Floats of one width. Here a mantissa's highest bit is the highest of its word.
        pub mod $module {
            use super::*;

            /// The field of an exponent, all ones.
            const FIELD: u32 = (1 << $exponent) - 1;
            const BIAS: u32 = FIELD / 2;
            const SIGN: $word = 1 << ($fraction + $exponent);

            fn exponent(x: $word) -> u32 {
                (x >> $fraction) as u32 & FIELD
            }

            fn mantissa(x: $word) -> $word {
                x << $exponent | SIGN
            }

            /// Any operation on any numbers.
            #[inline(never)]
            fn by_parts(f: fn(Parts, Parts) -> Parts, x: $word, y: $word) -> $word {
                $format.pack(f($format.parts(x.into()), $format.parts(y.into()))) as $word
            }

            /// Rounds a result with the sign of `sign` and with this field of its exponent, which may also be that of no
            /// normal number: then, and where a carry could make it that, by parts.
            #[inline(never)]
            fn rounded(mant: $word, sign: $word, field: u32) -> $word {
                if field.wrapping_sub(1) >= FIELD - 2 {
                    let exp = field as i32 - BIAS as i32;
                    return $format.pack(Parts::new(mant.into(), <$word>::BITS, exp, sign & SIGN != 0))
                        as $word;
                }
                let kept = mant >> $exponent;
                let rest = mant as u32 & FIELD;
                let up = rest + (kept as u32 & 1) > FIELD / 2 + 1;
                (sign & SIGN) + (<$word>::from(field - 1) << $fraction) + kept + <$word>::from(up)
            }

            /// `x + y`.
            #[inline(never)]
            pub fn add(x: $word, y: $word) -> $word {
                let (x, y) = if x & !SIGN < y & !SIGN { (y, x) } else { (x, y) };
                let field = exponent(x);
                if exponent(y) == 0 || field == FIELD {
                    return by_parts(arith::add, x, y);
                }
                let shift = field - exponent(y);
                if shift > $fraction + 2 {
                    // `y` is less than a quarter of the last bit.
                    return x;
                }
                let small = mantissa(y);
                let aligned = small >> shift | <$word>::from(small.trailing_zeros() < shift);
                if (x ^ y) & SIGN == 0 {
                    let (sum, carry) = mantissa(x).overflowing_add(aligned);
                    return if carry {
                        rounded(sum >> 1 | sum & 1 | SIGN, x, field + 1)
                    } else {
                        rounded(sum, x, field)
                    };
                }
                let sum = mantissa(x) - aligned;
                if sum == 0 {
                    return 0;
                }
                let zeros = sum.leading_zeros();
                rounded(sum << zeros, x, field.wrapping_sub(zeros))
            }

            /// `x - y`.
            pub fn sub(x: $word, y: $word) -> $word {
                add(x, y ^ SIGN)
            }

            /// `x * y`.
            #[inline(never)]
            pub fn mul(x: $word, y: $word) -> $word {
                let (x_field, y_field) = (exponent(x), exponent(y));
                if x_field.wrapping_sub(1) >= FIELD - 1 || y_field.wrapping_sub(1) >= FIELD - 1 {
                    return by_parts(arith::mul, x, y);
                }
                let product = $high(mantissa(x), mantissa(y));
                let field = (x_field + y_field).wrapping_sub(BIAS);
                if product & SIGN != 0 {
                    rounded(product, x ^ y, field.wrapping_add(1))
                } else {
                    rounded(product << 1, x ^ y, field)
                }
            }

            /// `x / y`.
            pub fn div(x: $word, y: $word) -> $word {
                by_parts(arith::div, x, y)
            }

            /// The square root of `x`.
            pub fn sqrt(x: $word) -> $word {
                $format.pack(arith::sqrt($format.parts(x.into()))) as $word
            }

            /// How `x` and `y` compare.
            #[inline(never)]
            pub fn order(x: $word, y: $word) -> Order {
                // In the order of the numbers; both zeros are 0.
                let key = |x: $word| if x & SIGN != 0 { SIGN.wrapping_sub(x) } else { x };
                let infinity = <$word>::from(FIELD) << $fraction;
                let (x, y) = (key(x), key(y));
                if x.wrapping_add(infinity) > 2 * infinity || y.wrapping_add(infinity) > 2 * infinity {
                    Order::None
                } else if x == y {
                    Order::Equal
                } else if (x ^ SIGN) < y ^ SIGN {
                    Order::Less
                } else {
                    Order::Greater
                }
            }
        }
    };
}

width!(f32, u32, F32, high32, 23, 8);
width!(f64, u64, F64, arith::high, 52, 11);

/// The upper half of a product; bit 0 is also set where the lower one is not zero.
fn high32(x: u32, y: u32) -> u32 {
    let product = u64::from(x) * u64::from(y);
    (product >> 32) as u32 | u32::from(product as u32 != 0)
}
