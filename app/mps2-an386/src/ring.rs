//! The bytes that an interrupt handler has received and the firmware has not read.

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// A queue of at most `N - 1` bytes between one writer and one reader, which may interrupt each other.
pub(crate) struct Ring<const N: usize> {
    cells: [AtomicU8; N],
    /// Where the reader takes the next byte; only the reader changes it.
    head: AtomicUsize,
    /// Where the writer puts the next byte; only the writer changes it.
    tail: AtomicUsize,
}

impl<const N: usize> Ring<N> {
    /// An empty queue.
    pub(crate) const fn new() -> Self {
        Self { cells: [const { AtomicU8::new(0) }; N], head: AtomicUsize::new(0), tail: AtomicUsize::new(0) }
    }

    fn after(index: usize) -> usize {
        let next = index.wrapping_add(1);
        if next >= N { 0 } else { next }
    }

    /// Whether the next [`push`](Self::push) would be refused.
    pub(crate) fn is_full(&self) -> bool {
        Self::after(self.tail.load(Ordering::Relaxed)) == self.head.load(Ordering::Acquire)
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.tail.load(Ordering::Acquire) == self.head.load(Ordering::Relaxed)
    }

    /// Takes a byte in, unless the queue is full; the writer's.
    pub(crate) fn push(&self, byte: u8) -> bool {
        let tail = self.tail.load(Ordering::Relaxed);
        if self.is_full() {
            return false;
        }
        if let Some(cell) = self.cells.get(tail) {
            cell.store(byte, Ordering::Relaxed);
        }
        self.tail.store(Self::after(tail), Ordering::Release);
        true
    }

    /// Gives the oldest byte; the reader's.
    pub(crate) fn pop(&self) -> Option<u8> {
        let head = self.head.load(Ordering::Relaxed);
        if self.is_empty() {
            return None;
        }
        let byte = self.cells.get(head).map(|cell| cell.load(Ordering::Relaxed));
        self.head.store(Self::after(head), Ordering::Release);
        byte
    }

    /// Drops everything up to and with the first `byte` that waits, and whether there was one; the reader's.
    pub(crate) fn drop_through(&self, byte: u8) -> bool {
        let tail = self.tail.load(Ordering::Acquire);
        let mut at = self.head.load(Ordering::Relaxed);
        while at != tail {
            let found = self.cells.get(at).is_some_and(|cell| cell.load(Ordering::Relaxed) == byte);
            at = Self::after(at);
            if found {
                self.head.store(at, Ordering::Release);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;

    /// Plays `+` (push the next number), `-` (pop the next number), `x` (a push is refused), `e` (a pop finds
    /// nothing) on a ring of four cells.
    fn check(steps: &str) {
        let ring = Ring::<4>::new();
        let (mut written, mut read) = (0, 0);
        for (at, step) in steps.chars().enumerate() {
            match step {
                '+' => {
                    assert!(ring.push(written), "step {at} of {steps}");
                    written += 1;
                }
                'x' => assert!(ring.is_full() && !ring.push(99), "step {at} of {steps}"),
                '-' => {
                    assert_eq!(ring.pop(), Some(read), "step {at} of {steps}");
                    read += 1;
                }
                _ => assert!(ring.is_empty() && ring.pop().is_none(), "step {at} of {steps}"),
            }
        }
    }

    #[test]
    fn bytes_leave_in_their_order_and_none_is_lost() {
        for steps in ["e", "+-e", "+++x---e", "+++-+x---e", "++-+-+-+-+-+--e"] {
            check(steps);
        }
    }

    #[test]
    fn a_byte_is_found_behind_others() {
        for (bytes, left) in [("a\u{3}b", Some(b'b')), ("\u{3}", None), ("ab\u{3}", None)] {
            let ring = Ring::<4>::new();
            assert!(bytes.bytes().all(|byte| ring.push(byte)));
            assert!(ring.drop_through(3), "{bytes:?}");
            assert_eq!(ring.pop(), left, "{bytes:?}");
        }
        let ring = Ring::<4>::new();
        assert!(!ring.drop_through(3));
        assert!(ring.push(b'a') && !ring.drop_through(3));
        assert_eq!(ring.pop(), Some(b'a'));
    }
}
