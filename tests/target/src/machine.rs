//! A store, and the instances that a script of the suite makes in it.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use wasmote_runtime::{Engine, Error, Extern, Instance, Linker, Module, Result, Store, Val};

use crate::feed::Feed;
use crate::spectest;

/// A value as a script sees it; floats by their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// An i32.
    I32(i32),
    /// An i64.
    I64(i64),
    /// An f32's bits.
    F32(u32),
    /// An f64's bits.
    F64(u64),
    /// Whether a function reference is not null.
    Func(bool),
    /// A reference of the host's.
    Extern(Option<u32>),
}

impl From<Val> for Value {
    fn from(value: Val) -> Self {
        match value {
            Val::I32(x) => Self::I32(x),
            Val::I64(x) => Self::I64(x),
            Val::F32(x) => Self::F32(x),
            Val::F64(x) => Self::F64(x),
            Val::FuncRef(x) => Self::Func(x.is_some()),
            Val::ExternRef(x) => Self::Extern(x),
        }
    }
}

impl From<Value> for Val {
    fn from(value: Value) -> Self {
        match value {
            Value::I32(x) => Self::I32(x),
            Value::I64(x) => Self::I64(x),
            Value::F32(x) => Self::F32(x),
            Value::F64(x) => Self::F64(x),
            // Scripts pass no function but null.
            Value::Func(_) => Self::FuncRef(None),
            Value::Extern(x) => Self::ExternRef(x),
        }
    }
}

/// Who refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The decoder.
    Malformed,
    /// The validator.
    Invalid,
    /// The list of proposals that are refused by name.
    Unsupported,
    /// The linker.
    Link,
    /// The running module: it traps.
    Trap,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds, by their numbers on the line.
    pub const ALL: [Self; 6] =
        [Self::Malformed, Self::Invalid, Self::Unsupported, Self::Link, Self::Trap, Self::Other];
}

/// What was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Who refuses.
    pub kind: Kind,
    /// The reason, in the runtime's words.
    pub reason: String,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (kind, reason) = match error {
            Error::Malformed(reason) => (Kind::Malformed, reason.to_string()),
            Error::Invalid(reason) => (Kind::Invalid, reason.to_string()),
            Error::Unsupported(reason) => (Kind::Unsupported, reason.to_string()),
            Error::UnknownImport { .. } | Error::IncompatibleImport { .. } => (Kind::Link, error.to_string()),
            Error::Trap(trap) => (Kind::Trap, trap.as_str().to_string()),
            other => (Kind::Other, other.to_string()),
        };
        Self { kind, reason }
    }
}

/// What runs a script's modules.
pub trait Runner {
    /// Loads a module and forgets it.
    ///
    /// # Errors
    /// Why it is no module.
    fn load(&mut self, bytes: &[u8]) -> Result<(), Refusal>;

    /// Makes an instance; gives its number.
    ///
    /// # Errors
    /// Why there is none.
    fn instantiate(&mut self, bytes: &[u8]) -> Result<u32, Refusal>;

    /// Lets modules import from an instance.
    ///
    /// # Errors
    /// `Other`.
    fn register(&mut self, name: &str, instance: u32) -> Result<(), Refusal>;

    /// Calls a function.
    ///
    /// # Errors
    /// The trap; `Other` where there is no such function.
    fn call(&mut self, instance: u32, name: &str, args: &[Value]) -> Result<Vec<Value>, Refusal>;

    /// The value of a global.
    ///
    /// # Errors
    /// `Other` where there is no such global.
    fn global(&mut self, instance: u32, name: &str) -> Result<Value, Refusal>;
}

/// A [`Runner`] in this process.
pub struct Machine {
    feed: Feed,
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
    instances: Vec<Instance>,
}

impl Machine {
    /// Makes a store with the `spectest` module in it.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn new(feed: Feed) -> Result<Self> {
        let engine = Engine::default();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        spectest::define(&mut linker, &mut store)?;
        Ok(Self { feed, engine, store, linker, instances: Vec::new() })
    }

    fn instance(&self, number: u32) -> Result<Instance, Refusal> {
        self.instances.get(number as usize).copied().ok_or_else(|| Error::UnknownHandle.into())
    }

    fn export(&self, number: u32, name: &str) -> Result<Extern, Refusal> {
        let export = self.instance(number)?.get_export(&self.store, name);
        export.ok_or_else(|| Error::UnknownHandle.into())
    }
}

impl Runner for Machine {
    fn load(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let _module: Module = self.feed.load(&self.engine, bytes)?;
        Ok(())
    }

    fn instantiate(&mut self, bytes: &[u8]) -> Result<u32, Refusal> {
        let module = self.feed.load(&self.engine, bytes)?;
        let instance = self.feed.instantiate(&self.linker, &mut self.store, &module, bytes)?;
        self.instances.push(instance);
        Ok(self.instances.len() as u32 - 1)
    }

    fn register(&mut self, name: &str, instance: u32) -> Result<(), Refusal> {
        let instance = self.instance(instance)?;
        self.linker.instance(&mut self.store, name, instance)?;
        Ok(())
    }

    fn call(&mut self, instance: u32, name: &str, args: &[Value]) -> Result<Vec<Value>, Refusal> {
        let Extern::Func(func) = self.export(instance, name)? else {
            return Err(Error::Signature.into());
        };
        let (_, count) = func.arity(&self.store)?;
        let args: Vec<Val> = args.iter().copied().map(Val::from).collect();
        let mut results = vec![Val::I32(0); count];
        func.call(&mut self.store, &args, &mut results)?;
        Ok(results.into_iter().map(Value::from).collect())
    }

    fn global(&mut self, instance: u32, name: &str) -> Result<Value, Refusal> {
        let Extern::Global(global) = self.export(instance, name)? else {
            return Err(Error::Signature.into());
        };
        global.get(&self.store).map(Value::from).ok_or_else(|| Error::UnknownHandle.into())
    }
}
