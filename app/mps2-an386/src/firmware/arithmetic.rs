//! Floats and divisions of 64 bits, which the processor lacks, under the names that the compiler calls: those of the Arm
//! run-time ABI (RTABI32, 4.1.2 and 4.3.1). A float of 32 or 64 bits is passed as an integer is.

#![expect(unsafe_code, reason = "the compiler's names")]

use wasmote_soft::{F32, F64, Order, Parts, div_rem, div_rem_signed, f32, f64};

macro_rules! named {
    ($($name:ident($($arg:ident: $from:ty),*) -> $to:ty { $result:expr })*) => {$(
        // SAFETY: this is what the compiler expects of the name.
        #[unsafe(no_mangle)]
        extern "aapcs" fn $name($($arg: $from),*) -> $to { $result }
    )*};
}

named! {
    __aeabi_dadd(x: u64, y: u64) -> u64 { f64::add(x, y) }
    __aeabi_dsub(x: u64, y: u64) -> u64 { f64::sub(x, y) }
    __aeabi_dmul(x: u64, y: u64) -> u64 { f64::mul(x, y) }
    __aeabi_ddiv(x: u64, y: u64) -> u64 { f64::div(x, y) }
    __aeabi_fadd(x: u32, y: u32) -> u32 { f32::add(x, y) }
    __aeabi_fsub(x: u32, y: u32) -> u32 { f32::sub(x, y) }
    __aeabi_fmul(x: u32, y: u32) -> u32 { f32::mul(x, y) }
    __aeabi_fdiv(x: u32, y: u32) -> u32 { f32::div(x, y) }

    __aeabi_dcmpeq(x: u64, y: u64) -> bool { f64::order(x, y) == Order::Equal }
    __aeabi_dcmplt(x: u64, y: u64) -> bool { f64::order(x, y) == Order::Less }
    __aeabi_dcmple(x: u64, y: u64) -> bool { f64::order(x, y) <= Order::Equal }
    __aeabi_dcmpgt(x: u64, y: u64) -> bool { f64::order(x, y) == Order::Greater }
    __aeabi_dcmpge(x: u64, y: u64) -> bool { f64::order(y, x) <= Order::Equal }
    __aeabi_dcmpun(x: u64, y: u64) -> bool { f64::order(x, y) == Order::None }
    __aeabi_fcmpeq(x: u32, y: u32) -> bool { f32::order(x, y) == Order::Equal }
    __aeabi_fcmplt(x: u32, y: u32) -> bool { f32::order(x, y) == Order::Less }
    __aeabi_fcmple(x: u32, y: u32) -> bool { f32::order(x, y) <= Order::Equal }
    __aeabi_fcmpgt(x: u32, y: u32) -> bool { f32::order(x, y) == Order::Greater }
    __aeabi_fcmpge(x: u32, y: u32) -> bool { f32::order(y, x) <= Order::Equal }
    __aeabi_fcmpun(x: u32, y: u32) -> bool { f32::order(x, y) == Order::None }

    __aeabi_d2f(x: u64) -> u32 { F32.pack(F64.parts(x)) as u32 }
    __aeabi_f2d(x: u32) -> u64 { F64.pack(F32.parts(x.into())) }
    __aeabi_d2iz(x: u64) -> u32 { F64.parts(x).truncated() as u32 }
    __aeabi_d2uiz(x: u64) -> u32 { F64.parts(x).truncated() as u32 }
    __aeabi_d2lz(x: u64) -> u64 { F64.parts(x).truncated() }
    __aeabi_d2ulz(x: u64) -> u64 { F64.parts(x).truncated() }
    __aeabi_i2d(x: i32) -> u64 { F64.pack(signed(x.into())) }
    __aeabi_ui2d(x: u32) -> u64 { F64.pack(unsigned(x.into())) }
    __aeabi_l2d(x: i64) -> u64 { F64.pack(signed(x)) }
    __aeabi_ul2d(x: u64) -> u64 { F64.pack(unsigned(x)) }
    __aeabi_i2f(x: i32) -> u32 { F32.pack(signed(x.into())) as u32 }
    __aeabi_ui2f(x: u32) -> u32 { F32.pack(unsigned(x.into())) as u32 }
    __aeabi_l2f(x: i64) -> u32 { F32.pack(signed(x)) as u32 }
    __aeabi_ul2f(x: u64) -> u32 { F32.pack(unsigned(x)) as u32 }
}

fn signed(x: i64) -> Parts {
    Parts::integer(x.unsigned_abs(), x < 0)
}

fn unsigned(x: u64) -> Parts {
    Parts::integer(x, false)
}

/// What `__aeabi_uldivmod` calls: gives the quotient, and writes the rest.
// SAFETY: this is what the compiler's library expects of the name.
#[unsafe(no_mangle)]
extern "aapcs" fn __udivmoddi4(x: u64, y: u64, rest: Option<&mut u64>) -> u64 {
    let (quotient, left) = div_rem(x, y);
    if let Some(rest) = rest {
        *rest = left;
    }
    quotient
}

/// What `__aeabi_ldivmod` calls: gives the quotient, and writes the rest.
// SAFETY: this is what the compiler's library expects of the name.
#[unsafe(no_mangle)]
extern "aapcs" fn __divmoddi4(x: i64, y: i64, rest: Option<&mut i64>) -> i64 {
    let (quotient, left) = div_rem_signed(x, y);
    if let Some(rest) = rest {
        *rest = left;
    }
    quotient
}
