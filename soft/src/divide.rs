//! Integers of 64 bits, divided.

/// The quotient and the rest. Divided by zero, which callers exclude, any.
pub fn div_rem(mut x: u64, y: u64) -> (u64, u64) {
    // The divisor's highest 16 bits, made up for those that they leave out: digits of the quotient that are estimated by
    // them are too small, by one in 2^15 or less.
    let y_shift = 48u32.saturating_sub(y.leading_zeros());
    let highest = (y >> y_shift) as u32 + u32::from(y_shift > 0);
    let mut quotient = 0;
    while x >= y {
        let x_shift = 32u32.saturating_sub(x.leading_zeros());
        let Some(digit) = ((x >> x_shift) as u32).checked_div(highest) else { break };
        let digit = (u64::from(digit) << x_shift >> y_shift).max(1);
        quotient += digit;
        x -= digit * y;
    }
    (quotient, x)
}

/// The quotient, rounded towards zero, and the rest, which has the sign of `x`. Divided by zero, any.
pub fn div_rem_signed(x: i64, y: i64) -> (i64, i64) {
    let (quotient, rest) = div_rem(x.unsigned_abs(), y.unsigned_abs());
    let signed = |magnitude: u64, negative: bool| {
        let magnitude = magnitude as i64;
        if negative { magnitude.wrapping_neg() } else { magnitude }
    };
    (signed(quotient, x ^ y < 0), signed(rest, x < 0))
}
