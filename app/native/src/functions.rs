//! The board's own host functions, as an example for other boards: a clock, a sleep, and a lamp.

use std::sync::LazyLock;
use std::time::Instant;

use wasmote_runtime::{Caller, HostError, HostTable, host_funcs};
use wasmote_shell::guest::Guest;

/// The functions, for [`Board::functions`](wasmote_shell::board::Board::functions).
pub(crate) static FUNCTIONS: HostTable<Guest> = host_funcs! {
    "env";
    "millis" = millis;
    "sleep_ms" = sleep_ms;
    "led_set" = led_set;
};

/// Milliseconds since some moment; they go round after 49 days.
fn millis() -> u32 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_millis() as u32
}

/// Suspends the guest for some milliseconds.
fn sleep_ms(caller: &mut Caller<'_, Guest>, ms: u32) -> Result<(), HostError> {
    caller.data_mut().sleep(ms)
}

/// Turns the lamp on or off, which here is a line of text.
fn led_set(caller: &mut Caller<'_, Guest>, on: i32) -> Result<(), HostError> {
    caller.data_mut().print(if on == 0 { "led: off\n" } else { "led: ON\n" })
}
