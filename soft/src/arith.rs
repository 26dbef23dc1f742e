//! Sums, products, quotients and roots.

use crate::parts::{INFINITE, NAN, Parts, TOP, ZERO, shifted};

/// `x + y`.
pub(crate) fn add(x: Parts, y: Parts) -> Parts {
    let (large, small) = if (x.exp, x.mant) < (y.exp, y.mant) { (y, x) } else { (x, y) };
    if large.exp == NAN {
        return large;
    }
    let aligned = shifted(small.mant, (large.exp - small.exp) as u32);
    if large.sign == small.sign {
        return Parts::normal(large.mant + aligned, large.exp, large.sign);
    }
    if small.exp == INFINITE {
        return Parts::NAN;
    }
    Parts::normal(large.mant - aligned, large.exp, large.sign)
}

/// `x * y`.
pub(crate) fn mul(x: Parts, y: Parts) -> Parts {
    // A zero times an infinity is the only product that has both.
    if x.exp.max(y.exp) == NAN || x.exp.max(y.exp) == INFINITE && x.exp.min(y.exp) == ZERO {
        return Parts::NAN;
    }
    Parts::normal(high(x.mant << 1, y.mant), x.exp + y.exp + 1, x.sign ^ y.sign)
}

/// The upper half of a product; bit 0 is also set where the lower one is not zero.
pub(crate) fn high(x: u64, y: u64) -> u64 {
    let half = |x: u64| (x >> 32, x & u64::from(u32::MAX));
    let ((x1, x0), (y1, y0)) = (half(x), half(y));
    let (low, mid, mid2) = (x0 * y0, x0 * y1, x1 * y0);
    let carry = (low >> 32) + half(mid).1 + half(mid2).1;
    let high = x1 * y1 + (mid >> 32) + (mid2 >> 32) + (carry >> 32);
    high | u64::from((carry | low) as u32 != 0)
}

/// `x / y`.
pub(crate) fn div(x: Parts, y: Parts) -> Parts {
    if x.exp.max(y.exp) == NAN || x.exp == y.exp && (x.exp == ZERO || x.exp == INFINITE) {
        return Parts::NAN;
    }
    // Half of the quotient, ten bits at a time: a digit from the highest 32 bits of the rest is too small by one at
    // most. A mantissa of 53 bits is less than another's double, which has 54, and ten more are 64.
    let divisor = y.mant >> (TOP - 53);
    let mut rest = x.mant >> (TOP - 52);
    let highest = (divisor >> 32) as u32 + 1;
    let mut quotient = 0;
    for _ in 0..6 {
        rest <<= 10;
        let mut digit = u64::from((rest >> 32) as u32 / highest);
        rest -= digit * divisor;
        if rest >= divisor {
            rest -= divisor;
            digit += 1;
        }
        quotient = quotient << 10 | digit;
    }
    let inexact = u64::from(rest != 0);
    Parts::normal(quotient << 2 | inexact, x.exp - y.exp + 1, x.sign ^ y.sign)
}

/// The square root of `x`.
pub(crate) fn sqrt(x: Parts) -> Parts {
    if x.exp == NAN || x.sign != 0 && x.exp != ZERO {
        return Parts::NAN;
    }
    // Bit by bit, of a number from 1 to 4 whose root is from 1 to 2: with `root`, which is twice what is found, and a
    // rest that doubles, the square of another bit is `root + bit`. The first half of the bits is in upper words alone.
    let mut rest = x.mant >> (2 - (x.exp & 1));
    let (mut upper, mut bit) = (0, 1u32 << (TOP - 2 - 32));
    while bit != 0 {
        if (rest >> 32) as u32 >= upper + bit {
            rest -= u64::from(upper + bit) << 32;
            upper += 2 * bit;
        }
        rest <<= 1;
        bit >>= 1;
    }
    let (mut root, mut bit) = (u64::from(upper) << 32, 1 << 31);
    while bit >= 1 << 5 {
        if rest >= root + bit {
            rest -= root + bit;
            root += 2 * bit;
        }
        rest <<= 1;
        bit >>= 1;
    }
    Parts::normal(root | u64::from(rest != 0), (x.exp >> 1) + 1, x.sign)
}
