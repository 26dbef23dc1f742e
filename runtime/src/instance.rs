//! Instances: a module's parts, made and filled in a store (specification section 4.5.4).

use crate::exec::ops::FUNC_BITS;
use crate::fallible::{boxed, filled, push};
use crate::func::{Func, TypedFunc};
use crate::handles::{Global, Memory, Table};
use crate::host::WasmValues;
use crate::memory::{LinearMemory, MemoryType};
use crate::module::{DataSegment, ExternKind, Mode, Module};
use crate::reader::Source;
use crate::store::{AsContext, CallStatus, Store};
use crate::store_inner::{InstanceData, StoreInner, set_global_slots};
use crate::table::TableData;
use crate::types::{ExternType, TableType};
use crate::{Error, Reason, Result, Trap};

/// Something that can be imported and exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A table.
    Table(Table),
    /// A linear memory.
    Memory(Memory),
    /// A global.
    Global(Global),
}

macro_rules! extern_from {
    ($($ty:ident)*) => {
        $(impl From<$ty> for Extern {
            fn from(item: $ty) -> Self {
                Self::$ty(item)
            }
        })*
    };
}
extern_from! { Func Table Memory Global }

/// Most instances in a store: what a tag can count.
const MAX_INSTANCES: usize = (1 << (32 - FUNC_BITS)) - 1;

/// Bytes of a data segment that are copied at a time.
const COPY_CHUNK: usize = 64;

/// An instance of a module: a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance {
    tag: u32,
}

/// Whether a size range fits into another that an import asks for.
fn range_fits(size: u32, max: Option<u32>, min: u32, most: Option<u32>) -> bool {
    size >= min && most.is_none_or(|most| max.is_some_and(|max| max <= most))
}

impl Instance {
    pub(crate) fn from_tag(tag: u32) -> Option<Self> {
        if tag >> FUNC_BITS == 0 { None } else { Some(Self { tag: tag >> FUNC_BITS << FUNC_BITS }) }
    }

    pub(crate) fn tag(self) -> u32 {
        self.tag
    }

    /// Its index in the store, as backtraces give it.
    pub fn index(&self) -> u32 {
        (self.tag >> FUNC_BITS) - 1
    }

