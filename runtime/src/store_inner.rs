//! What a store holds apart from the embedder's data: instances and their parts, and the running call.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::config::StoreLimits;
use crate::exec::machine::Position;
use crate::exec::ops::FUNC_BITS;
use crate::exec::regs::Cx;
use crate::exec::stack::Stack;
use crate::memory::LinearMemory;
use crate::module::{ConstExpr, Items, Module};
use crate::table::TableData;
use crate::trace::Trace;
use crate::types::{FuncType, GlobalType};
use crate::{Error, Result, Trap};

/// An instance of a module.
pub(crate) struct InstanceData {
    pub(crate) module: Module,
    /// References of the imported functions.
    pub(crate) funcs: Box<[u32]>,
    /// References of the imported globals.
    pub(crate) imported_globals: Box<[u32]>,
    /// Slots of the globals: the module's own, and copies of the imported immutable ones.
    pub(crate) globals: Box<[u32]>,
    /// Indices of the tables in the store.
    pub(crate) tables: Box<[u32]>,
    /// Index of the memory in the store.
    pub(crate) memory: Option<u32>,
    /// Bits of the element segments, then the data segments, that are dropped.
    pub(crate) dropped: Box<[u8]>,
}

impl InstanceData {
    /// An instance without anything.
    pub(crate) fn new(module: Module) -> Self {
        Self {
            module,
            funcs: Box::default(),
            imported_globals: Box::default(),
            globals: Box::default(),
            tables: Box::default(),
            memory: None,
            dropped: Box::default(),
        }
    }
}

/// A global that the embedder made.
pub(crate) struct HostGlobal {
    pub(crate) ty: GlobalType,
    pub(crate) bits: u64,
}

#[derive(Default)]
pub(crate) struct StoreInner {
    pub(crate) limits: StoreLimits,
    /// Boxed, so that what `cx` points to stays where it is when an instance is added.
    #[expect(clippy::vec_box, reason = "the elements' addresses must not change")]
    pub(crate) instances: Vec<Box<InstanceData>>,
    pub(crate) tables: Vec<TableData>,
    #[expect(clippy::vec_box, reason = "the elements' addresses must not change")]
    pub(crate) memories: Vec<Box<LinearMemory>>,
    pub(crate) globals: Vec<HostGlobal>,
    /// Types of the host functions.
    pub(crate) host_types: Vec<FuncType<'static>>,
    pub(crate) stack: Stack,
    pub(crate) cx: Cx,
    pub(crate) position: Position,
    /// Units of the call operation that waits for a host function.
    pub(crate) pending: usize,
    /// Calls and taken back edges that may still be made.
    pub(crate) fuel: u64,
    pub(crate) trace: Trace,
}

/// Where a global is.
#[derive(Clone, Copy)]
enum GlobalPlace {
    Host(usize),
    Instance { instance: usize, slot: usize },
}

impl StoreInner {
    pub(crate) fn new(limits: StoreLimits) -> Self {
        Self { limits, stack: Stack::new(limits.stack_bytes), fuel: u64::MAX, ..Self::default() }
    }

    /// The instance that a reference or tag belongs to.
    pub(crate) fn instance(&self, tag: u32) -> Option<&InstanceData> {
        self.instances.get((tag >> FUNC_BITS).wrapping_sub(1) as usize).map(|i| &**i)
    }

    fn instance_mut(&mut self, tag: u32) -> Result<&mut InstanceData> {
        let index = (tag >> FUNC_BITS).wrapping_sub(1) as usize;
        self.instances.get_mut(index).map(|i| &mut **i).ok_or(Error::UnknownHandle)
    }

    /// The tag of the instance with this index.
    pub(crate) const fn tag(index: usize) -> u32 {
        (index as u32 + 1) << FUNC_BITS
    }

    /// The index part of a reference.
    pub(crate) const fn index_of(bits: u32) -> u32 {
        bits & ((1 << FUNC_BITS) - 1)
    }

