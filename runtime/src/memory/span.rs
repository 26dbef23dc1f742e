//! Ranges of linear addresses.

/// A range of addresses that is not empty. Both ends belong to it, so that the whole of a 32-bit address
/// space fits 32-bit words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Span {
    /// The span of `len` bytes from an address on; `None` for no bytes.
    pub(super) fn of(first: usize, len: usize) -> Option<Self> {
        Some(Self { first, last: first.saturating_add(len.checked_sub(1)?) })
    }

    /// The number of bytes, one too low for all of a 32-bit address space.
    pub(super) fn len(self) -> usize {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    pub(super) fn contains(self, addr: usize) -> bool {
        self.first <= addr && addr <= self.last
    }

    pub(super) fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// The smallest span that holds both.
    pub(super) fn union(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// What both have in common.
    pub(super) fn overlap(self, other: Self) -> Option<Self> {
        let both = Self { first: self.first.max(other.first), last: self.last.min(other.last) };
        (both.first <= both.last).then_some(both)
    }

    /// The bytes between both; 0 when they touch or overlap.
    pub(super) fn gap(self, other: Self) -> usize {
        let (start, end) = (self.first.max(other.first), self.last.min(other.last));
        start.saturating_sub(end).saturating_sub(1)
    }
}
