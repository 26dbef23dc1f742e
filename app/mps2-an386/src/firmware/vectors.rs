//! The interrupts of the board (Arm AN386, interrupt assignments), of which one is used.

#![expect(unsafe_code, reason = "the vector table is placed by name")]

use cortex_m::interrupt::InterruptNumber;

use super::console;

/// The interrupts that have a handler.
#[derive(Clone, Copy)]
#[repr(u16)]
pub(super) enum Interrupt {
    /// The first UART has received a byte.
    UartReceive = 0,
}

// SAFETY: each number is that of one interrupt.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

/// The handlers behind the processor's own exceptions.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
#[used]
static __INTERRUPTS: [extern "C" fn(); 1] = [uart_receive];

extern "C" fn uart_receive() {
    console::receive();
}
