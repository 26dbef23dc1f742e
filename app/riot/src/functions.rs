//! The board's own host functions: a clock, a sleep, and an LED.

use riot_wrappers::led::LED;
use switch_hal::OutputSwitch;
use wasmote_runtime::{Caller, HostError, HostTable, host_funcs};
use wasmote_shell::guest::Guest;

use crate::clock;

/// The functions, for [`Board::functions`](wasmote_shell::board::Board::functions).
pub(crate) static FUNCTIONS: HostTable<Guest> = host_funcs! {
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

/// Turns the first LED on or off. Where there is none it is a line of text; on the native boards too, whose own LEDs
/// would print between the shell's lines.
fn led_set(caller: &mut Caller<'_, Guest>, on: i32) -> Result<(), HostError> {
    match LED::<0>::new_checked() {
        Ok(mut led) if cfg!(target_os = "none") => {
            let Ok(()) = if on == 0 { led.off() } else { led.on() };
            Ok(())
        }
        _ => caller.data_mut().print(if on == 0 { "led: off\n" } else { "led: ON\n" }),
    }
}
