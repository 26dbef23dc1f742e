//! The interpreter's registers and the primitives that operations are made of.
//!
//! An operation takes the registers by value and gives them back: `Ok` to go on at `ip`, `Err` to stop with
//! `ip` at the operation itself and nothing of it done, so that it can be run again. Everything here is
//! inlined into the dispatch loop; the registers' address must never escape from it.

use core::hint::cold_path;

use super::code::params;
use super::ops::op;
use super::pairs::RUN;
use crate::Trap;
use crate::memory::{LinearMemory, Window};

/// Slots that a return address takes on the value stack.
pub(crate) const LINK_SLOTS: usize = size_of::<*const u16>() / 4;

/// Slots that are zeroed at once, those behind the frame's end being in the stack's reserve: the branches of a
/// loop over single slots would push out of the processor's history what it predicts the next operations by.
pub(crate) const ZERO_CHUNK: usize = 8;

/// A 64-bit value in two slots, which are aligned to 4 bytes only.
#[repr(C, packed(4))]
#[derive(Clone, Copy)]
pub(crate) struct Wide(pub(crate) u64);

/// Why the loop stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The call that the driver began has returned.
    Halt,
    /// No fuel is left for the operation at `ip`.
    Fuel,
    /// The frame that `ip` enters does not fit below the stack's soft limit.
    Stack,
    /// The access at `ip` is outside of the memory's current window; `Cx::ea` is its address.
    Miss,
    /// The operation at `ip` is the driver's.
    Driver,
    /// The operation at `ip` traps.
    Trap(Trap),
}

/// What operations share with the driver, and what is too cold for a register.
pub(crate) struct Cx {
    /// Where execution stopped or is to start.
    pub(crate) ip: *const u16,
    /// The frame there.
    pub(crate) fp: *mut u32,
    /// The soft limit: frames end at or below it.
    pub(crate) limit: *mut u32,
    /// Calls and taken back edges until the next stop; never negative.
    pub(crate) fuel: i32,
    /// The current instance's tag: its part of a function reference.
    pub(crate) tag: u32,
    /// The current module's functions, imported ones included.
    pub(crate) funcs: *const *const u16,
    /// The canonical types of these functions.
    pub(crate) types: *const u16,
    /// The current instance's globals.
    pub(crate) globals: *mut u32,
    /// The current instance's table 0.
    pub(crate) table: *const u32,
    /// Elements of table 0.
    pub(crate) table_len: u32,
    /// The current instance's memory, or null when it has none.
    pub(crate) memory: *mut LinearMemory,
    /// The memory's current window: its bytes, its first address, and the count of addresses in it at which any
    /// access fits.
    pub(crate) mem: *mut u8,
    pub(crate) start: usize,
    pub(crate) lim: usize,
    /// The same of the window that was used before: most programs keep a stack in one and their data in another.
    pub(crate) second: Window,
    /// The address of the access that missed the window.
    pub(crate) ea: u64,
    /// Why the loop stopped.
    pub(crate) exit: Exit,
}

impl Cx {
    /// Makes the second window the first one if the access that missed lies in it; whether it does.
    #[cfg_attr(all(wasmote_threaded, not(debug_assertions)), expect(dead_code))]
    pub(crate) fn switch_window(&mut self) -> bool {
        let Window { base, start, lim } = self.second;
        let hit = (self.ea as usize).wrapping_sub(start) < lim;
        if hit {
            self.second = Window { base: self.mem, start: self.start, lim: self.lim };
            (self.mem, self.start, self.lim) = (base, start, lim);
        }
        hit
    }

    /// Loads the memory's current window, and the one that was used before, which may have moved.
    pub(crate) fn refresh_window(&mut self, memory: &mut LinearMemory) {
        let window = memory.window();
        let before = if window.start == self.start { self.second.start } else { self.start };
        (self.mem, self.start, self.lim) = (window.base, window.start, window.lim);
        self.second = memory.window_at(before);
    }
}

/// Whether operands are loaded from the code one by one, which takes fewer instructions than to load an
/// operation's first two units at once and take them apart; Thumb and RISC-V have instructions for that.
const BYTES: bool = cfg!(all(target_pointer_width = "64", target_endian = "little"));

