//! For boards: the bytes that an interrupt handler has received and the firmware has not read.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

use crate::smp::{MAX_LINE, PACKET_SIZE};

/// The bytes of a packet that one of its lines carries, in base64: three of four are the packet's.
const LINE_PAYLOAD: usize = 93;

/// Room for a management packet with all its lines, bytes, and one cell that stays empty.
pub const PACKET_CELLS: usize = PACKET_SIZE.div_ceil(LINE_PAYLOAD) * MAX_LINE + 1;

/// What a terminal sends for Ctrl-C.
const CTRL_C: u8 = 3;

/// A queue of at most `N - 1` bytes between one writer and one reader, which may interrupt each other.
pub struct Received<const N: usize = PACKET_CELLS> {
    cells: [AtomicU8; N],
    /// Where the reader takes the next byte; only the reader changes it.
    head: AtomicUsize,
    /// Where the writer puts the next byte; only the writer changes it.
    tail: AtomicUsize,
    /// Ctrl-C has come and may wait in the queue.
    ctrl_c: AtomicBool,
}

impl<const N: usize> Received<N> {
    /// An empty queue.
    pub const fn new() -> Self {
        Self {
            cells: [const { AtomicU8::new(0) }; N],
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
            ctrl_c: AtomicBool::new(false),
        }
    }

    fn after(index: usize) -> usize {
        let next = index.wrapping_add(1);
        if next >= N { 0 } else { next }
    }

    /// Whether the next [`push`](Self::push) would be refused.
    pub fn is_full(&self) -> bool {
        Self::after(self.tail.load(Ordering::Relaxed)) == self.head.load(Ordering::Acquire)
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.tail.load(Ordering::Acquire) == self.head.load(Ordering::Relaxed)
    }

    /// Takes a byte in, unless the queue is full; the writer's.
    pub fn push(&self, byte: u8) -> bool {
        let tail = self.tail.load(Ordering::Relaxed);
        if self.is_full() {
            return false;
        }
        if let Some(cell) = self.cells.get(tail) {
            cell.store(byte, Ordering::Relaxed);
        }
        self.tail.store(Self::after(tail), Ordering::Release);
        if byte == CTRL_C {
            self.ctrl_c.store(true, Ordering::Relaxed);
        }
        true
    }

    /// Gives the oldest byte.
    fn pop(&self) -> Option<u8> {
        let head = self.head.load(Ordering::Relaxed);
        if self.is_empty() {
            return None;
        }
        let byte = self.cells.get(head).map(|cell| cell.load(Ordering::Relaxed));
        self.head.store(Self::after(head), Ordering::Release);
        byte
    }

    /// Moves the oldest bytes to the start of `buf`, and gives how many; the reader's.
    pub fn take(&self, buf: &mut [u8]) -> usize {
        let mut taken = 0;
        for (place, byte) in buf.iter_mut().zip(core::iter::from_fn(|| self.pop())) {
            *place = byte;
            taken += 1;
        }
        taken
    }

    /// Whether Ctrl-C waits; drops it and what came before it. The reader's, for
    /// [`Board::interrupted`](crate::board::Board::interrupted).
    pub fn interrupted(&self) -> bool {
        self.ctrl_c.load(Ordering::Relaxed) && {
            self.ctrl_c.store(false, Ordering::Relaxed);
            self.drop_through(CTRL_C)
        }
    }

    /// Drops everything up to and with the first `byte` that waits, and whether there was one.
    fn drop_through(&self, byte: u8) -> bool {
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

impl<const N: usize> Default for Received<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Received;

    /// Plays `+` (push the next number), `-` (take the next number), `x` (a push is refused), `e` (there is nothing
    /// to take) on a queue of four cells.
    fn check(steps: &str) {
        let queue = Received::<4>::new();
        let (mut written, mut read) = (b'a', b'a');
        for (at, step) in steps.chars().enumerate() {
            let mut byte = [0];
            match step {
                '+' => {
                    assert!(queue.push(written), "step {at} of {steps}");
                    written += 1;
                }
                'x' => assert!(queue.is_full() && !queue.push(b'X'), "step {at} of {steps}"),
                '-' => {
                    assert_eq!((queue.take(&mut byte), byte), (1, [read]), "step {at} of {steps}");
                    read += 1;
                }
                _ => assert!(queue.is_empty() && queue.take(&mut byte) == 0, "step {at} of {steps}"),
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
    fn ctrl_c_is_found_behind_others_and_nothing_else_is_dropped() {
        for (bytes, found, left) in [
            ("a\u{3}b", true, "b"),
            ("\u{3}", true, ""),
            ("ab\u{3}", true, ""),
            ("ab", false, "ab"),
            ("", false, ""),
        ] {
            let queue = Received::<4>::new();
            assert!(bytes.bytes().all(|byte| queue.push(byte)));
            assert_eq!(queue.interrupted(), found, "{bytes:?}");
            let mut rest = [0; 4];
            let taken = queue.take(&mut rest);
            assert_eq!(&rest[..taken], left.as_bytes(), "{bytes:?}");
        }
    }

    #[test]
    fn a_ctrl_c_that_was_read_interrupts_nothing() {
        let queue = Received::<4>::new();
        assert!(queue.push(3) && queue.take(&mut [0]) == 1 && queue.push(b'a'));
        assert!(!queue.interrupted() && !queue.is_empty());
    }
}
