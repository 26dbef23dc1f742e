//! The time since boot, from ztimer's microseconds.

#![expect(unsafe_code, reason = "calls RIOT")]

/// Microseconds since boot, never backwards.
pub(crate) fn micros() -> u64 {
    // SAFETY: RIOT has made the clock before main began, and it is never changed.
    unsafe { riot_sys::ztimer64_now(riot_sys::ZTIMER64_USEC) }
}
