//! The wasmote firmware on a Cortex-M4: Arm's MPS2 board with the AN386 image, as QEMU has it.
//!
//! The board wires what the firmware needs and does nothing else: the console is the first CMSDK UART, the
//! flash a file that QEMU lends by semihosting, the time SysTick's. The linker script has the memory of a real
//! chip, not QEMU's 4 MB.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware;

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("This is firmware for a Cortex-M4; `make BOARD=mps2-an386 run` builds and starts it in QEMU.");
}
