//! Memories, tables and globals of a store.

use crate::fallible::{boxed, push};
use crate::memory::{LinearMemory, MemoryType};
use crate::store::{AsContext, AsContextMut};
use crate::store_inner::HostGlobal;
use crate::table::TableData;
use crate::types::{GlobalType, TableType};
use crate::{Error, Reason, Result, Trap, Val};

/// A linear memory of a store: a handle.
///
/// It is not one slice, since only what was written is on the heap: read and write it by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(pub(crate) u32);

impl Memory {
    /// Makes a memory.
    ///
    /// # Errors
    /// `Limit` beyond the store's limits, `OutOfMemory`.
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Self> {
        let inner = &mut store.as_context_mut().0.inner;
        if inner.memories.len() >= inner.limits.memories as usize {
            return Err(Error::Limit(Reason::MEMORIES));
        }
        let memory = boxed(LinearMemory::new(ty, inner.limits.memory_bytes)?)?;
        push(&mut inner.memories, memory)?;
        Ok(Self(inner.memories.len() as u32 - 1))
    }

    fn with<C: AsContext, R>(self, store: &C, f: impl FnOnce(&LinearMemory) -> R) -> Result<R> {
        store.as_context().0.inner.memories.get(self.0 as usize).map(|m| f(m)).ok_or(Error::UnknownHandle)
    }

    fn with_mut<C: AsContextMut, R>(
        self,
        store: &mut C,
        f: impl FnOnce(&mut LinearMemory) -> R,
    ) -> Result<R> {
        let store = store.as_context_mut().0;
        store.inner.memories.get_mut(self.0 as usize).map(|m| f(m)).ok_or(Error::UnknownHandle)
    }

    /// The memory's type, with its present size as the least one.
    ///
    /// # Errors
    /// `UnknownHandle`.
    pub fn ty(&self, store: impl AsContext) -> Result<MemoryType> {
        self.with(&store, |m| MemoryType { min: m.pages(), ..m.ty() })
    }

    /// The size in pages; 0 for an unknown handle.
    pub fn size(&self, store: impl AsContext) -> u32 {
        self.with(&store, LinearMemory::pages).unwrap_or(0)
    }

    /// The size in bytes; 0 for an unknown handle.
    pub fn data_size(&self, store: impl AsContext) -> u64 {
        self.with(&store, LinearMemory::byte_len).unwrap_or(0)
    }

    /// Bytes that are on the heap; 0 for an unknown handle.
    pub fn committed(&self, store: impl AsContext) -> usize {
        self.with(&store, LinearMemory::committed).unwrap_or(0)
    }

    /// Adds pages; gives the old size in pages.
    ///
    /// # Errors
    /// `Limit` when the type or the store forbids it.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u32) -> Result<u32> {
        self.with_mut(&mut store, |m| m.grow(delta))?.ok_or(Error::Limit(Reason::MEMORY_BYTES))
    }

    /// Copies bytes out.
    ///
    /// # Errors
    /// `Trap(MemoryOutOfBounds)`.
    pub fn read(&self, store: impl AsContext, address: u32, to: &mut [u8]) -> Result<()> {
        Ok(self.with(&store, |m| m.read(address.into(), to))??)
    }

    /// Copies bytes in.
    ///
    /// # Errors
    /// `Trap` with `MemoryOutOfBounds` or `OutOfMemory`; nothing is written then.
    pub fn write(&self, mut store: impl AsContextMut, address: u32, from: &[u8]) -> Result<()> {
        Ok(self.with_mut(&mut store, |m| m.write(address.into(), from))??)
    }
}

/// A table of a store: a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(pub(crate) u32);

