//! The emitter: internal code, its labels, and what the last operations were, for fusing.
//!
//! While the position is unreachable nothing is emitted. In narrow code an operand is a slot below 256 and a
//! branch reaches 32,767 units; when either is too small, the function is compiled again as wide code, whose
//! operands beyond slot 255 pass through scratch slots and whose branches have 32 bits.

use alloc::vec::Vec;

use crate::exec::escape::{ESCAPE, is_escaped};
use crate::exec::ops::{SCRATCH_SLOTS, op};
use crate::fallible::push;
use crate::stop::{Res, Stop};

/// An operation that computed a value into a slot.
#[derive(Clone, Copy)]
pub(super) struct Made {
    /// Position of the operation.
    pub(super) at: usize,
    /// Slot of its result, operand a.
    pub(super) slot: u16,
}

/// Branches that wait for their target: the position of the newest one's offset field plus one, or 0. The
/// fields themselves hold the rest of the list.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Chain(u32);

impl Chain {
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// An operand: its slot and whether it takes two.
#[derive(Clone, Copy)]
pub(super) struct Arg {
    pub(super) slot: u16,
    pub(super) double: bool,
}

/// Scratch slots by role, in wide code.
const SCRATCH_X: u8 = 0;
const SCRATCH_Y: u8 = 2;
const SCRATCH_Z: u8 = 4;
const SCRATCH_RESULT: u8 = 6;
const _: () = assert!(SCRATCH_RESULT as u16 + 2 == SCRATCH_SLOTS);

/// The opcode for what an operation does to slot a, with these operands: an immediate is added in place where it can be.
const fn addition(opcode: u8, a: u8, second: u16) -> u8 {
    match (opcode, second as u8 == a) {
        (op::ADD_IMM | op::STEP, true) => op::STEP,
        (op::ADD_IMM | op::STEP, false) => op::ADD_IMM,
        (op::ADD64_IMM | op::STEP64, true) => op::STEP64,
        (op::ADD64_IMM | op::STEP64, false) => op::ADD64_IMM,
        _ => opcode,
    }
}

#[derive(Default)]
pub(super) struct Emitter {
    pub(super) code: Vec<u16>,
    pub(super) wide: bool,
    /// Whether the position can be reached.
    pub(super) live: bool,
    /// Slots that the frame needs so far.
    pub(super) frame: u32,
    /// The newest operation, when it made a value.
    last: Option<Made>,
    /// The one before it, when it made a value too.
    prev: Option<Made>,
    /// Position behind a lone MOV that may become a MOV2, or 0.
    mov_end: usize,
    /// Branches to the position, until an operation is emitted there.
    pending: Chain,
    /// Why the function is refused, when it is.
    refused: Option<Stop>,
}

impl Emitter {
    pub(super) fn reset(&mut self, wide: bool) {
        let mut code = core::mem::take(&mut self.code);
        code.clear();
        *self = Self { code, wide, live: true, ..Self::default() };
    }

    /// Refuses the function. What is done until that is found, at the next instruction, does not count.
    pub(super) fn refuse(&mut self, why: Stop) {
        self.refused.get_or_insert(why);
    }

    /// Finds that the function was refused.
    pub(super) fn checked(&self) -> Res<()> {
        self.refused.map_or(Ok(()), Err)
    }

    pub(super) fn position(&self) -> usize {
        self.code.len()
    }

    pub(super) fn unit(&mut self, unit: u16) {
        if self.live
            && let Err(error) = push(&mut self.code, unit)
        {
            self.refuse(error.into());
        }
    }

    pub(super) fn units32(&mut self, x: u32) {
        self.unit(x as u16);
        self.unit((x >> 16) as u16)
    }

    /// Unit `at` of the code.
    pub(super) fn at(&self, at: usize) -> u16 {
        self.code.get(at).copied().unwrap_or_default()
    }

    fn set(&mut self, at: usize, unit: u16) {
        if let Some(place) = self.code.get_mut(at) {
            *place = unit;
        }
    }

    /// Starts an operation: its first unit, and `ESCAPE` before it if it stands behind that; gives where it is.
    #[inline]
    pub(super) fn begin(&mut self, opcode: u8, a: u8) -> usize {
        self.land();
        if is_escaped(opcode) {
            self.unit(ESCAPE.into());
        }
        let at = self.code.len();
        self.unit(u16::from(opcode) | u16::from(a) << 8);
        at
    }

