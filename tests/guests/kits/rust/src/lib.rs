//! Counts, and greets.
#![no_std]

use core::ffi::{CStr, c_char, c_int};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicI32, Ordering::Relaxed};

// The device's; `imports --available` lists them all.
unsafe extern "C" {
    safe fn putchar(c: c_int) -> c_int;
    safe fn exit(status: c_int) -> !;
}

/// What is written to it is printed.
struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            putchar(byte.into());
        }
        Ok(())
    }
}

/// A panic ends the program with a status, and the module stays small: its message is not kept.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(101)
}

static COUNT: AtomicI32 = AtomicI32::new(0);

/// Adds to the count, and gives it.
#[unsafe(no_mangle)]
pub extern "C" fn count_up(by: i32) -> i32 {
    COUNT.fetch_add(by, Relaxed).wrapping_add(by)
}

/// Prints the count in words.
#[unsafe(no_mangle)]
pub extern "C" fn report() {
    let _ = writeln!(Console, "the count is {}", COUNT.load(Relaxed));
}

/// # Safety
/// `argv` has `argc` strings, as `run` gives them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    let mut who: &[u8] = b"world";
    if argc > 1 {
        // SAFETY: there are two strings at least.
        who = unsafe { CStr::from_ptr(*argv.add(1)) }.to_bytes();
    }
    let _ = Console.write_str("Hello, ");
    for &byte in who {
        putchar(byte.into());
    }
    let _ = writeln!(Console, " ({} letters)", who.len());
    0
}