/// Whether every access tries the second window itself, which is faster where programs use two by turns, or
/// leaves that to the loop, which is smaller.
const SECOND_INLINE: bool = BYTES;

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

/// The registers.
#[derive(Clone, Copy)]
pub(crate) struct Regs {
    /// The current operation, in units of 16 bits.
    pub(crate) ip: *const u16,
    /// The current frame's slot 0.
    pub(crate) fp: *mut u32,
    /// The operation's first two units, unless operands are taken from it byte by byte.
    pub(crate) w: u32,
    /// The threaded back end's handlers; the loop has none.
    #[cfg_attr(any(not(wasmote_threaded), debug_assertions), expect(dead_code))]
    pub(crate) handlers: *const (),
    /// The bytes of the memory's current window.
    pub(crate) mem: *mut u8,
    /// Addresses in the window at which any access fits.
    pub(crate) lim: usize,
    pub(crate) cx: *mut Cx,
    /// A slot with 64 bits that are at hand, or [`NO_SLOT`]: in a pair, what the first operation made, which the
    /// second one need not wait for. No operation reads 64 bits after it set any.
    pub(crate) known: usize,
    pub(crate) value: u64,
}

/// No slot.
const NO_SLOT: usize = usize::MAX;

/// What an operation ends with.
pub(crate) type Flow = Result<Regs, (Regs, Exit)>;

/// Reads 32 bits of code at a 16-bit boundary.
///
/// # Safety
/// Two units at `at` are readable.
#[inline(always)]
pub(crate) unsafe fn code32(at: *const u16) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { at.cast::<u32>().read_unaligned() }
}

impl Regs {
    /// The registers for running from where `cx` says.
    ///
    /// # Safety
    /// `cx` is valid.
    #[inline(always)]
    pub(crate) unsafe fn from_cx(cx: *mut Cx, handlers: *const ()) -> Self {
        // SAFETY: the caller's promise.
        let (ip, fp, mem, lim) = unsafe { ((*cx).ip, (*cx).fp, (*cx).mem, (*cx).lim) };
        Self::new(ip, fp, handlers, mem, lim, cx)
    }

    /// The registers, of which no more than these pass from one operation to the next.
    #[inline(always)]
    pub(crate) fn new(
        ip: *const u16,
        fp: *mut u32,
        handlers: *const (),
        mem: *mut u8,
        lim: usize,
        cx: *mut Cx,
    ) -> Self {
        Self { ip, fp, w: 0, handlers, mem, lim, cx, known: NO_SLOT, value: 0 }
    }
}

// SAFETY of all methods: `Regs` exists only inside the dispatch loop, over code that the compiler emitted and
// validated: `ip` is at an operation with all its units, every slot operand is inside the frame that ENTER
// checked against the stack, every index operand (global, function) was validated against the instance in `cx`.
impl Regs {
    /// Byte `n` of the operation, of its first two units.
    #[inline(always)]
    fn byte(&self, n: u32) -> u8 {
        if BYTES {
            // SAFETY: see the impl; an operation has two units at least.
            unsafe { *self.ip.cast::<u8>().add(n as usize) }
        } else {
            (self.w >> (8 * n)) as u8
        }
    }
    /// The opcode.
    #[inline(always)]
    pub(crate) fn opcode(&self) -> u8 {
        self.byte(0)
    }
    #[inline(always)]
    pub(crate) fn a(&self) -> usize {
        self.byte(1).into()
    }
    #[inline(always)]
    pub(crate) fn b(&self) -> usize {
        self.byte(2).into()
    }
    #[inline(always)]
    pub(crate) fn c(&self) -> usize {
        self.byte(3).into()
    }
    /// The signed 8-bit immediate in place of operand a.
    #[inline(always)]
    pub(crate) fn a_imm(&self) -> u32 {
        self.byte(1) as i8 as u32
    }
    /// The signed 8-bit immediate in place of operand b.
    #[inline(always)]
    pub(crate) fn b_imm(&self) -> u32 {
        self.byte(2) as i8 as u32
    }
    /// The signed 8-bit immediate in place of operand c.
    #[inline(always)]
    pub(crate) fn c_imm(&self) -> u32 {
        self.byte(3) as i8 as u32
    }
    /// The second unit.
    #[inline(always)]
    pub(crate) fn u1(&self) -> usize {
        if BYTES {
            // SAFETY: see the impl; an operation has two units at least.
            unsafe { usize::from(self.unit(1)) }
        } else {
            (self.w >> 16) as usize
        }
    }
    /// The second unit, signed.
    #[inline(always)]
    pub(crate) fn i1(&self) -> i32 {
        i32::from(self.u1() as i16)
    }
    /// Gets ready to take operands from the operation at `ip`.
    #[inline(always)]
    pub(crate) unsafe fn fetch(mut self) -> Self {
        if !BYTES {
            // SAFETY: see the impl; an operation has two units at least.
            self.w = unsafe { code32(self.ip) };
        }
        self
    }
    /// Unit n.
    #[inline(always)]
    pub(crate) unsafe fn unit(&self, n: usize) -> u16 {
        // SAFETY: see the impl.
        unsafe { *self.ip.add(n) }
    }
    /// Units n and n + 1.
    #[inline(always)]
    pub(crate) unsafe fn imm32(&self, n: usize) -> u32 {
        // SAFETY: see the impl.
        unsafe { code32(self.ip.add(n)) }
    }

