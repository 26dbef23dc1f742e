//! The time since boot, from SysTick.

#![expect(unsafe_code, reason = "takes the timer's registers")]

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SCB, SYST};
use cortex_m_rt::exception;

/// The processor's clock, hertz (Arm AN386).
pub(super) const CLOCK_HZ: u32 = 25_000_000;

/// The timer's steps in a microsecond.
const STEPS: u32 = CLOCK_HZ / 1_000_000;

/// How often the timer interrupts, microseconds: a wait is this much too long at most.
const TICK_US: u32 = 10_000;

/// Ticks since boot: the low word, and how often it went round (every 497 days).
static TICKS: AtomicU32 = AtomicU32::new(0);
static ROUNDS: AtomicU32 = AtomicU32::new(0);

/// Starts the time.
pub(super) fn start() {
    // SAFETY: nothing else in the firmware uses the timer.
    let mut timer = unsafe { Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(TICK_US.saturating_mul(STEPS).saturating_sub(1));
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

#[exception]
fn SysTick() {
    let ticks = TICKS.load(Ordering::Relaxed).wrapping_add(1);
    TICKS.store(ticks, Ordering::Relaxed);
    if ticks == 0 {
        ROUNDS.store(ROUNDS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }
}

/// Microseconds since [`start`], never backwards.
pub(super) fn micros() -> u64 {
    let (ticks, rounds, left) = cortex_m::interrupt::free(|_| {
        let left = SYST::get_current();
        let (ticks, rounds) = (TICKS.load(Ordering::Relaxed), ROUNDS.load(Ordering::Relaxed));
        if !SCB::is_pendst_pending() {
            return (ticks, rounds, left);
        }
        // The timer went round and its handler waits: what it will count is counted here.
        let (ticks, carried) = ticks.overflowing_add(1);
        (ticks, rounds.wrapping_add(carried.into()), SYST::get_current())
    });
    let whole = (u64::from(rounds) << 32 | u64::from(ticks)).saturating_mul(TICK_US.into());
    let part = TICK_US.saturating_sub(left.div_ceil(STEPS));
    whole.saturating_add(part.into())
}
