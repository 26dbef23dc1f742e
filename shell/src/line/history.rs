//! The lines that were entered, the newest of them that fit.
//!
//! noline's own history is searched byte by byte, and gets every line that the editor sees, also one that was cut to
//! serve a frame. So the adapter keeps what was really entered, and types it again to recall it.

use crate::packed::part;

/// What ends a line; no key makes one.
const END: u8 = 0;

/// The lines, oldest first, each with its end.
pub(crate) struct History<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> History<'a> {
    /// An empty history.
    pub(crate) fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// The lines, oldest first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count()).filter_map(|n| part(self.text(), END, n))
    }

    /// Line number `n`, counted back from 1 for the newest; 0 is the empty one behind it.
    pub(crate) fn recall(&self, n: usize) -> Option<&[u8]> {
        part(self.text(), END, self.count().checked_sub(n)?)
    }

    fn text(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    fn count(&self) -> usize {
        self.text().iter().filter(|byte| **byte == END).count()
    }

    /// Adds a line, unless it repeats the newest; the oldest ones give way.
    pub(crate) fn add(&mut self, line: &[u8]) {
        let needed = line.len().saturating_add(1);
        if needed > self.buffer.len() || self.recall(1) == Some(line) {
            return;
        }
        while self.buffer.len().saturating_sub(self.len) < needed {
            let oldest = self.buffer.iter().position(|byte| *byte == END).unwrap_or(self.len);
            let oldest = oldest.saturating_add(1).min(self.len);
            self.buffer.copy_within(oldest..self.len, 0);
            self.len = self.len.saturating_sub(oldest);
        }
        let end = self.len.saturating_add(needed);
        if let Some([places @ .., last]) = self.buffer.get_mut(self.len..end) {
            for (place, byte) in places.iter_mut().zip(line) {
                *place = *byte;
            }
            *last = END;
        }
        self.len = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    /// Adds `lines` to a history of 12 bytes; gives those that are left, oldest first.
    #[track_caller]
    fn check(lines: &[&str], left: &[&str]) {
        let mut buffer = [0; 12];
        let mut history = History::new(&mut buffer);
        lines.iter().for_each(|line| history.add(line.as_bytes()));
        let kept: Vec<_> = history.lines().map(String::from_utf8_lossy).collect();
        assert_eq!(kept, left);
        let newest = history.recall(1).map(String::from_utf8_lossy);
        assert_eq!(newest.as_deref(), left.last().copied());
        assert_eq!(history.recall(left.len() + 1), None);
        assert_eq!(history.recall(0), Some([].as_slice()));
    }

    #[test]
    fn the_newest_lines_are_kept() {
        check(&[], &[]);
        check(&["ls", "ps", "ls"], &["ls", "ps", "ls"]);
        check(&["ls", "ls", "ps"], &["ls", "ps"]);
        check(&["one", "two", "six"], &["one", "two", "six"]);
        check(&["one", "two", "six", "ten"], &["two", "six", "ten"]);
        check(&["one", "two", "eleven letter"], &["one", "two"]);
        check(&["one", "two", "ten letters"], &["ten letters"]);
    }
}
