//! What operations leave to the driver: calls of imports and through tables, and the sub-operations of `DRIVER`.

use super::driver_op::DriverOp;
use super::frame::LINK_SLOTS;
use super::machine::{CALL_IMPORT_UNITS, LEAVE, Position, SAVED, STUB_START, Step, running};
use super::ops::{FUNC_BITS, op, tail_call};
use super::regs::Regs;
use crate::store_inner::StoreInner;
use crate::types::FuncType;
use crate::{Error, Result, Trap};

/// Units of operations after which a call goes on.
const CALL_INDIRECT_UNITS: usize = 8;
const FP_DOWN_UNITS: usize = 2;

impl StoreInner {
    /// Does the operation at the position.
    pub(super) fn operation(&mut self) -> Result<Option<Step>> {
        let first = self.unit(0);
        let a = usize::from(first >> 8);
        match first as u8 {
            op::CALL_IMPORT => {
                let index = usize::from(self.unit(1));
                let func = self.instance(self.position.tag).and_then(|i| i.funcs.get(index).copied());
                self.call(func.ok_or(Error::UnknownHandle)?, self.position.fp + a, CALL_IMPORT_UNITS)
            }
            op::CALL_INDIRECT => {
                let second = self.unit(1);
                let index = self.stack.get(self.position.fp + a);
                let func = self.table_func(second & 0xff, index, self.unit(2))?;
                self.call(func, self.position.fp + usize::from(second >> 8), 3)
            }
            _ => {
                let Some(what) = DriverOp::of(a as u8) else {
                    return Err(Trap::UnreachableCodeReached.into());
                };
                self.driver_operation(what)
            }
        }
    }

    fn driver_operation(&mut self, what: DriverOp) -> Result<Option<Step>> {
        let instance = self.position.tag;
        let (index, other) = (self.unit(2), self.unit(3));
        // As many operands as an operation has at most; others read what lies behind theirs, and take no notice.
        let [x, y, z] = [0, 1, 2].map(|n| self.operand(n));
        match what {
            DriverOp::Leave => {
                self.leave();
                return Ok(None);
            }
            DriverOp::CallIndirect => {
                let func = self.table_func(other, x, index)?;
                // A function of this instance returns to the FP_DOWN behind; after others the frame is the
                // running one again.
                let local = func >> FUNC_BITS == self.position.tag >> FUNC_BITS;
                let units = if local { CALL_INDIRECT_UNITS } else { CALL_INDIRECT_UNITS + FP_DOWN_UNITS };
                return self.call(func, self.position.fp + usize::from(self.unit(4)), units);
            }
            DriverOp::ReturnCallIndirect => {
                let func = self.table_func(other, x, index)?;
                let first = usize::from(self.unit(4));
                if func >> FUNC_BITS == self.position.tag >> FUNC_BITS {
                    return self.replace_frame(func, first, usize::from(self.unit(5)));
                }
                return self.call(func, self.position.fp + first, 6);
            }
            DriverOp::MemorySize => {
                let pages = self.memory_of(instance)?.pages();
                self.set_result(pages);
            }
            DriverOp::MemoryGrow => {
                let old = self.memory_of(instance)?.grow(x);
                self.set_result(old.unwrap_or(u32::MAX));
            }
            DriverOp::MemoryFill => {
                self.memory_of(instance)?.fill(x.into(), z.into(), y as u8)?;
            }
            DriverOp::MemoryCopy => {
                self.memory_of(instance)?.copy_within(x.into(), y.into(), z.into())?;
            }
            DriverOp::MemoryInit => self.memory_init(instance, index.into(), x, y, z)?,
            DriverOp::DataDrop => self.drop_segment(instance, false, index.into()),
            DriverOp::ElemDrop => self.drop_segment(instance, true, index.into()),
            DriverOp::TableGet => {
                let value = self.table_of(instance, index)?.elements.get(x as usize).copied();
                self.set_result(value.ok_or(Trap::TableOutOfBounds)?);
            }
            DriverOp::TableSet => {
                let table = self.table_of(instance, index)?;
                *table.elements.get_mut(x as usize).ok_or(Trap::TableOutOfBounds)? = y;
            }
            DriverOp::TableSize => {
                let len = self.table_of(instance, index)?.elements.len();
                self.set_result(len as u32);
            }
            DriverOp::TableGrow => {
                let most = self.limits.table_elements;
                let old = self.table_of(instance, index)?.grow(y, x, most);
                self.set_result(old.unwrap_or(u32::MAX));
            }
            DriverOp::TableFill => self.table_of(instance, index)?.fill(x, y, z)?,
            DriverOp::TableCopy => self.table_copy(instance, index, other, x, y, z)?,
            DriverOp::TableInit => self.table_init(instance, index.into(), other, x, y, z)?,
            DriverOp::RefFunc => {
                let bits = self.func_ref(instance, index.into());
                self.set_result(bits);
            }
            DriverOp::GlobalGet => {
                let (slots, bits) = self.imported_global(instance, index.into())?;
                let slot = self.position.fp + usize::from(self.unit(1));
                self.stack.set_bits(slot, slots, bits);
            }
            DriverOp::GlobalSet => {
                self.set_imported_global(instance, index.into(), u64::from(x) | u64::from(y) << 32)?;
            }
        }
        self.advance(4);
        Ok(None)
    }