impl Table {
    /// Makes a table whose elements are all `init`.
    ///
    /// # Errors
    /// `Signature` when `init` has another type, `Limit`, `OutOfMemory`.
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Val) -> Result<Self> {
        if init.ty() != ty.element {
            return Err(Error::Signature);
        }
        let inner = &mut store.as_context_mut().0.inner;
        if inner.tables.len() >= inner.limits.tables as usize {
            return Err(Error::Limit(Reason::TABLES));
        }
        let table = TableData::new(ty, init.to_bits()? as u32, inner.limits.table_elements)?;
        push(&mut inner.tables, table)?;
        Ok(Self(inner.tables.len() as u32 - 1))
    }

    fn with<C: AsContext, R>(self, store: &C, f: impl FnOnce(&TableData) -> R) -> Result<R> {
        store.as_context().0.inner.tables.get(self.0 as usize).map(f).ok_or(Error::UnknownHandle)
    }

    /// The table's type, with its present size as the least one.
    ///
    /// # Errors
    /// `UnknownHandle`.
    pub fn ty(&self, store: impl AsContext) -> Result<TableType> {
        self.with(&store, |t| TableType { min: t.elements.len() as u32, ..t.ty })
    }

    /// The count of elements; 0 for an unknown handle.
    pub fn size(&self, store: impl AsContext) -> u32 {
        self.with(&store, |t| t.elements.len() as u32).unwrap_or(0)
    }

    /// An element; none beyond the end.
    pub fn get(&self, store: impl AsContext, index: u32) -> Option<Val> {
        self.with(&store, |t| {
            t.elements.get(index as usize).map(|&bits| Val::from_bits(t.ty.element, bits.into()))
        })
        .ok()?
    }

    /// Sets an element.
    ///
    /// # Errors
    /// `Trap(TableOutOfBounds)`, `Signature`, `UnknownHandle`.
    pub fn set(&self, mut store: impl AsContextMut, index: u32, value: Val) -> Result<()> {
        let inner = &mut store.as_context_mut().0.inner;
        let table = inner.tables.get_mut(self.0 as usize).ok_or(Error::UnknownHandle)?;
        if value.ty() != table.ty.element {
            return Err(Error::Signature);
        }
        *table.elements.get_mut(index as usize).ok_or(Trap::TableOutOfBounds)? = value.to_bits()? as u32;
        Ok(())
    }

    /// Adds elements; gives the old size.
    ///
    /// # Errors
    /// `Limit` when the type, the store or the heap forbids it, `Signature`, `UnknownHandle`.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u32, value: Val) -> Result<u32> {
        let inner = &mut store.as_context_mut().0.inner;
        let most = inner.limits.table_elements;
        let table = inner.tables.get_mut(self.0 as usize).ok_or(Error::UnknownHandle)?;
        if value.ty() != table.ty.element {
            return Err(Error::Signature);
        }
        table.grow(delta, value.to_bits()? as u32, most).ok_or(Error::Limit(Reason::TABLE_ELEMENTS))
    }
}

/// A global of a store: a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Global(pub(crate) u32);

impl Global {
    /// Makes a global.
    ///
    /// # Errors
    /// `Signature` when the value has another type, `OutOfMemory`.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self> {
        if value.ty() != ty.content {
            return Err(Error::Signature);
        }
        let inner = &mut store.as_context_mut().0.inner;
        push(&mut inner.globals, HostGlobal { ty, bits: value.to_bits()? })?;
        Ok(Self(inner.globals.len() as u32))
    }

    /// The global's type.
    ///
    /// # Errors
    /// `UnknownHandle`.
    pub fn ty(&self, store: impl AsContext) -> Result<GlobalType> {
        store.as_context().0.inner.global_type(self.0).ok_or(Error::UnknownHandle)
    }

    /// The global's value; none for an unknown handle.
    pub fn get(&self, store: impl AsContext) -> Option<Val> {
        let inner = &store.as_context().0.inner;
        Some(Val::from_bits(inner.global_type(self.0)?.content, inner.global_bits(self.0)?))
    }

    /// Sets the global.
    ///
    /// # Errors
    /// `Signature` when it is immutable or of another type, `UnknownHandle`.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<()> {
        let inner = &mut store.as_context_mut().0.inner;
        let ty = inner.global_type(self.0).ok_or(Error::UnknownHandle)?;
        if !ty.mutable || ty.content != value.ty() {
            return Err(Error::Signature);
        }
        inner.set_global_bits(self.0, value.to_bits()?)
    }
}
