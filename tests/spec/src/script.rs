//! Runs one script of the suite: a store, the modules that it named, and a verdict for every directive.

use std::collections::HashMap;

use wasmote_runtime::{Engine, Error, Extern, Func, Instance, Linker, Result as Loaded, Store, Val};
use wast::core::{AbstractHeapType, HeapType, WastArgCore};
use wast::token::Id;
use wast::{QuoteWat, WastArg, WastDirective, WastExecute, WastInvoke, Wat};

use crate::expected::{describe, matches};
use crate::feed::Feed;
use crate::reasons::{Comparison, compare};
use crate::spectest;

/// What a directive showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What the suite says, happened.
    Passed,
    /// The text parser refused a module that the suite calls malformed: the runtime never saw it.
    Text,
    /// Refused as the suite says, for a reason of the list of equivalent ones.
    Equivalent,
    /// Refused as the suite says, but for another reason, or as invalid where the suite says malformed.
    Reason(String),
    /// Something else happened.
    Failed(String),
}

use Verdict::{Equivalent, Failed, Passed, Reason, Text};

/// A script that is running.
pub struct Script {
    feed: Feed,
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
    instances: HashMap<String, Instance>,
    definitions: HashMap<String, Vec<u8>>,
    /// The newest instance; `None` inside when its module could not be instantiated.
    newest: Option<Instance>,
    newest_definition: Option<Vec<u8>>,
}

/// An instantiation's outcome.
enum Made {
    /// The text parser refused it.
    Text(String),
    /// The runtime did, or made it.
    Runtime(Loaded<Instance>),
}

impl Script {
    /// Makes a script's store with the `spectest` module in it.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn new(feed: Feed) -> Loaded<Self> {
        let engine = Engine::default();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        spectest::define(&mut linker, &mut store)?;
        Ok(Self {
            feed,
            engine,
            store,
            linker,
            instances: HashMap::new(),
            definitions: HashMap::new(),
            newest: None,
            newest_definition: None,
        })
    }

    /// Runs a directive.
    pub fn run(&mut self, directive: WastDirective<'_>) -> Verdict {
        match directive {
            WastDirective::Module(mut module) => {
                let name = module.name();
                self.newest = None;
                match self.make(&mut module) {
                    Made::Runtime(Ok(instance)) => {
                        self.keep(name, instance);
                        Passed
                    }
                    Made::Runtime(Err(error)) => Failed(error.to_string()),
                    Made::Text(text) => Failed(text),
                }
            }
            WastDirective::ModuleDefinition(mut module) => self.define(&mut module),
            WastDirective::ModuleInstance { instance, module, .. } => self.instance_of(instance, module),
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(invoke) => match self.invoke(&invoke) {
                Ok(Ok(_)) => Passed,
                Ok(Err(error)) => Failed(error.to_string()),
                Err(text) => Failed(text),
            },
            WastDirective::AssertReturn { exec, results, .. } => match self.execute(exec) {
                Ok(Ok(found)) if matches(&found, &results) => Passed,
                Ok(Ok(found)) => Failed(format!("gave {}, not {results:?}", describe(&found))),
                Ok(Err(error)) => Failed(error.to_string()),
                Err(text) => Failed(text),
            },
            WastDirective::AssertTrap { exec, message, .. } => trapped(self.execute(exec), message),
            WastDirective::AssertExhaustion { call, message, .. } => trapped(self.invoke(&call), message),
            WastDirective::AssertMalformed { mut module, message, .. } => match module.encode() {
                Err(_) => Text,
                Ok(bytes) => self.refused(&bytes, message, |e| matches!(e, Error::Malformed { .. })),
            },
            WastDirective::AssertInvalid { mut module, message, .. } => match module.encode() {
                Err(error) => Failed(format!("the text parser refused: {error}")),
                Ok(bytes) => self.refused(&bytes, message, |e| matches!(e, Error::Invalid { .. })),
            },
            WastDirective::AssertUnlinkable { module, message, .. } => self.unlinkable(module, message),
            other => Failed(format!("a directive that this runner does not know: {other:?}")),
        }
    }

    fn keep(&mut self, name: Option<Id<'_>>, instance: Instance) {
        if let Some(name) = name {
            self.instances.insert(name.name().to_owned(), instance);
        }
        self.newest = Some(instance);
    }

    fn instantiate(&mut self, bytes: &[u8]) -> Loaded<Instance> {
        let module = self.feed.load(&self.engine, bytes)?;
        self.feed.instantiate(&self.linker, &mut self.store, &module, bytes)
    }

    fn make(&mut self, module: &mut QuoteWat<'_>) -> Made {
        match module.encode() {
            Ok(bytes) => Made::Runtime(self.instantiate(&bytes)),
            Err(error) => Made::Text(error.to_string()),
        }
    }

    fn define(&mut self, module: &mut QuoteWat<'_>) -> Verdict {
        let bytes = match module.encode() {
            Ok(bytes) => bytes,
            Err(error) => return Failed(error.to_string()),
        };
        if let Err(error) = self.feed.load(&self.engine, &bytes) {
            return Failed(error.to_string());
        }
        if let Some(name) = module.name() {
            self.definitions.insert(name.name().to_owned(), bytes.clone());
        }
        self.newest_definition = Some(bytes);
        Passed
    }

    fn instance_of(&mut self, name: Option<Id<'_>>, module: Option<Id<'_>>) -> Verdict {
        let bytes = match module {
            Some(id) => self.definitions.get(id.name()).cloned(),
            None => self.newest_definition.clone(),
        };
        let Some(bytes) = bytes else { return Failed("no such definition".to_owned()) };
        match self.instantiate(&bytes) {
            Ok(instance) => {
                self.keep(name, instance);
                Passed
            }
            Err(error) => Failed(error.to_string()),
        }
    }

    fn instance(&self, name: Option<Id<'_>>) -> Result<Instance, String> {
        let found = match name {
            Some(id) => self.instances.get(id.name()).copied(),
            None => self.newest,
        };
        found.ok_or_else(|| "no such instance".to_owned())
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Verdict {
        let instance = match self.instance(module) {
            Ok(instance) => instance,
            Err(text) => return Failed(text),
        };
        match self.linker.instance(&mut self.store, name, instance) {
            Ok(_) => Passed,
            Err(error) => Failed(error.to_string()),
        }
    }

    fn export(&self, module: Option<Id<'_>>, name: &str) -> Result<Extern, String> {
        let instance = self.instance(module)?;
        instance.get_export(&self.store, name).ok_or_else(|| format!("no export {name}"))
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Loaded<Vec<Val>>, String> {
        let func = match self.export(invoke.module, invoke.name)? {
            Extern::Func(func) => func,
            _ => return Err("the export is no function".to_owned()),
        };
        let args = invoke.args.iter().map(argument).collect::<Result<Vec<_>, _>>()?;
        Ok(call(func, &mut self.store, &args))
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Loaded<Vec<Val>>, String> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Get { module, global, .. } => match self.export(module, global)? {
                Extern::Global(global) => {
                    let value = global.get(&self.store).ok_or("the global has no value")?;
                    Ok(Ok(vec![value]))
                }
                _ => Err("the export is no global".to_owned()),
            },
            WastExecute::Wat(module) => match self.make(&mut QuoteWat::Wat(module)) {
                Made::Text(text) => Err(text),
                Made::Runtime(made) => Ok(made.map(|_| Vec::new())),
            },
        }
    }

    /// Loads a module that must be refused, with an error of the right kind, or for an equivalent reason.
    fn refused(&self, bytes: &[u8], message: &str, kind: fn(Error) -> bool) -> Verdict {
        let error = match self.feed.load(&self.engine, bytes) {
            Ok(_) => return Failed(format!("accepted, but: {message}")),
            Err(error) => error,
        };
        let reason = match error {
            Error::Malformed { reason, .. } | Error::Invalid { reason, .. } => reason,
            Error::Unsupported { feature, .. } => feature,
            _ => return Reason(format!("{error}, but: {message}")),
        };
        match compare(message, reason) {
            Comparison::Same if kind(error) => Passed,
            Comparison::Equivalent => Equivalent,
            _ => Reason(format!("{error}, but: {message}")),
        }
    }

    fn unlinkable(&mut self, module: Wat<'_>, message: &str) -> Verdict {
        match self.make(&mut QuoteWat::Wat(module)) {
            Made::Text(text) => Failed(text),
            Made::Runtime(Ok(_)) => Failed(format!("linked, but: {message}")),
            Made::Runtime(Err(error @ (Error::UnknownImport { .. } | Error::IncompatibleImport { .. }))) => {
                if error.to_string().starts_with(message) {
                    Passed
                } else {
                    Reason(format!("{error}, but: {message}"))
                }
            }
            Made::Runtime(Err(error)) => Failed(format!("{error}, but: {message}")),
        }
    }
}

