//! Linear memory that is committed as it is touched.
//!
//! The declared size keeps its full meaning (bounds, `memory.size`, zeros), but only what was written is
//! held on the heap, in a few [`windows`] of the declared range. So an unmodified module that touches 5 KB
//! costs about 5 KB, wherever in its 64 KiB pages these bytes lie.
//!
//! Limits: 32-bit addresses; windows are never given back before the memory is dropped.

mod span;
mod windows;

#[cfg(test)]
mod tests;

use core::ptr::NonNull;

use crate::{Error, Reason, Result, Trap};
use span::Span;
use windows::Windows;

/// The size that 32-bit addresses can reach, in bytes (specification section 4.2.8).
const ADDRESS_SPACE: u64 = 1 << 32;
/// The widest single access, in bytes.
const MAX_ACCESS: usize = 8;
/// Bytes at the end of a window that the fast path leaves to the slow one, because it tests one limit for
/// accesses of every width.
const TAIL: usize = MAX_ACCESS - 1;
/// The bounce buffer of a copy between windows, in bytes of native stack.
const COPY_CHUNK: usize = 128;

/// The type of a linear memory (specification section 2.3.8, and the custom page sizes proposal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryType {
    /// The size at the start, in pages.
    pub min: u32,
    /// The size that the memory may grow to, in pages; `None` for as far as addresses reach.
    pub max: Option<u32>,
    /// The binary logarithm of the page size in bytes: 16, or 0 with custom page sizes.
    pub page_log2: u8,
}

impl MemoryType {
    /// The bytes in a number of pages.
    // Once: a shift of 64 bits is a call of its own on 32-bit processors.
    #[inline(never)]
    pub(crate) const fn bytes(&self, pages: u32) -> u64 {
        // The mask keeps a page size that was never checked from overflowing the shift.
        (pages as u64) << (self.page_log2 & 31)
    }
}

/// A committed part of a linear memory, for the interpreter's fast path:
/// `rel = ea.wrapping_sub(start); if rel < lim { access base + rel }` for an access of up to 8 bytes.
///
/// It is valid until the memory is next used through a `&mut` method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Where the window's first byte lies on the heap.
    pub(crate) base: *mut u8,
    /// The linear address of the window's first byte.
    pub(crate) start: usize,
    /// The window's length less 7 bytes, or 0 for a window shorter than 8 bytes.
    pub(crate) lim: usize,
}

impl Window {
    /// No window.
    pub(crate) const NONE: Self = Self { base: NonNull::dangling().as_ptr(), start: 0, lim: 0 };
}

/// A linear memory. A trap of any of its methods leaves the memory's contents as they were.
#[derive(Debug)]
pub(crate) struct LinearMemory {
    ty: MemoryType,
    pages: u32,
    /// The largest size in bytes that `grow` allows.
    cap: u64,
    windows: Windows,
    /// The window that was used most recently.
    current: Window,
}

impl LinearMemory {
    /// Makes a memory of `ty.min` pages, which may never be larger than `cap` bytes. Allocates nothing.
    ///
    /// # Errors
    ///
    /// `Error::Limit` when the initial size is above `cap` or above 4 GiB.
    pub(crate) fn new(ty: MemoryType, cap: u64) -> Result<Self> {
        let max = ty.max.map_or(ADDRESS_SPACE, |pages| ty.bytes(pages));
        let cap = cap.min(ADDRESS_SPACE);
        if ty.bytes(ty.min) > cap {
            return Err(Error::Limit(Reason::MEMORY_BYTES));
        }
        Ok(Self { ty, pages: ty.min, cap: cap.min(max), windows: Windows::default(), current: Window::NONE })
    }

    /// The type that the memory was made with; `min` is not its present size.
    pub(crate) fn ty(&self) -> MemoryType {
        self.ty
    }

    /// The present size in pages.
    pub(crate) fn pages(&self) -> u32 {
        self.pages
    }

    /// The present size in bytes, at most 4 GiB.
    pub(crate) fn byte_len(&self) -> u64 {
        self.ty.bytes(self.pages)
    }

