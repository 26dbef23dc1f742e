//! Copying, moving and filling memory, in 128 bytes; the compiler's own, weak functions take 2.5 KB.
//!
//! The compiler calls them by the names of C and of the Arm run-time ABI (RTABI32, 4.3.4). Words are copied wherever
//! they begin: the processor reads and writes unaligned words (ARMv7-M Architecture Reference Manual, A3.2.1).

#![expect(unsafe_code, reason = "assembly")]

use core::arch::global_asm;

global_asm!(
    ".syntax unified",
    ".section .text.mem, \"ax\", %progbits",
    ".irp name, memcpy, memmove, memset",
    ".global \\name",
    ".type \\name, %function",
    ".endr",
    ".irp name, memcpy, memmove, memset, memclr",
    ".irp aligned, , 4, 8",
    ".global __aeabi_\\name\\aligned",
    ".type __aeabi_\\name\\aligned, %function",
    ".endr",
    ".endr",
    // (r0: to, r1: from, r2: bytes), which may overlap. What begins below `from` can be copied forward.
    "memmove:",
    "__aeabi_memmove:",
    "__aeabi_memmove4:",
    "__aeabi_memmove8:",
    "subs r3, r0, r1",
    "cmp r3, r2",
    "bhs memcpy",
    "add r1, r2",
    "add ip, r0, r2",
    "2: subs r2, #4",
    "ittt hs",
    "ldrhs r3, [r1, #-4]!",
    "strhs r3, [ip, #-4]!",
    "bhs 2b",
    "adds r2, #4",
    "3: subs r2, #1",
    "ittt hs",
    "ldrbhs r3, [r1, #-1]!",
    "strbhs r3, [ip, #-1]!",
    "bhs 3b",
    "bx lr",
    // (r0: to, r1: from, r2: bytes)
    "memcpy:",
    "__aeabi_memcpy:",
    "__aeabi_memcpy4:",
    "__aeabi_memcpy8:",
    "mov ip, r0",
    "4: subs r2, #4",
    "ittt hs",
    "ldrhs r3, [r1], #4",
    "strhs r3, [ip], #4",
    "bhs 4b",
    "adds r2, #4",
    "5: subs r2, #1",
    "ittt hs",
    "ldrbhs r3, [r1], #1",
    "strbhs r3, [ip], #1",
    "bhs 5b",
    "bx lr",
    // (r0: to, r1: bytes), with zeros
    "__aeabi_memclr:",
    "__aeabi_memclr4:",
    "__aeabi_memclr8:",
    "movs r2, #0",
    // (r0: to, r1: bytes, r2: byte)
    "__aeabi_memset:",
    "__aeabi_memset4:",
    "__aeabi_memset8:",
    "mov r3, r1",
    "mov r1, r2",
    "mov r2, r3",
    // (r0: to, r1: byte, r2: bytes)
    "memset:",
    "uxtb r1, r1",
    "orr r1, r1, r1, lsl #8",
    "orr r1, r1, r1, lsl #16",
    "mov ip, r0",
    "6: subs r2, #4",
    "itt hs",
    "strhs r1, [ip], #4",
    "bhs 6b",
    "adds r2, #4",
    "7: subs r2, #1",
    "itt hs",
    "strbhs r1, [ip], #1",
    "bhs 7b",
    "bx lr",
    ".text",
);

/// Whether the functions do what loops over bytes do, for all short lengths, distances and alignments.
#[cfg(feature = "faults")]
pub(super) fn agrees() -> bool {
    const LEN: usize = 40;
    let byte = |at: usize| (at as u8).wrapping_mul(37);
    let bytes: [u8; LEN] = core::array::from_fn(byte);
    let is = |got: &[u8; LEN], want: &dyn Fn(usize) -> u8| (0..LEN).all(|at| got.get(at) == Some(&want(at)));
    (0..=18).all(|len| {
        (0..=20).all(|from| {
            (0..=20).all(|to| {
                let (source, target) = (from..from + len, to..to + len);
                let copied = |at: usize| if target.contains(&at) { byte(at + from - to) } else { byte(at) };
                let filled = |at: usize| if target.contains(&at) { byte(from) } else { byte(at) };
                let (mut moved, mut set) = (bytes, bytes);
                let mut copy = bytes;
                moved.copy_within(source.clone(), to);
                copy[target.clone()].copy_from_slice(&bytes[source]);
                set[target.clone()].fill(byte(from));
                is(&moved, &copied) && is(&copy, &copied) && is(&set, &filled)
            })
        })
    })
}
