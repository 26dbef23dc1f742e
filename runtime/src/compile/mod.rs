//! One pass over a function's body that validates it and turns it into internal code.
//!
//! The operand stack of validation is the one of code generation: each entry has its type, its slot of the
//! frame, and where its value is now. A value stays where it is (in a local, in the instruction stream as a
//! constant) until something needs it in its slot; that is what removes most of the moves. The control stack
//! holds the labels. In unreachable code types are checked as everywhere, and nothing is emitted.
//!
//! What is wrong is kept in the emitter and found before the next instruction: until then there are operands and code that
//! count for nothing. So only what reads the module's bytes returns a result that each caller has to look at.

mod block;
mod body;
mod branch;
mod call;
mod compare;
mod condition;
mod emit;
mod fuse;
mod instructions;
mod memory;
mod numeric;
mod operand;

use alloc::vec::Vec;

use self::block::Control;
use self::emit::Emitter;
use self::operand::Entry;
use crate::ValType;
use crate::exec::frame::LINK_SLOTS;
use crate::exec::ops::{SCRATCH_SLOTS, op};
use crate::exec::pairs::pair_up;
use crate::fallible::push;
use crate::module::Parts;
use crate::reader::Reader;
use crate::stop::{Res, Stop};

/// Locals of one type that follow each other.
#[derive(Clone, Copy)]
struct Run {
    /// The first one's index.
    first: u32,
    /// The first one's slot.
    slot: u32,
    ty: ValType,
}

/// Most locals of a function, as in other engines.
const MAX_LOCALS: u32 = 50_000;

/// Slots up to which a frame's locals leave narrow code enough room.
const NARROW_LOCALS: u32 = 240;

/// The compiler's working memory, used for one function after the other.
#[derive(Default)]
pub(crate) struct Compiler {
    emit: Emitter,
    entries: Vec<Entry>,
    controls: Vec<Control>,
    runs: Vec<Run>,
}

/// A function being compiled.
struct Function<'a, 's, 'r> {
    parts: &'a Parts,
    read: &'a mut Reader<'r>,
    emit: &'s mut Emitter,
    /// The operand stack.
    entries: &'s mut Vec<Entry>,
    /// The control stack; the function's own block is at the bottom.
    controls: &'s mut Vec<Control>,
    runs: &'s mut Vec<Run>,
    /// Count of parameters and locals.
    locals: u32,
    /// Slot of the return address.
    link: u16,
    /// The first slot behind the locals.
    first_temp: u32,
    /// Entries below this one are in no local.
    lazy_from: usize,
    /// Head of the list of controls for which a BR_TABLE needs a stub: index plus one.
    stubs: u32,
}

impl Compiler {
    /// Compiles the body at the reader's position, which ends at its end, of a function of the type `ty`; gives
    /// the code, which stays until the next one.
    pub(crate) fn function(&mut self, parts: &Parts, read: &mut Reader<'_>, ty: u32) -> Res<&[u16]> {
        let start = read.offset();
        match self.attempt(parts, read, ty, false) {
            Err(Stop::TooNarrow) => {
                read.seek(start)?;
                self.attempt(parts, read, ty, true)?;
            }
            done => done?,
        }
        Ok(&self.emit.code)
    }

    fn attempt(&mut self, parts: &Parts, read: &mut Reader<'_>, ty: u32, wide: bool) -> Res<()> {
        self.emit.reset(wide);
        self.entries.clear();
        self.controls.clear();
        self.runs.clear();
        let mut function = Function {
            parts,
            read,
            emit: &mut self.emit,
            entries: &mut self.entries,
            controls: &mut self.controls,
            runs: &mut self.runs,
            locals: 0,
            link: 0,
            first_temp: 0,
            lazy_from: 0,
            stubs: 0,
        };
        function.prologue(ty)?;
        function.body()?;
        let frame = function.emit.frame;
        self.emit.patch(1, frame as u16);
        if !wide {
            pair_up(&mut self.emit.code);
        }
        Ok(())
    }
}

impl Function<'_, '_, '_> {
    /// Lays out parameters, return address and locals, and enters the frame.
    fn prologue(&mut self, ty: u32) -> Res<()> {
        let shift = if self.emit.wide { u32::from(SCRATCH_SLOTS) } else { 0 };
        let mut slot = shift;
        let params = self.parts.types.get(ty).map_or(&[][..], |t| t.params);
        for &ty in params {
            self.declare(1, ty, &mut slot);
        }
        let (link, param_slots) = (slot, slot - shift);
        slot += LINK_SLOTS as u32;
        let zeros = slot;
        for _ in 0..self.read.u32()? {
            let count = self.read.u32()?;
            if count > MAX_LOCALS - self.locals.min(MAX_LOCALS) {
                return Err(Stop::TooManyLocals);
            }
            let ty = self.read.val_type()?;
            self.declare(count, ty, &mut slot);
        }
        if !self.emit.wide && slot > NARROW_LOCALS {
            return Err(Stop::TooNarrow);
        }
        self.link = link as u16;
        self.first_temp = slot;
        self.emit.reach(slot);
        if self.emit.wide {
            self.emit.plain(op::ENTER_WIDE, 0, 0);
            self.emit.unit(param_slots as u16);
            self.emit.unit((slot - zeros) as u16);
        } else {
            self.emit.plain(op::ENTER, (slot - zeros) as u8, 0);
            self.emit.unit(zeros as u16);
        }
        self.enter_function(ty);
        Ok(())
    }

    /// Declares `count` locals of a type from `slot` on, which is moved behind them.
    fn declare(&mut self, count: u32, ty: ValType, slot: &mut u32) {
        if count == 0 {
            return;
        }
        let joins = self
            .runs
            .last()
            .is_some_and(|r| r.ty == ty && r.slot + (self.locals - r.first) * ty.slots() == *slot);
        if !joins && let Err(error) = push(self.runs, Run { first: self.locals, slot: *slot, ty }) {
            self.emit.refuse(error.into());
        }
        self.locals += count;
        *slot += count * ty.slots();
    }

    /// The type and slot of a local.
    fn local(&self, index: u32) -> Res<(ValType, u16)> {
        if index >= self.locals {
            return Err(Stop::UnknownLocal);
        }
        let after = self.runs.partition_point(|r| r.first <= index);
        match self.runs.get(after.wrapping_sub(1)) {
            Some(run) => Ok((run.ty, (run.slot + (index - run.first) * run.ty.slots()) as u16)),
            None => Err(Stop::UnknownLocal),
        }
    }

    /// The index of the innermost control.
    fn innermost(&self) -> usize {
        self.controls.len().saturating_sub(1)
    }
}
