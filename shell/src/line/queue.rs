//! Keys that were typed before the line is ready for them.

use heapless::Deque;

use super::keys::Key;
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
        let mut utf8 = [0; 4];
        let text = match key {
            Key::Char(c) => c.encode_utf8(&mut utf8),
            Key::Control(code) => char::from(code).encode_utf8(&mut utf8),
            Key::Report(..) => return,
        };
        if TYPED_AHEAD.saturating_sub(self.bytes.len()) >= text.len() {
            self.bytes.extend(text.bytes());
        }
    }

    /// Takes the oldest key.
    pub(crate) fn pop(&mut self) -> Option<Key> {
        let mut utf8 = [self.bytes.pop_front()?, 0, 0, 0];
        let len = match utf8[0] {
            code @ (0..=0x1f | 0x7f) => return Some(Key::Control(code)),
            0x20..=0x7e => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
        };
        for place in utf8.iter_mut().take(len).skip(1) {
            *place = self.bytes.pop_front()?;
        }
        core::str::from_utf8(utf8.get(..len)?).ok()?.chars().next().map(Key::Char)
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::{CTRL_C, DELETE, ENTER};
    use super::Key::{Char, Control};
    use super::*;

    #[test]
    fn keys_come_back_in_order() {
        let keys =
            [Char('a'), Control(ENTER), Char('é'), Char('€'), Char('😂'), Control(DELETE), Control(CTRL_C)];
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
        queue.push(Char('a'));
        for _ in 0..TYPED_AHEAD {
            queue.push(Char('€'));
        }
        assert!(!queue.has_room());
        assert_eq!(queue.pop(), Some(Char('a')));
        while let Some(key) = queue.pop() {
            assert_eq!(key, Char('€'));
        }
        assert!(queue.has_room());
    }
}
