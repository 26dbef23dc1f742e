//! Branches: to labels and out of the function, with the operands that they take along.

use super::Function;
use super::block::Kind;
use super::emit::{Arg, Chain};
use super::operand::Place;
use crate::ValType;
use crate::exec::ops::op;
use crate::stop::{Res, Stop};

impl<'a> Function<'a, '_, '_> {
    /// The index of the control that a branch of this depth leads to.
    fn target(&self, depth: u32) -> Res<usize> {
        match self.innermost().checked_sub(depth as usize) {
            Some(at) => Ok(at),
            None => Err(Stop::UnknownLabel),
        }
    }

    /// The types that a branch takes along.
    fn label_types(&self, at: usize) -> &'a [ValType] {
        match self.controls.get(at) {
            Some(c) if c.kind == Kind::Loop => self.params(c.ty),
            Some(c) => self.results(c.ty),
            None => &[],
        }
    }

    /// Whether a branch there has to do more than to jump.
    fn needs_moves(&self, at: usize) -> bool {
        let Some(control) = self.controls.get(at) else { return false };
        if control.kind == Kind::Function {
            return true;
        }
        let count = self.label_types(at).len();
        let newest = self.entries.get(self.entries.len().saturating_sub(count)..).unwrap_or_default();
        newest.first().is_some_and(|e| e.slot != control.base) || newest.iter().any(|e| e.place != Place::Own)
    }

    /// Moves the newest operands to the slots where a label expects them.
    pub(super) fn move_results(&mut self, at: usize) {
        let Some(&control) = self.controls.get(at) else { return };
        let count = self.label_types(at).len();
        let mut to = control.base;
        // Each operand's own slot is at or above its place and below the next operand's, so moving upwards
        // overwrites nothing that is still to be moved.
        for i in self.entries.len().saturating_sub(count)..self.entries.len() {
            let Some(&entry) = self.entries.get(i) else { break };
            self.settle(entry, Arg { slot: to, double: entry.is_double() });
            to += if entry.is_double() { 2 } else { 1 };
        }
    }

    /// Emits the offset field of a branch to a label.
    pub(super) fn link(&mut self, at: usize) {
        match self.controls.get_mut(at) {
            Some(c) if c.kind == Kind::Loop => self.emit.backward(c.start as usize),
            Some(c) => self.emit.chained(&mut c.end),
            None => {}
        }
    }

    /// Goes to a label with the operands on top; the position behind is not reached by this.
    fn jump(&mut self, at: usize) {
        if self.controls.get(at).is_some_and(|c| c.kind == Kind::Function) {
            return self.return_values();
        }
        self.move_results(at);
        if let Some(control) = self.controls.get(at).filter(|c| c.kind == Kind::Loop) {
            // Branches to this one need not come by here.
            self.emit.land_at(control.start as usize);
        }
        match self.emit.take_sum() {
            Some((first, second)) => self.emit.plain(op::ADD_BR, (first >> 8) as u8, second),
            None => self.emit.plain_branch(op::BR, op::BR_WIDE, 0),
        }
        self.link(at)
    }

    pub(super) fn br(&mut self) -> Res<()> {
        let depth = self.read.u32()?;
        let at = self.target(depth)?;
        self.expect(self.label_types(at));
        if self.emit.live {
            self.jump(at);
        }
        self.stop();
        Ok(())
    }

    pub(super) fn br_if(&mut self) -> Res<()> {
        let depth = self.read.u32()?;
        let at = self.target(depth)?;
        let entry = self.pop(ValType::I32);
        self.expect(self.label_types(at));
        if !self.emit.live {
            return Ok(());
        }
        let condition = self.condition(entry);
        if self.needs_moves(at) {
            let mut over = Chain::default();
            self.branch_if(condition, true);
            self.emit.chained(&mut over);
            self.jump(at);
            self.emit.label(over);
        } else {
            self.branch_if(condition, false);
            self.link(at);
        }
        Ok(())
    }

    // As `numeric_of_two`.
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) fn br_table(&mut self) -> Res<()> {
        let count = self.read.count()?;
        let index = self.pop(ValType::I32);
        let arg = self.arg(index);
        if self.emit.wide {
            let a = self.emit.x(arg);
            self.emit.plain(op::BR_TABLE_WIDE, a, count as u16);
            self.emit.unit((count >> 16) as u16);
        } else {
            let short = u16::try_from(count).map_err(|_| Stop::TooNarrow)?;
            let a = self.emit.x(arg);
            self.emit.plain(op::BR_TABLE, a, short);
        }
        let mut arity = None;
        let mut checked = usize::MAX;
        for _ in 0..=count {
            let depth = self.read.u32()?;
            let at = self.target(depth)?;
            let types = self.label_types(at);
            if *arity.get_or_insert(types.len()) != types.len() {
                return Err(Stop::TypeMismatch);
            }
            if checked != at {
                self.expect_all(types);
                checked = at;
            }
            if !self.emit.live {
                continue;
            }
            if self.needs_moves(at) {
                let head = self.stubs;
                if let Some(control) = self.controls.get_mut(at) {
                    if control.stub.is_empty() {
                        control.next_stub = head;
                        self.stubs = at as u32 + 1;
                    }
                    self.emit.chained(&mut control.stub);
                }
            } else {
                self.link(at);
            }
        }
        while let Some(at) = self.stubs.checked_sub(1) {
            let at = at as usize;
            let Some(control) = self.controls.get_mut(at) else { break };
            self.stubs = control.next_stub;
            let stub = core::mem::take(&mut control.stub);
            self.emit.label(stub);
            self.jump(at);
        }
        self.stop();
        Ok(())
    }

    /// Checks the newest operands against types without making open ones known.
    fn expect_all(&mut self, types: &[ValType]) {
        let (height, open) = self.controls.last().map_or((0, false), |c| (c.height as usize, c.open));
        let own = self.entries.get(height..).unwrap_or_default();
        let fits = (open || own.len() >= types.len())
            && own.iter().rev().zip(types.iter().rev()).all(|(e, &ty)| e.ty.is_none_or(|t| t == ty));
        if !fits {
            self.emit.refuse(Stop::TypeMismatch);
        }
    }

    pub(super) fn return_op(&mut self) {
        self.expect(self.label_types(0));
        if self.emit.live {
            self.return_values();
        }
        self.stop();
    }

    /// Returns the newest operands.
    pub(super) fn return_values(&mut self) {
        let count = self.label_types(0).len();
        let newest = match (count, self.entries.last()) {
            (0, _) | (_, None) => return self.emit.plain(op::RET0, 0, self.link),
            (1, Some(&entry)) => entry,
            (_, Some(_)) => {
                // The operands' entries stay as they are: a conditional branch goes on where this does not run.
                let from = self.entries.len().saturating_sub(count);
                let first = self.entries.get(from).map_or(0, |e| e.slot);
                for i in from..self.entries.len() {
                    let Some(&entry) = self.entries.get(i) else { break };
                    self.settle(entry, entry.own());
                }
                let slots = self.top().saturating_sub(u32::from(first));
                return self.return_slots(first, slots as u16);
            }
        };
        let small = newest.constant().and_then(|x| i8::try_from(x).ok());
        if let (Some(small), false) = (small, newest.is_double()) {
            return self.emit.plain(op::RET_IMM, small as u8, self.link);
        }
        let arg = self.arg(newest);
        if self.emit.wide {
            return self.return_slots(arg.slot, if arg.double { 2 } else { 1 });
        }
        let a = self.emit.x(arg);
        self.emit.plain(if arg.double { op::RET64 } else { op::RET32 }, a, self.link)
    }

    /// Returns `slots` slots from `first` on.
    pub(super) fn return_slots(&mut self, first: u16, slots: u16) {
        self.emit.plain(op::RET_N, 0, self.link);
        self.emit.unit(first);
        self.emit.unit(slots)
    }
}
