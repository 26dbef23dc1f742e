//! The operand stack: types for validation, places for code generation.

use super::Function;
use super::emit::Arg;
use crate::ValType;
use crate::fallible::push;
use crate::stop::{Res, Stop};

/// Where an operand's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the entry's own slot.
    Own,
    /// In this slot, a local's, until the local is set.
    Local(u16),
    /// Nowhere yet: this constant, sign-extended when it has 64 bits.
    Const(i32),
    /// Nowhere yet: the sum of 32 bits of what is in this slot, the entry's own or a local's until that is set, and
    /// this constant. As an address it is added by the access.
    Sum(u16, i32),
}

/// An operand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its type; `None` when unreachable code left it open.
    pub(super) ty: Option<ValType>,
    /// The slot that is kept for it.
    pub(super) slot: u16,
    pub(super) place: Place,
}

impl Entry {
    pub(super) fn is_double(&self) -> bool {
        self.ty.is_some_and(|ty| ty.slots() == 2)
    }

    /// Its own slot as an operand.
    pub(super) fn own(&self) -> Arg {
        Arg { slot: self.slot, double: self.is_double() }
    }

    /// The local in whose slot it is, or a term of it.
    fn local(&self) -> Option<u16> {
        match self.place {
            Place::Local(slot) => Some(slot),
            Place::Sum(slot, _) if slot != self.slot => Some(slot),
            _ => None,
        }
    }

    /// The constant that it is.
    pub(super) fn constant(&self) -> Option<i32> {
        match self.place {
            Place::Const(x) => Some(x),
            _ => None,
        }
    }
}

/// Locals on the operand stack that are not in their own slots: beyond this count they are moved there, which
/// bounds the search that setting a local takes.
const MAX_LAZY: usize = 64;

/// Where operands must end: slots are 16 bits.
pub(super) const MAX_SLOT: u32 = 0xfff0;

