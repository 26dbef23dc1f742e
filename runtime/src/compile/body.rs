//! The instructions (specification section 5.4), one match over their bytes.

use super::block::Kind;
use super::{Function, instructions};
use crate::ValType;
use crate::exec::driver_op::DriverOp;
use crate::exec::ops::op;
use crate::exec::rare::Rare;
use crate::stop::{Res, Stop};

use ValType::{F32, F64, I32, I64};

impl Function<'_, '_, '_> {
    /// Compiles instructions up to the function's end.
    pub(super) fn body(&mut self) -> Res<()> {
        loop {
            self.emit.checked()?;
            let opcode = self.read.u8()?;
            match opcode {
                0x00 => {
                    self.emit.plain(op::RARE, 0, Rare::Unreachable as u16);
                    self.stop();
                }
                0x01 => {}
                0x02 => self.block(Kind::Block)?,
                0x03 => self.block(Kind::Loop)?,
                0x04 => self.block(Kind::If)?,
                0x05 => self.else_part(),
                0x0b => {
                    if self.end() {
                        break;
                    }
                }
                0x0c => self.br()?,
                0x0d => self.br_if()?,
                0x0e => self.br_table()?,
                0x0f => self.return_op(),
                0x10 => self.call(false)?,
                0x11 => self.call_indirect(false)?,
                0x12 => self.call(true)?,
                0x13 => self.call_indirect(true)?,
                0x1a => {
                    self.pop_any();
                }
                0x1b => self.select(None),
                0x1c => {
                    if self.read.u32()? != 1 {
                        return Err(Stop::InvalidResultArity);
                    }
                    let ty = self.read.val_type()?;
                    self.select(Some(ty));
                }
                0x20 => {
                    let index = self.read.u32()?;
                    let (ty, slot) = self.local(index)?;
                    self.push_local(ty, slot);
                }
                0x21 | 0x22 => {
                    let index = self.read.u32()?;
                    self.set_local(index, opcode == 0x22)?;
                }
                0x23 => self.global_get()?,
                0x24 => self.global_set()?,
                0x25 | 0x26 => self.table_access(opcode == 0x26)?,
                0x28..=0x3e => self.memory_access(instructions::access(opcode))?,
                0x3f | 0x40 => {
                    self.memory_index()?;
                    let (what, count) =
                        if opcode == 0x3f { (DriverOp::MemorySize, 0) } else { (DriverOp::MemoryGrow, 1) };
                    self.driver_making(what, &[I32][..count], 0, I32);
                }
                0x41 => {
                    let value = self.read.i32()?;
                    self.push_const(I32, value);
                }
                0x42 => {
                    let value = self.read.i64()?;
                    self.push_const64(I64, value as u64);
                }
                0x43 => {
                    let bits = self.read.u32_fixed()?;
                    self.push_const(F32, bits as i32);
                }
                0x44 => {
                    let bits = self.read.u64_fixed()?;
                    self.push_const64(F64, bits);
                }
                0x45..=0xc4 => self.numeric(instructions::numeric(opcode)),
                0xd0 => {
                    let ty = self.read.ref_type()?;
                    self.push_const(ty, 0);
                }
                0xd1 => {
                    let x = self.pop_any();
                    if x.ty.is_some_and(|ty| !ty.is_ref()) {
                        return Err(Stop::TypeMismatch);
                    }
                    // A null is the number 0.
                    self.push_again(x, I32);
                    let x = self.pop(I32);
                    self.i32_eqz(x);
                }
                0xd2 => {
                    let index = self.read.u32()?;
                    self.ref_func(index);
                }
                0xfc => self.prefixed()?,
                other => return Err(Self::unknown(other)),
            }
        }
        self.emit.checked()?;
        if self.read.left() != 0 {
            return Err(Stop::ContentAfterFunction);
        }
        Ok(())
    }

    /// The error for an opcode that is not ours, by the proposal that it belongs to.
    fn unknown(opcode: u8) -> Stop {
        match opcode {
            0x06..=0x0a | 0x18 | 0x19 | 0x1f => Stop::Exceptions,
            0x14 | 0x15 | 0xd4 | 0xd6 => Stop::TypedFunctions,
            0xd3 | 0xd5 | 0xfb => Stop::GarbageCollection,
            0xfd => Stop::Simd,
            0xfe => Stop::Threads,
            _ => Stop::IllegalOpcode,
        }
    }

    /// Emits a driver's operation on the newest operands, whose types are checked.
    fn driver(&mut self, what: DriverOp, params: &[ValType], units: [u16; 2]) {
        let first = self.settle_checked(params);
        self.emit.plain(op::DRIVER, what as u8, first);
        self.emit.unit(units[0]);
        self.emit.unit(units[1])
    }

    /// As [`driver`](Self::driver), of an operation that gives a value.
    fn driver_making(&mut self, what: DriverOp, params: &[ValType], unit: u16, ty: ValType) {
        self.driver(what, params, [unit, 0]);
        self.push(ty);
    }

    /// Checks and pops operands that have been put into their own slots; gives the first one's slot.
    pub(super) fn settle_checked(&mut self, params: &[ValType]) -> u16 {
        let open = self.controls.last().is_some_and(|c| c.open);
        let first = self.settle_newest(if open { 0 } else { params.len() });
        for &ty in params.iter().rev() {
            self.pop(ty);
        }
        first
    }

    fn global_get(&mut self) -> Res<()> {
        let index = self.read.u32()?;
        let Some(global) = self.parts.globals.get(index as usize) else {
            return Err(Stop::UnknownGlobal);
        };
        let ty = global.ty.content;
        if index < self.parts.imported_globals && global.ty.mutable {
            self.driver_making(DriverOp::GlobalGet, &[], index as u16, ty);
            return Ok(());
        }
        let (slots, place) = (ty.slots(), index16(global.slot, Stop::GlobalSlots)?);
        if slots == 1 {
            self.make(op::GLOBAL_GET, place, &[], Some(ty));
            return Ok(());
        }
        let result = self.push(ty).own();
        let a = self.emit.result(result);
        self.both_halves(op::GLOBAL_GET, a, place);
        self.emit.finish(result);
        Ok(())
    }

    fn global_set(&mut self) -> Res<()> {
        let index = self.read.u32()?;
        let Some(global) = self.parts.globals.get(index as usize) else {
            return Err(Stop::UnknownGlobal);
        };
        if !global.ty.mutable {
            return Err(Stop::ImmutableGlobal);
        }
        let ty = global.ty.content;
        if index < self.parts.imported_globals {
            self.driver(DriverOp::GlobalSet, &[ty], [index as u16, 0]);
            return Ok(());
        }
        let place = index16(global.slot, Stop::GlobalSlots)?;
        let value = self.pop(ty);
        let arg = self.arg(value);
        let a = self.emit.x(arg);
        if arg.double {
            self.both_halves(op::GLOBAL_SET, a, place);
        } else {
            self.emit.plain(op::GLOBAL_SET, a, place);
        }
        Ok(())
    }

    /// Does the same to the slots from `a` and from `place` on.
    fn both_halves(&mut self, opcode: u8, a: u8, place: u16) {
        self.emit.plain(opcode, a, place);
        let a = a.checked_add(1).unwrap_or_else(|| self.emit.too_narrow());
        let Some(next) = place.checked_add(1) else { return self.emit.refuse(Stop::GlobalSlots) };
        self.emit.plain(opcode, a, next);
    }

    fn table(&mut self) -> Res<(u16, ValType)> {
        let index = self.read.u32()?;
        match self.parts.tables.get(index as usize) {
            Some(table) => Ok((index16(index, Stop::Tables)?, table.element)),
            None => Err(Stop::UnknownTable),
        }
    }

    fn table_access(&mut self, set: bool) -> Res<()> {
        let (table, element) = self.table()?;
        if set {
            self.driver(DriverOp::TableSet, &[I32, element], [table, 0]);
        } else {
            self.driver_making(DriverOp::TableGet, &[I32], table, element);
        }
        Ok(())
    }

    fn ref_func(&mut self, index: u32) {
        if self.parts.func_type_index(index).is_none() {
            return self.emit.refuse(Stop::UnknownFunction);
        }
        if !self.parts.is_declared(index) {
            return self.emit.refuse(Stop::UndeclaredFunction);
        }
        self.driver_making(DriverOp::RefFunc, &[], index as u16, ValType::FuncRef)
    }

    fn prefixed(&mut self) -> Res<()> {
        const SIZES: &[ValType] = &[I32, I32, I32];
        const NONE: &[ValType] = &[];
        let code = self.read.u32()?;
        let (what, params, units) = match code {
            0..=7 => {
                self.numeric(instructions::saturating(code as u8));
                return Ok(());
            }
            8 | 9 => {
                let index = self.read.u32()?;
                if code == 8 {
                    self.memory_index()?;
                }
                let units = [self.data_segment(index)?, 0];
                if code == 8 {
                    (DriverOp::MemoryInit, SIZES, units)
                } else {
                    (DriverOp::DataDrop, NONE, units)
                }
            }
            10 | 11 => {
                if code == 10 {
                    self.zero_byte()?;
                }
                self.memory_index()?;
                (if code == 10 { DriverOp::MemoryCopy } else { DriverOp::MemoryFill }, SIZES, [0, 0])
            }
            12 | 13 => {
                let index = self.read.u32()?;
                let table = if code == 12 { Some(self.table()?) } else { None };
                let (segment, ty) = self.elem_segment(index)?;
                match table {
                    Some((_, element)) if ty != element => return Err(Stop::TypeMismatch),
                    Some((table, _)) => (DriverOp::TableInit, SIZES, [segment, table]),
                    None => (DriverOp::ElemDrop, NONE, [segment, 0]),
                }
            }
            14 => {
                let (to, element) = self.table()?;
                let (from, other) = self.table()?;
                if element != other {
                    return Err(Stop::TypeMismatch);
                }
                (DriverOp::TableCopy, SIZES, [to, from])
            }
            15 => {
                let (table, element) = self.table()?;
                self.driver_making(DriverOp::TableGrow, &[element, I32], table, I32);
                return Ok(());
            }
            16 => {
                let (table, _) = self.table()?;
                self.driver_making(DriverOp::TableSize, &[], table, I32);
                return Ok(());
            }
            17 => {
                let (table, element) = self.table()?;
                self.driver(DriverOp::TableFill, &[I32, element, I32], [table, 0]);
                return Ok(());
            }
            18 => return Err(Stop::MemoryControl),
            19..=22 => return Err(Stop::WideArithmetic),
            _ => return Err(Stop::IllegalOpcode),
        };
        self.driver(what, params, units);
        Ok(())
    }

    /// Reads the index of the one memory that there may be.
    fn memory_index(&mut self) -> Res<()> {
        self.zero_byte()?;
        self.require_memory()
    }

    fn zero_byte(&mut self) -> Res<()> {
        match self.read.u8()? {
            0 => Ok(()),
            _ => Err(Stop::ZeroByteExpected),
        }
    }

    fn data_segment(&self, index: u32) -> Res<u16> {
        match self.parts.data_count {
            None => Err(Stop::DataCountRequired),
            Some(count) if index >= count => Err(Stop::UnknownDataSegment),
            Some(_) => index16(index, Stop::DataSegments),
        }
    }

    fn elem_segment(&self, index: u32) -> Res<(u16, ValType)> {
        match self.parts.elems.get(index as usize) {
            Some(segment) => Ok((index16(index, Stop::ElemSegments)?, segment.ty)),
            None => Err(Stop::UnknownElemSegment),
        }
    }
}

/// An index that internal code has 16 bits for.
pub(super) fn index16(index: u32, limit: Stop) -> Res<u16> {
    u16::try_from(index).map_err(|_| limit)
}
