//! What sections are lists of: types, imports, functions, tables, memories, globals, exports and segments.

use alloc::vec::Vec;

use super::load::Loader;
use super::{ConstExpr, DataSegment, ElemSegment, Export, ExternKind, Global, Import, Items, Mode};
use crate::ValType;
use crate::fallible::{exact, filled, push, with_capacity};
use crate::memory::MemoryType;
use crate::reader::bad_type;
use crate::stop::{Res, Stop};
use crate::types::{GlobalType, TableType};

impl Loader<'_, '_> {
    pub(super) fn ty(&mut self) -> Res<()> {
        match self.read.u8()? {
            0x60 => {}
            0x4e | 0x4f | 0x50 | 0x5e | 0x5f => return Err(Stop::GarbageCollection),
            _ => return Err(Stop::MalformedFunctionType),
        }
        self.limit(self.parts.types.len() as usize + 1, self.config.max_types, Stop::MaxTypes)?;
        let start = self.parts.types.values_len();
        let params = self.val_types()?;
        let results = self.val_types()?;
        self.parts.types.add(start, params, results)?;
        Ok(())
    }

    fn val_types(&mut self) -> Res<u16> {
        let count = self.read.count()?;
        self.limit(count as usize, self.config.max_arity, Stop::MaxArity)?;
        for _ in 0..count {
            self.parts.types.value(self.read.val_type()?)?;
        }
        Ok(count as u16)
    }

    fn limits(&mut self, most_flags: u8) -> Res<(u8, u32, Option<u32>)> {
        let flags = self.read.u8()?;
        if flags & 0x02 != 0 && flags < 0x10 {
            return Err(Stop::Threads);
        }
        if flags & 0x04 != 0 && flags < 0x10 {
            return Err(Stop::Memory64);
        }
        if flags & !most_flags != 0 {
            return Err(Stop::MalformedLimits);
        }
        let min = self.read.u32()?;
        let max = if flags & 1 != 0 { Some(self.read.u32()?) } else { None };
        if max.is_some_and(|max| max < min) {
            return Err(Stop::MinimumAboveMaximum);
        }
        Ok((flags, min, max))
    }

    /// Reads a table's type.
    pub(super) fn table(&mut self) -> Res<()> {
        let byte = self.read.u8()?;
        let element = match ValType::from_byte(byte) {
            Some(ty) if ty.is_ref() => ty,
            None if byte == 0x40 => return Err(Stop::TypedFunctions),
            _ => return Err(bad_type(byte, Stop::MalformedReferenceType)),
        };
        let (_, min, max) = self.limits(1)?;
        push(&mut self.parts.tables, TableType { element, min, max })?;
        Ok(())
    }

    /// Reads the memory's type.
    pub(super) fn memory(&mut self) -> Res<()> {
        let (flags, min, max) = self.limits(9)?;
        let page_log2 = match flags & 8 {
            0 => 16,
            _ => match self.read.u32()? {
                log2 @ (0 | 16) => log2 as u8,
                64.. => return Err(Stop::MalformedPageSize),
                _ => return Err(Stop::InvalidPageSize),
            },
        };
        if page_log2 == 16 && (min > 0x1_0000 || max.is_some_and(|max| max > 0x1_0000)) {
            return Err(Stop::MemoryTooLarge);
        }
        if self.parts.memory.is_some() {
            return Err(Stop::SecondMemory);
        }
        self.parts.memory = Some(MemoryType { min, max, page_log2 });
        Ok(())
    }

    fn global_type(&mut self) -> Res<GlobalType> {
        let content = self.read.val_type()?;
        match self.read.u8()? {
            mutable @ (0 | 1) => Ok(GlobalType { content, mutable: mutable == 1 }),
            _ => Err(Stop::MalformedMutability),
        }
    }

    /// Reads the index of a function's type.
    pub(super) fn func(&mut self) -> Res<()> {
        let ty = self.read.u32()?;
        let types = &self.parts.types;
        if types.get(ty).is_none() {
            return Err(Stop::UnknownType);
        }
        let canonical = types.canonical(ty);
        push(&mut self.parts.func_types, canonical)?;
        self.limit(self.parts.func_types.len(), self.config.max_functions, Stop::MaxFunctions)
    }

    fn add_global(&mut self, ty: GlobalType) -> Res<()> {
        push(&mut self.parts.globals, Global { ty, slot: self.parts.global_slots })?;
        self.parts.global_slots += ty.content.slots();
        self.limit(self.parts.globals.len(), self.config.max_globals, Stop::MaxGlobals)
    }

