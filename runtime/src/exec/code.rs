//! A module's internal code: all functions in a few allocations, and where each of them starts.
//!
//! One allocation a function would cost a small module more in allocator overhead than its code, and one for
//! all would need as large a free block; so functions are packed into chunks.

use alloc::vec::Vec;

use crate::error::OutOfMemory;
use crate::fallible::{append, lengthen, push, shrink, with_capacity};

type Result<T> = core::result::Result<T, OutOfMemory>;

/// Units of a chunk, unless a function needs more or the module less.
const CHUNK: usize = 2048;

/// Units before a function's first operation: the slots of its parameters.
const HEADER: usize = 1;

/// The code of a module's functions.
#[derive(Default)]
pub(crate) struct Code {
    /// Each is filled up to its capacity and never reallocated while pointers to it are kept.
    chunks: Vec<Vec<u16>>,
    /// The first operation of each function; null for imported ones.
    starts: Vec<*const u16>,
    units: usize,
}

impl Code {
    /// Makes the code of a module whose first `imported` functions are imported and whose `own` ones follow.
    pub(crate) fn new(imported: usize, own: usize) -> Result<Self> {
        let mut starts = with_capacity(imported + own)?;
        lengthen(&mut starts, imported, core::ptr::null())?;
        Ok(Self { chunks: Vec::new(), starts, units: 0 })
    }

    /// Adds the next function, whose parameters take `params` slots. `left` bytes of the code section follow it.
    pub(crate) fn add(&mut self, params: u16, units: &[u16], left: usize) -> Result<()> {
        let need = units.len() + HEADER;
        let chunk = match self.chunks.last_mut() {
            Some(chunk) if chunk.capacity() - chunk.len() >= need => chunk,
            _ => {
                // A unit of internal code for two bytes of the section.
                let expected = need.saturating_add(left / 2);
                let chunk = with_capacity(expected.min(CHUNK).max(need))?;
                push(&mut self.chunks, chunk)?;
                self.chunks.last_mut().ok_or(OutOfMemory)?
            }
        };
        push(chunk, params)?;
        let start = chunk.len();
        append(chunk, units)?;
        let start = chunk.as_ptr().wrapping_add(start);
        self.units += need;
        push(&mut self.starts, start)
    }

    /// Gives back what was reserved and not used.
    pub(crate) fn finish(&mut self) {
        if let Some(last) = self.chunks.last_mut() {
            let old = last.as_ptr_range();
            shrink(last);
            for start in self.starts.iter_mut().filter(|start| old.contains(*start)) {
                let at = (*start as usize - old.start as usize) / size_of::<u16>();
                *start = last.as_ptr().wrapping_add(at);
            }
        }
        shrink(&mut self.chunks);
        shrink(&mut self.starts);
    }

    /// The functions' starts, as calls use them.
    pub(crate) fn starts(&self) -> *const *const u16 {
        self.starts.as_ptr()
    }

    /// A function's first operation; none for an imported one.
    pub(crate) fn start(&self, func: u32) -> Option<*const u16> {
        self.starts.get(func as usize).copied().filter(|start| !start.is_null())
    }

    /// The function that an address of code is in, and its first operation.
    pub(crate) fn find(&self, ip: *const u16) -> Option<(u32, *const u16)> {
        let chunk = self.chunks.iter().find(|chunk| chunk.as_ptr_range().contains(&ip))?;
        let own = (0..).zip(&self.starts).filter(|(_, start)| chunk.as_ptr_range().contains(*start));
        own.filter(|(_, start)| **start <= ip)
            .max_by_key(|(_, start)| **start)
            .map(|(func, start)| (func, *start))
    }

    /// Bytes of code.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<u16>() * self.units
    }
}

/// The slots of a function's parameters: where a call puts the return address.
///
/// # Safety
/// `start` is a function's first operation.
#[inline(always)]
pub(crate) unsafe fn params(start: *const u16) -> usize {
    // SAFETY: every function has its header.
    unsafe { usize::from(*start.sub(HEADER)) }
}
