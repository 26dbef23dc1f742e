//! The instances that are loaded: each a module with a store of its own.

use alloc::boxed::Box;
use alloc::vec::Vec;

use wasmote_fs::Name;
use wasmote_runtime::{Instance, Store};

use crate::error::Error;
use crate::guest::Guest;
use crate::limits::{DEFAULT_HEAP, DEFAULT_STACK};
use crate::running::UNLIMITED;

/// How an instance was loaded, to load it again.
#[derive(Clone, Copy)]
pub(crate) struct LoadOptions {
    /// Bytes that its value stack may grow to.
    pub(crate) stack: u32,
    /// Bytes of `malloc`'s heap.
    pub(crate) heap: u32,
    /// Declared bytes of linear memory that it may grow to.
    pub(crate) max_memory: u64,
    /// Fuel of each call, or [`UNLIMITED`].
    pub(crate) fuel: u64,
}

impl LoadOptions {
    /// What holds where nothing else is asked for.
    pub(crate) const DEFAULT: Self =
        Self { stack: DEFAULT_STACK, heap: DEFAULT_HEAP, max_memory: 1 << 32, fuel: UNLIMITED };
}

/// A loaded instance.
pub(crate) struct Loaded {
    /// The name that commands use.
    pub(crate) alias: Name,
    /// The module on flash.
    pub(crate) module: Name,
    pub(crate) options: LoadOptions,
    /// In a block of its own from the start: it is too large for the stack below which a module is compiled.
    pub(crate) store: Box<Store<Guest>>,
    pub(crate) instance: Instance,
    /// Bytes of internal code.
    pub(crate) code: u32,
    /// Fuel used since it was loaded.
    pub(crate) fuel: u64,
    /// The highest value stack of any call, bytes.
    pub(crate) stack_peak: usize,
}

/// Why an instance cannot be had.
#[derive(Clone, Copy)]
pub(crate) enum Unavailable {
    NotLoaded,
    Running,
    /// Too many are running already.
    Nested,
    /// The heap is full.
    Memory,
}

impl Unavailable {
    /// The error for the instance of a name.
    pub(crate) fn error(self, alias: &str) -> Error<'_> {
        match self {
            Self::NotLoaded => Error::NotLoaded(alias),
            Self::Running => Error::Running(alias),
            Self::Nested => Error::Nested,
            Self::Memory => Error::Memory,
        }
    }
}

/// Instances that run at the same time: one called at the prompt, and one called by a management frame that
/// came meanwhile.
const MAX_RUNNING: usize = 2;

/// All loaded instances, in the order of loading.
pub(crate) struct Instances {
    /// Exactly as large as it must be, with a place for each instance that is out, so that unloading gives back
    /// every byte.
    #[expect(clippy::vec_box, reason = "a list of large elements would need one large block")]
    list: Vec<Box<Loaded>>,
    /// The names that run: of instances that are out of the list, and of one that is being loaded.
    running: heapless::Vec<Name, MAX_RUNNING>,
    /// Instances that are out of the list.
    out: usize,
}

impl Instances {
    pub(crate) const fn new() -> Self {
        Self { list: Vec::new(), running: heapless::Vec::new(), out: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.list = Vec::new();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Loaded> {
        self.list.iter().map(|loaded| &**loaded)
    }

    /// The names of what is running, the one called first at the front.
    pub(crate) fn running(&self) -> &[Name] {
        &self.running
    }

    /// The instance of a name.
    pub(crate) fn get(&mut self, alias: &str) -> Result<&mut Loaded, Unavailable> {
        if self.is_running(alias) {
            return Err(Unavailable::Running);
        }
        let found = self.list.iter_mut().find(|loaded| loaded.alias.as_str() == alias);
        found.map(|loaded| &mut **loaded).ok_or(Unavailable::NotLoaded)
    }

    /// Whether there is an instance of the name, running or not.
    pub(crate) fn has(&self, alias: &str) -> bool {
        self.is_running(alias) || self.iter().any(|loaded| loaded.alias.as_str() == alias)
    }

    fn is_running(&self, alias: &str) -> bool {
        self.running.iter().any(|name| name.as_str() == alias)
    }

    /// Adds an instance.
    pub(crate) fn add(&mut self, loaded: Box<Loaded>) -> Result<(), Unavailable> {
        let places = self.out.saturating_add(1);
        self.list.try_reserve_exact(places).map_err(|_| Unavailable::Memory)?;
        self.push(loaded);
        Ok(())
    }

    /// Puts an instance into a place that there is.
    fn push(&mut self, loaded: Box<Loaded>) {
        if self.list.len() < self.list.capacity() {
            self.list.push(loaded);
        }
    }

    /// Takes an instance out for good.
    pub(crate) fn remove(&mut self, alias: &str) -> Result<Box<Loaded>, Unavailable> {
        self.get(alias)?;
        let loaded = self.detach(alias)?;
        let places = self.list.len().saturating_add(self.out);
        let mut fitted = Vec::new();
        // Without memory for the smaller list, the larger one stays until the next time.
        if fitted.try_reserve_exact(places).is_ok() {
            for loaded in core::mem::replace(&mut self.list, fitted) {
                self.push(loaded);
            }
        }
        Ok(loaded)
    }

    /// Takes an instance out to run it.
    pub(crate) fn take(&mut self, alias: &str) -> Result<Box<Loaded>, Unavailable> {
        let name = self.get(alias)?.alias;
        self.start(name)?;
        // It was there a moment ago.
        let loaded = self.detach(alias)?;
        self.out = self.out.saturating_add(1);
        Ok(loaded)
    }

    fn detach(&mut self, alias: &str) -> Result<Box<Loaded>, Unavailable> {
        match self.list.iter().position(|loaded| loaded.alias.as_str() == alias) {
            Some(at) => Ok(self.list.remove(at)),
            None => Err(Unavailable::NotLoaded),
        }
    }

    /// Puts an instance back that [`Instances::take`] gave.
    pub(crate) fn put_back(&mut self, loaded: Box<Loaded>) {
        self.stop();
        self.out = self.out.saturating_sub(1);
        // `add` and `remove` keep a place for each instance that is out.
        self.push(loaded);
    }

    /// Tells that a name runs that is not in the list.
    pub(crate) fn start(&mut self, alias: Name) -> Result<(), Unavailable> {
        self.running.push(alias).map_err(|_| Unavailable::Nested)
    }

    /// Tells that what began to run last does not any more: what runs meanwhile ends before.
    pub(crate) fn stop(&mut self) {
        self.running.pop();
    }
}
