//! The board: a heap in all RAM but the stack's, and the first UART, by polling.

#![expect(unsafe_code, reason = "a heap and a device's registers")]

// The board's floats, under the compiler's names.
#[path = "../../../app/mps2-an386/src/firmware/arithmetic.rs"]
mod arithmetic;
#[path = "../../../app/mps2-an386/src/firmware/shift.rs"]
mod shift;

use core::convert::Infallible;
use core::ptr;

use cortex_m_rt::entry;
use embedded_alloc::LlffHeap;
use embedded_io::{ErrorType, Read, Write};
use wasmote_target_tests::wire;

/// The first CMSDK UART's registers (Arm AN386, memory map; Arm DDI 0479, chapter 4.3).
const DATA: usize = 0x4000_4000;
const STATE: usize = 0x4000_4004;
const CONTROL: usize = 0x4000_4008;
const DIVIDER: usize = 0x4000_4010;

const SENDING: u32 = 1 << 0;
const RECEIVED: u32 = 1 << 1;
const SEND_AND_RECEIVE: u32 = 3;
/// As fast as the UART goes.
const FASTEST: u32 = 16;

/// Bytes at the end of RAM for the stack.
const STACK: usize = 64 * 1024;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

unsafe extern "C" {
    static _stack_start: u8;
}

fn read(register: usize) -> u32 {
    // SAFETY: the callers name a register of the UART, all of which may be read at any time.
    unsafe { ptr::with_exposed_provenance::<u32>(register).read_volatile() }
}

fn set(register: usize, value: u32) {
    // SAFETY: the callers name a register of the UART; none of them makes it touch memory.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(register).write_volatile(value) }
}

struct Uart;

impl ErrorType for Uart {
    type Error = Infallible;
}

impl Read for Uart {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let Some(place) = buf.first_mut() else { return Ok(0) };
        while read(STATE) & RECEIVED == 0 {}
        *place = read(DATA) as u8;
        Ok(1)
    }
}

impl Write for Uart {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        for &byte in buf {
            while read(STATE) & SENDING != 0 {}
            set(DATA, byte.into());
        }
        Ok(buf.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[entry]
fn main() -> ! {
    let start = cortex_m_rt::heap_start().expose_provenance();
    let end = (&raw const _stack_start).expose_provenance() - STACK;
    // SAFETY: nothing else uses the RAM between the variables and the stack.
    unsafe { HEAP.init(start, end - start) };
    set(DIVIDER, FASTEST);
    set(CONTROL, SEND_AND_RECEIVE);
    let _ = wire::serve(&mut Uart);
    loop {
        cortex_m::asm::wfi();
    }
}

/// Ends the processor, which QEMU reports and stops at: the other end sees the line break.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        cortex_m::asm::udf();
    }
}
