//! Prints values with their type, in the syntax in which arguments are read.

use wasmote_runtime::decimal::{Format, put_shortest};
use wasmote_runtime::{Func, Val};

use crate::answer::Answer;
use crate::output::Output;
use crate::packed::packed;

/// Prints `5:i32`, `-3:i64`, `1.5:f64`, `nan:0x123:f32`, `null:funcref`, `func[3]:funcref`, `extern[7]:externref`.
///
/// `index` gives a function's number in its module; without one it is printed as `func`.
pub fn typed(out: &mut Output<'_>, value: Val, index: impl FnOnce(Func) -> Option<u32>) {
    untyped(out, value, index);
    out.text(":");
    out.text(value.ty().as_str());
}

/// Puts a value and its type into an answer.
pub(crate) fn answer(answer: &mut Answer<'_>, value: Val) {
    answer
        .form(packed!("{value}:{type}"))
        .with(|out| untyped(out, value, |_| None))
        .text(value.ty().as_str());
}

/// Prints a value as [`typed`] does, without its type.
pub fn untyped(out: &mut Output<'_>, value: Val, index: impl FnOnce(Func) -> Option<u32>) {
    match value {
        Val::I32(x) => out.signed(x.into()),
        Val::I64(x) => out.signed(x),
        Val::F32(bits) => float(out, u64::from(bits), Format::F32),
        Val::F64(bits) => float(out, bits, Format::F64),
        Val::FuncRef(None) | Val::ExternRef(None) => out.text("null"),
        Val::FuncRef(Some(func)) => match index(func) {
            Some(n) => place(out, "func[", n),
            None => out.text("func"),
        },
        Val::ExternRef(Some(n)) => place(out, "extern[", n),
    }
}

/// Prints `func[3]`.
fn place(out: &mut Output<'_>, list: &str, n: u32) {
    out.text(list);
    out.number(n.into());
    out.text("]");
}

fn float(out: &mut Output<'_>, bits: u64, format: Format) {
    if bits & format.sign() != 0 {
        out.text("-");
    }
    let magnitude = bits & !format.sign();
    if magnitude < format.infinity() {
        let exponent = put_shortest(magnitude, format, &mut |byte, count| {
            for _ in 0..count {
                out.bytes(&[byte]);
            }
        });
        if let Some(exponent) = exponent {
            out.text("e");
            out.signed(exponent.into());
        }
        return;
    }
    match magnitude & format.mantissa() {
        0 => out.text("inf"),
        payload if payload == format.quiet() => out.text("nan"),
        payload => {
            out.text("nan:0x");
            out.hex(payload);
        }
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
        check(Val::F64(1.25e-7f64.to_bits()), "1.25e-7:f64");
        check(Val::F64(1e15f64.to_bits()), "1000000000000000.0:f64");
        check(Val::F64(1.5e16f64.to_bits()), "1.5e16:f64");
        check(Val::F64(120.25f64.to_bits()), "120.25:f64");
        check(Val::F64(0.00012f64.to_bits()), "0.00012:f64");
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