    /// The type of a function, given by its reference.
    pub(crate) fn func_type(&self, func: u32) -> Option<FuncType<'_>> {
        if func >> FUNC_BITS == 0 {
            return self.host_types.get((func as usize).checked_sub(1)?).copied();
        }
        self.instance(func)?.module.parts().func_type(Self::index_of(func))
    }

    /// The reference of a function of an instance: an imported one's is the one that was given.
    pub(crate) fn func_ref(&self, tag: u32, index: u32) -> u32 {
        let imported = self.instance(tag).and_then(|i| i.funcs.get(index as usize).copied());
        imported.unwrap_or((tag >> FUNC_BITS << FUNC_BITS) + index)
    }

    /// The reference of a global of an instance.
    pub(crate) fn global_ref(&self, tag: u32, index: u32) -> u32 {
        let imported = self.instance(tag).and_then(|i| i.imported_globals.get(index as usize).copied());
        imported.unwrap_or((tag >> FUNC_BITS << FUNC_BITS) + index)
    }

    fn global_place(&self, global: u32) -> Option<(GlobalType, GlobalPlace)> {
        if global >> FUNC_BITS == 0 {
            let index = (global as usize).checked_sub(1)?;
            return Some((self.globals.get(index)?.ty, GlobalPlace::Host(index)));
        }
        let parts = self.instance(global)?.module.parts();
        let entry = parts.globals.get(Self::index_of(global) as usize)?;
        let instance = (global >> FUNC_BITS) as usize - 1;
        Some((entry.ty, GlobalPlace::Instance { instance, slot: entry.slot as usize }))
    }

    pub(crate) fn global_type(&self, global: u32) -> Option<GlobalType> {
        self.global_place(global).map(|(ty, _)| ty)
    }

    /// A global's value.
    pub(crate) fn global_bits(&self, global: u32) -> Option<u64> {
        let (ty, place) = self.global_place(global)?;
        match place {
            GlobalPlace::Host(index) => self.globals.get(index).map(|g| g.bits),
            GlobalPlace::Instance { instance, slot } => {
                let slots = &self.instances.get(instance)?.globals;
                let low = u64::from(*slots.get(slot)?);
                let high = if ty.content.slots() == 2 { u64::from(*slots.get(slot + 1)?) } else { 0 };
                Some(low | high << 32)
            }
        }
    }

    pub(crate) fn set_global_bits(&mut self, global: u32, bits: u64) -> Result<()> {
        let (ty, place) = self.global_place(global).ok_or(Error::UnknownHandle)?;
        match place {
            GlobalPlace::Host(index) => {
                self.globals.get_mut(index).ok_or(Error::UnknownHandle)?.bits = bits;
            }
            GlobalPlace::Instance { instance, slot } => {
                let instance = self.instances.get_mut(instance).ok_or(Error::UnknownHandle)?;
                set_global_slots(&mut instance.globals, slot, ty.content.slots(), bits);
            }
        }
        Ok(())
    }

    /// An imported global's slots and value.
    pub(crate) fn imported_global(&self, tag: u32, index: u32) -> Result<(u32, u64)> {
        let global = self.global_ref(tag, index);
        match (self.global_type(global), self.global_bits(global)) {
            (Some(ty), Some(bits)) => Ok((ty.content.slots(), bits)),
            _ => Err(Error::UnknownHandle),
        }
    }

    pub(crate) fn set_imported_global(&mut self, tag: u32, index: u32, bits: u64) -> Result<()> {
        self.set_global_bits(self.global_ref(tag, index), bits)
    }

    /// The memory of an instance; without one, all accesses are out of bounds.
    pub(crate) fn memory_of(&mut self, tag: u32) -> Result<&mut LinearMemory, Trap> {
        let index = self.instance(tag).and_then(|i| i.memory).ok_or(Trap::MemoryOutOfBounds)?;
        self.memories.get_mut(index as usize).map(|m| &mut **m).ok_or(Trap::MemoryOutOfBounds)
    }

    /// The index in the store of a table of an instance.
    fn table_index(&self, tag: u32, table: u16) -> Result<usize, Trap> {
        let index = self.instance(tag).and_then(|i| i.tables.get(usize::from(table)));
        index.map(|&t| t as usize).ok_or(Trap::TableOutOfBounds)
    }

    /// A table of an instance, as its memory.
    pub(crate) fn table_of(&mut self, tag: u32, table: u16) -> Result<&mut TableData, Trap> {
        let index = self.table_index(tag, table)?;
        self.tables.get_mut(index).ok_or(Trap::TableOutOfBounds)
    }

    /// Copies between tables of an instance, or within one.
    pub(crate) fn table_copy(
        &mut self,
        tag: u32,
        to: u16,
        from: u16,
        at: u32,
        start: u32,
        len: u32,
    ) -> Result<(), Trap> {
        let (to, from) = (self.table_index(tag, to)?, self.table_index(tag, from)?);
        self.tables.get_mut(from).ok_or(Trap::TableOutOfBounds)?.range(start, len)?;
        self.tables.get_mut(to).ok_or(Trap::TableOutOfBounds)?.range(at, len)?;
        let backwards = to == from && at > start;
        for n in 0..len {
            let n = if backwards { len - 1 - n } else { n };
            let value = self.tables.get(from).and_then(|t| t.elements.get((start + n) as usize)).copied();
            let place = self.tables.get_mut(to).and_then(|t| t.elements.get_mut((at + n) as usize));
            if let (Some(value), Some(place)) = (value, place) {
                *place = value;
            }
        }
        Ok(())
    }

    fn is_dropped(&self, tag: u32, bit: usize) -> bool {
        let byte = self.instance(tag).and_then(|i| i.dropped.get(bit / 8).copied());
        byte.is_some_and(|byte| byte >> (bit % 8) & 1 != 0)
    }

    /// The bit of a segment among those of dropped ones.
    fn segment_bit(&self, tag: u32, elem: bool, index: u32) -> usize {
        let elems = self.instance(tag).map_or(0, |i| i.module.parts().elems.len());
        index as usize + if elem { 0 } else { elems }
    }

    pub(crate) fn drop_segment(&mut self, tag: u32, elem: bool, index: u32) {
        let bit = self.segment_bit(tag, elem, index);
        if let Some(byte) = self.instance_mut(tag).ok().and_then(|i| i.dropped.get_mut(bit / 8)) {
            *byte |= 1 << (bit % 8);
        }
    }

    /// Copies a part of an element segment to a table.
    pub(crate) fn table_init(
        &mut self,
        tag: u32,
        segment: u32,
        table: u16,
        to: u32,
        from: u32,
        len: u32,
    ) -> Result<(), Trap> {
        let dropped = self.is_dropped(tag, self.segment_bit(tag, true, segment));
        let module = self.instance(tag).ok_or(Trap::TableOutOfBounds)?.module.clone();
        let items = module.parts().elems.get(segment as usize).map(|s| &s.items);
        let present = if dropped { 0 } else { items.map_or(0, Items::len) };
        if u64::from(from) + u64::from(len) > present as u64 {
            return Err(Trap::TableOutOfBounds);
        }
        self.table_of(tag, table)?.range(to, len)?;
        for i in 0..len {
            let bits = match items {
                Some(Items::Funcs(funcs)) => {
                    funcs.get((from + i) as usize).map_or(0, |&func| self.func_ref(tag, func))
                }
                Some(Items::Exprs(exprs)) => match exprs.get((from + i) as usize) {
                    Some(expr) => self.evaluate(tag, expr).map_err(|_| Trap::OutOfMemory)? as u32,
                    None => 0,
                },
                None => 0,
            };
            if let Some(place) = self.table_of(tag, table)?.elements.get_mut((to + i) as usize) {
                *place = bits;
            }
        }
        Ok(())
    }

    /// Copies a part of a data segment that is on the heap to the memory.
    pub(crate) fn memory_init(
        &mut self,
        tag: u32,
        segment: u32,
        to: u32,
        from: u32,
        len: u32,
    ) -> Result<(), Trap> {
        let dropped = self.is_dropped(tag, self.segment_bit(tag, false, segment));
        let module = self.instance(tag).ok_or(Trap::MemoryOutOfBounds)?.module.clone();
        let bytes = module.parts().datas.get(segment as usize).and_then(|s| s.bytes.as_deref());
        let bytes = if dropped { &[] } else { bytes.unwrap_or_default() };
        let end = (from as usize).checked_add(len as usize);
        let part = end.and_then(|end| bytes.get(from as usize..end)).ok_or(Trap::MemoryOutOfBounds)?;
        self.memory_of(tag)?.write(to.into(), part)
    }

    /// Evaluates a constant expression of an instance's module.
    pub(crate) fn evaluate(&self, tag: u32, expr: &ConstExpr) -> Result<u64> {
        expr.evaluate(
            |index| self.global_bits(self.global_ref(tag, index)).unwrap_or_default(),
            |index| self.func_ref(tag, index).into(),
        )
    }
}

/// Writes a value to the slots of globals.
pub(crate) fn set_global_slots(slots: &mut [u32], slot: usize, count: u32, bits: u64) {
    for (place, word) in
        slots.iter_mut().skip(slot).take(count as usize).zip([bits as u32, (bits >> 32) as u32])
    {
        *place = word;
    }
}
