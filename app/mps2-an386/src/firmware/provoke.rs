//! Faults on purpose, for the tests.

#![expect(unsafe_code, reason = "touches memory that is not there")]

extern crate alloc;

use core::hint::black_box;
use core::ptr;

use wasmote_shell::board::ResetCause;

use super::semihosting::command_line;

/// An address at which the board has nothing (Arm AN386, memory map).
const NOWHERE: usize = 0x3000_0000;

/// More memory than any chip has, bytes.
const TOO_MUCH: usize = 1 << 24;

/// Provokes what the first word behind the program's name asks for, after power-on only: so once.
pub(super) fn provoke(last: ResetCause) {
    let mut place = [0; 256];
    if last != ResetCause::PowerOn {
        return;
    }
    let line = command_line(&mut place).and_then(|line| line.to_str().ok());
    match line.and_then(|line| line.split(' ').nth(1)) {
        Some("fault") => {
            // SAFETY: there is no memory whose rules could be broken; the processor faults.
            unsafe { ptr::with_exposed_provenance::<u32>(NOWHERE).read_volatile() };
        }
        Some("stack") => {
            overflow(1);
        }
        Some("memory") => drop(alloc::vec::Vec::<u8>::with_capacity(black_box(TOO_MUCH))),
        Some("panic") => {
            let divisor = black_box(0_u32);
            black_box(1 / divisor);
        }
        _ => {}
    }
}

/// Calls itself for ever, as far as anybody can see.
#[inline(never)]
fn overflow(depth: u32) -> u32 {
    let frame = black_box([depth; 64]);
    if black_box(depth) == 0 {
        return depth;
    }
    overflow(depth.wrapping_add(1)).wrapping_add(black_box(frame).iter().sum())
}
