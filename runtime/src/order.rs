//! Finds what was there before in the time of a binary search, however many a hostile module declares.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::error::OutOfMemory;
use crate::fallible::insert;

/// Indices of values, in the values' order, each value once.
#[derive(Default)]
pub(crate) struct Order(Vec<u32>);

impl Order {
    /// The index of the value that equals the new one; `None` when there was none, whose index is put in its
    /// place. `compare` says how the value of an index compares to the new one.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub(crate) fn find_or_insert(
        &mut self,
        new: u32,
        compare: &mut dyn FnMut(u32) -> Ordering,
    ) -> Result<Option<u32>, OutOfMemory> {
        match self.0.binary_search_by(|&index| compare(index)) {
            Ok(at) => Ok(self.0.get(at).copied()),
            Err(at) => {
                insert(&mut self.0, at, new)?;
                Ok(None)
            }
        }
    }
}
