//! The committed parts of a linear memory: a few disjoint windows of its address range.
//!
//! Each window is one allocation. A write that misses them all extends the window beside it, in small
//! steps either way (a stack grows down, a heap up), or opens a new one when none is near; when there are
//! too many, the two that are nearest to each other become one. Growth asks for an eighth more than is
//! needed, then for what is needed, and at last for a window of its own beside the one that cannot move.
//!
//! Addresses are below 2^32 and ranges were checked against the declared size; nothing here checks bounds
//! again, but no call with other ranges can do worse than write nothing.

use alloc::vec::Vec;
use core::{mem, ops::Range};

use super::TAIL;
use crate::Trap;

/// How many windows a memory may have: stack, data and heap of a usual module, and one more.
const MAX_WINDOWS: usize = 4;
/// A write at most this many bytes away from a window extends it.
const NEAR: u64 = 1024;
/// Window bounds are multiples of this many bytes.
pub(super) const GRANULE: u64 = if cfg!(target_pointer_width = "32") { 64 } else { 256 };
/// A window that grows takes this part of its length more than it needs.
const SLACK_DIVISOR: u64 = 8;

/// A committed range; free when it is empty.
#[derive(Debug, Default)]
struct Slot {
    start: u64,
    bytes: Vec<u8>,
}

impl Slot {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    fn range(&self) -> Range<u64> {
        self.start..self.end()
    }

