//! Results that a script expects, NaN patterns and references among them.

use wasmote_runtime::Val;
use wast::WastRet;
use wast::core::{AbstractHeapType, HeapType, NanPattern, WastRetCore};

/// Whether results are the expected ones.
pub fn matches(found: &[Val], expected: &[WastRet<'_>]) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(&found, expected)| match expected {
            WastRet::Core(expected) => value_matches(found, expected),
            _ => false,
        })
}

fn value_matches(found: Val, expected: &WastRetCore<'_>) -> bool {
    match (found, expected) {
        (Val::I32(x), WastRetCore::I32(y)) => x == *y,
        (Val::I64(x), WastRetCore::I64(y)) => x == *y,
        (Val::F32(x), WastRetCore::F32(pattern)) => match pattern {
            NanPattern::CanonicalNan => x & 0x7fff_ffff == 0x7fc0_0000,
            NanPattern::ArithmeticNan => x & 0x7fc0_0000 == 0x7fc0_0000,
            NanPattern::Value(y) => x == y.bits,
        },
        (Val::F64(x), WastRetCore::F64(pattern)) => match pattern {
            NanPattern::CanonicalNan => x & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
            NanPattern::ArithmeticNan => x & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
            NanPattern::Value(y) => x == y.bits,
        },
        (Val::FuncRef(None) | Val::ExternRef(None), WastRetCore::RefNull(None)) => true,
        (Val::FuncRef(None), WastRetCore::RefNull(Some(HeapType::Abstract { ty, .. }))) => {
            *ty == AbstractHeapType::Func
        }
        (Val::ExternRef(None), WastRetCore::RefNull(Some(HeapType::Abstract { ty, .. }))) => {
            *ty == AbstractHeapType::Extern
        }
        (Val::ExternRef(Some(x)), WastRetCore::RefExtern(y)) => y.is_none_or(|y| x == y),
        (Val::FuncRef(Some(_)), WastRetCore::RefFunc(None)) => true,
        (found, WastRetCore::Either(cases)) => cases.iter().any(|case| value_matches(found, case)),
        _ => false,
    }
}

/// Results as text, floats with their bits.
pub fn describe(found: &[Val]) -> String {
    let one = |value: &Val| match *value {
        Val::F32(x) => format!("f32 {x:#010x} ({})", f32::from_bits(x)),
        Val::F64(x) => format!("f64 {x:#018x} ({})", f64::from_bits(x)),
        other => format!("{other:?}"),
    };
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}