    /// Grows by `delta` pages and gives the old size in pages, or `None` when the type's maximum, the
    /// store's cap or the address space forbids it. Allocates nothing.
    pub(crate) fn grow(&mut self, delta: u32) -> Option<u32> {
        let old = self.pages;
        let new = old.checked_add(delta)?;
        if self.ty.bytes(new) > self.cap {
            return None;
        }
        self.pages = new;
        Some(old)
    }

    /// The bytes held on the heap.
    pub(crate) fn committed(&self) -> usize {
        self.windows.committed()
    }

    /// The window that was used most recently; one with `lim` 0 when nothing is committed.
    pub(crate) fn window(&self) -> Window {
        self.current
    }

    /// The window that an address lies in; one with `lim` 0 when there is none.
    pub(crate) fn window_at(&mut self, addr: usize) -> Window {
        let window = self.windows.within(Span { first: addr, last: addr });
        window.map_or(Window::NONE, |(window, _)| window)
    }

    /// Loads `size` (1, 2, 4 or 8) bytes, little-endian and zero-extended. What is not committed reads as
    /// zero and stays so. The window of the address becomes the current one.
    ///
    /// # Errors
    ///
    /// `Trap::MemoryOutOfBounds`.
    #[inline(never)]
    pub(crate) fn load(&mut self, addr: u64, size: u32) -> Result<u64, Trap> {
        let mut bytes = [0; MAX_ACCESS];
        let buf = bytes.get_mut(..size as usize).ok_or(Trap::MemoryOutOfBounds)?;
        let Some(span) = self.check(addr, buf.len() as u64)? else { return Ok(0) };
        match self.windows.within(span) {
            Some((window, source)) if source.len() == buf.len() => {
                buf.copy_from_slice(source);
                self.current = window;
            }
            _ => self.windows.read(span, buf),
        }
        Ok(u64::from_le_bytes(bytes))
    }

    /// Stores the low `size` (1, 2, 4 or 8) bytes of `value`, little-endian, and commits their place, whose
    /// window becomes the current one.
    ///
    /// # Errors
    ///
    /// `Trap::MemoryOutOfBounds`, or `Trap::OutOfMemory` when the heap is full.
    #[inline(never)]
    pub(crate) fn store(&mut self, addr: u64, size: u32, value: u64) -> Result<(), Trap> {
        let bytes = value.to_le_bytes();
        let bytes = bytes.get(..size as usize).ok_or(Trap::MemoryOutOfBounds)?;
        let Some(span) = self.check(addr, bytes.len() as u64)? else { return Ok(()) };
        self.commit(span)?;
        self.reach(span);
        match self.windows.within(span) {
            Some((window, target)) if target.len() == bytes.len() => {
                target.copy_from_slice(bytes);
                self.current = window;
            }
            _ => self.windows.put(span, bytes),
        }
        Ok(())
    }

    /// Reads `buf.len()` bytes. What is not committed reads as zero and stays so.
    ///
    /// # Errors
    ///
    /// `Trap::MemoryOutOfBounds`; `buf` is then as it was.
    pub(crate) fn read(&self, addr: u64, buf: &mut [u8]) -> Result<(), Trap> {
        if let Some(span) = self.check(addr, buf.len() as u64)? {
            self.windows.read(span, buf);
        }
        Ok(())
    }

    /// How many bytes from an address on are zero because none of them was ever written.
    pub(crate) fn zeros(&self, addr: u64) -> u64 {
        match self.check(addr, self.byte_len().saturating_sub(addr)) {
            Ok(Some(span)) => self.windows.gap(span) as u64,
            _ => 0,
        }
    }

    /// Writes bytes. Zeros alone commit nothing.
    ///
    /// # Errors
    ///
    /// `Trap::MemoryOutOfBounds`, or `Trap::OutOfMemory` when the heap is full.
    pub(crate) fn write(&mut self, addr: u64, bytes: &[u8]) -> Result<(), Trap> {
        if bytes.iter().all(|&byte| byte == 0) {
            return self.fill(addr, bytes.len() as u64, 0);
        }
        if let Some(span) = self.check(addr, bytes.len() as u64)? {
            self.commit(span)?;
            self.windows.put(span, bytes);
        }
        Ok(())
    }

