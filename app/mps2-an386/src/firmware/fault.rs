//! What ends the firmware: faults, a full stack, panics. Each is printed and recorded, and the device resets.

#![expect(unsafe_code, reason = "an exception handler with a stack of its own")]

use core::arch::naked_asm;
use core::ptr;

use cortex_m::peripheral::SCB;
use cortex_m_rt::ExceptionFrame;
use wasmote_shell::board::ResetCause;

use super::{HEAP, console, layout, record};

/// The registers that say what a fault was: the configurable fault status, and the bus fault's address
/// (ARMv7-M Architecture Reference Manual, B3.2.15 and B3.2.18).
const CFSR: usize = 0xe000_ed28;
const BFAR: usize = 0xe000_ed38;

/// The registers could not be put on the stack at the entry of an exception.
const STACKING: u32 = 1 << 12;
/// `BFAR` holds the address that was touched.
const BFAR_VALID: u32 = 1 << 15;

/// How far below the stack an access still counts as the stack's, bytes: more than any frame has.
const FRAME_MAX: usize = 16 * 1024;

/// Where the hard fault's vector points. The stack may be what failed, so the report begins a new one.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn HardFault() -> ! {
    naked_asm!(
        "mrs r0, msp",
        "ldr r1, ={stack}",
        "msr msp, r1",
        "b {report}",
        stack = sym layout::_stack_start,
        report = sym report,
    )
}

/// Reports the fault whose registers were put at `frame`, or would have been.
extern "C" fn report(frame: usize) -> ! {
    let status = register(CFSR);
    let stack = layout::stack();
    let last = stack.end.saturating_sub(size_of::<ExceptionFrame>());
    let on_stack = (stack.start..=last).contains(&frame) && status & STACKING == 0;
    // SAFETY: the processor has put the registers there, in the stack.
    let at = on_stack.then(|| unsafe { (*ptr::with_exposed_provenance::<ExceptionFrame>(frame)).pc() });
    let touched = if status & BFAR_VALID == 0 { 0 } else { register(BFAR) };
    let below = stack.start.saturating_sub(FRAME_MAX)..stack.start;
    let overflow = !on_stack || usize::try_from(touched).is_ok_and(|address| below.contains(&address));
    end(match at {
        at if overflow => ResetCause::StackOverflow { at: at.unwrap_or(0) },
        at => ResetCause::Fault { at: at.unwrap_or(0), status },
    })
}

fn register(address: usize) -> u32 {
    // SAFETY: the callers name a register that may be read at any time.
    unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

/// Inlined where the library panics, so that its messages, which no one sees, and 6 KB that would print them fall away.
#[expect(
    unused_attributes,
    reason = "rustc says that it ignores the inlining of an exported function; LLVM does not"
)]
#[panic_handler]
#[inline(always)]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    panicked(info.location())
}

#[inline(never)]
fn panicked(place: Option<&core::panic::Location<'_>>) -> ! {
    let place = place.map(|place| (record::constant(place.file()), place.line()));
    let (file, line) = place.unwrap_or(("?", 0));
    // An allocation that may not fail panics in the library's own file when it does.
    end(if file.ends_with("alloc/src/alloc.rs") {
        ResetCause::OutOfMemory { bytes: u32::try_from(HEAP.refused()).unwrap_or(u32::MAX) }
    } else {
        ResetCause::Panic { file, line }
    })
}

/// Prints and records why the firmware ends, and resets.
fn end(cause: ResetCause) -> ! {
    let mut text = heapless::String::<128>::new();
    // A text that does not fit is cut.
    let _ = ufmt::uwrite!(text, "\r\nwasmote: {}; the device resets\r\n", cause);
    console::write(text.as_bytes());
    record::leave(cause);
    SCB::sys_reset()
}
