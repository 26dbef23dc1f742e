//! The committed parts of a linear memory: a few disjoint windows of its address range.
//!
//! Each window is one allocation. A write that misses them all extends the window beside it, in small
//! steps either way (a stack grows down, a heap up), or opens a new one when none is near; when there are
//! too many, the two that are nearest to each other become one. Growth asks for an eighth more than is
//! needed, then for what is needed, and at last for a window of its own beside the one that cannot move.
//!
//! Ranges were checked against the declared size; nothing here checks bounds again, but no range can do
//! worse than write nothing.

use alloc::vec::Vec;
use core::mem;

use super::span::Span;
use super::{TAIL, Window};
use crate::Trap;
use crate::fallible::lengthen;

/// How many windows a memory may have: stack, data and heap of a usual module, and one more.
pub(super) const MAX_WINDOWS: usize = 4;
/// A write at most this many bytes away from a window extends it.
const NEAR: usize = 1024;
/// Window bounds are multiples of this many bytes.
pub(super) const GRANULE: usize = if cfg!(target_pointer_width = "32") { 64 } else { 256 };
/// A window that grows takes this part of its length more than it needs.
const SLACK_DIVISOR: usize = 8;

/// A committed range; free when it has no bytes.
#[derive(Debug, Default)]
struct Slot {
    first: usize,
    bytes: Vec<u8>,
}

impl Slot {
    fn span(&self) -> Option<Span> {
        Span::of(self.first, self.bytes.len())
    }

    fn window(&mut self) -> Window {
        let lim = self.bytes.len().saturating_sub(TAIL);
        Window { base: self.bytes.as_mut_ptr(), start: self.first, lim }
    }

    /// The bytes of a span that lies in the window.
    fn part(&mut self, span: Span) -> &mut [u8] {
        let from = span.first.wrapping_sub(self.first);
        self.bytes.get_mut(from..).and_then(|bytes| bytes.get_mut(..span.len())).unwrap_or_default()
    }
}

/// The windows, in no order.
#[derive(Debug, Default)]
pub(super) struct Windows {
    slots: [Slot; MAX_WINDOWS],
    /// The bytes that a heap holds on which no allocation can grow in its place.
    #[cfg(test)]
    pub(super) heap: Option<usize>,
}

impl Windows {
    /// The bytes held on the heap.
    pub(super) fn committed(&self) -> usize {
        self.slots.iter().fold(0, |sum, slot| sum.saturating_add(slot.bytes.capacity()))
    }

    /// The window that holds a span, for the fast path, and the span's bytes.
    pub(super) fn within(&mut self, span: Span) -> Option<(Window, &mut [u8])> {
        let slot = self.slots.iter_mut().find(|slot| slot.span().is_some_and(|own| own.holds(span)))?;
        Some((slot.window(), slot.part(span)))
    }

    /// Whether all of a span is committed.
    pub(super) fn hold(&self, span: Span) -> bool {
        self.first_gap(span).is_none()
    }

    /// The committed parts of a span, in no order.
    pub(super) fn parts(&self, span: Span) -> [Option<Span>; MAX_WINDOWS] {
        let mut parts = [None; MAX_WINDOWS];
        for (part, own) in parts.iter_mut().zip(self.spans()) {
            *part = own.and_then(|own| own.overlap(span));
        }
        parts
    }

    /// How many of a span's first bytes are not committed.
    pub(super) fn gap(&self, span: Span) -> usize {
        let mut gap = span.len();
        for part in self.spans().filter_map(|own| own?.overlap(span)) {
            gap = gap.min(part.first.saturating_sub(span.first));
        }
        gap
    }

    /// Reads the bytes of a span, zero where nothing is committed.
    pub(super) fn read(&self, span: Span, buf: &mut [u8]) {
        buf.fill(0);
        for slot in &self.slots {
            let Some(part) = slot.span().and_then(|own| own.overlap(span)) else { continue };
            let source = slot.bytes.get(part.first.saturating_sub(slot.first)..).unwrap_or_default();
            let target = buf.get_mut(part.first.saturating_sub(span.first)..).unwrap_or_default();
            if let (Some(source), Some(target)) = (source.get(..part.len()), target.get_mut(..part.len())) {
                target.copy_from_slice(source);
            }
        }
    }

    /// Writes the bytes of a span where memory is committed, and skips those where it is not.
    pub(super) fn put(&mut self, span: Span, bytes: &[u8]) {
        self.each_part(span, |offset, part| {
            let source = bytes.get(offset..).and_then(|bytes| bytes.get(..part.len()));
            if let Some(source) = source {
                part.copy_from_slice(source);
            }
        });
    }

    /// Sets bytes where memory is committed, and skips those where it is not.
    pub(super) fn fill(&mut self, span: Span, byte: u8) {
        self.each_part(span, |_, part| part.fill(byte));
    }

    /// Visits the committed parts of a span, each with its offset in the span.
    fn each_part(&mut self, span: Span, mut visit: impl FnMut(usize, &mut [u8])) {
        for slot in &mut self.slots {
            if let Some(part) = slot.span().and_then(|own| own.overlap(span)) {
                visit(part.first.saturating_sub(span.first), slot.part(part));
            }
        }
    }