    /// Sets `len` bytes to `byte`. Zeros over what is not committed commit nothing.
    ///
    /// # Errors
    ///
    /// `Trap::MemoryOutOfBounds`, or `Trap::OutOfMemory` when the heap is full.
    pub(crate) fn fill(&mut self, addr: u64, len: u64, byte: u8) -> Result<(), Trap> {
        if let Some(span) = self.check(addr, len)? {
            if byte != 0 {
                self.commit(span)?;
            }
            self.windows.fill(span, byte);
        }
        Ok(())
    }

    /// Copies `len` bytes as if through a buffer, so that the ranges may overlap. Zeros that are not
    /// committed commit nothing where their target is not committed either.
    ///
    /// # Errors
    ///
    /// `Trap::MemoryOutOfBounds`, or `Trap::OutOfMemory` when the heap is full.
    pub(crate) fn copy_within(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Trap> {
        let (Some(from), Some(to)) = (self.check(src, len)?, self.check(dst, len)?) else { return Ok(()) };
        // All that is committed of the source gets its target committed, before anything changes.
        for part in self.windows.parts(from).into_iter().flatten() {
            let first = part.first.wrapping_sub(from.first).wrapping_add(to.first);
            if let Some(target) = Span::of(first, part.len()) {
                self.commit(target)?;
            }
        }
        let both = from.union(to);
        if let Some((_, bytes)) = self.windows.within(both) {
            let source = from.first.saturating_sub(both.first);
            let target = to.first.saturating_sub(both.first);
            windows::shift(bytes, source, target, from.len());
            return Ok(());
        }
        let mut buf = [0; COPY_CHUNK];
        let mut left = from.len();
        while left > 0 {
            let chunk = left.min(COPY_CHUNK);
            left = left.saturating_sub(chunk);
            // Upwards when the target lies below the source, else downwards: as memmove.
            let at = if to.first < from.first {
                from.len().saturating_sub(left).saturating_sub(chunk)
            } else {
                left
            };
            let (source, target) = (from.first.saturating_add(at), to.first.saturating_add(at));
            if let (Some(buf), Some(source), Some(target)) =
                (buf.get_mut(..chunk), Span::of(source, chunk), Span::of(target, chunk))
            {
                self.windows.read(source, buf);
                self.windows.put(target, buf);
            }
        }
        Ok(())
    }

    fn commit(&mut self, span: Span) -> Result<(), Trap> {
        if self.windows.hold(span) {
            return Ok(());
        }
        // A span was checked, so the memory is not empty; its last address fits a word.
        let last = self.byte_len().saturating_sub(1) as usize;
        let result = self.windows.commit(span, last);
        // The current window may have moved.
        let used = if result.is_ok() { span.first } else { self.current.start };
        let window = self.windows.within(Span { first: used, last: used });
        self.current = window.map_or(Window::NONE, |(window, _)| window);
        result
    }

    /// Extends the window of a committed span so that the fast path reaches the span, where the heap and the
    /// declared size allow it: what is stored to once is likely to be stored to again.
    fn reach(&mut self, span: Span) {
        let last = self.byte_len().saturating_sub(1) as usize;
        if !self.windows.hold(Span { last: span.last.saturating_add(TAIL).min(last), ..span }) {
            // Without it the span stays committed, and accesses to it slow.
            let _ = self.windows.commit(span, last);
        }
    }

    /// Checks a range against the declared size; it is `None` when it has no bytes.
    fn check(&self, addr: u64, len: u64) -> Result<Option<Span>, Trap> {
        match addr.checked_add(len) {
            Some(end) if end <= self.byte_len() => {}
            _ => return Err(Trap::MemoryOutOfBounds),
        }
        // Both ends of a range that has bytes are below 2^32.
        Ok(len
            .checked_sub(1)
            .map(|more| Span { first: addr as usize, last: addr.wrapping_add(more) as usize }))
    }
}
