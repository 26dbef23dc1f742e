//! Why the device was reset: a record in RAM that a reset leaves alone.
//!
//! It is an allegation until its mark and its checksum are right: after power-on RAM holds anything.

#![expect(unsafe_code, reason = "memory that nothing initialises")]

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

use wasmote_shell::board::ResetCause;

/// The mark of a record: "WMrc".
const MARK: u32 = 0x574d_7263;

/// A record's words: mark, kind, up to two values, checksum.
type Words = [u32; 5];

/// The kinds, as they are recorded.
const REQUESTED: u32 = 1;
const FAULT: u32 = 2;
const STACK_OVERFLOW: u32 = 3;
const OUT_OF_MEMORY: u32 = 4;
const PANIC: u32 = 5;

struct Cell(UnsafeCell<MaybeUninit<Words>>);

// SAFETY: it is read at boot and written when the firmware ends, each by the only code that still runs.
unsafe impl Sync for Cell {}

#[unsafe(link_section = ".uninit.record")]
static RECORD: Cell = Cell(UnsafeCell::new(MaybeUninit::uninit()));

/// The bits that tell a record from chance (FNV-1a over words).
fn checksum(words: &[u32]) -> u32 {
    words.iter().fold(0x811c_9dc5, |sum, word| (sum ^ word).wrapping_mul(0x0100_0193))
}

/// Leaves the cause for the next boot.
pub(super) fn leave(cause: ResetCause) {
    let [kind, a, b] = match cause {
        ResetCause::PowerOn => return write(Words::default()),
        ResetCause::Requested => [REQUESTED, 0, 0],
        ResetCause::Fault { at, status } => [FAULT, at, status],
        ResetCause::StackOverflow { at } => [STACK_OVERFLOW, at, 0],
        ResetCause::OutOfMemory { bytes } => [OUT_OF_MEMORY, bytes, 0],
        ResetCause::Panic { at, from } => [PANIC, at, from],
    };
    write([MARK, kind, a, b, checksum(&[MARK, kind, a, b])]);
}

/// Gives the cause of the last reset, and forgets it.
pub(super) fn take() -> ResetCause {
    // SAFETY: any words are words; a volatile read takes them as they are in memory.
    let words = unsafe { RECORD.0.get().cast::<Words>().read_volatile() };
    write(Words::default());
    let [MARK, kind, a, b, sum] = words else { return ResetCause::PowerOn };
    match kind {
        _ if sum != checksum(&[MARK, kind, a, b]) => ResetCause::PowerOn,
        REQUESTED => ResetCause::Requested,
        FAULT => ResetCause::Fault { at: a, status: b },
        STACK_OVERFLOW => ResetCause::StackOverflow { at: a },
        OUT_OF_MEMORY => ResetCause::OutOfMemory { bytes: a },
        PANIC => ResetCause::Panic { at: a, from: b },
        _ => ResetCause::PowerOn,
    }
}

fn write(words: Words) {
    // SAFETY: the cell is large and aligned for the words, and nothing refers to it.
    unsafe { RECORD.0.get().cast::<Words>().write_volatile(words) };
}
