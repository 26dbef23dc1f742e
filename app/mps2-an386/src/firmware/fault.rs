//! What ends the firmware: faults, a full stack, panics. Each is printed and recorded, and the device resets.

#![expect(unsafe_code, reason = "an exception handler with a stack of its own")]

use core::arch::{asm, naked_asm};
use core::ptr;

use cortex_m::peripheral::SCB;
use cortex_m_rt::ExceptionFrame;
use wasmote_shell::board::ResetCause;
use wasmote_shell::output::{Output, Sink};

use super::stack::guarded;
use super::{HEAP, console, layout, record};

/// The registers that say what a fault was: the configurable fault status, and the addresses of a memory management
/// fault and a bus fault (ARMv7-M Architecture Reference Manual, B3.2.15, B3.2.17 and B3.2.18).
const CFSR: usize = 0xe000_ed28;
const MMFAR: usize = 0xe000_ed34;
const BFAR: usize = 0xe000_ed38;

/// The registers could not be put on the stack at the entry of an exception: it was forbidden, or nothing answered.
const STACKING: u32 = 1 << 4 | 1 << 12;
/// `MMFAR` holds the address that was touched.
const MMFAR_VALID: u32 = 1 << 7;
/// The instruction is not defined.
const UNDEFINED: u32 = 1 << 16;
/// `BFAR` holds the address that was touched.
const BFAR_VALID: u32 = 1 << 15;

/// Where the hard fault's vector points. The stack may be what failed, so the report begins a new one.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn HardFault() -> ! {
    naked_asm!(
        "mrs r0, msp",
        "mov r1, r7",
        "ldr r2, ={stack}",
        "msr msp, r2",
        "b {report}",
        stack = sym layout::_stack_start,
        report = sym report,
    )
}

/// Reports the fault whose registers were put at `frame`, or would have been, in a function whose frame `r7` points to.
extern "C" fn report(frame: usize, r7: usize) -> ! {
    let status = register(CFSR);
    let stack = layout::stack();
    let last = stack.end.saturating_sub(size_of::<ExceptionFrame>());
    let on_stack = (stack.start..=last).contains(&frame) && status & STACKING == 0;
    // SAFETY: the processor has put the registers there, in the stack.
    let frame = on_stack.then(|| unsafe { &*ptr::with_exposed_provenance::<ExceptionFrame>(frame) });
    if let Some(frame) = frame
        && status & UNDEFINED != 0
        && instruction(frame.pc()) == PANIC
    {
        end(panicked(r7));
    }
    let at = frame.map(ExceptionFrame::pc);
    let touched = match status {
        status if status & MMFAR_VALID != 0 => register(MMFAR),
        status if status & BFAR_VALID != 0 => register(BFAR),
        _ => 0,
    };
    let below = guarded();
    let overflow = !on_stack || usize::try_from(touched).is_ok_and(|address| below.contains(&address));
    end(match at {
        at if overflow => ResetCause::StackOverflow { at: at.unwrap_or(0) },
        at => ResetCause::Fault { at: at.unwrap_or(0), status },
    })
}

/// An instruction that the processor has fetched.
fn instruction(address: u32) -> u16 {
    let address = usize::try_from(address).unwrap_or(0);
    // SAFETY: the processor has read it from there.
    unsafe { ptr::with_exposed_provenance::<u16>(address).read_volatile() }
}

fn register(address: usize) -> u32 {
    // SAFETY: the callers name a register that may be read at any time.
    unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

/// What a panic runs: an instruction that no processor defines (ARMv7-M Architecture Reference Manual, A7.7.194), with
/// a number of ours.
const PANIC: u16 = 0xde00 | PANIC_NUMBER;
const PANIC_NUMBER: u16 = 0x57;

/// Faults, and is inlined: no message and no place in a source file is built, which spares 12 KB. The stack tells where
/// the library was called.
#[expect(
    unused_attributes,
    reason = "rustc says that it ignores the inlining of an exported function; LLVM does not"
)]
#[panic_handler]
#[inline(always)]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: the instruction touches nothing, and the fault does not come back.
    unsafe { asm!("udf #{}", const PANIC_NUMBER, options(noreturn, nomem, nostack)) }
}

/// Why the firmware panicked, in a function whose frame `r7` points to.
fn panicked(r7: usize) -> ResetCause {
    match HEAP.refused() {
        // An allocation that may not fail panics at once when it does.
        Some(bytes) => ResetCause::OutOfMemory { bytes: u32::try_from(bytes).unwrap_or(u32::MAX) },
        None => {
            let (at, caller) = call(r7);
            ResetCause::Panic { at, from: call(caller).0 }
        }
    }
}

/// The call of the function whose frame `r7` points to, and its caller's r7: rustc keeps both on this processor, in
/// this order (`frame-pointer` of the target). Zeros where there are none.
fn call(r7: usize) -> (u32, usize) {
    let stack = layout::stack();
    if !r7.is_multiple_of(align_of::<Frame>())
        || r7 < stack.start
        || r7 > stack.end.saturating_sub(size_of::<Frame>())
    {
        return (0, 0);
    }
    // SAFETY: the words lie in the stack.
    let Frame { caller, back } = unsafe { ptr::with_exposed_provenance::<Frame>(r7).read_volatile() };
    ((back & !1).saturating_sub(CALL_LEN), caller)
}

/// What r7 points to.
#[repr(C)]
struct Frame {
    caller: usize,
    back: u32,
}

/// The bytes of a call's instruction.
const CALL_LEN: u32 = 4;

/// The line, past whatever was printing.
struct Line;

impl Sink for Line {
    fn write(&mut self, bytes: &[u8]) {
        console::write(bytes);
    }
}

/// Prints and records why the firmware ends, and resets.
fn end(cause: ResetCause) -> ! {
    let mut line = Line;
    let out = &mut Output::new(&mut line);
    out.text("\r\nwasmote: ");
    cause.print(out);
    out.text("; the device resets\r\n");
    record::leave(cause);
    SCB::sys_reset()
}
