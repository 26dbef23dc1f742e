//! When RIOT may interrupt the firmware.
//!
//! The interrupts of a native board are signals. On x86-64 they push onto the stack of the thread that they interrupt,
//! where its red zone may be in use, and leave the vector registers as their handlers used them
//! (`cpu/native/native.S`): a guest's numbers could change. So there they are off while the firmware computes, and on
//! while it waits or looks for input. A chip keeps what its handlers could change; there they are always on.

#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "calls RIOT"))]

/// Begins to hold interrupts back.
pub(crate) fn hold() {
    #[cfg(target_os = "linux")]
    // SAFETY: they come on again in `serve`.
    unsafe {
        riot_sys::irq_disable();
    }
}

/// Lets interrupts be again, for the end of the firmware.
pub(crate) fn release() {
    #[cfg(target_os = "linux")]
    // SAFETY: as they were when the firmware began.
    unsafe {
        riot_sys::irq_enable();
    }
}

/// Runs `f` with interrupts on; those that were held back come before it.
pub(crate) fn serve<R>(f: impl FnOnce() -> R) -> R {
    release();
    let done = f();
    hold();
    done
}
