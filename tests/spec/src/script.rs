//! Runs one script of the suite: a store, the modules that it named, and a verdict for every directive.

use std::collections::HashMap;

use wasmote_target_tests::machine::{Kind, Refusal, Runner, Value};
use wast::core::{AbstractHeapType, HeapType, WastArgCore};
use wast::token::Id;
use wast::{QuoteWat, WastArg, WastDirective, WastExecute, WastInvoke, Wat};

use crate::expected::{describe, matches};
use crate::reasons::{Comparison, compare};

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

/// What a runner says.
type Ran<T> = Result<T, Refusal>;

use Verdict::{Equivalent, Failed, Passed, Reason, Text};

/// A script that is running.
pub struct Script<'r> {
    runner: &'r mut dyn Runner,
    instances: HashMap<String, u32>,
    definitions: HashMap<String, Vec<u8>>,
    /// The newest instance; `None` inside when its module could not be instantiated.
    newest: Option<u32>,
    newest_definition: Option<Vec<u8>>,
}

/// An instantiation's outcome.
enum Made {
    /// The text parser refused it.
    Text(String),
    /// The runtime did, or made it.
    Runtime(Ran<u32>),
}

impl<'r> Script<'r> {
    /// Begins a script in a new store.
    pub fn new(runner: &'r mut dyn Runner) -> Self {
        Self {
            runner,
            instances: HashMap::new(),
            definitions: HashMap::new(),
            newest: None,
            newest_definition: None,
        }
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
                    Made::Runtime(Err(error)) => Failed(error.reason),
                    Made::Text(text) => Failed(text),
                }
            }
            WastDirective::ModuleDefinition(mut module) => self.define(&mut module),
            WastDirective::ModuleInstance { instance, module, .. } => self.instance_of(instance, module),
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(invoke) => match self.invoke(&invoke) {
                Ok(Ok(_)) => Passed,
                Ok(Err(error)) => Failed(error.reason),
                Err(text) => Failed(text),
            },
            WastDirective::AssertReturn { exec, results, .. } => match self.execute(exec) {
                Ok(Ok(found)) if matches(&found, &results) => Passed,
                Ok(Ok(found)) => Failed(format!("gave {}, not {results:?}", describe(&found))),
                Ok(Err(error)) => Failed(error.reason),
                Err(text) => Failed(text),
            },
            WastDirective::AssertTrap { exec, message, .. } => trapped(self.execute(exec), message),
            WastDirective::AssertExhaustion { call, message, .. } => trapped(self.invoke(&call), message),
            WastDirective::AssertMalformed { mut module, message, .. } => match module.encode() {
                Err(_) => Text,
                Ok(bytes) => self.refused(&bytes, message, Kind::Malformed),
            },
            WastDirective::AssertInvalid { mut module, message, .. } => match module.encode() {
                Err(error) => Failed(format!("the text parser refused: {error}")),
                Ok(bytes) => self.refused(&bytes, message, Kind::Invalid),
            },
            WastDirective::AssertUnlinkable { module, message, .. } => self.unlinkable(module, message),
            other => Failed(format!("a directive that this runner does not know: {other:?}")),
        }
    }

    fn keep(&mut self, name: Option<Id<'_>>, instance: u32) {
        if let Some(name) = name {
            self.instances.insert(name.name().to_owned(), instance);
        }
        self.newest = Some(instance);
    }

    fn make(&mut self, module: &mut QuoteWat<'_>) -> Made {
        match module.encode() {
            Ok(bytes) => Made::Runtime(self.runner.instantiate(&bytes)),
            Err(error) => Made::Text(error.to_string()),
        }
    }

    fn define(&mut self, module: &mut QuoteWat<'_>) -> Verdict {
        let bytes = match module.encode() {
            Ok(bytes) => bytes,
            Err(error) => return Failed(error.to_string()),
        };
        if let Err(error) = self.runner.load(&bytes) {
            return Failed(error.reason);
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
        match self.runner.instantiate(&bytes) {
            Ok(instance) => {
                self.keep(name, instance);
                Passed
            }
            Err(error) => Failed(error.reason),
        }
    }

    fn instance(&self, name: Option<Id<'_>>) -> Result<u32, String> {
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
        match self.runner.register(name, instance) {
            Ok(()) => Passed,
            Err(error) => Failed(error.reason),
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Ran<Vec<Value>>, String> {
        let instance = self.instance(invoke.module)?;
        let args = invoke.args.iter().map(argument).collect::<Result<Vec<_>, _>>()?;
        Ok(self.runner.call(instance, invoke.name, &args))
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Ran<Vec<Value>>, String> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module)?;
                Ok(self.runner.global(instance, global).map(|value| vec![value]))
            }
            WastExecute::Wat(module) => match self.make(&mut QuoteWat::Wat(module)) {
                Made::Text(text) => Err(text),
                Made::Runtime(made) => Ok(made.map(|_| Vec::new())),
            },
        }
    }

    /// Loads a module that must be refused, with an error of the right kind, or for an equivalent reason.
    fn refused(&mut self, bytes: &[u8], message: &str, kind: Kind) -> Verdict {
        let refusal = match self.runner.load(bytes) {
            Ok(()) => return Failed(format!("accepted, but: {message}")),
            Err(refusal) => refusal,
        };
        if !matches!(refusal.kind, Kind::Malformed | Kind::Invalid | Kind::Unsupported) {
            return Reason(format!("{}, but: {message}", refusal.reason));
        }
        match compare(message, &refusal.reason) {
            Comparison::Same if refusal.kind == kind => Passed,
            Comparison::Equivalent => Equivalent,
            _ => Reason(format!("{:?} {}, but: {message}", refusal.kind, refusal.reason)),
        }
    }

    fn unlinkable(&mut self, module: Wat<'_>, message: &str) -> Verdict {
        match self.make(&mut QuoteWat::Wat(module)) {
            Made::Text(text) => Failed(text),
            Made::Runtime(Ok(_)) => Failed(format!("linked, but: {message}")),
            Made::Runtime(Err(Refusal { kind: Kind::Link, reason })) => {
                if reason.starts_with(message) {
                    Passed
                } else {
                    Reason(format!("{reason}, but: {message}"))
                }
            }
            Made::Runtime(Err(error)) => Failed(format!("{}, but: {message}", error.reason)),
        }
    }
}

