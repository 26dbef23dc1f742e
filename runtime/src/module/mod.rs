//! Modules: compiled, immutable, shared by the stores that instantiate them.

mod const_expr;
mod items;
mod load;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) use self::const_expr::ConstExpr;
use crate::exec::code::Code;
use crate::fallible::Shared;
use crate::memory::MemoryType;
use crate::reader::{SliceSource, Source};
use crate::types::{ExternType, FuncType, GlobalType, TableType, Types};
use crate::{Engine, Error, Result, ValType};

/// A compiled module. Clones share it.
///
/// It holds internal code, types, names of imports and exports, and segments; not the binary.
#[derive(Clone)]
pub struct Module(Shared<Parts>);

/// Part of `Parts::names`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Name {
    start: u32,
    len: u32,
}

pub(crate) struct Import {
    module: Name,
    name: Name,
    pub(crate) kind: ExternKind,
    /// Which of the module's functions, tables, memories or globals it is.
    pub(crate) index: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExternKind {
    Func,
    Table,
    Memory,
    Global,
}

pub(crate) struct Export {
    name: Name,
    pub(crate) kind: ExternKind,
    pub(crate) index: u32,
}

pub(crate) struct Global {
    pub(crate) ty: GlobalType,
    /// Its place among the instance's slots of globals.
    pub(crate) slot: u32,
}

pub(crate) enum Mode {
    Passive,
    /// An element segment that only declares functions.
    Declared,
    Active {
        /// The table of an element segment.
        table: u32,
        offset: ConstExpr,
    },
}

pub(crate) enum Items {
    Funcs(Box<[u32]>),
    Exprs(Box<[ConstExpr]>),
}

impl Items {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Funcs(items) => items.len(),
            Self::Exprs(items) => items.len(),
        }
    }
}

pub(crate) struct ElemSegment {
    pub(crate) ty: ValType,
    pub(crate) mode: Mode,
    pub(crate) items: Items,
}

pub(crate) struct DataSegment {
    pub(crate) mode: Mode,
    /// Where its bytes are in the module.
    pub(crate) offset: u32,
    pub(crate) len: u32,
    /// Its bytes, unless they are read from the module again when it is instantiated.
    pub(crate) bytes: Option<Box<[u8]>>,
}

/// What a module consists of.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) types: Types,
    /// The canonical types of all functions, imported ones first.
    pub(crate) func_types: Vec<u16>,
    pub(crate) code: Code,
    pub(crate) imported_funcs: u32,
    /// All tables, imported ones first.
    pub(crate) tables: Vec<TableType>,
    pub(crate) imported_tables: u32,
    pub(crate) memory: Option<MemoryType>,
    /// All globals, imported ones first; imported mutable ones are elsewhere and have a slot that is not used.
    pub(crate) globals: Vec<Global>,
    pub(crate) imported_globals: u32,
    pub(crate) global_slots: u32,
    /// Values of the module's own globals.
    pub(crate) global_inits: Vec<ConstExpr>,
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Vec<Export>,
    names: Vec<u8>,
    pub(crate) start: Option<u32>,
    pub(crate) elems: Vec<ElemSegment>,
    pub(crate) datas: Vec<DataSegment>,
    pub(crate) data_count: Option<u32>,
    /// Bits of the functions that `ref.func` may name; empty once all bodies are compiled.
    declared: Vec<u8>,
}

impl Parts {
    /// The index of a function's type.
    pub(crate) fn func_type_index(&self, func: u32) -> Option<u32> {
        self.func_types.get(func as usize).map(|&ty| ty.into())
    }

