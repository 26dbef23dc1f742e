//! Operations that are too rare for an opcode of their own: sub-operations of `RARE`. The loop runs them by one function,
//! the threaded back end by handlers of their own.

use super::numeric::{BINARY, UNARY, demote};
use super::numeric::{div_s64, div_u64, rem_s64, rem_u64};
use super::numeric::{promote, trunc_i32_s, trunc_i32_u, trunc_i64_s, trunc_i64_u};
use super::regs::{Cx, Exit, Wide, code32};
use crate::Trap;
use crate::numbered::numbered;

macro_rules! for_each_rare {
    ($use:ident) => {
        $use! {
            Clz Ctz Popcnt Clz64 Ctz64 Popcnt64 Extend8At64 Extend16At64 Extend32At64
            F32Abs F32Neg F32Ceil F32Floor F32Trunc F32Nearest F32Sqrt F32Min F32Max F32Copysign
            F64Abs F64Neg F64Ceil F64Floor F64Trunc F64Nearest F64Sqrt F64Min F64Max F64Copysign
            I32TruncF32S I32TruncF32U I32TruncF64S I32TruncF64U
            I64TruncF32S I64TruncF32U I64TruncF64S I64TruncF64U
            I32SatF32S I32SatF32U I32SatF64S I32SatF64U I64SatF32S I64SatF32U I64SatF64S I64SatF64U
            Rotl Rotr Rotl64 Rotr64 F32Eq F32Ne
            Shl64 ShrS64 ShrU64 DivS64 DivU64 RemS64 RemU64
            F32I32S F32I32U F32I64S F32I64U F32F64 F64I32S F64I32U F64I64S F64I64U F64F32
            Unreachable
        }
    };
}
#[cfg(all(wasmote_threaded, not(debug_assertions)))]
pub(super) use for_each_rare;

macro_rules! define {
    ($($name:ident)*) => {
        numbered! {
            /// The sub-operations of `RARE`.
            pub(crate) enum Rare { $($name)* }
        }
    };
}
for_each_rare!(define);

impl Rare {
    /// Whether the sub-operation of a number has a second operand.
    pub(crate) fn takes_two(number: u8) -> bool {
        use Rare as R;
        matches!(
            Self::of(number),
            Some(
                R::F32Min
                    | R::F32Max
                    | R::F32Copysign
                    | R::F64Min
                    | R::F64Max
                    | R::F64Copysign
                    | R::Rotl
                    | R::Rotr
                    | R::Rotl64
                    | R::Rotr64
                    | R::F32Eq
                    | R::F32Ne
                    | R::Shl64
                    | R::ShrS64
                    | R::ShrU64
                    | R::DivS64
                    | R::DivU64
                    | R::RemS64
                    | R::RemU64
            )
        )
    }
}

/// The signs of floats.
const SIGN: u32 = 1 << 31;
const SIGN_64: u64 = 1 << 63;

/// The function of a sub-operation, of those in the order of the sub-operations from `first` on.
fn function<F: Copy>(functions: &[F], what: Rare, first: Rare) -> Result<F, Trap> {
    let index = usize::from((what as u8).wrapping_sub(first as u8));
    functions.get(index).copied().ok_or(Trap::UnreachableCodeReached)
}

/// Runs the sub-operation at `ip` on the frame at `fp`; gives the units that it takes, or 0 after a trap, which
/// is left in `cx.exit`. A number and no `Result`, for the reason that `miss::access` has.
///
/// # Safety
/// As for the methods of `Regs`.
#[inline(never)]
pub(crate) unsafe fn run(fp: *mut u32, ip: *const u16, cx: *mut Cx) -> usize {
    // SAFETY: the caller's promise.
    let what = unsafe { (code32(ip) >> 16) as u8 };
    let done = match Rare::of(what) {
        // SAFETY: as above.
        Some(what) => unsafe { run_one(what, fp, ip) },
        None => Err(Trap::UnreachableCodeReached),
    };
    match done {
        Ok(units) => units,
        Err(trap) => {
            // SAFETY: the caller's promise.
            unsafe { (*cx).exit = Exit::Trap(trap) };
            0
        }
    }
}

