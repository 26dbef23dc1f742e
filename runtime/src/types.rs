//! Types of functions, tables, globals and of what a module imports and exports.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::ValType;
use crate::fallible::{push, shrink};
use crate::memory::MemoryType;
use crate::order::Order;
use crate::stop::Res;

/// A function's type: a view, so that asking for it allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuncType<'a> {
    /// The parameters' types.
    pub params: &'a [ValType],
    /// The results' types.
    pub results: &'a [ValType],
}

impl FuncType<'_> {
    /// Slots that the parameters take.
    pub(crate) fn param_slots(self) -> usize {
        self.params.iter().map(|t| t.slots() as usize).sum()
    }

    /// Slots that the results take.
    pub(crate) fn result_slots(self) -> usize {
        self.results.iter().map(|t| t.slots() as usize).sum()
    }
}

/// A global's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalType {
    /// The type of its value.
    pub content: ValType,
    /// Whether it can be set.
    pub mutable: bool,
}

/// A table's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableType {
    /// The type of its elements, a reference type.
    pub element: ValType,
    /// Elements at the start.
    pub min: u32,
    /// Elements that it may grow to.
    pub max: Option<u32>,
}

/// The type of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternType<'a> {
    /// A function.
    Func(FuncType<'a>),
    /// A table.
    Table(TableType),
    /// A linear memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
}

#[derive(Clone, Copy)]
struct Entry {
    /// Position of the parameters in `Types::all`; the results follow them.
    start: u32,
    params: u16,
    results: u16,
    /// The first type that equals this one: two types are equal exactly if these are.
    canonical: u16,
    /// Slots that the parameters take.
    param_slots: u16,
}

/// A module's type section, packed.
#[derive(Default)]
pub(crate) struct Types {
    entries: Vec<Entry>,
    all: Vec<ValType>,
    /// The distinct types, while they are read.
    order: Order,
}

impl Types {
    pub(crate) fn len(&self) -> u32 {
        self.entries.len() as u32
    }

    /// Appends a value's type, of a parameter or then a result of the type that [`add`](Self::add) adds.
    pub(crate) fn value(&mut self, ty: ValType) -> Res<()> {
        Ok(push(&mut self.all, ty)?)
    }

    /// The count of the values' types so far.
    pub(crate) fn values_len(&self) -> usize {
        self.all.len()
    }

    /// Adds the type of the values from `start` on.
    pub(crate) fn add(&mut self, start: usize, params: u16, results: u16) -> Res<()> {
        let slots = |types: &[ValType]| types.iter().map(|t| t.slots() as u16).sum();
        let new = self.all.get(start..).unwrap_or_default();
        let param_slots = slots(new.get(..usize::from(params)).unwrap_or_default());
        let index = self.entries.len() as u32;
        let same = self.order.find_or_insert(index, &mut |other| {
            let Some(e) = self.entries.get(other as usize) else { return Ordering::Less };
            let old = self.all.get(e.start as usize..).unwrap_or_default();
            let old = old.get(..usize::from(e.params) + usize::from(e.results)).unwrap_or_default();
            (e.params, old).cmp(&(params, new))
        })?;
        let entry = match same.and_then(|same| self.entries.get(same as usize)) {
            Some(&entry) => {
                self.all.truncate(start);
                entry
            }
            None => Entry { start: start as u32, params, results, canonical: index as u16, param_slots },
        };
        Ok(push(&mut self.entries, entry)?)
    }

    pub(crate) fn get(&self, index: u32) -> Option<FuncType<'_>> {
        let entry = self.entries.get(index as usize)?;
        let all = self.all.get(entry.start as usize..)?;
        let (params, rest) = all.split_at_checked(entry.params.into())?;
        Some(FuncType { params, results: rest.get(..usize::from(entry.results))? })
    }

    pub(crate) fn canonical(&self, index: u32) -> u16 {
        self.entries.get(index as usize).map_or(u16::MAX, |e| e.canonical)
    }

    pub(crate) fn param_slots(&self, index: u32) -> u16 {
        self.entries.get(index as usize).map_or(0, |e| e.param_slots)
    }

    /// Gives back what growing took too much.
    pub(crate) fn shrink(&mut self) {
        self.order = Order::default();
        shrink(&mut self.entries);
        shrink(&mut self.all);
    }
}