    #[inline(always)]
    pub(crate) unsafe fn get(&self, slot: usize) -> u32 {
        // SAFETY: see the impl.
        unsafe { *self.fp.add(slot) }
    }
    #[inline(always)]
    pub(crate) unsafe fn set(&self, slot: usize, value: u32) {
        // SAFETY: see the impl.
        unsafe { *self.fp.add(slot) = value }
    }
    #[inline(always)]
    pub(crate) unsafe fn get64(&self, slot: usize) -> u64 {
        if RUN && slot == self.known {
            return self.value;
        }
        // SAFETY: see the impl.
        unsafe { (*self.fp.add(slot).cast::<Wide>()).0 }
    }
    #[inline(always)]
    pub(crate) unsafe fn set64(&self, slot: usize, value: u64) {
        // SAFETY: see the impl.
        unsafe { *self.fp.add(slot).cast::<Wide>() = Wide(value) }
    }

    /// Goes on `units` later.
    #[inline(always)]
    pub(crate) unsafe fn next(mut self, units: usize) -> Flow {
        // SAFETY: see the impl.
        self.ip = unsafe { self.ip.add(units) };
        Ok(self)
    }
    /// Stops with a trap.
    #[inline(always)]
    pub(crate) fn trap(self, trap: Trap) -> Flow {
        cold_path();
        Err((self, Exit::Trap(trap)))
    }
    /// Takes one fuel for a back edge, none for a forward one.
    #[inline(always)]
    pub(crate) unsafe fn pay(self, offset: i32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let fuel = (*self.cx).fuel + (offset >> 31);
            if fuel < 0 {
                cold_path();
                return Err((self, Exit::Fuel));
            }
            (*self.cx).fuel = fuel;
        }
        Ok(self)
    }
    /// Jumps by `offset` from the end of an operation of `units`.
    #[inline(always)]
    pub(crate) unsafe fn jump(self, units: usize, offset: i32) -> Flow {
        // SAFETY: see the impl; the target is an operation of the same function.
        unsafe {
            let mut r = self.pay(offset)?;
            r.ip = r.ip.add(units).offset(offset as isize);
            Ok(r)
        }
    }
    /// Jumps if `taken`, else goes on; the offset is the operation's last unit.
    #[inline(always)]
    pub(crate) unsafe fn branch(self, taken: bool, units: usize) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            if taken { self.jump(units, i32::from(self.unit(units - 1) as i16)) } else { self.next(units) }
        }
    }
    /// Sets operand a to `x`, then branches; when fuel is out, neither is done.
    #[inline(always)]
    pub(crate) unsafe fn step_branch(self, x: u32, taken: bool, units: usize) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let r = self.branch(taken, units)?;
            r.set(self.a(), x);
            Ok(r)
        }
    }

    #[inline(always)]
    pub(crate) unsafe fn bin(self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), f(self.get(self.b()), self.get(self.c())));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_imm(self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), f(self.get(self.b()), self.c_imm()));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_imm32(self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), f(self.get(self.b()), self.imm32(2)));
            self.next(4)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin_trap(self, f: impl Fn(u32, u32) -> Result<u32, Trap>) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            match f(self.get(self.b()), self.get(self.c())) {
                Ok(x) => {
                    self.set(self.a(), x);
                    self.next(2)
                }
                Err(trap) => self.trap(trap),
            }
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin64(self, f: impl Fn(u64, u64) -> u64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set64(self.a(), f(self.get64(self.b()), self.get64(self.c())));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin64_imm(self, f: impl Fn(u64, u64) -> u64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set64(self.a(), f(self.get64(self.b()), self.c_imm() as i32 as u64));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn bin64_trap(self, f: impl Fn(u64, u64) -> Result<u64, Trap>) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            match f(self.get64(self.b()), self.get64(self.c())) {
                Ok(x) => {
                    self.set64(self.a(), x);
                    self.next(2)
                }
                Err(trap) => self.trap(trap),
            }
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn cmp_imm(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let y = i32::from(self.unit(2) as i16) as u32;
            self.set(self.a(), u32::from(f(self.get(self.b()), y)));
            self.next(3)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn cmp64(self, f: impl Fn(u64, u64) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            self.set(self.a(), u32::from(f(self.get64(self.b()), self.get64(self.c()))));
            self.next(2)
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get(self.a()), self.get(self.b())), 3) }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp_imm(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get(self.a()), self.i1() as u32), 3) }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp_imm32(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get(self.a()), self.imm32(1)), 4) }
    }
    #[inline(always)]
    pub(crate) unsafe fn br_cmp64(self, f: impl Fn(u64, u64) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe { self.branch(f(self.get64(self.a()), self.get64(self.b())), 3) }
    }
    /// Adds the immediate in b to a, compares the sum with the immediate in unit 2, branches by unit 3.
    #[inline(always)]
    pub(crate) unsafe fn add_br_imm(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let x = self.get(self.a()).wrapping_add(self.b_imm());
            let y = i32::from(self.unit(2) as i16) as u32;
            self.step_branch(x, f(x, y), 4)
        }
    }
    /// Adds the immediate in b to a, compares the sum with slot c, branches by unit 2.
    #[inline(always)]
    pub(crate) unsafe fn add_br(self, f: impl Fn(u32, u32) -> bool) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let x = self.get(self.a()).wrapping_add(self.b_imm());
            // Operand c may be a itself, whose new value counts.
            let y = if self.c() == self.a() { x } else { self.get(self.c()) };
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
    pub(crate) unsafe fn f64_const(self, f: impl Fn(f64, f64) -> f64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let y = u64::from(self.imm32(2)) | u64::from(self.imm32(4)) << 32;
            self.set64(self.a(), f(f64::from_bits(self.get64(self.b())), f64::from_bits(y)).to_bits());
            self.next(6)
        }
    }
    /// `a = f(b * c, d8 in unit 2)`.
    #[inline(always)]
    pub(crate) unsafe fn f32_mul(self, f: impl Fn(f32, f32) -> f32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let product = f32::from_bits(self.get(self.b())) * f32::from_bits(self.get(self.c()));
            let z = f32::from_bits(self.get(usize::from(self.unit(2))));
            self.set(self.a(), f(product, z).to_bits());
            self.next(3)
        }
    }
    /// `a = f(b * c, d8 in unit 2)`.
    #[inline(always)]
    pub(crate) unsafe fn f64_mul(self, f: impl Fn(f64, f64) -> f64) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let product = f64::from_bits(self.get64(self.b())) * f64::from_bits(self.get64(self.c()));
            let z = f64::from_bits(self.get64(usize::from(self.unit(2))));
            self.set64(self.a(), f(product, z).to_bits());
            self.next(3)
        }
    }
    /// `a = f(b, imm8 in unit 2) ^ c`.
    #[inline(always)]
    pub(crate) unsafe fn shift_xor(self, f: impl Fn(u32, u32) -> u32) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let shifted = f(self.get(self.b()), u32::from(self.unit(2)));
            self.set(self.a(), shifted ^ self.get(self.c()));
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

    /// Does `f` on the bytes at `base + offset`, computed without wrapping, when any access there is in a window,
    /// and goes on `units` later.
    #[inline(always)]
    unsafe fn access(self, base: u32, offset: u32, units: usize, f: impl Fn(*mut u8)) -> Flow {
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
            if rel < self.lim {
                f(self.mem.wrapping_add(rel));
                return self.next(units);
            }
            cold_path();
            // Computed again, so that the way above need not keep it: hence the volatile load.
            let ea = rel.wrapping_add((&raw const (*self.cx).start).read_volatile());
            if SECOND_INLINE {
                let second = &(*self.cx).second;
                let rel = ea.wrapping_sub(second.start);
                if rel < second.lim {
                    f(second.base.wrapping_add(rel));
                    keep_apart();
                    return self.next(units);
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
            self.access(base, offset, units, |at| {
                self.set(self.a(), f(at.cast::<T>().read_unaligned()));
            })
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn load64(self, base: u32, offset: u32, units: usize) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe {
            self.access(base, offset, units, |at| {
                self.set64(self.a(), at.cast::<u64>().read_unaligned());
            })
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn load_u64(self, base: u32, offset: u32, units: usize) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe {
            self.access(base, offset, units, |at| {
                self.set64(self.a(), at.cast::<u32>().read_unaligned().into());
            })
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn store<T: Copy>(self, base: u32, offset: u32, units: usize, value: T) -> Flow {
        // SAFETY: see the impl; `access` gives room for any access.
        unsafe { self.access(base, offset, units, |at| at.cast::<T>().write_unaligned(value)) }
    }

    /// Returns: `results` moves them to the frame's start, after the return address in slot `link` was read.
    #[inline(always)]
    pub(crate) unsafe fn ret(mut self, link: usize, results: impl FnOnce(&Self)) -> Flow {
        // SAFETY: see the impl; the link was written by a call, and the unit two before it holds the
        // distance to the caller's frame.
        unsafe {
            let ip = self.fp.add(link).cast::<*const u16>().read_unaligned();
            results(&self);
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
            let fuel = (*self.cx).fuel - 1;
            if fuel < 0 {
                cold_path();
                return Err((self, Exit::Fuel));
            }
            (*self.cx).fuel = fuel;
            self.fp = self.fp.add(base);
            let link = self.fp.add(params(func)).cast::<*const u16>();
            link.write_unaligned(self.ip.add(units));
            self.ip = func;
            self = self.fetch();
            // Saves a dispatch; what is not done here stops, or goes on, at the ENTER itself.
            if self.opcode() == op::ENTER && self.a() <= 2 * ZERO_CHUNK && self.fits() {
                let zeros = self.zeros();
                zeros.write([0; ZERO_CHUNK]);
                if self.a() > ZERO_CHUNK {
                    zeros.add(1).write([0; ZERO_CHUNK]);
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
    /// The slots that ENTER is to zero.
    #[inline(always)]
    unsafe fn zeros(&self) -> *mut [u32; ZERO_CHUNK] {
        // SAFETY: see the impl.
        unsafe { self.fp.add(usize::from(self.unit(2))).cast() }
    }
    /// Enters a frame: zeros its locals.
    #[inline(always)]
    pub(crate) unsafe fn enter(self) -> Flow {
        // SAFETY: see the impl; the slots to zero are inside the frame, or in the reserve behind it.
        unsafe {
            if !self.fits() {
                return Err((self, Exit::Stack));
            }
            for chunk in 0..self.a().div_ceil(ZERO_CHUNK) {
                // Volatile, since a call of memset costs more than these few slots.
                self.zeros().add(chunk).write_volatile([0; ZERO_CHUNK]);
            }
            self.next(3)
        }
    }
}
