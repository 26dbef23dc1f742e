//! Keys that were typed before the line is ready for them.

use heapless::Deque;

use super::keys::{Key, Utf8};
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
    /// before up to three more.
    pub(crate) fn has_room(&self) -> bool {
        TYPED_AHEAD.saturating_sub(self.bytes.len()) >= READ_CHUNK.saturating_add(4)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Puts a character or control key at the end. Without room (see [`Queue::has_room`]) it is lost.
    pub(crate) fn push(&mut self, key: Key) {
        let bytes = match &key {
            Key::Char(c) => c.bytes(),
            Key::Control(code) => core::slice::from_ref(code),
            Key::Report(..) => return,
        };
        if TYPED_AHEAD.saturating_sub(self.bytes.len()) >= bytes.len() {
            self.bytes.extend(bytes.iter().copied());
        }
    }

    /// Takes the oldest key.
    pub(crate) fn pop(&mut self) -> Option<Key> {
        let first = self.bytes.pop_front()?;
        if first.is_ascii_control() {
            return Some(Key::Control(first));
        }
        let mut character = Utf8::new(first);
        for place in character.rest() {
            *place = self.bytes.pop_front()?;
        }
        Some(Key::Char(character))
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::{CTRL_C, DELETE, ENTER, typed};
    use super::Key::Control;
    use super::*;

    #[test]
    fn keys_come_back_in_order() {
        let keys = [
            typed('a'),
            Control(ENTER),
            typed('é'),
            typed('€'),
            typed('😂'),
            Control(DELETE),
            Control(CTRL_C),
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