/// Runs a sub-operation that stands at `ip`; gives the units that it takes.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
pub(super) unsafe fn run_one(what: Rare, fp: *mut u32, ip: *const u16) -> Result<usize, Trap> {
    use Rare as R;
    // SAFETY: an operation has two units at least.
    let w = unsafe { code32(ip) };
    let a = (w >> 8 & 255) as usize;
    let b = (w >> 24) as usize;
    // SAFETY: the slots are inside the frame; unit 2 exists for the operations that read it.
    let s = || unsafe { *fp.add(b) };
    // SAFETY: as above.
    let s2 = || unsafe { *fp.add(usize::from(*ip.add(2))) };
    // SAFETY: as above.
    let q = || unsafe { (*fp.add(b).cast::<Wide>()).0 };
    // SAFETY: as above.
    let q2 = || unsafe { (*fp.add(usize::from(*ip.add(2))).cast::<Wide>()).0 };
    // SAFETY: as above.
    let set = |x: u32| unsafe { *fp.add(a) = x };
    // SAFETY: as above.
    let set64 = |x: u64| unsafe { *fp.add(a).cast::<Wide>() = Wide(x) };
    let f = || f32::from_bits(s());
    // The operand of a conversion to an integer.
    let wide = || {
        let from_64 = (what as u8).wrapping_sub(R::I32TruncF32S as u8) & 2 != 0;
        if from_64 { f64::from_bits(q()) } else { f().into() }
    };
    let mut units = 2;
    match what {
        R::Clz => set(s().leading_zeros()),
        R::Ctz => set(s().trailing_zeros()),
        R::Popcnt => set(s().count_ones()),
        R::Clz64 => set64(q().leading_zeros().into()),
        R::Ctz64 => set64(q().trailing_zeros().into()),
        R::Popcnt64 => set64(q().count_ones().into()),
        R::Extend8At64 => set64(q() as i8 as u64),
        R::Extend16At64 => set64(q() as i16 as u64),
        R::Extend32At64 => set64(q() as i32 as u64),
        R::F32Abs => set(s() & !SIGN),
        R::F32Neg => set(s() ^ SIGN),
        R::F64Abs => set64(q() & !SIGN_64),
        R::F64Neg => set64(q() ^ SIGN_64),
        R::F32Ceil | R::F32Floor | R::F32Trunc | R::F32Nearest | R::F32Sqrt => {
            set(demote(function(&UNARY, what, R::F32Ceil)?(promote(s()))));
        }
        R::F64Ceil | R::F64Floor | R::F64Trunc | R::F64Nearest | R::F64Sqrt => {
            set64(function(&UNARY, what, R::F64Ceil)?(q()));
        }
        R::F32Min | R::F32Max => {
            units = 3;
            set(demote(function(&BINARY, what, R::F32Min)?(promote(s()), promote(s2()))));
        }
        R::F32Copysign => {
            units = 3;
            set(s() & !SIGN | s2() & SIGN);
        }
        R::Rotl | R::Rotr | R::F32Eq | R::F32Ne => {
            units = 3;
            let (x, y) = (s(), s2());
            set(match what {
                R::Rotl => x.rotate_left(y & 31),
                R::Rotr => x.rotate_right(y & 31),
                R::F32Eq => u32::from(f32::from_bits(x) == f32::from_bits(y)),
                _ => u32::from(f32::from_bits(x) != f32::from_bits(y)),
            });
        }
        R::Rotl64 | R::Rotr64 | R::Shl64 | R::ShrS64 | R::ShrU64 => {
            units = 3;
            let (x, by) = (q(), q2() as u32 & 63);
            set64(match what {
                R::Rotl64 => x.rotate_left(by),
                R::Rotr64 => x.rotate_right(by),
                R::Shl64 => x << by,
                R::ShrS64 => (x as i64 >> by) as u64,
                _ => x >> by,
            });
        }
        R::DivS64 | R::DivU64 | R::RemS64 | R::RemU64 => {
            units = 3;
            let f = match what {
                R::DivS64 => div_s64,
                R::DivU64 => div_u64,
                R::RemS64 => rem_s64,
                _ => rem_u64,
            };
            set64(f(q(), q2())?);
        }
        R::F64Min | R::F64Max => {
            units = 3;
            set64(function(&BINARY, what, R::F64Min)?(q(), q2()));
        }
        R::F64Copysign => {
            units = 3;
            set64(q() & !SIGN_64 | q2() & SIGN_64);
        }
        R::I32TruncF32S | R::I32TruncF64S => set(trunc_i32_s(wide())?),
        R::I32TruncF32U | R::I32TruncF64U => set(trunc_i32_u(wide())?),
        R::I64TruncF32S | R::I64TruncF64S => set64(trunc_i64_s(wide())?),
        R::I64TruncF32U | R::I64TruncF64U => set64(trunc_i64_u(wide())?),
        R::I32SatF32S | R::I32SatF64S => set(wide() as i32 as u32),
        R::I32SatF32U | R::I32SatF64U => set(wide() as u32),
        R::I64SatF32S | R::I64SatF64S => set64(wide() as i64 as u64),
        R::I64SatF32U | R::I64SatF64U => set64(wide() as u64),
        R::F32I32S => set((s() as i32 as f32).to_bits()),
        R::F32I32U => set((s() as f32).to_bits()),
        R::F32I64S => set((q() as i64 as f32).to_bits()),
        R::F32I64U => set((q() as f32).to_bits()),
        R::F32F64 => set(demote(q())),
        R::F64I32S => set64(f64::from(s() as i32).to_bits()),
        R::F64I32U => set64(f64::from(s()).to_bits()),
        R::F64I64S => set64((q() as i64 as f64).to_bits()),
        R::F64I64U => set64((q() as f64).to_bits()),
        R::F64F32 => set64(promote(s())),
        R::Unreachable => return Err(Trap::UnreachableCodeReached),
    }
    Ok(units)
}