impl Function<'_, '_, '_> {
    /// The first slot above the operand stack.
    pub(super) fn top(&self) -> u32 {
        self.entries.last().map_or(self.first_temp, |e| u32::from(e.slot) + if e.is_double() { 2 } else { 1 })
    }

    fn push_entry(&mut self, ty: Option<ValType>, place: Place) -> Entry {
        let slot = self.top();
        let slots = ty.map_or(1, ValType::slots);
        if self.emit.live && slot + slots > MAX_SLOT {
            self.emit.refuse(Stop::FrameSlots);
        }
        self.emit.reach(slot + slots);
        // Unreachable code alone can go over the limit, and emits nothing.
        let entry = Entry { ty, slot: slot.min(MAX_SLOT) as u16, place };
        if let Err(error) = push(self.entries, entry) {
            self.emit.refuse(error.into());
        }
        entry
    }

    /// Pushes an operand whose value an operation puts into its own slot.
    pub(super) fn push(&mut self, ty: ValType) -> Entry {
        self.push_entry(Some(ty), Place::Own)
    }

    /// Pushes operands whose values are in their own slots.
    pub(super) fn push_all(&mut self, types: &[ValType]) {
        for &ty in types {
            self.push(ty);
        }
    }

    /// Drops the operands from a height on.
    pub(super) fn truncate(&mut self, height: usize) {
        self.entries.truncate(height);
        self.lazy_from = self.lazy_from.min(self.entries.len());
    }

    /// Pushes an operand of a type that may be open.
    pub(super) fn push_open(&mut self, ty: Option<ValType>) -> Entry {
        self.push_entry(ty, Place::Own)
    }

    /// Pushes a constant of 32 bits, or of 64 that are its sign extension.
    pub(super) fn push_const(&mut self, ty: ValType, value: i32) {
        self.push_entry(Some(ty), Place::Const(value));
    }

    /// Pushes a constant of 64 bits.
    pub(super) fn push_const64(&mut self, ty: ValType, value: u64) {
        if value as i32 as u64 == value {
            return self.push_const(ty, value as i32);
        }
        let entry = self.push(ty);
        self.emit.constant(entry.own(), value)
    }

    /// Pushes a value that stays in a local's slot.
    pub(super) fn push_local(&mut self, ty: ValType, slot: u16) {
        self.push_lazy(ty, Place::Local(slot))
    }

    /// Pushes a value that may be in a local's slot, or a term of it.
    fn push_lazy(&mut self, ty: ValType, place: Place) {
        if self.entries.len() - self.lazy_from.min(self.entries.len()) >= MAX_LAZY {
            self.settle_locals();
        }
        self.push_entry(Some(ty), place);
    }

    /// Pushes the sum of an operand that was just popped and a constant.
    pub(super) fn push_sum(&mut self, entry: Entry, imm: i32) {
        let ty = ValType::I32;
        let (slot, sum) = match entry.place {
            Place::Const(x) => return self.push_const(ty, x.wrapping_add(imm)),
            Place::Own => (entry.slot, imm),
            Place::Local(slot) => (slot, imm),
            Place::Sum(slot, first) => (slot, first.wrapping_add(imm)),
        };
        if slot == entry.slot && u32::from(slot) != self.top() {
            // It was above the constant, and has a slot now that is no longer kept for it.
            let result = self.push(ty).own();
            return self.emit.sum(result, slot, sum);
        }
        self.push_lazy(ty, Place::Sum(slot, sum))
    }

    /// Pushes an operand that was just popped, as one of another type of the same size.
    pub(super) fn push_again(&mut self, entry: Entry, ty: ValType) {
        self.push_lazy(ty, entry.place)
    }

    /// Pops an operand of any type.
    pub(super) fn pop_any(&mut self) -> Entry {
        let (height, open) = match self.controls.last() {
            Some(control) => (control.height as usize, control.open),
            None => (0, false),
        };
        if self.entries.len() > height
            && let Some(entry) = self.entries.pop()
        {
            self.lazy_from = self.lazy_from.min(self.entries.len());
            return entry;
        }
        if !open {
            self.emit.refuse(Stop::TypeMismatch);
        }
        Entry { ty: None, slot: self.top().min(MAX_SLOT) as u16, place: Place::Own }
    }

    /// Pops an operand of a type.
    pub(super) fn pop(&mut self, ty: ValType) -> Entry {
        let entry = self.pop_any();
        if entry.ty.is_some_and(|found| found != ty) {
            self.emit.refuse(Stop::TypeMismatch);
        }
        Entry { ty: Some(ty), ..entry }
    }

    /// The slot in which an operand's value is; a constant is put into its own.
    pub(super) fn arg(&mut self, entry: Entry) -> Arg {
        match entry.place {
            Place::Own => entry.own(),
            Place::Local(slot) => Arg { slot, double: entry.is_double() },
            Place::Const(_) | Place::Sum(..) => {
                self.settle(entry, entry.own());
                entry.own()
            }
        }
    }

    /// Puts an operand's value into a slot.
    pub(super) fn settle(&mut self, entry: Entry, to: Arg) {
        match entry.place {
            Place::Own if entry.slot == to.slot => {}
            Place::Own => self.emit.mov(to, entry.slot),
            Place::Local(slot) if slot == to.slot => {}
            Place::Local(slot) => self.emit.mov(to, slot),
            Place::Const(x) => self.emit.constant(to, x as u64),
            Place::Sum(slot, imm) => self.emit.sum(to, slot, imm),
        }
    }

    /// Puts the newest `count` operands into their own slots; gives the first one's slot.
    pub(super) fn settle_newest(&mut self, count: usize) -> u16 {
        let from = self.entries.len().saturating_sub(count);
        for i in from..self.entries.len() {
            self.settle_at(i);
        }
        self.entries.get(from).map_or_else(|| self.top().min(MAX_SLOT) as u16, |e| e.slot)
    }

    fn settle_at(&mut self, index: usize) {
        let Some(&entry) = self.entries.get(index) else { return };
        self.settle(entry, entry.own());
        if let Some(entry) = self.entries.get_mut(index) {
            entry.place = Place::Own;
        }
    }

    /// Puts all operands that are in locals into their own slots: what follows may set any local, or may not
    /// run at all.
    pub(super) fn settle_locals(&mut self) {
        for i in self.lazy_from..self.entries.len() {
            if self.entries.get(i).is_some_and(|entry| entry.local().is_some()) {
                self.settle_at(i);
            }
        }
        self.lazy_from = self.entries.len();
    }

    /// Puts the operands that are in one local into their own slots; whether there were any.
    pub(super) fn settle_local(&mut self, slot: u16) -> bool {
        let mut found = false;
        for i in self.lazy_from..self.entries.len() {
            if self.entries.get(i).is_some_and(|entry| entry.local() == Some(slot)) {
                self.settle_at(i);
                found = true;
            }
        }
        found
    }

    /// Sets a local to the operand on top; `keep` leaves the operand there.
    pub(super) fn set_local(&mut self, index: u32, keep: bool) -> Res<()> {
        let (ty, slot) = self.local(index)?;
        let entry = self.pop(ty);
        let made = self.emit.made(entry.slot).filter(|_| entry.place == Place::Own);
        let used = self.settle_local(slot);
        match made {
            Some(made) if !used => self.emit.retarget(made, slot),
            _ => self.settle(entry, Arg { slot, double: entry.is_double() }),
        }
        if keep {
            self.push_local(ty, slot);
        }
        Ok(())
    }
}
