//! Why the device was reset: a record in RAM that a reset leaves alone.
//!
//! It is an allegation until its mark and its checksum are right: after power-on RAM holds anything.

#![expect(unsafe_code, reason = "memory that nothing initialises, and a text found again by its address")]

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::{slice, str};

use wasmote_shell::board::ResetCause;

use super::layout;

/// The mark of a record: "WMrc".
const MARK: u32 = 0x574d_7263;

/// The longest name of a source file, bytes.
const FILE_MAX: usize = 256;

/// A record's words: mark, kind, up to three values, checksum.
type Words = [u32; 6];

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
    let (address, len) = match cause {
        ResetCause::Panic { file, .. } => place(file),
        _ => (0, 0),
    };
    let [kind, a, b, c] = match cause {
        ResetCause::PowerOn => return write([0; 6]),
        ResetCause::Requested => [REQUESTED, 0, 0, 0],
        ResetCause::Fault { at, status } => [FAULT, at, status, 0],
        ResetCause::StackOverflow { at } => [STACK_OVERFLOW, at, 0, 0],
        ResetCause::OutOfMemory { bytes } => [OUT_OF_MEMORY, bytes, 0, 0],
        ResetCause::Panic { line, .. } => [PANIC, line, address, len],
    };
    write([MARK, kind, a, b, c, checksum(&[MARK, kind, a, b, c])]);
}

/// Gives the cause of the last reset, and forgets it.
pub(super) fn take() -> ResetCause {
    // SAFETY: any words are words; a volatile read takes them as they are in memory.
    let words = unsafe { RECORD.0.get().cast::<Words>().read_volatile() };
    write([0; 6]);
    let [MARK, kind, a, b, c, sum] = words else { return ResetCause::PowerOn };
    match kind {
        _ if sum != checksum(&[MARK, kind, a, b, c]) => ResetCause::PowerOn,
        REQUESTED => ResetCause::Requested,
        FAULT => ResetCause::Fault { at: a, status: b },
        STACK_OVERFLOW => ResetCause::StackOverflow { at: a },
        OUT_OF_MEMORY => ResetCause::OutOfMemory { bytes: a },
        PANIC => ResetCause::Panic { file: text(b, c), line: a },
        _ => ResetCause::PowerOn,
    }
}

fn write(words: Words) {
    // SAFETY: the cell is large and aligned for the words, and nothing refers to it.
    unsafe { RECORD.0.get().cast::<Words>().write_volatile(words) };
}

/// A text's address and length as words of the record, which on this processor they are.
fn place(text: &str) -> (u32, u32) {
    let word = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    (word(text.as_ptr().expose_provenance()), word(text.len()))
}

/// The text as one of the firmware's constants, which it is, or `?`.
pub(super) fn constant(of: &str) -> &'static str {
    let (address, len) = place(of);
    text(address, len)
}

/// Finds a constant of the firmware again, which may be another firmware since.
fn text(address: u32, len: u32) -> &'static str {
    let (address, len) = (usize::try_from(address).unwrap_or(0), usize::try_from(len).unwrap_or(0));
    let constants = layout::constants();
    if !constants.contains(&address) || len > constants.end.saturating_sub(address).min(FILE_MAX) {
        return "?";
    }
    let start = core::ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: the bytes lie among the firmware's constants, which never change.
    let bytes = unsafe { slice::from_raw_parts(start, len) };
    str::from_utf8(bytes).unwrap_or("?")
}
