//! The console: the first CMSDK APB UART (Arm DDI 0479, chapter 4.3), received by interrupt, sent by polling.
//!
//! Received bytes wait in a ring. When that is full the receive interrupt is held back and the byte stays in the
//! UART, so that a peer with flow control waits; one without would lose what comes next.

#![expect(unsafe_code, reason = "reads and writes the UART's registers")]

use core::ptr;

use cortex_m::peripheral::NVIC;
use wasmote_shell::board::Input;
use wasmote_shell::received::Received;

use super::clock;
use super::vectors::Interrupt;

/// The first UART's registers (Arm AN386, memory map).
const UART: usize = 0x4000_4000;
const DATA: usize = UART;
const STATE: usize = UART + 0x4;
const CONTROL: usize = UART + 0x8;
const INTERRUPT: usize = UART + 0xc;
const DIVIDER: usize = UART + 0x10;

const STATE_SENDING: u32 = 1 << 0;
const STATE_RECEIVED: u32 = 1 << 1;
const CONTROL_SEND: u32 = 1 << 0;
const CONTROL_RECEIVE: u32 = 1 << 1;
const CONTROL_RECEIVE_INTERRUPT: u32 = 1 << 3;
const INTERRUPT_RECEIVED: u32 = 1 << 1;

/// The line's speed, bits a second.
const BAUD: u32 = 115_200;

static RECEIVED: Received = Received::new();

fn read(register: usize) -> u32 {
    // SAFETY: the callers name a register of the UART, all of which may be read at any time.
    unsafe { ptr::with_exposed_provenance::<u32>(register).read_volatile() }
}

fn set(register: usize, value: u32) {
    // SAFETY: the callers name a register of the UART; none of them makes it touch memory.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(register).write_volatile(value) }
}

/// Sets the line up.
pub(super) fn start() {
    set(DIVIDER, clock::CLOCK_HZ / BAUD);
    listen(true);
    // SAFETY: the handler and the firmware share only atomic variables.
    unsafe { NVIC::unmask(Interrupt::UartReceive) };
}

/// Lets the UART interrupt when it receives, or not.
fn listen(interrupt: bool) {
    let asked = if interrupt { CONTROL_RECEIVE_INTERRUPT } else { 0 };
    set(CONTROL, CONTROL_SEND | CONTROL_RECEIVE | asked);
}

/// Takes what the UART has received. Runs where nothing interrupts it that takes bytes too.
pub(super) fn receive() {
    set(INTERRUPT, INTERRUPT_RECEIVED);
    while read(STATE) & STATE_RECEIVED != 0 {
        if RECEIVED.is_full() {
            listen(false);
            return;
        }
        // The register holds the byte in its low eight bits.
        let [byte, ..] = read(DATA).to_le_bytes();
        RECEIVED.push(byte);
    }
}

/// Moves received bytes to the start of `buf`, and how many.
fn take(buf: &mut [u8]) -> usize {
    let taken = RECEIVED.take(buf);
    if taken > 0 && read(CONTROL) & CONTROL_RECEIVE_INTERRUPT == 0 {
        cortex_m::interrupt::free(|_| {
            listen(true);
            // What came meanwhile has not interrupted.
            receive();
        });
    }
    taken
}

/// Reads what came, asleep for at most `timeout_ms` until something does.
pub(super) fn wait(buf: &mut [u8], timeout_ms: u32) -> Input {
    let until = clock::micros().saturating_add(u64::from(timeout_ms).saturating_mul(1000));
    loop {
        match take(buf) {
            0 if clock::micros() >= until => return Input::Timeout,
            0 => cortex_m::interrupt::free(|_| {
                // An interrupt that came since the look wakes the processor at once, though it runs after this.
                if RECEIVED.is_empty() {
                    cortex_m::asm::wfi();
                }
            }),
            taken => return Input::Bytes(taken),
        }
    }
}

/// Whether Ctrl-C waits; takes it and what came before it.
pub(super) fn interrupted() -> bool {
    RECEIVED.interrupted()
}

/// Sends all of `bytes`, waiting as long as it takes. Works in every state of the processor.
pub(super) fn write(bytes: &[u8]) {
    for &byte in bytes {
        while read(STATE) & STATE_SENDING != 0 {}
        set(DATA, byte.into());
    }
}
