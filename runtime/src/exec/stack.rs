//! The value stack: frames of 32-bit slots, grown when a frame does not fit.

use alloc::vec::Vec;
use core::ptr;

use super::frame::{LINK_SLOTS, ZERO_CHUNK};
use crate::fallible::lengthen;
use crate::{Error, Result, Trap};

/// Slots behind the last frame: a call writes its return address there before the callee's frame is checked,
/// and zeros up to a chunk of slots where the frame may have fewer.
const RESERVE: usize = if 2 * LINK_SLOTS > ZERO_CHUNK { 2 * LINK_SLOTS } else { ZERO_CHUNK };
/// Slots of the first allocation.
const FIRST: usize = 64;

/// The value stack of a store.
#[derive(Default)]
pub(crate) struct Stack {
    slots: Vec<u32>,
    /// The most slots that frames may take.
    most: usize,
    /// The end of the highest frame since [`Stack::forget_peak`].
    peak: usize,
}

impl Stack {
    pub(crate) fn new(bytes: u32) -> Self {
        Self { most: bytes as usize / 4, ..Self::default() }
    }

    pub(crate) fn base(&mut self) -> *mut u32 {
        self.slots.as_mut_ptr()
    }

    /// Makes room for a frame that ends at slot `end`, and notes it as the highest.
    ///
    /// # Errors
    /// A trap when the limit is reached, `OutOfMemory` when the heap is full.
    pub(crate) fn reach(&mut self, end: usize) -> Result<()> {
        if end > self.most {
            return Err(Error::Trap(Trap::StackOverflow));
        }
        let len = end + RESERVE;
        if len > self.slots.len() {
            let roomy = len.max((2 * self.slots.len()).min(self.most + RESERVE)).max(FIRST);
            if lengthen(&mut self.slots, roomy, 0).is_err() {
                lengthen(&mut self.slots, len, 0)?;
            }
        }
        self.peak = self.peak.max(end);
        Ok(())
    }

    pub(crate) fn get(&self, slot: usize) -> u32 {
        self.slots.get(slot).copied().unwrap_or_default()
    }

    pub(crate) fn set(&mut self, slot: usize, value: u32) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }

    /// A value that takes `slots` slots, 1 or 2, low word first.
    pub(crate) fn get_bits(&self, slot: usize, slots: u32) -> u64 {
        let high = if slots == 2 { u64::from(self.get(slot + 1)) } else { 0 };
        u64::from(self.get(slot)) | high << 32
    }

    pub(crate) fn set_bits(&mut self, slot: usize, slots: u32, bits: u64) {
        self.set(slot, bits as u32);
        if slots == 2 {
            self.set(slot + 1, (bits >> 32) as u32);
        }
    }

    pub(crate) fn slots(&self, from: usize, count: usize) -> &[u32] {
        self.slots.get(from..from + count).unwrap_or_default()
    }

    pub(crate) fn copy(&mut self, from: usize, to: usize, count: usize) {
        if from + count <= self.slots.len() && to + count <= self.slots.len() {
            self.slots.copy_within(from..from + count, to);
        }
    }

    /// Puts an address of code into the slots that it takes, as operations do.
    pub(crate) fn set_link(&mut self, slot: usize, ip: *const u16) {
        if let Some(place) = self.slots.get_mut(slot..slot + LINK_SLOTS) {
            // SAFETY: the slots are as many bytes as an address.
            unsafe { place.as_mut_ptr().cast::<*const u16>().write_unaligned(ip) }
        }
    }

    /// The address of code in the slots that it takes; null for slots that there are not.
    pub(crate) fn link(&self, slot: usize) -> *const u16 {
        match self.slots.get(slot..slot + LINK_SLOTS) {
            // SAFETY: the slots are as many bytes as an address, and any bytes are one.
            Some(place) => unsafe { place.as_ptr().cast::<*const u16>().read_unaligned() },
            None => ptr::null(),
        }
    }

    /// Bytes that frames took at most.
    pub(crate) fn peak_bytes(&self) -> usize {
        4 * self.peak
    }

    pub(crate) fn peak(&self) -> usize {
        self.peak
    }

    pub(crate) fn forget_peak(&mut self) {
        self.peak = 0;
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        4 * self.slots.capacity()
    }
}