    /// Commits a span of a memory whose last address is `limit`. Contents never change, also when this
    /// fails, but windows may move.
    pub(super) fn commit(&mut self, span: Span, limit: usize) -> Result<(), Trap> {
        // The fast path does not reach a window's last bytes, so the window ends beyond what is written.
        let last = align_last(span.last.saturating_add(TAIL));
        let need = Span { first: align_first(span.first), last: last.min(limit) };
        let Some((nearest, distance)) = self.nearest(need) else { return self.join(need) };
        if distance > NEAR {
            if self.free().is_some() {
                return self.join(need);
            }
            if let Some((both, gap)) = self.closest_pair()
                && gap < distance
            {
                self.join(both)?;
                return self.join(need);
            }
        }
        let exact = need.union(nearest);
        let slack = nearest.len() / SLACK_DIVISOR;
        let mut generous = exact;
        if exact.first < nearest.first {
            generous.first = align_first(exact.first.saturating_sub(slack));
        }
        if exact.last > nearest.last {
            generous.last = align_last(exact.last.saturating_add(slack)).min(limit);
        }
        if self.join(generous).is_ok() || self.join(exact).is_ok() {
            return Ok(());
        }
        self.open_beside(need)
    }

    /// Makes one window of a span and of all windows that it touches.
    fn join(&mut self, span: Span) -> Result<(), Trap> {
        let mut whole = span;
        let mut host = None;
        for (i, own) in self.spans().enumerate() {
            if let Some(own) = own.filter(|own| own.gap(span) == 0) {
                whole = whole.union(own);
                // The longest window is the one that is extended; the others are copied to it.
                if host.is_none_or(|(_, len)| own.len() > len) {
                    host = Some((i, own.len()));
                }
            }
        }
        let host = host.map(|(host, _)| host).or_else(|| self.free()).ok_or(Trap::OutOfMemory)?;
        self.extend(host, whole)?;
        for i in 0..MAX_WINDOWS {
            let Some(slot) = self.slots.get_mut(i) else { continue };
            if i == host || !slot.span().is_some_and(|own| whole.holds(own)) {
                continue;
            }
            let taken = mem::take(slot);
            if let (Some(host), Some(span)) = (self.slots.get_mut(host), taken.span()) {
                let target = host.part(span);
                if target.len() == taken.bytes.len() {
                    target.copy_from_slice(&taken.bytes);
                }
            }
        }
        Ok(())
    }

    /// Extends a window, or opens a free one, to a span that holds it. Zeros are added.
    fn extend(&mut self, slot: usize, span: Span) -> Result<(), Trap> {
        #[cfg(test)]
        let (held, heap) = (self.committed(), self.heap);
        let Some(Slot { first, bytes }) = self.slots.get_mut(slot) else { return Err(Trap::OutOfMemory) };
        let (old, total) = (bytes.len(), span.len());
        #[cfg(test)]
        if total > old && heap.is_some_and(|heap| held.saturating_add(total) > heap) {
            return Err(Trap::OutOfMemory);
        }
        lengthen(bytes, total, 0).map_err(|_| Trap::OutOfMemory)?;
        let front = first.saturating_sub(span.first);
        if old > 0 && front > 0 {
            shift(bytes, 0, front, old);
            bytes.iter_mut().take(front).for_each(|byte| *byte = 0);
        }
        *first = span.first;
        Ok(())
    }

    /// Opens a window of its own for each part of a span that is not committed. It may touch others: an
    /// access across the seam is slow, but needs no room to move the neighbour.
    fn open_beside(&mut self, span: Span) -> Result<(), Trap> {
        while let Some(gap) = self.first_gap(span) {
            let free = self.free().ok_or(Trap::OutOfMemory)?;
            self.extend(free, gap)?;
        }
        Ok(())
    }

    /// The first part of a span that is not committed.
    fn first_gap(&self, span: Span) -> Option<Span> {
        let mut gap = span;
        // Each window is passed once at most.
        for _ in 0..=MAX_WINDOWS {
            let Some(over) = self.spans().flatten().find(|own| own.contains(gap.first)) else { break };
            if over.last >= span.last {
                return None;
            }
            gap.first = over.last.saturating_add(1);
        }
        for own in self.spans().flatten().filter(|own| own.first > gap.first) {
            gap.last = gap.last.min(own.first.saturating_sub(1));
        }
        Some(gap)
    }

    fn spans(&self) -> impl Iterator<Item = Option<Span>> {
        self.slots.iter().map(Slot::span)
    }

    fn free(&self) -> Option<usize> {
        self.slots.iter().position(|slot| slot.bytes.is_empty())
    }

    /// The window that is nearest to a span, and the bytes between them.
    fn nearest(&self, span: Span) -> Option<(Span, usize)> {
        self.spans().flatten().map(|own| (own, own.gap(span))).min_by_key(|&(_, gap)| gap)
    }

    /// The two windows with the least between them, as one, and how much that is.
    fn closest_pair(&self) -> Option<(Span, usize)> {
        let mut closest: Option<(Span, usize)> = None;
        for a in self.spans().flatten() {
            for b in self.spans().flatten().filter(|&b| b != a) {
                if closest.is_none_or(|(_, gap)| a.gap(b) < gap) {
                    closest = Some((a.union(b), a.gap(b)));
                }
            }
        }
        closest
    }
}

/// Moves bytes within a slice that has both their ranges; `copy_within` without its panic.
pub(super) fn shift(bytes: &mut [u8], from: usize, to: usize, len: usize) {
    let end = from.saturating_add(len);
    if from <= end && end <= bytes.len() && to <= bytes.len().wrapping_sub(end.wrapping_sub(from)) {
        bytes.copy_within(from..end, to);
    }
}

const fn align_first(addr: usize) -> usize {
    addr & !(GRANULE - 1)
}

const fn align_last(addr: usize) -> usize {
    addr | (GRANULE - 1)
}