    pub(super) fn import(&mut self) -> Res<()> {
        let (module, name) = (self.name()?, self.name()?);
        let (kind, known) = match self.read.u8()? {
            0 => {
                self.func()?;
                self.parts.imported_funcs += 1;
                (ExternKind::Func, self.parts.func_types.len())
            }
            1 => {
                self.table()?;
                self.parts.imported_tables += 1;
                (ExternKind::Table, self.parts.tables.len())
            }
            2 => {
                self.memory()?;
                (ExternKind::Memory, 1)
            }
            3 => {
                let ty = self.global_type()?;
                self.add_global(ty)?;
                self.parts.imported_globals += 1;
                (ExternKind::Global, self.parts.globals.len())
            }
            4 => return Err(Stop::Exceptions),
            _ => return Err(Stop::MalformedImportKind),
        };
        let index = known as u32 - 1;
        push(&mut self.parts.imports, Import { module, name, kind, index })?;
        self.limit(self.parts.imports.len(), self.config.max_imports, Stop::MaxImports)?;
        Ok(())
    }

    pub(super) fn global(&mut self) -> Res<()> {
        let ty = self.global_type()?;
        let init = ConstExpr::read(&mut self.read, self.parts, ty.content)?;
        self.add_global(ty)?;
        push(&mut self.parts.global_inits, init)?;
        Ok(())
    }

    pub(super) fn export(&mut self, number: u32) -> Res<()> {
        let name = self.name()?;
        let parts = &self.parts;
        let other = self.exports.find_or_insert(number, &mut |other| {
            let other = parts.exports.get(other as usize).map(|e| parts.bytes(e.name));
            other.cmp(&Some(parts.bytes(name)))
        })?;
        if other.is_some() {
            return Err(Stop::DuplicateExport);
        }
        let kind = self.read.u8()?;
        let index = self.read.u32()?;
        let within = |count: usize| (index as usize) < count;
        let (kind, known, unknown) = match kind {
            0 => (ExternKind::Func, self.parts.declare(index)?, Stop::UnknownFunction),
            1 => (ExternKind::Table, within(self.parts.tables.len()), Stop::UnknownTable),
            2 => (ExternKind::Memory, within(usize::from(self.parts.memory.is_some())), Stop::UnknownMemory),
            3 => (ExternKind::Global, within(self.parts.globals.len()), Stop::UnknownGlobal),
            4 => return Err(Stop::Exceptions),
            _ => return Err(Stop::MalformedExportKind),
        };
        if !known {
            return Err(unknown);
        }
        push(&mut self.parts.exports, Export { name, kind, index })?;
        self.limit(self.parts.exports.len(), self.config.max_exports, Stop::MaxExports)?;
        Ok(())
    }

    pub(super) fn elem(&mut self) -> Res<()> {
        let flags = self.read.u32()?;
        if flags > 7 {
            return Err(Stop::MalformedElementsKind);
        }
        let (not_active, explicit, exprs) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        let mode = match (not_active, explicit) {
            (true, false) => Mode::Passive,
            (true, true) => Mode::Declared,
            (false, _) => {
                let table = if explicit { self.read.u32()? } else { 0 };
                if self.parts.tables.get(table as usize).is_none() {
                    return Err(Stop::UnknownTable);
                }
                let offset = ConstExpr::read(&mut self.read, self.parts, ValType::I32)?;
                Mode::Active { table, offset }
            }
        };
        let ty = match (not_active || explicit, exprs) {
            (false, _) => ValType::FuncRef,
            (true, true) => self.read.ref_type()?,
            (true, false) => match self.read.u8()? {
                0 => ValType::FuncRef,
                _ => return Err(Stop::MalformedElementKind),
            },
        };
        if let Mode::Active { table, .. } = &mode
            && self.parts.tables.get(*table as usize).is_none_or(|t| t.element != ty)
        {
            return Err(Stop::TypeMismatch);
        }
        let count = self.read.count()?;
        let items = if exprs {
            let mut items = Vec::new();
            for _ in 0..count {
                push(&mut items, ConstExpr::read(&mut self.read, self.parts, ty)?)?;
            }
            Items::Exprs(exact(items)?)
        } else {
            let mut items = with_capacity(count as usize)?;
            for _ in 0..count {
                let index = self.read.u32()?;
                if !self.parts.declare(index)? {
                    return Err(Stop::UnknownFunction);
                }
                push(&mut items, index)?;
            }
            Items::Funcs(exact(items)?)
        };
        push(&mut self.parts.elems, ElemSegment { ty, mode, items })?;
        Ok(())
    }

    pub(super) fn data(&mut self) -> Res<()> {
        let mode = match self.read.u32()? {
            1 => Mode::Passive,
            flags @ (0 | 2) => {
                let memory = if flags == 2 { self.read.u32()? } else { 0 };
                if memory != 0 || self.parts.memory.is_none() {
                    return Err(Stop::UnknownMemory);
                }
                let offset = ConstExpr::read(&mut self.read, self.parts, ValType::I32)?;
                Mode::Active { table: 0, offset }
            }
            _ => return Err(Stop::MalformedDataKind),
        };
        let len = self.read.length()?;
        let offset = self.read.offset();
        let bytes = if self.keep_data || matches!(mode, Mode::Passive) {
            let mut bytes = filled(0, len as usize)?;
            self.read.bytes(&mut bytes)?;
            Some(bytes)
        } else {
            self.read.skip(len)?;
            None
        };
        push(&mut self.parts.datas, DataSegment { mode, offset, len, bytes })?;
        Ok(())
    }
}
