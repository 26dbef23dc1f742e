//! Memory accesses outside of the current window: checked against the declared size, and committed when
//! they write.

use super::ops::op;
use super::regs::{Cx, Exit, Wide};
use crate::Trap;

/// What a memory opcode does.
struct Access {
    /// Bytes: 1, 2, 4 or 8.
    size: u32,
    kind: Kind,
    /// Whether the value takes two slots, whatever its size.
    widens: bool,
    /// Units that the operation takes.
    units: usize,
}

enum Kind {
    LoadUnsigned,
    LoadSigned,
    Store,
    StoreImmediate,
}

/// Units of the forms of address, in the order of the opcodes.
const FORM_UNITS: [usize; 5] = [2, 4, 4, 3, 2];

fn describe(opcode: u8) -> Option<Access> {
    let forms = |first: u8, kind: Kind, size: u32| {
        let units = *FORM_UNITS.get(usize::from(opcode.checked_sub(first)?))?;
        Some(Access { size, kind, widens: size == 8, units })
    };
    Some(match opcode {
        op::LOAD32..=op::LOAD32_ABS => forms(op::LOAD32, Kind::LoadUnsigned, 4)?,
        op::LOAD8_U..=op::LOAD8_U_INDEX => forms(op::LOAD8_U, Kind::LoadUnsigned, 1)?,
        op::LOAD8_S..=op::LOAD8_S_INDEX => forms(op::LOAD8_S, Kind::LoadSigned, 1)?,
        op::LOAD16_U..=op::LOAD16_U_INDEX => forms(op::LOAD16_U, Kind::LoadUnsigned, 2)?,
        op::LOAD16_S => forms(op::LOAD16_S, Kind::LoadSigned, 2)?,
        op::LOAD64..=op::LOAD64_ABS => forms(op::LOAD64, Kind::LoadUnsigned, 8)?,
        op::LOAD32_U64..=op::LOAD32_U64_INDEX => {
            Access { widens: true, ..forms(op::LOAD32_U64, Kind::LoadUnsigned, 4)? }
        }
        op::STORE32..=op::STORE32_ABS => forms(op::STORE32, Kind::Store, 4)?,
        op::STORE8..=op::STORE8_INDEX => forms(op::STORE8, Kind::Store, 1)?,
        op::STORE16..=op::STORE16_INDEX => forms(op::STORE16, Kind::Store, 2)?,
        op::STORE64..=op::STORE64_ABS => forms(op::STORE64, Kind::Store, 8)?,
        op::STORE32_IMM | op::STORE32_IMM_ADD => forms(op::STORE32_IMM, Kind::StoreImmediate, 4)?,
        op::STORE8_IMM | op::STORE8_IMM_ADD => forms(op::STORE8_IMM, Kind::StoreImmediate, 1)?,
        _ => return None,
    })
}

/// Does the memory operation with an opcode at `ip`, whose unit may have a pair's, and whose address is `cx.ea`; gives the
/// units that it takes, or 0 after a trap, which is left in `cx.exit`. A number and no `Result`, whose address would keep
/// the threaded back end's handlers from ending in jumps.
///
/// # Safety
/// As for the methods of `Regs`; the operation is one of memory, so `cx.memory` is not null.
#[cold]
#[inline(never)]
pub(crate) unsafe fn access(cx: *mut Cx, fp: *mut u32, ip: *const u16, opcode: u8) -> usize {
    // SAFETY: the caller's promise.
    match unsafe { try_access(cx, fp, ip, opcode) } {
        Ok(units) => units,
        Err(trap) => {
            // SAFETY: the caller's promise.
            unsafe { (*cx).exit = Exit::Trap(trap) };
            0
        }
    }
}

/// # Safety
/// As for [`access`].
unsafe fn try_access(cx: *mut Cx, fp: *mut u32, ip: *const u16, opcode: u8) -> Result<usize, Trap> {
    // SAFETY: the caller's promise; nothing else holds a reference to the memory while guest code runs.
    unsafe {
        let (ea, memory) = ((*cx).ea, &mut *(*cx).memory);
        let first = *ip;
        let access = describe(opcode).ok_or(Trap::UnreachableCodeReached)?;
        let slot = fp.add(usize::from(first >> 8));
        match access.kind {
            Kind::LoadUnsigned if access.widens => *slot.cast::<Wide>() = Wide(memory.load(ea, access.size)?),
            Kind::LoadUnsigned => *slot = memory.load(ea, access.size)? as u32,
            Kind::LoadSigned => {
                let shift = 32 - 8 * access.size;
                *slot = (((memory.load(ea, access.size)? as u32) << shift) as i32 >> shift) as u32;
            }
            Kind::Store if access.size == 8 => memory.store(ea, 8, (*slot.cast::<Wide>()).0)?,
            Kind::Store => memory.store(ea, access.size, u64::from(*slot))?,
            Kind::StoreImmediate => memory.store(ea, access.size, i64::from(first as i16 >> 8) as u64)?,
        }
        (*cx).refresh_window(memory);
        Ok(access.units)
    }
}
