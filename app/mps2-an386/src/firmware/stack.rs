//! The main stack: painted before the firmware starts, so that its deepest use shows.

#![expect(unsafe_code, reason = "reads the stack below the frames in use")]

use core::ptr;

use cortex_m_rt::STACK_PAINT_VALUE;
use wasmote_shell::board::StackStats;

use super::layout;

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
