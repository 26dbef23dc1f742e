//! The board's own host functions: a clock, a sleep, and the user LED.

#![expect(unsafe_code, reason = "writes the LED's register")]

use core::ptr;

use wasmote_runtime::{Caller, HostError, HostTable, host_funcs};
use wasmote_shell::guest::Guest;

use super::clock;

/// The FPGA's register of the user LEDs, of which bit 0 is the first (Arm AN386, FPGA system control and I/O).
const LEDS: usize = 0x4002_8000;

/// The functions, for [`Board::functions`](wasmote_shell::board::Board::functions).
pub(super) static FUNCTIONS: HostTable<Guest> = host_funcs! {
    "env";
    "millis" = millis;
    "sleep_ms" = sleep_ms;
    "led_set" = led_set;
};

/// Milliseconds since boot; they go round after 49 days.
fn millis() -> u32 {
    (clock::micros() / 1000) as u32
}

/// Suspends the guest for some milliseconds.
fn sleep_ms(caller: &mut Caller<'_, Guest>, ms: u32) -> Result<(), HostError> {
    caller.data_mut().sleep(ms)
}

/// Turns the first LED on or off.
fn led_set(on: i32) {
    #[cfg(feature = "faults")]
    super::provoke::lamp();
    // SAFETY: the register takes any value, and nothing else uses it.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(LEDS).write_volatile(u32::from(on != 0)) }
}