fn trapped(outcome: Result<Ran<Vec<Value>>, String>, message: &str) -> Verdict {
    match outcome {
        Ok(Err(Refusal { kind: Kind::Trap, reason })) if compare(message, &reason) == Comparison::Same => {
            Passed
        }
        Ok(Err(error)) => Reason(format!("{}, but: {message}", error.reason)),
        Ok(Ok(found)) => Failed(format!("gave {}, but: {message}", describe(&found))),
        Err(text) => Failed(text),
    }
}

fn argument(arg: &WastArg<'_>) -> Result<Value, String> {
    let WastArg::Core(arg) = arg else { return Err("an argument of the component model".to_owned()) };
    Ok(match arg {
        WastArgCore::I32(x) => Value::I32(*x),
        WastArgCore::I64(x) => Value::I64(*x),
        WastArgCore::F32(x) => Value::F32(x.bits),
        WastArgCore::F64(x) => Value::F64(x.bits),
        WastArgCore::RefNull(HeapType::Abstract { ty: AbstractHeapType::Func, .. }) => Value::Func(false),
        WastArgCore::RefNull(HeapType::Abstract { ty: AbstractHeapType::Extern, .. }) => Value::Extern(None),
        WastArgCore::RefExtern(x) => Value::Extern(Some(*x)),
        other => return Err(format!("an argument that the runtime has no type for: {other:?}")),
    })
}
