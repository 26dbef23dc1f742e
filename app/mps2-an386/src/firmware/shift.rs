//! Shifts of 64 bits in 28 bytes each; the compiler's own functions branch, and take longer.
//!
//! The compiler calls them by the names of the Arm run-time ABI (RTABI32, 4.1.2): r0 and r1 are the halves of what is
//! shifted, r2 is by how much. A shift by a register takes its lowest byte: of 32 to 255 it leaves nothing.

#![expect(unsafe_code, reason = "assembly")]

use core::arch::global_asm;

global_asm!(
    ".syntax unified",
    ".section .text.shift, \"ax\", %progbits",
    ".irp name, llsl, llsr, lasr",
    ".global __aeabi_\\name",
    ".type __aeabi_\\name, %function",
    ".endr",
    "__aeabi_llsl:",
    "sub r3, r2, #32",
    "rsb ip, r2, #32",
    "lsl r3, r0, r3",
    "lsr ip, r0, ip",
    "lsls r1, r2",
    "orrs r1, r3",
    "orr r1, ip",
    "lsls r0, r2",
    "bx lr",
    "__aeabi_llsr:",
    "sub r3, r2, #32",
    "rsb ip, r2, #32",
    "lsr r3, r1, r3",
    "lsl ip, r1, ip",
    "lsrs r0, r2",
    "orrs r0, r3",
    "orr r0, ip",
    "lsrs r1, r2",
    "bx lr",
    "__aeabi_lasr:",
    "rsb ip, r2, #32",
    "subs r3, r2, #32",
    "lsl ip, r1, ip",
    "lsr r0, r2",
    "orr r0, ip",
    "it pl",
    "asrpl r0, r1, r3",
    "asrs r1, r2",
    "bx lr",
    ".text",
);
