//! The fewest digits that are read back as the same float (Steele and White; dtoa's mode 0).

use core::cmp::Ordering;

use super::Format;
use super::big::{Big, estimate_point};

/// The most digits that a double needs.
const DIGITS: usize = 17;

/// The value `0.d1d2d3... * 10^point`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortest {
    digits: [u8; DIGITS],
    len: usize,
    /// The decimal exponent; 1 for zero.
    pub point: i32,
}

impl Shortest {
    /// The digits, in ASCII: the first and the last are not 0, unless the value is.
    pub fn digits(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }

    fn push(&mut self, digit: u8) {
        if let Some(place) = self.digits.get_mut(self.len) {
            *place = b'0'.saturating_add(digit);
            self.len = self.len.saturating_add(1);
        }
    }
}

/// The fewest digits of a finite magnitude, given as its bits, that name no other; of those, the nearest.
pub fn shortest(bits: u64, format: Format) -> Shortest {
    let mut shortest = Shortest { digits: [0; DIGITS], len: 0, point: 1 };
    let (mantissa, exponent) = format.parts(bits);
    if mantissa == 0 {
        shortest.push(0);
        return shortest;
    }

    // The value and its distances to the middle between it and its neighbours, over a common denominator. Below a
    // power of two the neighbour is half as far. A middle itself is read as the value when its mantissa is even.
    let power = bits & format.mantissa() == 0 && bits > format.mantissa().saturating_add(1);
    let [mut value, mut above, mut below, mut denominator] = [const { Big::ZERO }; 4];
    value.set(mantissa.wrapping_mul(4));
    above.set(2);
    below.set(if power { 1 } else { 2 });
    denominator.set(4);
    let inside = |order: Ordering| match order {
        Ordering::Less => true,
        Ordering::Equal => mantissa & 1 == 0,
        Ordering::Greater => false,
    };

    shortest.point = estimate_point(mantissa, exponent);
    if exponent < 0 {
        denominator.mul_pow2(exponent.unsigned_abs());
    }
    if shortest.point > 0 {
        denominator.mul_pow10(shortest.point.unsigned_abs());
    }
    for big in [&mut value, &mut above, &mut below] {
        big.mul_pow2(exponent.max(0).unsigned_abs());
        big.mul_pow10(shortest.point.min(0).unsigned_abs());
    }
    while inside(value.compare_sum(&above, &denominator).reverse()) {
        denominator.mul(10);
        shortest.point = shortest.point.saturating_add(1);
    }

    for _ in 0..DIGITS {
        for big in [&mut value, &mut above, &mut below] {
            big.mul(10);
        }
        let digit = value.divide(&denominator);
        let low = inside(value.compare_sum(&Big::ZERO, &below));
        let high = inside(value.compare_sum(&above, &denominator).reverse());
        let up = match (low, high) {
            (false, false) => {
                shortest.push(digit);
                continue;
            }
            (true, false) => false,
            (false, true) => true,
            (true, true) => match value.compare_sum(&value, &denominator) {
                Ordering::Less => false,
                Ordering::Equal => digit & 1 == 1,
                Ordering::Greater => true,
            },
        };
        shortest.push(digit.saturating_add(up.into()));
        break;
    }
    shortest
}
