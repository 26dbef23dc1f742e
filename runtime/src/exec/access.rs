//! Loads and stores.

use core::hint::cold_path;

use super::pairs::RUN;
use super::regs::{Exit, Flow, Regs};
#[cfg(not(target_pointer_width = "64"))]
use crate::Trap;

/// Whether every access tries the second window itself, which is faster where programs use two by turns, or
/// leaves that to the loop, which is smaller.
const SECOND_INLINE: bool = cfg!(target_pointer_width = "64");

/// Keeps the optimizer from joining two ways that differ in an address only, at the price of computing the
/// address on both.
#[inline(always)]
fn keep_apart() {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    // SAFETY: there is no instruction in it.
    unsafe {
        core::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

// SAFETY of all methods: as for those in `regs.rs`.
impl Regs {
    /// The bytes of the current window, and the addresses in it at which any access fits.
    #[inline(always)]
    unsafe fn window(&self) -> (*mut u8, usize) {
        // SAFETY: see the impl.
        if RUN { unsafe { ((*self.cx).mem, (*self.cx).lim) } } else { (self.mem, self.lim) }
    }
    /// Does `f` on the bytes at `base + offset`, computed without wrapping, when any access there is in a window,
    /// and goes on `units` later.
    #[inline(always)]
    unsafe fn access(mut self, base: u32, offset: u32, units: usize, f: impl Fn(&mut Self, *mut u8)) -> Flow {
        #[cfg(target_pointer_width = "64")]
        let ea = base as usize + offset as usize;
        #[cfg(not(target_pointer_width = "64"))]
        let ea = match base.checked_add(offset) {
            Some(ea) => ea as usize,
            None => return Err((self, Exit::Trap(Trap::MemoryOutOfBounds))),
        };
        // SAFETY: see the impl; either comparison puts 8 bytes at `ea` inside a window's allocation.
        unsafe {
            let rel = ea.wrapping_sub((*self.cx).start);
            let (mem, lim) = self.window();
            if rel < lim {
                f(&mut self, mem.wrapping_add(rel));
                return self.next(units);
            }
            cold_path();
            // Computed again, so that the way above need not keep it: hence the volatile load.
            let ea = rel.wrapping_add((&raw const (*self.cx).start).read_volatile());
            if SECOND_INLINE {
                let second = &(*self.cx).second;
                let rel = ea.wrapping_sub(second.start);
                if rel < second.lim {
                    // After some turns as the second one the window is taken for the first, by a miss.
                    (*self.cx).turns -= 1;
                    if (*self.cx).turns != 0 {
                        f(&mut self, second.base.wrapping_add(rel));
                        keep_apart();
                        return self.next(units);
                    }
                }
            }
            (*self.cx).ea = ea as u64;
            Err((self, Exit::Miss))
        }
    }
    /// Loads from `base + offset` into slot a and goes on.
    #[inline(always)]
    pub(crate) unsafe fn load<T: Copy>(
        self,
        base: u32,
        offset: u32,
        units: usize,
        f: impl Fn(T) -> u32,
    ) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe {
            self.access(base, offset, units, |r, at| {
                r.set(r.a(), f(at.cast::<T>().read_unaligned()));
            })
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn load64(self, base: u32, offset: u32, units: usize) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe {
            self.access(base, offset, units, |r, at| {
                r.set64(r.a(), at.cast::<u64>().read_unaligned());
            })
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn load_u64(self, base: u32, offset: u32, units: usize) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe {
            self.access(base, offset, units, |r, at| {
                r.set64(r.a(), at.cast::<u32>().read_unaligned().into());
            })
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn store<T: Copy>(self, base: u32, offset: u32, units: usize, value: T) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe { self.access(base, offset, units, |_, at| at.cast::<T>().write_unaligned(value)) }
    }
}
