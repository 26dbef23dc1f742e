//! A Rust guest with 14 KB of code: core's formatting of numbers into a buffer that is printed by the host.
#![no_std]
#![no_main]

use core::fmt::{self, Write};

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn putchar(byte: i32) -> i32;
}

struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: the host's putchar takes any number.
            unsafe { putchar(i32::from(byte)) };
        }
        Ok(())
    }
}

/// A reading, which is only made to be printed.
#[derive(Debug)]
#[expect(dead_code, reason = "the fields are read by the derived formatting")]
struct Reading<'a> {
    sensor: &'a str,
    channels: [i16; 3],
    total: Option<i64>,
}

/// Prints a reading in several ways, and gives its total.
#[unsafe(no_mangle)]
pub extern "C" fn report(channel: i32, scale: i64) -> i64 {
    let channels = [channel, channel.rotate_left(3), !channel].map(|number| number as i16);
    let total = channels.iter().try_fold(0_i64, |sum, &number| sum.checked_add(scale.checked_mul(number.into())?));
    let reading = Reading { sensor: "t\u{b0}", channels, total };
    let written = write!(Console, "{channel:>+6} {channel:#010x} {scale}\n{reading:?}\n{reading:#?}\n");
    match written {
        Ok(()) => total.unwrap_or(0),
        Err(fmt::Error) => -1,
    }
}
