//! A function's internal code: an exact allocation behind a thin pointer.

#![expect(unsafe_code, reason = "a thin pointer to a length-prefixed allocation")]

use alloc::boxed::Box;

use crate::{Result, fallible};

/// Units before the first operation: the count of all units, as 32 bits.
const HEADER: usize = 2;

/// A function as calls need it.
pub(crate) struct FuncEntry {
    /// The first operation; null for an imported function and before the body is compiled.
    pub(crate) code: *const u16,
    /// The canonical index of its type.
    pub(crate) ty: u16,
    /// Slots of its parameters: where a call puts the return address.
    pub(crate) params: u16,
}

impl FuncEntry {
    pub(crate) const fn new(ty: u16, params: u16) -> Self {
        Self { code: core::ptr::null(), ty, params }
    }

    /// Copies compiled code to an allocation of its size.
    pub(crate) fn set_code(&mut self, units: &[u16]) -> Result<()> {
        let len = units.len() + HEADER;
        let mut code = fallible::with_capacity(len)?;
        code.push(len as u16);
        code.push((len >> 16) as u16);
        code.extend_from_slice(units);
        self.clear();
        // SAFETY: the allocation has HEADER units and more.
        self.code = unsafe { Box::into_raw(code.into_boxed_slice()).cast::<u16>().add(HEADER) };
        Ok(())
    }

    /// The code's units; none for an imported function.
    pub(crate) fn units(&self) -> &[u16] {
        if self.code.is_null() {
            return &[];
        }
        // SAFETY: a code pointer that is not null is HEADER units into an allocation of the length there.
        unsafe {
            let start = self.code.sub(HEADER);
            let len = usize::from(*start) | usize::from(*start.add(1)) << 16;
            core::slice::from_raw_parts(self.code, len - HEADER)
        }
    }

    /// Whether `ip` is inside of the code.
    pub(crate) fn contains(&self, ip: *const u16) -> bool {
        self.units().as_ptr_range().contains(&ip)
    }

    fn clear(&mut self) {
        if !self.code.is_null() {
            let units = self.units().len() + HEADER;
            // SAFETY: `set_code` took the allocation as a boxed slice of this length.
            unsafe {
                let start = self.code.sub(HEADER).cast_mut();
                drop(Box::from_raw(core::ptr::slice_from_raw_parts_mut(start, units)));
            }
            self.code = core::ptr::null();
        }
    }
}

impl Drop for FuncEntry {
    fn drop(&mut self) {
        self.clear();
    }
}
