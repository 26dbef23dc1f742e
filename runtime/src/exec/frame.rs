//! Calls, returns and frames.

use core::hint::cold_path;

use super::code::params;
use super::ops::op;
use super::regs::{Exit, Flow, Regs, Wide};

/// Slots that a return address takes on the value stack.
pub(crate) const LINK_SLOTS: usize = size_of::<*const u16>() / 4;

/// Slots that are zeroed at once, those behind the frame's end being in the stack's reserve: the branches of a
/// loop over single slots would push out of the processor's history what it predicts the next operations by.
pub(crate) const ZERO_CHUNK: usize = 8;
const _: () =
    assert!(ZERO_CHUNK * size_of::<u32>() == 4 * size_of::<Wide>(), "`zero` writes four times two slots");

// SAFETY of all methods: as for those in `regs.rs`.
impl Regs {
    /// Returns: `results` moves them to the frame's start, after the return address in slot `link` was read.
    #[inline(always)]
    pub(crate) unsafe fn ret(mut self, link: usize, results: impl FnOnce(&mut Self)) -> Flow {
        // SAFETY: see the impl; the link was written by a call, and the unit two before it holds the
        // distance to the caller's frame.
        unsafe {
            let ip = self.fp.add(link).cast::<*const u16>().read_unaligned();
            results(&mut self);
            self.fp = self.fp.sub(usize::from(*ip.sub(2) >> 8));
            self.ip = ip;
        }
        Ok(self)
    }
    /// Calls the function that starts at `func` with the frame at `base` and the return address `units` later.
    #[inline(always)]
    pub(crate) unsafe fn call(mut self, func: *const u16, base: usize, units: usize) -> Flow {
        // SAFETY: see the impl; below the soft limit there is room for a link above every frame.
        unsafe {
            self = self.pay()?;
            self.fp = self.fp.add(base);
            let link = self.fp.add(params(func)).cast::<*const u16>();
            link.write_unaligned(self.ip.add(units));
            self.ip = func;
            self = self.fetch();
            // Saves a dispatch; what is not done here stops, or goes on, at the ENTER itself.
            if self.opcode() == op::ENTER && self.a() <= 2 * ZERO_CHUNK && self.fits() {
                self.zero(0);
                if self.a() > ZERO_CHUNK {
                    self.zero(1);
                }
                self.ip = self.ip.add(3);
            }
        }
        Ok(self)
    }
    /// Whether the frame that ENTER is to enter ends below the stack's soft limit.
    #[inline(always)]
    unsafe fn fits(&self) -> bool {
        // SAFETY: see the impl.
        let limit = unsafe { (*self.cx).limit };
        let fits = self.fp.wrapping_add(self.u1()) <= limit;
        if !fits {
            cold_path();
        }
        fits
    }
    /// Zeros one chunk of the slots that ENTER is to zero.
    #[inline(always)]
    unsafe fn zero(&self, chunk: usize) {
        // SAFETY: see the impl; the slots to zero are inside the frame, or in the reserve behind it.
        unsafe {
            let slots = self.fp.add(usize::from(self.unit(2)) + ZERO_CHUNK * chunk);
            if cfg!(target_pointer_width = "64") {
                slots.cast::<[u32; ZERO_CHUNK]>().write([0; ZERO_CHUNK]);
            } else {
                // Volatile, since a call of memset costs more than these few slots.
                let pairs = slots.cast::<Wide>();
                pairs.write_volatile(Wide(0));
                pairs.add(1).write_volatile(Wide(0));
                pairs.add(2).write_volatile(Wide(0));
                pairs.add(3).write_volatile(Wide(0));
            }
        }
    }
    /// Enters a frame: zeros its locals.
    #[inline(always)]
    pub(crate) unsafe fn enter(self) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            if !self.fits() {
                return Err((self, Exit::Stack));
            }
            for chunk in 0..self.a().div_ceil(ZERO_CHUNK) {
                self.zero(chunk);
            }
            self.next(3)
        }
    }
}
