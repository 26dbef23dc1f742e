//! The firmware of the suite on a Cortex-M4: Arm's MPS2 board with the AN386 image, as QEMU has it. It serves
//! requests on the first UART.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware;

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("This is firmware for a Cortex-M4; `make BOARD=mps2-an386 test` builds and starts it in QEMU.");
}
