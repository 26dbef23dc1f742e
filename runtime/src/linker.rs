//! Linking: what a module imports is looked up by name.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::fallible::{copied, push};
use crate::func::finish;
use crate::host::{HostEntry, HostError, IntoFunc, untyped};
use crate::instance::{Extern, Instance};
use crate::module::Module;
use crate::reader::Source;
use crate::rows::{HostFunc, HostTable};
use crate::store::{AsContextMut, CallStatus, Store};
use crate::types::{ExternType, FuncType};
use crate::{Caller, Engine, Error, ImportType, Result, Val};

enum Definition<T: 'static> {
    Extern(Extern),
    Host(FuncType<'static>, HostEntry<T>),
}

struct Entry<T: 'static> {
    module: Box<[u8]>,
    name: Box<[u8]>,
    definition: Definition<T>,
}

/// Definitions for imports, by module and name.
pub struct Linker<T: 'static> {
    tables: Vec<&'static HostTable<T>>,
    entries: Vec<Entry<T>>,
}

impl<T> Linker<T> {
    /// Makes an empty linker. Allocates nothing.
    pub fn new(_engine: &Engine) -> Self {
        Self { tables: Vec::new(), entries: Vec::new() }
    }

    /// Adds a table of host functions, which stays where it is: a word of heap, however long the table.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn functions(&mut self, table: &'static HostTable<T>) -> Result<&mut Self> {
        push(&mut self.tables, table)?;
        Ok(self)
    }

    fn add(&mut self, module: &str, name: &str, definition: Definition<T>) -> Result<&mut Self> {
        let entry = Entry { module: copied(module.as_bytes())?, name: copied(name.as_bytes())?, definition };
        push(&mut self.entries, entry)?;
        Ok(self)
    }

    /// Defines a host function by a closure over typed parameters. A later definition hides an earlier one.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn func_wrap<P, R, F: IntoFunc<T, P, R>>(
        &mut self,
        module: &str,
        name: &str,
        f: F,
    ) -> Result<&mut Self> {
        let entry = HostEntry::new(move |caller, params, results| f.invoke(caller, params, results))?;
        self.add(module, name, Definition::Host(*F::TYPE, entry))
    }

    /// Defines a host function by a closure over lists of values.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType<'static>,
        f: impl Fn(&mut Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), HostError> + 'static,
    ) -> Result<&mut Self> {
        let entry = HostEntry::new(untyped(ty, f))?;
        self.add(module, name, Definition::Host(ty, entry))
    }

    /// Defines something of a store.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn define(&mut self, module: &str, name: &str, item: impl Into<Extern>) -> Result<&mut Self> {
        self.add(module, name, Definition::Extern(item.into()))
    }

    /// Defines all exports of an instance, under a module's name.
    ///
    /// # Errors
    /// `OutOfMemory`, `UnknownHandle`.
    pub fn instance(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self> {
        let store = store.as_context_mut().0;
        let shared = instance.module(store)?.clone();
        for export in shared.exports() {
            let item = instance.get_export(&*store, export.name).ok_or(Error::UnknownHandle)?;
            self.define(module, export.name, item)?;
        }
        Ok(self)
    }

    /// Whether there is a definition for an import, of whatever type.
    pub fn is_defined(&self, import: ImportType<'_>) -> bool {
        self.entry(import.module, import.name).is_some() || self.row(import).is_some()
    }

    /// The tables of host functions.
    pub fn tables(&self) -> &[&'static HostTable<T>] {
        &self.tables
    }

    fn entry(&self, module: &str, name: &str) -> Option<&Entry<T>> {
        self.entries.iter().rev().find(|e| *e.module == *module.as_bytes() && *e.name == *name.as_bytes())
    }

    /// The row for an import: one of the same type if there are several of the name.
    fn row(&self, import: ImportType<'_>) -> Option<&'static HostFunc<T>> {
        let mut found = None;
        for table in self.tables.iter().filter(|table| table.module == import.module) {
            for (_, row) in table.functions().filter(|&(name, _)| name == import.name) {
                if ExternType::Func(*row.ty) == import.ty {
                    return Some(row);
                }
                found = found.or(Some(row));
            }
        }
        found
    }

    fn resolve(&self, store: &mut Store<T>, module: &Module) -> Result<Vec<Extern>> {
        let mut externs = crate::fallible::with_capacity(module.imports().len())?;
        for (import, index) in module.imports().zip(0..) {
            let host = match (self.entry(import.module, import.name), self.row(import)) {
                (Some(entry), _) => match &entry.definition {
                    Definition::Extern(item) => {
                        push(&mut externs, *item)?;
                        continue;
                    }
                    Definition::Host(ty, entry) => (*ty, entry.clone()),
                },
                (None, Some(row)) => (*row.ty, HostEntry::Row(row)),
                (None, None) => return Err(Error::UnknownImport { index }),
            };
            let func = store.add_host(host.0, host.1)?;
            push(&mut externs, Extern::Func(crate::Func::from_bits(func).ok_or(Error::UnknownHandle)?))?;
        }
        Ok(externs)
    }

    fn instantiate_any(
        &self,
        store: &mut Store<T>,
        module: &Module,
        source: Option<&mut dyn Source>,
    ) -> Result<(Instance, CallStatus)> {
        if store.is_suspended() {
            return Err(Error::Suspended);
        }
        let hosts = store.host_count();
        let instance =
            self.resolve(store, module).and_then(|externs| Instance::prepare(store, module, &externs));
        match instance {
            Ok(instance) => {
                instance.initialize(store, source)?;
                let status = instance.start(store)?;
                Ok((instance, status))
            }
            Err(error) => {
                store.truncate_hosts(hosts);
                Err(error)
            }
        }
    }

    /// Instantiates a module and runs its start function to its end.
    ///
    /// # Errors
    /// `UnknownImport` and `IncompatibleImport`, which name the import; `Limit`, `OutOfMemory`; `Trap` from
    /// segments that do not fit and from the start function.
    pub fn instantiate(&self, mut store: impl AsContextMut<Data = T>, module: &Module) -> Result<Instance> {
        let store = store.as_context_mut().0;
        let (instance, status) = self.instantiate_any(store, module, None)?;
        finish(status, || store.cancel())?;
        Ok(instance)
    }

    /// Instantiates a module whose active data segments are read from the stream that it was loaded from. A
    /// start function that is suspended goes on by [`Store::resume`].
    ///
    /// # Errors
    /// As [`Linker::instantiate`], and `Read` when the stream fails.
    pub fn instantiate_from<S>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
        source: &mut S,
    ) -> Result<(Instance, CallStatus)>
    where
        S: embedded_io::Read + embedded_io::Seek,
    {
        self.instantiate_any(store.as_context_mut().0, module, Some(source))
    }

    /// Instantiates a module; a start function that is suspended goes on by [`Store::resume`].
    ///
    /// # Errors
    /// As [`Linker::instantiate`], without `OutOfFuel`.
    pub fn instantiate_resumable(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<(Instance, CallStatus)> {
        self.instantiate_any(store.as_context_mut().0, module, None)
    }
}
