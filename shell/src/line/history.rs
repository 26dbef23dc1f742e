//! The lines that were entered, in noline's slice history.
//!
//! The editor adds every line that it sees, also one that the adapter cut short to serve a frame. So adding by
//! the editor does nothing, and the adapter adds what was really entered through `load_history`, a line that repeats the last one once.

use noline::history::{CircularSlice, History, SliceHistory};

/// A history that only takes what the adapter gives it.
pub(crate) struct Recall<'a>(SliceHistory<'a>);

impl<'a> Recall<'a> {
    /// An empty history. `buffer` must not be empty.
    pub(crate) fn new(buffer: &'a mut [u8]) -> Self {
        Self(SliceHistory::new(buffer))
    }
}

impl History for Recall<'_> {
    fn get_entry(&self, index: usize) -> Option<CircularSlice<'_>> {
        self.0.get_entry(index)
    }

    fn add_entry<'e>(&mut self, _entry: &'e str) -> Result<(), &'e str> {
        Ok(())
    }

    fn number_of_entries(&self) -> usize {
        self.0.number_of_entries()
    }

    /// Adds what the adapter gives; says how many lines are new.
    fn load_entries<'e, I: Iterator<Item = &'e str>>(&mut self, entries: I) -> usize {
        let mut added = 0usize;
        for entry in entries {
            let last = self.0.number_of_entries().checked_sub(1).and_then(|n| self.0.get_entry(n));
            let repeats = last.is_some_and(|last| last.into_iter().map(|(_, &byte)| byte).eq(entry.bytes()));
            if !repeats && self.0.add_entry(entry).is_ok() {
                added = added.saturating_add(1);
            }
        }
        added
    }
}
