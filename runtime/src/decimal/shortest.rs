//! The fewest digits that are read back as the same float.

use super::{Decimal, Format, Layout, Places, nearest};

/// The most digits that a double needs.
const DIGITS: u32 = 17;
/// The largest decimal exponent of a value that is put without one, so that its digits reach the point.
const PLAIN: u32 = 16;

/// Puts a finite magnitude, given as its bits, with a point or an exponent: the fewest digits to which it can be
/// rounded and be read back. `put` takes a character and how often it is to be put.
///
/// Gives the exponent of ten that has to follow, if any: there is none from 0.0001 to below 10^16.
pub fn put_shortest(bits: u64, format: Format, put: &mut dyn FnMut(u8, u32)) -> Option<i32> {
    let mut decimal = Decimal::NONE;
    for count in 1..=DIGITS {
        let places = Places::Significant(count);
        decimal.round(bits, format, places);
        if read_back(&mut decimal, format) == bits {
            decimal.round(bits, format, places);
            break;
        }
    }
    let mut layout = Layout::new(&decimal, b'g', PLAIN, false);
    if layout.exponent.is_none() {
        // A point tells a float from an integer.
        layout.fraction = layout.fraction.max(1);
    }
    let _ = layout.put(&mut decimal, layout.fraction > 0, &mut |byte, count| {
        put(byte, count);
        Ok(())
    });
    layout.exponent
}

/// What a value's digits are read as.
fn read_back(decimal: &mut Decimal, format: Format) -> u64 {
    let mut digits = [0; DIGITS as usize];
    for digit in &mut digits {
        *digit = decimal.next();
    }
    nearest(&digits, 10, decimal.point.saturating_sub(DIGITS.cast_signed()), format)
}