    pub(crate) fn func_type(&self, func: u32) -> Option<FuncType<'_>> {
        self.types.get(self.func_type_index(func)?)
    }

    pub(crate) fn is_declared(&self, func: u32) -> bool {
        self.declared.get(func as usize / 8).is_some_and(|byte| byte >> (func % 8) & 1 != 0)
    }

    fn bytes(&self, name: Name) -> &[u8] {
        let bytes = self.names.get(name.start as usize..).unwrap_or_default();
        bytes.get(..name.len as usize).unwrap_or_default()
    }

    fn name(&self, name: Name) -> &str {
        core::str::from_utf8(self.bytes(name)).unwrap_or_default()
    }

    pub(crate) fn extern_type(&self, kind: ExternKind, index: u32) -> Option<ExternType<'_>> {
        Some(match kind {
            ExternKind::Func => ExternType::Func(self.func_type(index)?),
            ExternKind::Table => ExternType::Table(*self.tables.get(index as usize)?),
            ExternKind::Memory => ExternType::Memory(self.memory?),
            ExternKind::Global => ExternType::Global(self.globals.get(index as usize)?.ty),
        })
    }

    pub(crate) fn export(&self, name: &str) -> Option<&Export> {
        self.exports.iter().find(|e| self.name(e.name) == name)
    }
}

/// An import of a module.
#[derive(Clone, Copy, Debug)]
pub struct ImportType<'a> {
    /// The name of the module that it is imported from.
    pub module: &'a str,
    /// Its name there.
    pub name: &'a str,
    /// What it must be.
    pub ty: ExternType<'a>,
}

/// An export of a module.
#[derive(Clone, Copy, Debug)]
pub struct ExportType<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub ty: ExternType<'a>,
}

impl Module {
    /// Compiles a module from its bytes, which are not needed afterwards.
    ///
    /// # Errors
    /// `Malformed`, `Invalid`, `Unsupported` with the place in the binary; `Limit` beyond the engine's limits;
    /// `OutOfMemory`, in which case everything taken is given back.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Self> {
        Self::load(engine, &mut SliceSource::new(bytes), true)
    }

    /// Compiles a module from a stream that can seek, of which a few hundred bytes are held at a time.
    ///
    /// Active data segments stay in the stream: instantiate with [`Linker::instantiate_from`] and the same
    /// stream.
    ///
    /// # Errors
    /// As [`Module::new`], and `Read` when the stream fails.
    ///
    /// [`Linker::instantiate_from`]: crate::Linker::instantiate_from
    pub fn from_reader<R>(engine: &Engine, reader: &mut R) -> Result<Self>
    where
        R: embedded_io::Read + embedded_io::Seek,
    {
        Self::load(engine, reader, false)
    }

    fn load(engine: &Engine, source: &mut dyn Source, keep_data: bool) -> Result<Self> {
        // The parts are filled where they stay: they are too large to be moved over the stack.
        let mut parts = Shared::new(Parts::default())?;
        match parts.get_mut() {
            Some(parts) => load::load(engine.config(), source, keep_data, parts)?,
            None => return Err(Error::OutOfMemory),
        }
        Ok(Self(parts))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }

    /// The module's imports, in its order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        self.parts().imports.iter().map(|import| self.import_type(import))
    }

    fn import_type(&self, import: &Import) -> ImportType<'_> {
        let parts = self.parts();
        ImportType {
            module: parts.name(import.module),
            name: parts.name(import.name),
            ty: parts
                .extern_type(import.kind, import.index)
                .unwrap_or(ExternType::Func(FuncType { params: &[], results: &[] })),
        }
    }

    /// The module's exports, in its order.
    pub fn exports(&self) -> impl Iterator<Item = ExportType<'_>> {
        let parts = self.parts();
        parts.exports.iter().filter_map(|export| {
            Some(ExportType {
                name: parts.name(export.name),
                ty: parts.extern_type(export.kind, export.index)?,
            })
        })
    }

    /// Bytes of internal code on the heap.
    pub fn code_size(&self) -> u32 {
        self.parts().code.bytes() as u32
    }

    /// Count of the module's own functions.
    pub fn function_count(&self) -> u32 {
        (self.parts().func_types.len() as u32).saturating_sub(self.parts().imported_funcs)
    }

    /// The import with this index, to name it in a message.
    ///
    /// # Errors
    /// `UnknownHandle` when there is none.
    pub fn import(&self, index: u32) -> Result<ImportType<'_>> {
        let import = self.parts().imports.get(index as usize).ok_or(Error::UnknownHandle)?;
        Ok(self.import_type(import))
    }
}