    /// Starts an operation that makes no value that can be fused.
    pub(super) fn plain(&mut self, opcode: u8, a: u8, second: u16) {
        self.begin(opcode, a);
        self.forget();
        self.unit(second)
    }

    /// Starts an operation that makes a value into slot `a`.
    pub(super) fn making(&mut self, opcode: u8, a: u8, second: u16) {
        let at = self.begin(addition(opcode, a, second), a);
        self.unit(second);
        self.prev = self.last;
        self.mov_end = 0;
        self.last = if self.live && !self.wide { Some(Made { at, slot: a.into() }) } else { None };
    }

    /// Forgets what could be fused: the position is a label, or what comes has no value.
    pub(super) fn forget(&mut self) {
        self.last = None;
        self.prev = None;
        self.mov_end = 0;
    }

    /// The newest operation, if it made a value.
    pub(super) fn newest(&self) -> Option<Made> {
        self.last
    }

    /// The newest operation, if it made the value in `slot`.
    pub(super) fn made(&self, slot: u16) -> Option<Made> {
        self.last.filter(|m| m.slot == slot)
    }

    /// The opcode of an operation.
    pub(super) fn opcode(&self, made: Made) -> u8 {
        self.at(made.at) as u8
    }

    /// Changes the opcode of the newest operation.
    pub(super) fn set_opcode(&mut self, made: Made, opcode: u8) {
        self.set(made.at, self.at(made.at) & 0xff00 | u16::from(opcode));
    }

    /// Takes back the newest operation.
    // Where flash is short, once and not in each of those that fuse operations.
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) fn undo(&mut self, made: Made) {
        self.code.truncate(made.at - usize::from(is_escaped(self.opcode(made))));
        self.last = self.prev.take();
        self.mov_end = 0;
    }

    /// Lets the newest operation put its value into another slot.
    pub(super) fn retarget(&mut self, made: Made, slot: u16) {
        let opcode = addition(self.opcode(made), slot as u8, self.at(made.at + 1));
        self.set(made.at, u16::from(opcode) | slot << 8);
        self.last = Some(Made { slot, ..made });
    }

    /// Notes that the frame reaches up to `end`.
    pub(super) fn reach(&mut self, end: u32) {
        if self.live {
            if end > 0xffff {
                return self.refuse(Stop::FrameSlots);
            }
            self.frame = self.frame.max(end);
        }
    }

    /// The 8-bit form of an operand; in wide code one beyond 255 is first moved to its scratch slots.
    fn operand(&mut self, arg: Arg, scratch: u8) -> u8 {
        match u8::try_from(arg.slot) {
            Ok(slot) => slot,
            Err(_) if self.wide => {
                self.wide_move(Arg { slot: scratch.into(), ..arg }, arg.slot);
                scratch
            }
            Err(_) => self.too_narrow(),
        }
    }

    pub(super) fn x(&mut self, arg: Arg) -> u8 {
        self.operand(arg, SCRATCH_X)
    }
    pub(super) fn y(&mut self, arg: Arg) -> u8 {
        self.operand(arg, SCRATCH_Y)
    }
    pub(super) fn z(&mut self, arg: Arg) -> u8 {
        self.operand(arg, SCRATCH_Z)
    }

    /// The 8-bit form of a result's slot; [`Emitter::finish`] must follow the operation.
    pub(super) fn result(&mut self, to: Arg) -> u8 {
        self.reach(u32::from(to.slot) + if to.double { 2 } else { 1 });
        match u8::try_from(to.slot) {
            Ok(slot) => slot,
            Err(_) if self.wide => SCRATCH_RESULT,
            Err(_) => self.too_narrow(),
        }
    }

    /// What stands for a number that narrow code has no room for.
    pub(super) fn too_narrow<N: Default>(&mut self) -> N {
        if self.live {
            self.refuse(Stop::TooNarrow);
        }
        N::default()
    }

    /// Moves a result from its scratch slots when it belongs beyond 255.
    pub(super) fn finish(&mut self, to: Arg) {
        if to.slot > 255 {
            self.wide_move(to, SCRATCH_RESULT.into());
        }
    }

    fn wide_move(&mut self, to: Arg, from: u16) {
        self.plain(if to.double { op::MOV64_WIDE } else { op::MOV_WIDE }, 0, to.slot);
        self.unit(from)
    }

