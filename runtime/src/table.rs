//! Tables of references.

use alloc::vec::Vec;

use crate::fallible::lengthen;
use crate::types::TableType;
use crate::{Error, Reason, Result, Trap};

/// A table's elements: bits of references, 0 for null.
pub(crate) struct TableData {
    pub(crate) ty: TableType,
    pub(crate) elements: Vec<u32>,
}

impl TableData {
    /// Makes a table of its least size.
    ///
    /// # Errors
    /// `Limit` when that is over `most` elements, `OutOfMemory`.
    pub(crate) fn new(ty: TableType, init: u32, most: u32) -> Result<Self> {
        if ty.min > most {
            return Err(Error::Limit(Reason::TABLE_ELEMENTS));
        }
        let mut table = Self { ty, elements: Vec::new() };
        table.grow(ty.min, init, most).ok_or(Error::OutOfMemory)?;
        Ok(table)
    }

    /// Adds elements; gives the old size, or nothing when it may not or cannot grow.
    pub(crate) fn grow(&mut self, delta: u32, value: u32, most: u32) -> Option<u32> {
        let old = self.elements.len() as u32;
        let new = old.checked_add(delta)?;
        if new > self.ty.max.unwrap_or(u32::MAX).min(most) {
            return None;
        }
        lengthen(&mut self.elements, new as usize, value).ok()?;
        Some(old)
    }

    /// The elements from `from` on, `len` of them.
    pub(crate) fn range(&mut self, from: u32, len: u32) -> Result<&mut [u32], Trap> {
        let from = from as usize;
        let end = from.checked_add(len as usize).ok_or(Trap::TableOutOfBounds)?;
        self.elements.get_mut(from..end).ok_or(Trap::TableOutOfBounds)
    }

    pub(crate) fn fill(&mut self, to: u32, value: u32, len: u32) -> Result<(), Trap> {
        self.range(to, len)?.fill(value);
        Ok(())
    }
}