    /// The function that an indirect call leads to.
    fn table_func(&mut self, table: u16, index: u32, ty: u16) -> Result<u32> {
        let instance = self.position.tag;
        let elements = &self.table_of(instance, table)?.elements;
        let func = *elements.get(index as usize).ok_or(Trap::UndefinedElement)?;
        if func == 0 {
            return Err(Trap::IndirectCallToNull.into());
        }
        let expected = self.instance(instance).and_then(|i| i.module.parts().types.get(ty.into()));
        if expected.is_none() || self.func_type(func) != expected {
            return Err(Trap::BadSignature.into());
        }
        Ok(func)
    }

    /// Calls any function from the operation at the position, which takes `units`, with arguments at `at`.
    fn call(&mut self, func: u32, at: usize, units: usize) -> Result<Option<Step>> {
        if self.fuel == 0 {
            return Ok(Some(Step::OutOfFuel));
        }
        if func >> FUNC_BITS == 0 {
            self.pending = units;
            return Ok(Some(Step::Host { func, at }));
        }
        self.fuel -= 1;
        let back = self.position.ip.wrapping_add(units);
        let (code, params) = self.entry(func)?;
        if func >> FUNC_BITS == self.position.tag >> FUNC_BITS {
            self.stack.set_link(at + params, back);
            self.position.fp = at;
        } else {
            let results = self.func_type(func).map_or(0, FuncType::result_slots);
            let frame = at + SAVED;
            self.stack.reach(frame + params.max(results) + LINK_SLOTS).map_err(running)?;
            self.stack.copy(at, frame, params);
            self.stack.set_link(at, back);
            self.stack.set(at + LINK_SLOTS, self.position.tag);
            self.stack.set(at + LINK_SLOTS + 1, (at - self.position.fp) as u32);
            self.stack.set(at + LINK_SLOTS + 2, results as u32);
            self.stack.set_link(frame + params, LEAVE.as_ptr().wrapping_add(STUB_START));
            self.position.fp = frame;
            self.position.tag = func;
        }
        self.position.ip = code;
        Ok(None)
    }

    /// Returns from a call into another instance.
    fn leave(&mut self) {
        let at = self.position.fp - SAVED;
        let results = self.stack.get(at + LINK_SLOTS + 2) as usize;
        let (ip, tag) = (self.stack.link(at), self.stack.get(at + LINK_SLOTS));
        let fp = at - self.stack.get(at + LINK_SLOTS + 1) as usize;
        self.stack.copy(self.position.fp, at, results);
        self.position = Position { ip, fp, tag };
    }

    /// Replaces the running frame by one of a function of the same instance.
    fn replace_frame(&mut self, func: u32, first: usize, link: usize) -> Result<Option<Step>> {
        if self.fuel == 0 {
            return Ok(Some(Step::OutOfFuel));
        }
        self.fuel -= 1;
        let (start, _) = self.entry(func)?;
        self.cx.ip = self.position.ip;
        self.cx.fp = self.stack.base().wrapping_add(self.position.fp);
        // SAFETY: the operation's operands are slots of the running frame, and the callee's start is its own.
        self.position.ip = unsafe { tail_call(Regs::from_cx(&raw mut self.cx), start, first, link) }.ip;
        Ok(None)
    }

    /// Operand `n` of a driver's operation: the slot `n` behind its first.
    fn operand(&self, n: usize) -> u32 {
        self.stack.get(self.position.fp + usize::from(self.unit(1)) + n)
    }

    fn set_result(&mut self, value: u32) {
        self.stack.set(self.position.fp + usize::from(self.unit(1)), value);
    }
}
