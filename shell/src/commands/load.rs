//! `load unload reload`: instances.

use alloc::boxed::Box;

use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::{Error as StoreError, ModuleStore, Name};
use wasmote_runtime::{CallStatus, Engine, Error as RuntimeError, Linker, Module, Store, StoreLimits, boxed};

use super::{MISUSED, name, number, only};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::guest::{self, Guest};
use crate::instances::{LoadOptions, Loaded};
use crate::limits::{DEFAULT_HEAP, DEFAULT_STACK};
use crate::output::Shown;
use crate::running::Budget;

/// What is to be loaded, and how; the words are those that messages name.
pub(super) struct Request<'e> {
    pub(super) module_word: &'e str,
    pub(super) module: Name,
    pub(super) alias_word: &'e str,
    pub(super) alias: Name,
    pub(super) options: LoadOptions,
}

pub(super) fn load<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let stack = args.option("--stack")?;
    let heap = args.option("--heap")?;
    let max_memory = args.option("--max-memory")?;
    let fuel = args.option("--fuel")?;
    let args = &*args;
    let bytes = |option, word, default: u32| {
        let bytes = number(args, option, word, u32::MAX.into())?;
        Ok(bytes.and_then(|n| u32::try_from(n).ok()).unwrap_or(default))
    };
    let options = LoadOptions {
        stack: bytes("--stack", stack, DEFAULT_STACK)?,
        heap: bytes("--heap", heap, DEFAULT_HEAP)?,
        max_memory: number(args, "--max-memory", max_memory, 1 << 32)?.unwrap_or(1 << 32),
        fuel: number(args, "--fuel", fuel, u64::MAX)?,
    };
    let (module, alias) = match (args.get(0), args.get(1), args.get(2), args.len()) {
        (Some(module), None, None, 1) => (module, module),
        (Some(module), Some("as"), Some(alias), 3) => (module, alias),
        _ => return Err(MISUSED),
    };
    context.load_as(&Request {
        module_word: module,
        module: name(module)?,
        alias_word: alias,
        alias: name(alias)?,
        options,
    })
}

pub(super) fn unload<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let word = only(args)?;
    let before = context.heap().free;
    drop(context.session.instances.remove(word)?);
    let after = context.heap().free;
    let mut answer = context.begin();
    answer.form("heap {heap_before} -> {heap_free} B free\n").number(before).number(after).end(0);
    Ok(())
}

pub(super) fn reload<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let word = only(args)?;
    let (module, alias, options) = {
        let loaded = context.session.instances.get(word)?;
        (loaded.module, loaded.alias, loaded.options)
    };
    // The module must be on flash, or the old instance stays.
    if let Err(error) = verify(context.session.store, &module) {
        // An error that is handed on has no place for the name.
        context.report(&Error::StoreName(error, module.as_str()));
        return Err(Error::Reported);
    }
    drop(context.session.instances.remove(word)?);
    context.load_as(&Request { module_word: word, module, alias_word: word, alias, options })
}

