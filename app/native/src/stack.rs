//! The firmware's stack: filled with a pattern at boot, so that its deepest use shows.

#![expect(unsafe_code, reason = "fills and reads the stack below the frames in use")]

use std::hint::black_box;
use std::ptr;

use wasmote_shell::board::StackStats;

/// The stack the firmware may use, bytes: three times the deepest use seen in an unoptimised build, 42 KB (12 KB
/// in an optimised one). Frames on a 64-bit machine are larger than those of a microcontroller, so this is no
/// measure of what a device needs.
pub(crate) const STACK_SIZE: usize = 128 * 1024;

/// What the thread has beyond that, bytes: the frames above the firmware's, and room to fail in when the
/// firmware takes more than [`STACK_SIZE`].
const RESERVE: usize = 128 * 1024;

/// The size of a thread's stack that the firmware can run on, bytes.
pub(crate) const THREAD_STACK: usize = STACK_SIZE + RESERVE;

/// The fill pattern.
const PATTERN: u8 = 0xa5;

/// The bytes below the caller's frame that are left alone while the pattern is written.
const RED_ZONE: usize = 1024;

/// A filled stack.
#[derive(Clone, Copy)]
pub(crate) struct Stack {
    low: usize,
    top: usize,
}

impl Stack {
    /// Fills the [`STACK_SIZE`] bytes below the caller's frame. The thread has a stack of [`THREAD_STACK`]
    /// bytes, and its frames so far are small.
    #[inline(never)]
    pub(crate) fn fill() -> Self {
        let here = 0_u8;
        let top = ptr::from_ref(black_box(&here)).expose_provenance();
        let low = top.saturating_sub(STACK_SIZE);
        let place = ptr::with_exposed_provenance_mut::<u8>(low);
        // SAFETY: the bytes belong to this thread's stack, which has `THREAD_STACK` bytes, and lie below every
        // frame in use: the red zone holds the frame of this call and of the one that writes.
        unsafe { place.write_bytes(PATTERN, STACK_SIZE - RED_ZONE) };
        Self { low, top }
    }

    /// How much of the stack there is and was ever used. Only sees what was written.
    pub(crate) fn stats(self) -> StackStats {
        let place = ptr::with_exposed_provenance::<u8>(self.low);
        let untouched = (0..STACK_SIZE)
            // SAFETY: the bytes belong to this thread's stack and were written by `fill`. A volatile read takes
            // them as they are in memory.
            .take_while(|&offset| unsafe { place.add(offset).read_volatile() } == PATTERN)
            .count();
        let total = self.top.saturating_sub(self.low);
        StackStats { total, peak: total.saturating_sub(untouched) }
    }
}

#[cfg(test)]
mod tests {
    use super::{PATTERN, STACK_SIZE, Stack, THREAD_STACK};
    use std::hint::black_box;

    /// Uses `SIZE` bytes of stack.
    #[inline(never)]
    fn use_stack<const SIZE: usize>() {
        black_box([!PATTERN; SIZE]);
    }

    #[test]
    fn the_deepest_use_shows() {
        let peaks = std::thread::Builder::new().stack_size(THREAD_STACK).spawn(|| {
            let stack = Stack::fill();
            let fresh = stack.stats().peak;
            use_stack::<20_000>();
            let deep = stack.stats().peak;
            use_stack::<10_000>();
            assert_eq!(stack.stats().total, STACK_SIZE);
            (fresh, deep, stack.stats().peak)
        });
        let (fresh, deep, still) =
            peaks.map(std::thread::JoinHandle::join).ok().and_then(Result::ok).unwrap_or_default();
        assert!((1..8_000).contains(&fresh), "{fresh}");
        assert!((20_000..50_000).contains(&deep), "{deep}");
        assert_eq!(still, deep);
    }
}
