//! The interpreter's registers and the primitives that operations are made of.
//!
//! An operation takes the registers by value and gives them back: `Ok` to go on at `ip`, `Err` to stop with
//! `ip` at the operation itself and nothing of it done, so that it can be run again. Everything here is
//! inlined into the dispatch loop; the registers' address must never escape from it.

use core::hint::cold_path;
use core::mem::MaybeUninit;

use super::pairs::RUN;
use crate::Trap;
use crate::memory::{LinearMemory, Window};

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
    /// Accesses to the second window until it becomes the first one; never 0.
    pub(crate) turns: u32,
    /// The address of the access that missed the window.
    pub(crate) ea: u64,
    /// Why the loop stopped.
    pub(crate) exit: Exit,
}

/// How many accesses a window serves as the second one. The windows change places once for so many accesses to the one
/// that is second, so that the one that is used more is first for the greater part of the time.
pub(super) const TURNS: u32 = 1024;

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
        self.turns = TURNS;
    }
}

/// Whether operand b is loaded from the code by itself, which takes an instruction less than to take it from the middle
/// of an operation's first two units; Thumb and RISC-V have instructions for that. The others are taken from the units:
/// more loads are more than x86-64's queue for them holds.
const B_BY_ITSELF: bool = cfg!(all(target_pointer_width = "64", target_endian = "little"));

/// An operand's place in its operation: a byte of the first two units, or unit 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    A,
    B,
    C,
    D,
}

/// The operand whose value the operation before has just made, and in which register it is: what takes it from
/// there need not wait until it is stored and loaded again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hand {
    Nothing,
    /// An integer, in `int`.
    Int(Operand),
    /// An `f64`, in `float`.
    Float(Operand),
}

/// The registers.
#[derive(Clone, Copy)]
pub(crate) struct Regs {
    /// The current operation, in units of 16 bits.
    pub(crate) ip: *const u16,
    /// The current frame's slot 0.
    pub(crate) fp: *mut u32,
    /// The operation's first two units.
    pub(crate) w: u32,
    /// The threaded back end's handlers; the loop has none.
    pub(crate) handlers: *const (),
    /// The bytes of the memory's current window, and the addresses in it at which any access fits; the threaded back
    /// end has more use for the registers, and finds both in `cx`.
    pub(crate) mem: *mut u8,
    pub(crate) lim: usize,
    pub(crate) cx: *mut Cx,
    /// What is at hand.
    pub(crate) hand: Hand,
    /// The value that was made last; something only behind an operation that made it.
    pub(crate) int: MaybeUninit<u64>,
    pub(crate) float: MaybeUninit<f64>,
}

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
    /// As for [`Regs::new`], of what `cx` says.
    #[inline(always)]
    pub(crate) unsafe fn from_cx(cx: *mut Cx) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Self { lim: (*cx).lim, mem: (*cx).mem, ..Self::new((*cx).ip, (*cx).fp, core::ptr::null(), cx) }
        }
    }

    /// The registers, of which no more than these pass from one operation to the next, and nothing is at hand.
    ///
    /// # Safety
    /// `ip` is at an operation that the compiler emitted, `fp` at the frame that it runs in, and `cx` is filled as its
    /// fields say: all methods rest on it.
    #[inline(always)]
    pub(crate) unsafe fn new(ip: *const u16, fp: *mut u32, handlers: *const (), cx: *mut Cx) -> Self {
        let (int, float) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        Self {
            ip,
            fp,
            w: 0,
            handlers,
            mem: core::ptr::null_mut(),
            lim: 0,
            cx,
            hand: Hand::Nothing,
            int,
            float,
        }
    }
}

// SAFETY of all methods: `Regs` exists only inside the dispatch loop, over code that the compiler emitted and
// validated: `ip` is at an operation with all its units, every slot operand is inside the frame that ENTER
// checked against the stack, every index operand (global, function) was validated against the instance in `cx`.
impl Regs {
    /// Byte `n` of the operation, of its first two units.
    #[inline(always)]
    fn byte(&self, n: u32) -> u8 {
        if B_BY_ITSELF && n == 2 {
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
        (self.w as i32 >> 24) as u32
    }
    /// The second unit.
    #[inline(always)]
    pub(crate) fn u1(&self) -> usize {
        (self.w >> 16) as usize
    }
    /// The second unit, signed.
    #[inline(always)]
    pub(crate) fn i1(&self) -> i32 {
        self.w as i32 >> 16
    }
    /// Gets ready to take operands from the operation at `ip`.
    #[inline(always)]
    pub(crate) unsafe fn fetch(mut self) -> Self {
        // SAFETY: see the impl; an operation has two units at least.
        self.w = unsafe { code32(self.ip) };
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

    /// The slot that an operand names.
    #[inline(always)]
    unsafe fn place(&self, operand: Operand) -> usize {
        match operand {
            Operand::A => self.a(),
            Operand::B => self.b(),
            Operand::C => self.c(),
            // SAFETY: see the impl.
            Operand::D => unsafe { self.unit(2).into() },
        }
    }
    /// The 32 bits of an operand.
    #[inline(always)]
    pub(crate) unsafe fn get(&self, operand: Operand) -> u32 {
        // SAFETY: see the impl; what is at hand was made.
        unsafe {
            match self.hand {
                Hand::Int(at_hand) if RUN && at_hand == operand => self.int.assume_init() as u32,
                _ => self.slot(self.place(operand)),
            }
        }
    }
    /// The 64 bits of an operand.
    #[inline(always)]
    pub(crate) unsafe fn get64(&self, operand: Operand) -> u64 {
        // SAFETY: see the impl; what is at hand was made.
        unsafe {
            match self.hand {
                Hand::Int(at_hand) if RUN && at_hand == operand => self.int.assume_init(),
                Hand::Float(at_hand) if RUN && at_hand == operand => self.float.assume_init().to_bits(),
                _ => self.slot64(self.place(operand)),
            }
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn slot(&self, slot: usize) -> u32 {
        // SAFETY: see the impl.
        unsafe { *self.fp.add(slot) }
    }
    #[inline(always)]
    pub(crate) unsafe fn slot64(&self, slot: usize) -> u64 {
        // SAFETY: see the impl.
        unsafe { (*self.fp.add(slot).cast::<Wide>()).0 }
    }
    #[inline(always)]
    pub(crate) unsafe fn set(&mut self, slot: usize, value: u32) {
        if RUN {
            self.int = MaybeUninit::new(value.into());
        }
        // SAFETY: see the impl.
        unsafe { *self.fp.add(slot) = value }
    }
    #[inline(always)]
    pub(crate) unsafe fn set64(&mut self, slot: usize, value: u64) {
        if RUN {
            self.int = MaybeUninit::new(value);
            self.float = MaybeUninit::new(f64::from_bits(value));
        }
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
    /// Takes one fuel.
    #[inline(always)]
    pub(crate) unsafe fn pay(self) -> Flow {
        // SAFETY: see the impl.
        unsafe {
            let fuel = (*self.cx).fuel - 1;
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
            let mut r = if offset < 0 { self.pay()? } else { self };
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
            let mut r = self.branch(taken, units)?;
            r.set(self.a(), x);
            Ok(r)
        }
    }
}
