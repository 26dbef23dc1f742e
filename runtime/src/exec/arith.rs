//! What operations on integers and floats are made of.

use core::hint::assert_unchecked;

use super::pairs::RUN;
use super::regs::Operand::{A, B, C, D};
use super::regs::{Flow, Regs};
use crate::Trap;

// SAFETY of all methods: as for those in `regs.rs`.
impl Regs {
    #[inline(always)]
    pub(crate) unsafe fn bin(mut self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), f(self.get(B), self.get(C)));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_imm(mut self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), f(self.get(B), self.c_imm()));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_imm32(mut self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), f(self.get(B), self.imm32(2)));
            self.next(4)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_trap(mut self, f: impl Fn(u32, u32) -> Result<u32, Trap>) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            match f(self.get(B), self.get(C)) {
                Ok(x) => {
                    self.set(self.a(), x);
                    self.next(2)
                }
                Err(trap) => self.trap(trap),
            }
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn div_imm(mut self, f: impl Fn(u32, i32) -> u32) -> Flow {
        // SAFETY: see the impl; the compiler emits no such division by 0 or -1, which the optimizer may know.
        unsafe {
            let y = i32::from(self.unit(2) as i16);
            assert_unchecked(y != 0 && y != -1);
            self.set(self.a(), f(self.get(B), y));
            self.next(3)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin64(mut self, f: impl Fn(u64, u64) -> u64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set64(self.a(), f(self.get64(B), self.get64(C)));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_extend_s(mut self, f: impl Fn(u64, u64) -> u64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set64(self.a(), f(self.get64(B), self.get(C) as i32 as u64));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin64_imm(mut self, f: impl Fn(u64, u64) -> u64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set64(self.a(), f(self.get64(B), self.c_imm() as i32 as u64));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn cmp_imm(mut self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let y = i32::from(self.unit(2) as i16) as u32;
            self.set(self.a(), u32::from(f(self.get(B), y)));
            self.next(3)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn cmp64(mut self, f: impl Fn(u64, u64) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), u32::from(f(self.get64(B), self.get64(C))));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get(A), self.get(B)), 3) }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp_imm(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get(A), self.i1() as u32), 3) }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp_imm32(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get(A), self.imm32(1)), 4) }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp64(self, f: impl Fn(u64, u64) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get64(A), self.get64(B)), 3) }
    }
    /// Adds the immediate in b to a, compares the sum with the immediate in unit 2, branches by unit 3.
    #[inline(always)]
    pub(crate) unsafe fn add_br_imm(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let x = self.get(A).wrapping_add(self.b_imm());
            let y = i32::from(self.unit(2) as i16) as u32;
            self.step_branch(x, f(x, y), 4)
        }
    }
    /// Adds the immediate in b to a, compares the sum with slot c, branches by unit 2.
    #[inline(always)]
    pub(crate) unsafe fn add_br(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let x = self.get(A).wrapping_add(self.b_imm());
            // Operand c may be a itself, whose new value counts.
            let y = if self.c() == self.a() { x } else { self.get(C) };
            self.step_branch(x, f(x, y), 3)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn f32_bin(self, f: impl Fn(f32, f32) -> f32) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.bin(|x, y| f(f32::from_bits(x), f32::from_bits(y)).to_bits()) }
    }
    #[inline(always)]
    pub(crate) unsafe fn f64_bin(self, f: impl Fn(f64, f64) -> f64) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.bin64(|x, y| f(f64::from_bits(x), f64::from_bits(y)).to_bits()) }
    }
    /// `a = f(b, constant of 64 bits in units 2 to 5)`.
    #[inline(always)]
    pub(crate) unsafe fn f64_const(mut self, f: impl Fn(f64, f64) -> f64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let y = u64::from(self.imm32(2)) | u64::from(self.imm32(4)) << 32;
            self.set64(self.a(), f(f64::from_bits(self.get64(B)), f64::from_bits(y)).to_bits());
            self.next(6)
        }
    }
    /// `a = f(b * c, d8 in unit 2)`.
    #[inline(always)]
    pub(crate) unsafe fn f32_mul(mut self, f: impl Fn(f32, f32) -> f32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let product = f32::from_bits(self.get(B)) * f32::from_bits(self.get(C));
            let z = f32::from_bits(self.get(D));
            self.set(self.a(), f(product, z).to_bits());
            self.next(3)
        }
    }
    /// `a = f(b * c, d8 in unit 2)`.
    #[inline(always)]
    pub(crate) unsafe fn f64_mul(mut self, f: impl Fn(f64, f64) -> f64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let product = f64::from_bits(self.get64(B)) * f64::from_bits(self.get64(C));
            let z = f64::from_bits(self.get64(D));
            self.set64(self.a(), f(product, z).to_bits());
            self.next(3)
        }
    }
    /// `a = f(b, imm8 in unit 2) ^ c`.
    #[inline(always)]
    pub(crate) unsafe fn shift_xor(mut self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let shifted = f(self.get(B), u32::from(self.unit(2)));
            self.set(self.a(), shifted ^ self.get(C));
            self.next(3)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn f32_cmp(self, f: impl Fn(f32, f32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.bin(|x, y| u32::from(f(f32::from_bits(x), f32::from_bits(y)))) }
    }
    #[inline(always)]
    pub(crate) unsafe fn f64_cmp(self, f: impl Fn(f64, f64) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.cmp64(|x, y| f(f64::from_bits(x), f64::from_bits(y))) }
    }
    /// What operand b names of what lies at `slots`, one of a slot each, or what c names if operand d is 0. Where there
    /// is no shortage of instructions both are loaded, so that what is taken need not wait for the condition: by volatile
    /// loads, or LLVM would choose the address.
    #[inline(always)]
    pub(crate) unsafe fn choose<T: Copy>(&self, slots: *const T) -> T {
        // SAFETY: see the impl.
        unsafe {
            let slots = slots.cast::<u32>();
            let (x, y) = (slots.add(self.b()).cast::<T>(), slots.add(self.c()).cast::<T>());
            let taken = self.get(D) != 0;
            if RUN {
                core::hint::select_unpredictable(taken, x.read_volatile(), y.read_volatile())
            } else if taken {
                *x
            } else {
                *y
            }
        }
    }
}
