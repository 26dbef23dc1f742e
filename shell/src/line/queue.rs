//! Keys that were typed before the line is ready for them.

use heapless::Deque;

use super::keys::{Key, continues};
use crate::limits::{READ_CHUNK, TYPED_AHEAD};

/// A bounded queue of keys, kept as UTF-8.
pub(crate) struct Queue {
    bytes: Deque<u8, TYPED_AHEAD>,
}

impl Queue {
    pub(crate) const fn new() -> Self {
        Self { bytes: Deque::new() }
    }

    /// Whether whatever one read from the console brings is sure to fit: each byte at most one, a character begun
    /// before up to three more, and room for the longest key behind them.
    pub(crate) fn has_room(&self) -> bool {
        self.room() >= READ_CHUNK.saturating_add(2 * size_of::<Key>())
    }

    fn room(&self) -> usize {
        TYPED_AHEAD.saturating_sub(self.bytes.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Puts a key at the end. Without room (see [`Queue::has_room`]) it is lost.
    pub(crate) fn push(&mut self, mut key: Key) {
        if self.room() >= size_of::<Key>() {
            while let Some(byte) = key.take() {
                // There is room.
                let _ = self.bytes.push_back(byte);
            }
        }
    }

    /// Takes the oldest key.
    pub(crate) fn pop(&mut self) -> Option<Key> {
        let mut key = Key::byte(self.bytes.pop_front()?);
        while let Some(byte) = self.bytes.front().copied().filter(|byte| continues(*byte)) {
            key.push(byte);
            self.bytes.pop_front();
        }
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::{CTRL_C, DELETE, ENTER, typed};
    use super::*;

    #[test]
    fn keys_come_back_in_order() {
        let keys = [
            typed('a'),
            Key::byte(ENTER),
            typed('é'),
            typed('€'),
            typed('😂'),
            Key::byte(DELETE),
            Key::byte(CTRL_C),
        ];
        let mut queue = Queue::new();
        for key in keys {
            queue.push(key);
        }
        for key in keys {
            assert_eq!(queue.pop(), Some(key));
        }
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn a_full_queue_never_holds_half_a_character() {
        let mut queue = Queue::new();
        queue.push(typed('a'));
        for _ in 0..TYPED_AHEAD {
            queue.push(typed('€'));
        }
        assert!(!queue.has_room());
        assert_eq!(queue.pop(), Some(typed('a')));
        while let Some(key) = queue.pop() {
            assert_eq!(key, typed('€'));
        }
        assert!(queue.has_room());
    }
}