    /// Copies a slot.
    pub(super) fn mov(&mut self, to: Arg, from: u16) {
        self.reach(u32::from(to.slot) + if to.double { 2 } else { 1 });
        if self.wide || !self.live {
            return self.wide_move(to, from);
        }
        let (Ok(d), Ok(s)) = (u8::try_from(to.slot), u8::try_from(from)) else { return self.too_narrow() };
        let end = self.code.len();
        if !to.double && self.mov_end == end && end >= 2 {
            let (first, second) = (self.at(end - 2), self.at(end - 1));
            self.code.truncate(end - 2);
            self.plain(op::MOV2, (first >> 8) as u8, second & 0xff | u16::from(d) << 8);
            return self.unit(s.into());
        }
        self.plain(if to.double { op::MOV64 } else { op::MOV }, d, s.into());
        self.mov_end = if to.double { 0 } else { self.code.len() };
    }

    /// Puts a constant into a slot; one of 64 bits is given sign-extended from what it needs.
    pub(super) fn constant(&mut self, to: Arg, value: u64) {
        let a = self.result(to);
        let small = value as i16;
        match (to.double, if to.double { small as u64 == value } else { small as u32 == value as u32 }) {
            (false, true) => self.making(op::CONST16, a, small as u16),
            (true, true) => self.making(op::CONST64_16, a, small as u16),
            (false, false) => {
                self.making(op::CONST32, a, value as u16);
                self.unit((value >> 16) as u16);
            }
            (true, false) => {
                self.making(op::CONST64, a, value as u16);
                self.unit((value >> 16) as u16);
                self.units32((value >> 32) as u32);
            }
        }
        self.finish(to)
    }

    /// Puts the sum of a slot and a constant, of 32 bits, into a slot.
    pub(super) fn sum(&mut self, to: Arg, slot: u16, imm: i32) {
        let b = u16::from(self.x(Arg { slot, double: false }));
        let a = self.result(to);
        match i8::try_from(imm) {
            Ok(imm) => self.making(op::ADD_IMM, a, b | u16::from(imm as u8) << 8),
            Err(_) => {
                self.making(op::ADD_IMM32, a, b);
                self.units32(imm as u32);
            }
        }
        self.finish(to)
    }

    /// Adds an offset field to the branches that wait in `chain`.
    pub(super) fn chained(&mut self, chain: &mut Chain) {
        if !self.live {
            return;
        }
        let at = self.code.len() as u32;
        if self.wide {
            self.units32(chain.0);
        } else {
            let back = if chain.is_empty() { 0 } else { at + 1 - chain.0 };
            let back = u16::try_from(back).unwrap_or_else(|_| self.too_narrow());
            self.unit(back);
        }
        chain.0 = at + 1;
    }

    /// Adds an offset field for a branch back to `target`.
    pub(super) fn backward(&mut self, target: usize) {
        let at = self.code.len();
        if self.wide {
            self.units32((target as u32).wrapping_sub(at as u32 + 2));
        } else {
            let offset = target as i64 - (at as i64 + 1);
            let offset: i16 = offset.try_into().unwrap_or_else(|_| self.too_narrow());
            self.unit(offset as u16);
        }
    }

    /// Lets all branches that wait in `chain` lead to the position, which becomes a label.
    pub(super) fn label(&mut self, chain: Chain) {
        self.forget();
        if !chain.is_empty() {
            self.land();
            self.pending = chain;
        }
    }

    /// Lets the branches that wait for the position's operation lead there.
    #[inline]
    pub(super) fn land(&mut self) {
        if !self.pending.is_empty() {
            self.land_at(self.code.len());
        }
    }

    /// Lets the branches to the position, where no operation was emitted yet, lead to `target` instead.
    pub(super) fn land_at(&mut self, target: usize) {
        let chain = core::mem::take(&mut self.pending);
        let mut next = chain.0 as usize;
        while let Some(at) = next.checked_sub(1) {
            let link = self.at(at);
            if self.wide {
                next = usize::from(link) | usize::from(self.at(at + 1)) << 16;
                let offset = (target as u32).wrapping_sub(at as u32 + 2);
                self.set(at, offset as u16);
                self.set(at + 1, (offset >> 16) as u16);
            } else {
                next = if link == 0 { 0 } else { next - usize::from(link) };
                let Ok(offset) = i16::try_from(target as i64 - (at as i64 + 1)) else {
                    return self.refuse(Stop::TooNarrow);
                };
                self.set(at, offset as u16);
            }
        }
    }

    /// Sets unit `at` after the fact.
    pub(super) fn patch(&mut self, at: usize, unit: u16) {
        self.set(at, unit);
    }
}
