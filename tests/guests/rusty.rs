//! A Rust guest with the linker's default settings: 17 pages of memory, with a shadow stack that grows down from 1 MiB.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering};

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

static CALLS: AtomicU32 = AtomicU32::new(0);
static SQUARES: [u16; 16] = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225];

/// The number of calls so far: state in memory, above the shadow stack.
#[unsafe(no_mangle)]
pub extern "C" fn calls() -> u32 {
    CALLS.fetch_add(1, Ordering::Relaxed) + 1
}

/// A square out of a table; panics, which traps, beyond it.
#[unsafe(no_mangle)]
pub extern "C" fn square(number: u32) -> u32 {
    u32::from(SQUARES[number as usize])
}

/// Sorts 32 numbers made from a seed on the shadow stack, and gives the median.
#[unsafe(no_mangle)]
pub extern "C" fn median(seed: u32) -> u32 {
    let mut numbers = [0_u32; 32];
    let mut state = seed | 1;
    for number in &mut numbers {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *number = state % 1000;
    }
    black_box(&mut numbers).sort_unstable();
    numbers[16]
}

/// Writes to `kib` KiB of the shadow stack, and gives the sum of what it wrote.
#[unsafe(no_mangle)]
pub extern "C" fn deep(kib: u32) -> u32 {
    let block = [1_u8; 1024];
    let sum = black_box(&block).iter().map(|&byte| u32::from(byte)).sum::<u32>();
    if kib <= 1 { sum } else { sum + deep(kib - 1) }
}
