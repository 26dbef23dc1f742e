//! Faults on purpose, and what else only the tests ask of the firmware.

#![expect(unsafe_code, reason = "touches memory that is not there")]

extern crate alloc;

use core::hint::black_box;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use wasmote_shell::board::ResetCause;

use super::mem;
use super::semihosting::{command_line, exit};

/// An address at which the board has nothing (Arm AN386, memory map).
const NOWHERE: usize = 0x3000_0000;

/// The emulator's status when the power was cut.
const POWER_CUT: u32 = 3;

/// The emulator's status when the functions for memory were checked: right, or wrong.
const MEM_AGREES: u32 = 4;
const MEM_DIFFERS: u32 = 5;

/// More memory than any chip has, bytes.
const TOO_MUCH: usize = 1 << 24;

/// Writes to the flash until the power is cut, that one included; 0 for never.
static UNTIL_CUT: AtomicU32 = AtomicU32::new(0);

/// Whether a module that turns the lamp on or off makes the processor fault.
static LAMP_FAULTS: AtomicBool = AtomicBool::new(false);

/// Provokes what the first word behind the program's name asks for, after power-on only: so once. A lamp that faults
/// does so after each reset.
pub(super) fn provoke(last: ResetCause) {
    let mut place = [0; 256];
    let line = command_line(&mut place).and_then(|line| line.to_str().ok());
    let word = line.and_then(|line| line.split(' ').nth(1));
    LAMP_FAULTS.store(word == Some("lamp"), Ordering::Relaxed);
    if last != ResetCause::PowerOn {
        return;
    }
    match word {
        Some("fault") => fault(),
        Some("stack") => {
            overflow(1);
        }
        Some("memory") => drop(alloc::vec::Vec::<u8>::with_capacity(black_box(TOO_MUCH))),
        Some(word) if word.starts_with("cut=") => {
            let count = word.strip_prefix("cut=").and_then(|count| count.parse().ok());
            UNTIL_CUT.store(count.unwrap_or(0), Ordering::Relaxed);
        }
        Some("mem") => exit(if mem::agrees() { MEM_AGREES } else { MEM_DIFFERS }),
        Some("panic") => {
            let divisor = black_box(0_u32);
            black_box(1 / divisor);
        }
        _ => {}
    }
}

/// Reads where nothing is.
fn fault() {
    // SAFETY: there is no memory whose rules could be broken; the processor faults.
    unsafe { ptr::with_exposed_provenance::<u32>(NOWHERE).read_volatile() };
}

/// Faults when the lamp is to.
pub(super) fn lamp() {
    if LAMP_FAULTS.load(Ordering::Relaxed) {
        fault();
    }
}

/// Counts a write to the flash, and ends the emulator when it is the one that the power is cut in: after `torn`,
/// which does a part of it.
pub(super) fn power_cut(torn: impl FnOnce()) {
    let left = UNTIL_CUT.load(Ordering::Relaxed);
    UNTIL_CUT.store(left.saturating_sub(1), Ordering::Relaxed);
    if left == 1 {
        torn();
        exit(POWER_CUT);
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
