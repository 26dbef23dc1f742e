//! Prints values with their type, in the syntax in which arguments are read.

use wasmote_runtime::{Func, Val};

use crate::output::{Output, put};

/// Prints `5:i32`, `-3:i64`, `1.5:f64`, `nan:0x123:f32`, `null:funcref`, `func[3]:funcref`, `extern[7]:externref`.
///
/// `index` gives a function's number in its module; without one it is printed as `func`.
pub fn typed(out: &mut Output<'_>, value: Val, index: impl FnOnce(Func) -> Option<u32>) {
    untyped(out, value, index);
    put!(out, ":{}", value.ty().as_str());
}

/// Prints a value as [`typed`] does, without its type.
pub fn untyped(out: &mut Output<'_>, value: Val, index: impl FnOnce(Func) -> Option<u32>) {
    match value {
        Val::I32(x) => put!(out, "{}", x),
        Val::I64(x) => put!(out, "{}", x),
        Val::F32(bits) => {
            let x = f32::from_bits(bits);
            let kind = Kind { nan: x.is_nan(), finite: x.is_finite(), negative: x.is_sign_negative() };
            float(out, kind, u64::from(bits & 0x007f_ffff), 1 << 22, |b| b.format_finite(x));
        }
        Val::F64(bits) => {
            let x = f64::from_bits(bits);
            let kind = Kind { nan: x.is_nan(), finite: x.is_finite(), negative: x.is_sign_negative() };
            float(out, kind, bits & 0x000f_ffff_ffff_ffff, 1 << 51, |b| b.format_finite(x));
        }
        Val::FuncRef(None) | Val::ExternRef(None) => out.text("null"),
        Val::FuncRef(Some(func)) => match index(func) {
            Some(n) => put!(out, "func[{}]", n),
            None => out.text("func"),
        },
        Val::ExternRef(Some(n)) => put!(out, "extern[{}]", n),
    }
}

struct Kind {
    nan: bool,
    finite: bool,
    negative: bool,
}

fn float(
    out: &mut Output<'_>,
    kind: Kind,
    payload: u64,
    canonical: u64,
    finite: impl FnOnce(&mut ryu::Buffer) -> &str,
) {
    if kind.finite {
        return out.text(finite(&mut ryu::Buffer::new()));
    }
    if kind.negative {
        out.text("-");
    }
    match kind.nan {
        false => out.text("inf"),
        true if payload == canonical => out.text("nan"),
        true => put!(out, "nan:0x{:x}", payload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::number;
    use crate::testing::printed;

    /// Holds that `value` prints as `want`, and that `want` without its type is read as `value`.
    #[track_caller]
    fn check(value: Val, want: &str) {
        assert_eq!(printed(|out| typed(out, value, |_| None)), want);
        let plain = printed(|out| untyped(out, value, |_| None));
        assert_eq!(number::value(1, &plain, value.ty()), Ok(value));
    }

    #[test]
    fn values_print_as_they_are_read() {
        check(Val::I32(5), "5:i32");
        check(Val::I64(i64::MIN), "-9223372036854775808:i64");
        check(Val::F64(1.5f64.to_bits()), "1.5:f64");
        check(Val::F64(5f64.to_bits()), "5.0:f64");
        check(Val::F64((-0f64).to_bits()), "-0.0:f64");
        check(Val::F64(1e300f64.to_bits()), "1e300:f64");
        check(Val::F64(1), "5e-324:f64");
        check(Val::F64(0.1f64.to_bits()), "0.1:f64");
        check(Val::F32(0.1f32.to_bits()), "0.1:f32");
        check(Val::F32(f32::MAX.to_bits()), "3.4028235e38:f32");
        check(Val::F32(f32::NEG_INFINITY.to_bits()), "-inf:f32");
        check(Val::F32(0x7fc0_0000), "nan:f32");
        check(Val::F32(0xffc0_0000), "-nan:f32");
        check(Val::F32(0x7f80_0123), "nan:0x123:f32");
        check(Val::F64(0xffff_ffff_ffff_ffff), "-nan:0xfffffffffffff:f64");
        check(Val::FuncRef(None), "null:funcref");
        check(Val::ExternRef(None), "null:externref");
    }

    #[test]
    fn a_hosts_reference_prints_its_number() {
        let value = Val::ExternRef(Some(7));
        assert_eq!(printed(|out| typed(out, value, |_| None)), "extern[7]:externref");
    }
}
