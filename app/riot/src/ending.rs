//! The ends of the firmware: a reset, a panic, and leaving a process.

#![expect(unsafe_code, reason = "calls RIOT")]

use crate::{HEAP, console, interrupts};

/// Whether there is something to go back to: the native boards are processes.
pub(crate) const CAN_LEAVE: bool = cfg!(target_os = "linux");

/// Resets the device.
pub(crate) fn reset() -> ! {
    interrupts::release();
    // SAFETY: nothing is left to do.
    unsafe { riot_sys::pm_reboot() };
    stay()
}

/// Does nothing more: a chip may take some instructions to reset, and some cannot switch themselves off.
fn stay() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// The status of a process that could not start its firmware.
const NOT_STARTED: i32 = 2;

/// Ends the process.
#[cfg(target_os = "linux")]
pub(crate) fn leave(status: i32) -> ! {
    unsafe extern "C" {
        /// Ends the process that watches the input for RIOT (`cpu/native/include/async_read.h`).
        fn native_async_read_cleanup();
        fn _exit(status: i32) -> !;
    }
    // SAFETY: nothing is left to do. RIOT's own `pm_off` prints a line after the firmware's last.
    unsafe {
        native_async_read_cleanup();
        _exit(status)
    }
}

/// Switches the device off.
#[cfg(not(target_os = "linux"))]
pub(crate) fn leave(_status: i32) -> ! {
    // SAFETY: nothing is left to do.
    unsafe { riot_sys::pm_off() };
    stay()
}

/// Says why the firmware cannot start, and stops.
pub(crate) fn refuse(why: &str) -> ! {
    for text in ["\r\nwasmote: ", why, "\r\n"] {
        console::write(text.as_bytes());
    }
    leave(NOT_STARTED)
}

/// Inlined where the library panics, so that its messages, which no one sees, fall away.
#[expect(
    unused_attributes,
    reason = "rustc says that it ignores the inlining of an exported function; LLVM does not"
)]
#[panic_handler]
#[inline(always)]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    panicked(info.location())
}

/// Says why the firmware ends, and resets: RIOT would only stop the thread.
#[inline(never)]
fn panicked(place: Option<&core::panic::Location<'_>>) -> ! {
    let (file, line) = place.map_or(("?", 0), |place| (place.file(), place.line()));
    let mut text = heapless::String::<160>::new();
    // A text that does not fit is cut. An allocation that may not fail panics in the library's own file when it does.
    let _ = if file.ends_with("alloc/src/alloc.rs") {
        ufmt::uwrite!(text, "\r\nwasmote: out of memory for {} B; the device resets\r\n", HEAP.refused())
    } else {
        ufmt::uwrite!(text, "\r\nwasmote: panic at {}:{}; the device resets\r\n", file, line)
    };
    console::write(text.as_bytes());
    reset()
}

/// The unwinder's, which the host's library of Rust asks for by name; a panic here never unwinds.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
