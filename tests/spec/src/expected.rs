//! Results that a script expects, NaN patterns and references among them.

use wasmote_target_tests::machine::Value;
use wast::WastRet;
use wast::core::{AbstractHeapType, HeapType, NanPattern, WastRetCore};

/// Whether results are the expected ones.
pub fn matches(found: &[Value], expected: &[WastRet<'_>]) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(&found, expected)| match expected {
            WastRet::Core(expected) => value_matches(found, expected),
            _ => false,
        })
}

fn value_matches(found: Value, expected: &WastRetCore<'_>) -> bool {
    match (found, expected) {
        (Value::I32(x), WastRetCore::I32(y)) => x == *y,
        (Value::I64(x), WastRetCore::I64(y)) => x == *y,
        (Value::F32(x), WastRetCore::F32(pattern)) => match pattern {
            NanPattern::CanonicalNan => x & 0x7fff_ffff == 0x7fc0_0000,
            NanPattern::ArithmeticNan => x & 0x7fc0_0000 == 0x7fc0_0000,
            NanPattern::Value(y) => x == y.bits,
        },
        (Value::F64(x), WastRetCore::F64(pattern)) => match pattern {
            NanPattern::CanonicalNan => x & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
            NanPattern::ArithmeticNan => x & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
            NanPattern::Value(y) => x == y.bits,
        },
        (Value::Func(false) | Value::Extern(None), WastRetCore::RefNull(None)) => true,
        (Value::Func(false), WastRetCore::RefNull(Some(HeapType::Abstract { ty, .. }))) => {
            *ty == AbstractHeapType::Func
        }
        (Value::Extern(None), WastRetCore::RefNull(Some(HeapType::Abstract { ty, .. }))) => {
            *ty == AbstractHeapType::Extern
        }
        (Value::Extern(Some(x)), WastRetCore::RefExtern(y)) => y.is_none_or(|y| x == y),
        (Value::Func(true), WastRetCore::RefFunc(None)) => true,
        (found, WastRetCore::Either(cases)) => cases.iter().any(|case| value_matches(found, case)),
        _ => false,
    }
}

/// Results as text, floats with their bits.
pub fn describe(found: &[Value]) -> String {
    let one = |value: &Value| match *value {
        Value::F32(x) => format!("f32 {x:#010x} ({})", f32::from_bits(x)),
        Value::F64(x) => format!("f64 {x:#018x} ({})", f64::from_bits(x)),
        other => format!("{other:?}"),
    };
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}