    /// The module that it is an instance of.
    ///
    /// # Errors
    /// `UnknownHandle`.
    pub fn module<'a, T>(&self, store: &'a Store<T>) -> Result<&'a Module> {
        Ok(&store.inner.instance(self.tag).ok_or(Error::UnknownHandle)?.module)
    }

    /// What it exports under a name.
    pub fn get_export(&self, store: impl AsContext, name: &str) -> Option<Extern> {
        let context = store.as_context();
        let inner = &context.0.inner;
        let data = inner.instance(self.tag)?;
        let export = data.module.parts().export(name)?;
        Some(match export.kind {
            ExternKind::Func => Extern::Func(Func::from_bits(inner.func_ref(self.tag, export.index))?),
            ExternKind::Table => Extern::Table(Table(*data.tables.get(export.index as usize)?)),
            ExternKind::Memory => Extern::Memory(Memory(data.memory?)),
            ExternKind::Global => Extern::Global(Global(inner.global_ref(self.tag, export.index))),
        })
    }

    /// The function that it exports under a name.
    pub fn get_func(&self, store: impl AsContext, name: &str) -> Option<Func> {
        match self.get_export(store, name)? {
            Extern::Func(func) => Some(func),
            _ => None,
        }
    }

    /// The function that it exports under a name, with its type checked.
    ///
    /// # Errors
    /// `UnknownHandle` when there is none, `Signature` when it has other types.
    pub fn get_typed_func<P: WasmValues, R: WasmValues>(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<P, R>> {
        self.get_func(&store, name).ok_or(Error::UnknownHandle)?.typed(store)
    }

    /// The memory that it exports under a name.
    pub fn get_memory(&self, store: impl AsContext, name: &str) -> Option<Memory> {
        match self.get_export(store, name)? {
            Extern::Memory(memory) => Some(memory),
            _ => None,
        }
    }

    /// The global that it exports under a name.
    pub fn get_global(&self, store: impl AsContext, name: &str) -> Option<Global> {
        match self.get_export(store, name)? {
            Extern::Global(global) => Some(global),
            _ => None,
        }
    }

    /// The table that it exports under a name.
    pub fn get_table(&self, store: impl AsContext, name: &str) -> Option<Table> {
        match self.get_export(store, name)? {
            Extern::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Checks imports and makes the instance's parts, still empty. When it fails the store is as before.
    pub(crate) fn prepare<T>(store: &mut Store<T>, module: &Module, externs: &[Extern]) -> Result<Self> {
        let inner = &mut store.inner;
        let (tables, memories) = (inner.tables.len(), inner.memories.len());
        let outcome = prepare(inner, module, externs);
        if outcome.is_err() {
            inner.tables.truncate(tables);
            inner.memories.truncate(memories);
        }
        outcome
    }

    /// Fills tables and memory from the active segments.
    pub(crate) fn initialize<T>(
        &self,
        store: &mut Store<T>,
        mut source: Option<&mut dyn Source>,
    ) -> Result<()> {
        let inner = &mut store.inner;
        let module = inner.instance(self.tag).ok_or(Error::UnknownHandle)?.module.clone();
        let parts = module.parts();
        for (segment, index) in parts.elems.iter().zip(0..) {
            if let Mode::Active { table, offset } = &segment.mode {
                let to = inner.evaluate(self.tag, offset)? as u32;
                inner.table_init(self.tag, index, *table as u16, to, 0, segment.items.len() as u32)?;
            }
            if !matches!(segment.mode, Mode::Passive) {
                inner.drop_segment(self.tag, true, index);
            }
        }
        for (segment, index) in parts.datas.iter().zip(0..) {
            if let Mode::Active { offset, .. } = &segment.mode {
                let to = inner.evaluate(self.tag, offset)? as u32;
                match (&segment.bytes, &mut source) {
                    (Some(_), _) => inner.memory_init(self.tag, index, to, 0, segment.len)?,
                    (None, Some(source)) => copy_segment(inner.memory_of(self.tag)?, to, segment, *source)?,
                    (None, None) => return Err(Error::Read),
                }
                inner.drop_segment(self.tag, false, index);
            }
        }
        Ok(())
    }

    /// Runs the start function, if there is one.
    pub(crate) fn start<T>(&self, store: &mut Store<T>) -> Result<CallStatus> {
        let start = store.inner.instance(self.tag).and_then(|i| i.module.parts().start);
        match start {
            Some(index) => {
                let func = store.inner.func_ref(self.tag, index);
                store.call_start(func)
            }
            None => Ok(CallStatus::Finished),
        }
    }
}

/// Copies a data segment from the module's bytes to the memory.
fn copy_segment(
    memory: &mut LinearMemory,
    to: u32,
    segment: &DataSegment,
    source: &mut dyn Source,
) -> Result<()> {
    if u64::from(to) + u64::from(segment.len) > memory.byte_len() {
        return Err(Trap::MemoryOutOfBounds.into());
    }
    source.seek(segment.offset).map_err(|stop| stop.at(segment.offset))?;
    let (mut to, mut left) = (u64::from(to), segment.len as usize);
    let mut chunk = [0; COPY_CHUNK];
    while left > 0 {
        let part = chunk.get_mut(..left.min(COPY_CHUNK)).unwrap_or_default();
        let n = source.read(part).map_err(|stop| stop.at(segment.offset))?;
        if n == 0 {
            return Err(Error::Read);
        }
        memory.write(to, part.get(..n).unwrap_or_default())?;
        to += n as u64;
        left = left.saturating_sub(n);
    }
    Ok(())
}

/// Puts references and indices of what is imported into an instance with room for them.
fn link(inner: &StoreInner, data: &mut InstanceData, externs: &[Extern]) -> Result<()> {
    let InstanceData { module, funcs, tables, memory, imported_globals, .. } = data;
    let parts = module.parts();
    for ((import, item), index) in parts.imports.iter().zip(externs).zip(0..) {
        let at = import.index as usize;
        let (place, reference, fits) = match (parts.extern_type(import.kind, import.index), *item) {
            (Some(ExternType::Func(ty)), Extern::Func(func)) => {
                let func = func.to_bits();
                (funcs.get_mut(at), func, inner.func_type(func) == Some(ty))
            }
            (Some(ExternType::Table(ty)), Extern::Table(Table(table))) => {
                let fits = inner.tables.get(table as usize).is_some_and(|t| table_fits(t, ty));
                (tables.get_mut(at), table, fits)
            }
            (Some(ExternType::Memory(ty)), Extern::Memory(Memory(found))) => {
                let fits = inner.memories.get(found as usize).is_some_and(|m| memory_fits(m, ty));
                (Some(memory.insert(found)), found, fits)
            }
            (Some(ExternType::Global(ty)), Extern::Global(Global(global))) => {
                (imported_globals.get_mut(at), global, inner.global_type(global) == Some(ty))
            }
            _ => return Err(Error::IncompatibleImport { index }),
        };
        match place {
            Some(place) if fits => *place = reference,
            _ => return Err(Error::IncompatibleImport { index }),
        }
    }
    Ok(())
}

fn table_fits(table: &TableData, ty: TableType) -> bool {
    table.ty.element == ty.element && range_fits(table.elements.len() as u32, table.ty.max, ty.min, ty.max)
}

fn memory_fits(memory: &LinearMemory, ty: MemoryType) -> bool {
    let found = memory.ty();
    found.page_log2 == ty.page_log2 && range_fits(memory.pages(), found.max, ty.min, ty.max)
}

fn prepare(inner: &mut StoreInner, module: &Module, externs: &[Extern]) -> Result<Instance> {
    let limits = inner.limits;
    if inner.instances.len() >= MAX_INSTANCES.min(limits.instances as usize) {
        return Err(Error::Limit(Reason::INSTANCES));
    }
    let parts = module.parts();
    let mut data = boxed(InstanceData::new(module.clone()))?;
    data.funcs = filled(0, parts.imported_funcs as usize)?;
    data.tables = filled(0, parts.tables.len())?;
    data.imported_globals = filled(0, parts.imported_globals as usize)?;
    data.globals = filled(0, parts.global_slots as usize)?;
    data.dropped = filled(0, (parts.elems.len() + parts.datas.len()).div_ceil(8))?;
    link(inner, &mut data, externs)?;
    for (ty, place) in parts.tables.iter().zip(&mut data.tables).skip(parts.imported_tables as usize) {
        if inner.tables.len() >= limits.tables as usize {
            return Err(Error::Limit(Reason::TABLES));
        }
        *place = inner.tables.len() as u32;
        push(&mut inner.tables, TableData::new(*ty, 0, limits.table_elements)?)?;
    }
    if let (None, Some(ty)) = (data.memory, parts.memory) {
        if inner.memories.len() >= limits.memories as usize {
            return Err(Error::Limit(Reason::MEMORIES));
        }
        data.memory = Some(inner.memories.len() as u32);
        push(&mut inner.memories, boxed(LinearMemory::new(ty, limits.memory_bytes)?)?)?;
    }
    let tag = StoreInner::tag(inner.instances.len());
    push(&mut inner.instances, data)?;
    if let Err(error) = globals(inner, tag, module) {
        inner.instances.pop();
        return Err(error);
    }
    Ok(Instance { tag })
}

/// Gives an instance's globals their first values.
fn globals(inner: &mut StoreInner, tag: u32, module: &Module) -> Result<()> {
    let parts = module.parts();
    let imported = parts.imported_globals as usize;
    for (i, global) in parts.globals.iter().enumerate() {
        let bits = match parts.global_inits.get(i.wrapping_sub(imported)) {
            Some(init) if i >= imported => inner.evaluate(tag, init)?,
            _ => inner.global_bits(inner.global_ref(tag, i as u32)).unwrap_or_default(),
        };
        if let Some(data) = inner.instances.last_mut() {
            set_global_slots(&mut data.globals, global.slot as usize, global.ty.content.slots(), bits);
        }
    }
    Ok(())
}
