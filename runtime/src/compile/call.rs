//! Calls: arguments in the slots behind the operands, and calls in place of the running function.

use super::Function;
use super::body::index16;
use crate::ValType;
use crate::exec::driver_op::DriverOp;
use crate::exec::ops::op;
use crate::stop::{Res, Stop};

impl Function<'_, '_, '_> {
    pub(super) fn call(&mut self, tail: bool) -> Res<()> {
        let index = self.read.u32()?;
        let Some(ty) = self.parts.func_type_index(index) else {
            return Err(Stop::UnknownFunction);
        };
        let imported = index < self.parts.imported_funcs;
        let index = index16(index, Stop::Functions)?;
        let base = self.call_frame(ty, tail);
        if tail && !imported {
            self.emit.plain(op::RETURN_CALL, 0, index);
            self.emit.unit(base);
            self.emit.unit(self.link);
            self.stop();
            return Ok(());
        }
        let opcode = if imported { op::CALL_IMPORT } else { op::CALL };
        match u8::try_from(base) {
            Ok(a) => self.emit.plain(opcode, a, index),
            Err(_) if self.emit.wide => {
                self.emit.plain(op::FP_UP, 0, base);
                self.emit.plain(opcode, 0, index);
                self.emit.plain(op::FP_DOWN, 0, base);
            }
            Err(_) => self.emit.too_narrow(),
        }
        self.push_results(ty, tail);
        Ok(())
    }

    /// Settles and pops a call's arguments; gives the frame's base.
    fn call_frame(&mut self, ty: u32, tail: bool) -> u16 {
        let (params, results) =
            self.parts.types.get(ty).map_or((&[][..], &[][..]), |t| (t.params, t.results));
        if tail && self.function_results() != results {
            self.emit.refuse(Stop::TypeMismatch);
        }
        self.settle_checked(params)
    }

    fn function_results(&self) -> &[ValType] {
        self.controls.first().map_or(&[], |c| self.results(c.ty))
    }

    /// Pushes a call's results; after a tail call that could not replace the frame, returns them.
    fn push_results(&mut self, ty: u32, tail: bool) {
        let parts = self.parts;
        self.push_all(parts.types.get(ty).map_or(&[], |t| t.results));
        if tail {
            if self.emit.live {
                self.return_values();
            }
            self.stop();
        }
    }

    pub(super) fn call_indirect(&mut self, tail: bool) -> Res<()> {
        let ty = self.read.u32()?;
        let table = self.read.u32()?;
        match self.parts.tables.get(table as usize) {
            None => return Err(Stop::UnknownTable),
            Some(t) if t.element != ValType::FuncRef => return Err(Stop::TypeMismatch),
            Some(_) => {}
        }
        if self.parts.types.get(ty).is_none() {
            return Err(Stop::UnknownType);
        }
        let table = index16(table, Stop::Tables)?;
        let index = self.pop(ValType::I32);
        let arg = self.arg(index);
        let base = self.call_frame(ty, tail);
        let canonical = self.parts.types.canonical(ty);
        let narrow = (u8::try_from(arg.slot), u8::try_from(table), u8::try_from(base));
        match narrow {
            _ if tail => {
                self.emit.plain(op::DRIVER, DriverOp::ReturnCallIndirect as u8, arg.slot);
                self.emit.unit(canonical);
                self.emit.unit(table);
                self.emit.unit(base);
                self.emit.unit(self.link);
            }
            (Ok(a), Ok(table), Ok(base)) => {
                self.emit.plain(op::CALL_INDIRECT, a, u16::from(table) | u16::from(base) << 8);
                self.emit.unit(canonical);
            }
            _ if self.emit.wide => {
                self.emit.plain(op::DRIVER, DriverOp::CallIndirect as u8, arg.slot);
                for unit in [canonical, table, base, 0, 0, 0] {
                    self.emit.unit(unit);
                }
                self.emit.plain(op::FP_DOWN, 0, base);
            }
            _ => self.emit.too_narrow(),
        }
        self.push_results(ty, tail);
        Ok(())
    }
}