/// Checks a module against its recorded hash; one without a record is loaded all the same.
fn verify<F: NorFlash>(store: &mut ModuleStore<F>, module: &Name) -> Result<(), StoreError> {
    match store.verify(module) {
        Ok(_) | Err(StoreError::Unrecorded) => Ok(()),
        Err(error) => Err(error),
    }
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Loads a module as an instance and says what it takes.
    fn load_as<'e>(&mut self, request: &Request<'e>) -> Result<(), Error<'e>> {
        let alias_word = request.alias_word;
        let before = self.heap().free;
        self.instantiate(request)?;
        let after = self.heap().free;
        let Ok(loaded) = self.session.instances.get(alias_word) else { return Ok(()) };
        let exports = loaded.instance.module(&*loaded.store).map_or(0, |module| module.exports().count());
        let (code, committed) = (loaded.code, loaded.store.memory_committed());
        let declared = loaded.store.memory_size();
        let mut answer = self.begin();
        answer.form("{name}: {exports} exports, code {code} B, memory {memory} of {declared} B; ");
        answer.text(alias_word).number(exports).number(code).number(committed).number(declared);
        answer.form("heap {heap_before} -> {heap_free} B free\n").number(before).number(after).end(0);
        Ok(())
    }

    /// Makes an instance and adds it to the loaded ones. When that fails, everything is as before.
    pub(super) fn instantiate<'e>(&mut self, request: &Request<'e>) -> Result<(), Error<'e>> {
        let &Request { module_word, module, alias_word, alias, options } = request;
        if self.session.instances.has(alias_word) {
            return Err(Error::Loaded(alias_word));
        }
        let failed = |error| Error::StoreName(error, module_word);
        verify(self.session.store, &module).map_err(failed)?;
        let engine = Engine::default();
        let mut store = store(&engine, options)?;
        self.session.instances.start(alias)?;
        let outcome = self.open_and_start(module, &engine, &mut store, options);
        self.session.instances.stop(alias);
        let (instance, fuel) = match outcome {
            Ok(started) => started,
            Err(Failure::Store(error)) => return Err(failed(error)),
            Err(Failure::Runtime(error)) => return Err(Error::Runtime(error)),
            Err(Failure::Shell(error)) => return Err(error),
        };
        let code = instance.module(&store).map_or(0, Module::code_size);
        let stack_peak = store.stack_peak();
        let loaded = Loaded { alias, module, options, store, instance, code, fuel, stack_peak };
        let loaded = boxed(loaded).map_err(|full| Error::Runtime(full.into()))?;
        self.session.instances.add(loaded)
    }

    fn open_and_start(
        &mut self,
        name: Name,
        engine: &Engine,
        store: &mut Store<Guest>,
        options: LoadOptions,
    ) -> Result<(wasmote_runtime::Instance, u64), Failure> {
        let linker = guest::linker::<B>(engine)?;
        store.set_fuel(0);
        let opened = self.session.store.open(&name, |reader| {
            let module = Module::from_reader(engine, reader)?;
            // Without fuel the start function is suspended at once, and runs when the file is closed.
            let instantiated = linker.instantiate_from(&mut *store, &module, reader);
            Ok::<_, RuntimeError>((module, instantiated))
        });
        let (module, instantiated) = opened.map_err(Failure::Store)??;
        let (instance, status) = match instantiated {
            Ok(done) => done,
            Err(RuntimeError::UnknownImport { index } | RuntimeError::IncompatibleImport { index }) => {
                return Err(Failure::Shell(self.import_error(&module, index, &linker)));
            }
            Err(error) => return Err(error.into()),
        };
        drop(linker);
        if status == CallStatus::Finished {
            return Ok((instance, 0));
        }
        let budget = Budget { fuel: options.fuel, time_ms: None };
        let (used, outcome) = self.drive(store, budget, &mut [], |store, results| store.resume(results));
        match outcome {
            Ok(()) => Ok((instance, used.fuel)),
            Err(stopped) => {
                let error = self.stopped(stopped, name, store);
                Err(Failure::Shell(error))
            }
        }
    }

    /// Prints which import is missing or of another type.
    fn import_error(&mut self, module: &Module, index: u32, linker: &Linker<Guest>) -> Error<'static> {
        let Ok(import) = module.import(index) else {
            return Error::Runtime(RuntimeError::UnknownImport { index });
        };
        struct Text<'a>(wasmote_runtime::ImportType<'a>, bool);
        impl ufmt::uDisplay for Text<'_> {
            fn fmt<W: ufmt::uWrite + ?Sized>(&self, f: &mut ufmt::Formatter<'_, W>) -> Result<(), W::Error> {
                let what = if self.1 { "has another type" } else { "is unknown" };
                ufmt::uwrite!(
                    f,
                    "import {}.{} {}; see imports",
                    Shown(self.0.module),
                    Shown(self.0.name),
                    what
                )
            }
        }
        self.report_as("IMPORT", &Text(import, linker.is_defined(import)));
        Error::Reported
    }
}

/// A store for an instance. Not inlined, so that what it is moved from does not stay on the stack.
#[inline(never)]
fn store(engine: &Engine, options: LoadOptions) -> Result<Box<Store<Guest>>, Error<'static>> {
    let limits = StoreLimits {
        instances: 1,
        stack_bytes: options.stack,
        memory_bytes: options.max_memory,
        ..StoreLimits::new()
    };
    let store = Store::with_limits(engine, Guest::new(options.heap), limits);
    boxed(store).map_err(|full| Error::Runtime(full.into()))
}

/// Why an instance could not be made.
enum Failure {
    Store(StoreError),
    Runtime(RuntimeError),
    Shell(Error<'static>),
}

impl From<RuntimeError> for Failure {
    fn from(error: RuntimeError) -> Self {
        Self::Runtime(error)
    }
}