    /// The part of the window that holds `range`, which lies in it.
    fn part(&mut self, range: Range<u64>) -> &mut [u8] {
        let from = range.start.saturating_sub(self.start) as usize;
        let to = range.end.saturating_sub(self.start) as usize;
        self.bytes.get_mut(from..to).unwrap_or_default()
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

    /// The window that holds a range, and the range's bytes.
    pub(super) fn within(&mut self, range: Range<u64>) -> Option<(usize, &mut [u8])> {
        let holds = |slot: &Slot| slot.start <= range.start && range.end <= slot.end();
        let slot = self.slots.iter().position(holds)?;
        Some((slot, self.slots.get_mut(slot)?.part(range)))
    }

    /// A window's start and bytes.
    pub(super) fn get_mut(&mut self, slot: usize) -> Option<(u64, &mut Vec<u8>)> {
        let slot = self.slots.get_mut(slot)?;
        (!slot.bytes.is_empty()).then_some((slot.start, &mut slot.bytes))
    }

    /// The first part of a range that is wholly in one window or wholly in none.
    fn first_part(&self, range: &Range<u64>) -> (Option<usize>, Range<u64>) {
        let mut end = range.end;
        for (i, slot) in self.used() {
            if slot.range().contains(&range.start) {
                return (Some(i), range.start..end.min(slot.end()));
            }
            if slot.start > range.start {
                end = end.min(slot.start);
            }
        }
        (None, range.start..end)
    }

    /// The parts of a range, in order, each with the window it is in.
    fn parts(&self, mut range: Range<u64>) -> impl Iterator<Item = (Option<usize>, Range<u64>)> {
        core::iter::from_fn(move || {
            if range.is_empty() {
                return None;
            }
            let part = self.first_part(&range);
            range.start = part.1.end;
            Some(part)
        })
    }

    /// The parts of a range that are committed, in order; the rest of the array is empty ranges.
    pub(super) fn committed_parts(&self, range: Range<u64>) -> [Range<u64>; MAX_WINDOWS] {
        let mut parts = [const { 0..0 }; MAX_WINDOWS];
        let committed = self.parts(range).filter(|(slot, _)| slot.is_some());
        for (place, (_, part)) in parts.iter_mut().zip(committed) {
            *place = part;
        }
        parts
    }

    /// Reads bytes, zero where nothing is committed.
    pub(super) fn read(&self, addr: u64, mut buf: &mut [u8]) {
        for (slot, part) in self.parts(addr..addr.saturating_add(buf.len() as u64)) {
            let len = part.end.saturating_sub(part.start) as usize;
            let Some((head, rest)) = mem::take(&mut buf).split_at_mut_checked(len) else { return };
            let source = slot.and_then(|slot| self.slots.get(slot)).and_then(|slot| {
                let from = part.start.saturating_sub(slot.start) as usize;
                slot.bytes.get(from..)?.get(..len)
            });
            match source {
                Some(source) => head.copy_from_slice(source),
                None => head.fill(0),
            }
            buf = rest;
        }
    }

    /// Writes bytes where memory is committed, and skips those where it is not.
    pub(super) fn put(&mut self, addr: u64, mut bytes: &[u8]) {
        let mut range = addr..addr.saturating_add(bytes.len() as u64);
        while !range.is_empty() {
            let (slot, part) = self.first_part(&range);
            range.start = part.end;
            let Some((head, rest)) = bytes.split_at_checked(part.end.saturating_sub(part.start) as usize)
            else {
                return;
            };
            bytes = rest;
            if let Some(slot) = slot.and_then(|slot| self.slots.get_mut(slot)) {
                let target = slot.part(part);
                if target.len() == head.len() {
                    target.copy_from_slice(head);
                }
            }
        }
    }

    /// Sets bytes where memory is committed, and skips those where it is not.
    pub(super) fn fill(&mut self, range: Range<u64>, byte: u8) {
        for slot in &mut self.slots {
            let part = range.start.max(slot.start)..range.end.min(slot.end());
            if !part.is_empty() {
                slot.part(part).fill(byte);
            }
        }
    }

    /// Copies a range if it and its target are in one window; otherwise does nothing and gives `false`.
    pub(super) fn copy_inside_one(&mut self, dst: u64, src: Range<u64>) -> bool {
        let target = dst..dst.saturating_add(src.end.saturating_sub(src.start));
        let both = union(&src, &target);
        let Some(slot) =
            self.slots.iter_mut().find(|slot| slot.start <= both.start && both.end <= slot.end())
        else {
            return false;
        };
        let from = src.start.saturating_sub(slot.start) as usize;
        let to = src.end.saturating_sub(slot.start) as usize;
        slot.bytes.copy_within(from..to, dst.saturating_sub(slot.start) as usize);
        true
    }

    /// Commits a range of a memory whose declared size is `limit` bytes. Contents never change, also when
    /// this fails.
    pub(super) fn commit(&mut self, range: Range<u64>, limit: u64) -> Result<(), Trap> {
        if self.within(range.clone()).is_some() || self.parts(range.clone()).all(|(slot, _)| slot.is_some()) {
            return Ok(());
        }
        // The fast path does not reach a window's last bytes, so the window ends beyond what is written.
        let end = range.end.saturating_add(TAIL as u64);
        let need = align_down(range.start)..align_up(end).min(limit);
        let nearest = self.used().map(|(_, slot)| slot.range()).min_by_key(|other| gap(&need, other));
        let Some(nearest) = nearest else { return self.join(need) };

        let distance = gap(&need, &nearest);
        let mut extend = distance <= NEAR;
        if !extend && self.used().count() == MAX_WINDOWS {
            match self.closest_pair() {
                Some(both) if gap(&both.0, &both.1) < distance => self.join(union(&both.0, &both.1))?,
                _ => extend = true,
            }
        }
        if !extend {
            return self.join(need);
        }
        let exact = union(&need, &nearest);
        let slack = nearest.end.saturating_sub(nearest.start) / SLACK_DIVISOR;
        let mut generous = exact.clone();
        if exact.start < nearest.start {
            generous.start = align_down(exact.start.saturating_sub(slack));
        }
        if exact.end > nearest.end {
            generous.end = align_up(exact.end.saturating_add(slack)).min(limit);
        }
        self.join(generous).or_else(|_| self.join(exact)).or_else(|_| self.open_beside(need))
    }

    /// Makes one window of a range and of all windows that it touches.
    fn join(&mut self, range: Range<u64>) -> Result<(), Trap> {
        let touches = |slot: &Slot| slot.start <= range.end && slot.end() >= range.start;
        let mut whole = range.clone();
        let mut host = None;
        for (i, slot) in self.used().filter(|(_, slot)| touches(slot)) {
            whole = union(&whole, &slot.range());
            // The longest window stays where it is, and the others are copied to it.
            if host.is_none_or(|(_, len)| slot.bytes.len() > len) {
                host = Some((i, slot.bytes.len()));
            }
        }
        let host = match host {
            Some((host, _)) => host,
            None => self.slots.iter().position(|slot| slot.bytes.is_empty()).ok_or(Trap::OutOfMemory)?,
        };
        self.extend(host, &whole)?;
        for i in (0..MAX_WINDOWS).filter(|&i| i != host) {
            let Some(slot) = self.slots.get_mut(i) else { continue };
            if !slot.bytes.is_empty() && whole.start <= slot.start && slot.end() <= whole.end {
                let taken = mem::take(slot);
                if let Some(host) = self.slots.get_mut(host) {
                    let target = host.part(taken.range());
                    if target.len() == taken.bytes.len() {
                        target.copy_from_slice(&taken.bytes);
                    }
                }
            }
        }
        Ok(())
    }

    /// Extends a window, or opens a free one, to a range that holds it. Zeros are added.
    fn extend(&mut self, slot: usize, range: &Range<u64>) -> Result<(), Trap> {
        let total = usize::try_from(range.end.saturating_sub(range.start)).map_err(|_| Trap::OutOfMemory)?;
        #[cfg(test)]
        let (held, heap) = (self.committed(), self.heap);
        let Some(Slot { start, bytes }) = self.slots.get_mut(slot) else { return Err(Trap::OutOfMemory) };
        let old = bytes.len();
        #[cfg(test)]
        if total > old && heap.is_some_and(|heap| held.saturating_add(total) > heap) {
            return Err(Trap::OutOfMemory);
        }
        bytes.try_reserve_exact(total.saturating_sub(old)).map_err(|_| Trap::OutOfMemory)?;
        bytes.resize(total, 0);
        let front = if old == 0 { 0 } else { start.saturating_sub(range.start) as usize };
        if front > 0 {
            bytes.copy_within(..old, front);
            bytes.get_mut(..front).unwrap_or_default().fill(0);
        }
        *start = range.start;
        Ok(())
    }

    /// Opens a window of its own for each part of a range that is not committed. It may touch others: an
    /// access across the seam is slow, but needs no room to move the neighbour.
    fn open_beside(&mut self, mut range: Range<u64>) -> Result<(), Trap> {
        while !range.is_empty() {
            let (slot, part) = self.first_part(&range);
            range.start = part.end;
            if slot.is_none() {
                let free = self.slots.iter().position(|slot| slot.bytes.is_empty());
                self.extend(free.ok_or(Trap::OutOfMemory)?, &part)?;
            }
        }
        Ok(())
    }

    fn used(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate().filter(|(_, slot)| !slot.bytes.is_empty())
    }

    /// The two windows with the least between them.
    fn closest_pair(&self) -> Option<(Range<u64>, Range<u64>)> {
        self.used()
            .flat_map(|(i, a)| self.used().filter(move |(j, _)| *j > i).map(|(_, b)| (a.range(), b.range())))
            .min_by_key(|(a, b)| gap(a, b))
    }
}

fn align_down(addr: u64) -> u64 {
    addr & !(GRANULE - 1)
}

fn align_up(addr: u64) -> u64 {
    align_down(addr.saturating_add(GRANULE - 1))
}

/// The smallest range that holds both.
fn union(a: &Range<u64>, b: &Range<u64>) -> Range<u64> {
    a.start.min(b.start)..a.end.max(b.end)
}

/// The bytes between two ranges; 0 when they touch or overlap.
fn gap(a: &Range<u64>, b: &Range<u64>) -> u64 {
    a.start.max(b.start).saturating_sub(a.end.min(b.end))
}
