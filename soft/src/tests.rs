//! The functions against the processor that runs the tests.

use super::*;

/// Floats that are or neighbour a special one, as bits of an `f64`'s or `f32`'s exponent and fraction.
fn special<const N: u32, const E: u32>(_: Format<N, E>) -> Vec<u64> {
    let sign = 1 << (N + E);
    let exponents = (1 << E) - 1;
    let bias = exponents / 2;
    let fields = [0, 1, 2, bias - 1, bias, bias + 1, bias + u64::from(N), exponents - 1, exponents];
    let fractions =
        [0, 1, 2, (1 << N) - 1, (1 << N) - 2, 1 << (N - 1), (1 << (N - 1)) + 1, (1 << (N - 1)) - 1];
    let pairs = fields.iter().flat_map(|field| fractions.iter().map(move |fraction| field << N | fraction));
    pairs.flat_map(|bits| [bits, bits | sign]).collect()
}

/// Numbers without an end, of a linear congruential generator whose upper bits are used (Knuth's MMIX).
fn random() -> impl FnMut() -> u64 {
    let mut state = 1u64;
    move || {
        let mut step = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 32
        };
        step() << 32 | step()
    }
}

/// How many random operands follow the special ones.
const RANDOM: usize = 300_000;

/// All pairs of special operands, and random ones: half of them of exponents that meet.
fn pairs<const N: u32, const E: u32>(format: Format<N, E>) -> impl Iterator<Item = (u64, u64)> {
    let special = special(format);
    let mut next = random();
    let others = special.clone();
    let all = special.into_iter().flat_map(move |x| others.clone().into_iter().map(move |y| (x, y)));
    all.chain((0..RANDOM).map(move |round| {
        let (x, y) = (next() >> (63 - N - E), next() >> (63 - N - E));
        let near = (1 << (N + 5)) - 1;
        if round % 2 == 0 { (x, y) } else { (x, x & !near | y & near) }
    }))
}

/// The bits of a result; every NaN is the canonical one.
fn bits(x: f64) -> u64 {
    if x.is_nan() { 0x7ff8 << 48 } else { x.to_bits() }
}

fn bits32(x: f32) -> u64 {
    if x.is_nan() { 0x7fc0_0000 } else { x.to_bits().into() }
}

#[test]
fn arithmetic_is_the_processors() {
    type Row<W, F> = (&'static str, fn(W, W) -> W, fn(F, F) -> F);
    let rows: [Row<u64, f64>; 4] = [
        ("+", f64::add, |x, y| x + y),
        ("-", f64::sub, |x, y| x - y),
        ("*", f64::mul, |x, y| x * y),
        ("/", f64::div, |x, y| x / y),
    ];
    for (name, soft, hard) in rows {
        for (x, y) in pairs(F64) {
            let want = bits(hard(f64::from_bits(x), f64::from_bits(y)));
            assert_eq!(soft(x, y), want, "{x:#x} {name} {y:#x}");
        }
    }
    let rows: [Row<u32, f32>; 4] = [
        ("+", f32::add, |x, y| x + y),
        ("-", f32::sub, |x, y| x - y),
        ("*", f32::mul, |x, y| x * y),
        ("/", f32::div, |x, y| x / y),
    ];
    for (name, soft, hard) in rows {
        for (x, y) in pairs(F32) {
            let (x, y) = (x as u32, y as u32);
            let want = bits32(hard(f32::from_bits(x), f32::from_bits(y)));
            assert_eq!(u64::from(soft(x, y)), want, "{x:#x} {name} {y:#x}");
        }
    }
}

#[test]
fn roots_are_the_processors() {
    for (x, _) in pairs(F64) {
        assert_eq!(f64::sqrt(x), bits(f64::from_bits(x).sqrt()), "{x:#x}");
    }
    for (x, _) in pairs(F32) {
        let x = x as u32;
        assert_eq!(u64::from(f32::sqrt(x)), bits32(f32::from_bits(x).sqrt()), "{x:#x}");
    }
}

#[test]
fn comparisons_are_the_processors() {
    let order_of = |order: Option<core::cmp::Ordering>| match order {
        None => Order::None,
        Some(order) if order.is_lt() => Order::Less,
        Some(order) if order.is_gt() => Order::Greater,
        Some(_) => Order::Equal,
    };
    for (x, y) in pairs(F64) {
        let want = order_of(f64::from_bits(x).partial_cmp(&f64::from_bits(y)));
        assert_eq!(f64::order(x, y), want, "{x:#x} {y:#x}");
    }
    for (x, y) in pairs(F32) {
        let (x, y) = (x as u32, y as u32);
        let want = order_of(f32::from_bits(x).partial_cmp(&f32::from_bits(y)));
        assert_eq!(f32::order(x, y), want, "{x:#x} {y:#x}");
    }
}

#[test]
fn conversions_are_the_processors() {
    for (x, y) in pairs(F64) {
        let float = f64::from_bits(x);
        assert_eq!(F32.pack(F64.parts(x)), bits32(float as f32), "{x:#x} to 32 bits");
        let whole = F64.parts(x).truncated();
        if (-9.2e18..9.2e18).contains(&float) {
            assert_eq!(whole as i64, float as i64, "{x:#x} to i64");
        }
        if (0.0..1.8e19).contains(&float) {
            assert_eq!(whole, float as u64, "{x:#x} to u64");
        }
        for integer in [x, x >> 20, x >> 40, y & 63] {
            let signed = Parts::integer((integer as i64).unsigned_abs(), (integer as i64) < 0);
            let unsigned = Parts::integer(integer, false);
            assert_eq!(F64.pack(signed), bits(integer as i64 as f64), "{integer:#x} as i64");
            assert_eq!(F64.pack(unsigned), bits(integer as f64), "{integer:#x} as u64");
            assert_eq!(F32.pack(signed), bits32(integer as i64 as f32), "{integer:#x} as i64");
            assert_eq!(F32.pack(unsigned), bits32(integer as f32), "{integer:#x} as u64");
        }
    }
    for (x, _) in pairs(F32) {
        assert_eq!(F64.pack(F32.parts(x)), bits(f32::from_bits(x as u32).into()), "{x:#x} to 64 bits");
    }
}

#[test]
fn divisions_are_the_processors() {
    let mut next = random();
    let edges =
        [1, 2, 9, 10, 0xffff, 0x1_0000, 0x1_0001, u64::MAX >> 32, 1 << 32, u64::MAX >> 1, 1 << 63, u64::MAX];
    let check = |x: u64, y: u64| {
        let (Some(quotient), Some(rest)) = (x.checked_div(y), x.checked_rem(y)) else { return };
        assert_eq!(div_rem(x, y), (quotient, rest), "{x} / {y}");
        let (x, y) = (x as i64, y as i64);
        assert_eq!(div_rem_signed(x, y), (x.wrapping_div(y), x.wrapping_rem(y)), "{x} / {y}");
    };
    edges.iter().for_each(|&x| edges.iter().for_each(|&y| check(x, y)));
    for _ in 0..RANDOM {
        let (x, y, shifts) = (next(), next(), next());
        check(x >> (shifts & 63), y >> (shifts >> 6 & 63));
    }
}
