//! The main stack: guarded by the memory protection unit, and painted before the firmware starts, so that its deepest
//! use shows.

#![expect(unsafe_code, reason = "reads the stack below the frames in use, and forbids what lies below it")]

use core::ops::Range;
use core::ptr;

use cortex_m::asm;
use cortex_m::peripheral::MPU;
use cortex_m_rt::STACK_PAINT_VALUE;
use wasmote_shell::board::StackStats;

use super::layout;

/// The binary logarithm of the bytes below the stack that nothing may touch: more than any frame has.
const GUARD_LOG2: u32 = 14;

/// The addresses below the stack that nothing may touch. An emulator answers there, with zeros.
pub(super) fn guarded() -> Range<usize> {
    let end = layout::stack().start;
    end.saturating_sub(1 << GUARD_LOG2)..end
}

/// Forbids what lies below the stack. The rest stays as the processor's default map has it.
///
/// The registers are those of the ARMv7-M Architecture Reference Manual, B3.5: region 0, neither read nor executed.
pub(super) fn guard() {
    const REGION: u32 = 0;
    const VALID: u32 = 1 << 4;
    const NEVER_EXECUTED: u32 = 1 << 28;
    const ENABLED: u32 = 1;
    const DEFAULT_MAP: u32 = 1 << 2;
    let base = u32::try_from(guarded().start).unwrap_or(0);
    // SAFETY: nothing else uses the unit, and nothing of the firmware lies in the region.
    unsafe {
        let unit = &*MPU::PTR;
        unit.rbar.write(base | VALID | REGION);
        unit.rasr.write(NEVER_EXECUTED | (GUARD_LOG2 - 1) << 1 | ENABLED);
        unit.ctrl.write(DEFAULT_MAP | ENABLED);
    }
    asm::dsb();
    asm::isb();
}

/// How much of the stack there is and was ever used.
pub(super) fn stats() -> StackStats {
    let stack = layout::stack();
    let painted = |word: &usize| {
        // SAFETY: the word lies in the stack. A volatile read takes it as it is in memory.
        unsafe { ptr::with_exposed_provenance::<u32>(*word).read_volatile() == STACK_PAINT_VALUE }
    };
    let untouched = stack.clone().step_by(size_of::<u32>()).take_while(painted).count();
    let peak = stack.len().saturating_sub(untouched.saturating_mul(size_of::<u32>()));
    StackStats { total: stack.len(), peak }
}