/// Calls a function with room for its results.
fn call(func: Func, store: &mut Store<()>, args: &[Val]) -> Loaded<Vec<Val>> {
    let (_, count) = func.arity(&*store)?;
    let mut results = vec![Val::I32(0); count];
    func.call(store, args, &mut results)?;
    Ok(results)
}

fn trapped(outcome: Result<Loaded<Vec<Val>>, String>, message: &str) -> Verdict {
    match outcome {
        Ok(Err(Error::Trap(trap))) if compare(message, trap.as_str()) == Comparison::Same => Passed,
        Ok(Err(error)) => Reason(format!("{error}, but: {message}")),
        Ok(Ok(found)) => Failed(format!("gave {}, but: {message}", describe(&found))),
        Err(text) => Failed(text),
    }
}

fn argument(arg: &WastArg<'_>) -> Result<Val, String> {
    let WastArg::Core(arg) = arg else { return Err("an argument of the component model".to_owned()) };
    Ok(match arg {
        WastArgCore::I32(x) => Val::I32(*x),
        WastArgCore::I64(x) => Val::I64(*x),
        WastArgCore::F32(x) => Val::F32(x.bits),
        WastArgCore::F64(x) => Val::F64(x.bits),
        WastArgCore::RefNull(HeapType::Abstract { ty: AbstractHeapType::Func, .. }) => Val::FuncRef(None),
        WastArgCore::RefNull(HeapType::Abstract { ty: AbstractHeapType::Extern, .. }) => Val::ExternRef(None),
        WastArgCore::RefExtern(x) => Val::ExternRef(Some(*x)),
        other => return Err(format!("an argument that the runtime has no type for: {other:?}")),
    })
}
