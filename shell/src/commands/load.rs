//! `load unload reload`: instances.

use alloc::boxed::Box;

use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::{Error as StoreError, ModuleStore, Name};
use wasmote_runtime::{
    CallStatus, Engine, Error as RuntimeError, Instance, Module, Store, StoreLimits, Trap, boxed,
};

use crate::answer::{Failed, Outcome};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::guest::{self, Guest};
use crate::instances::{LoadOptions, Loaded};
use crate::packed::packed;
use crate::running::{Ended, Meter};

pub(super) fn load<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let mut options = LoadOptions::DEFAULT;
    let (mut stack, mut heap) = (options.stack.into(), options.heap.into());
    context.option(args, "--stack", u32::MAX.into(), &mut stack)?;
    context.option(args, "--heap", u32::MAX.into(), &mut heap)?;
    context.option(args, "--max-memory", options.max_memory, &mut options.max_memory)?;
    context.option(args, "--fuel", options.fuel, &mut options.fuel)?;
    (options.stack, options.heap) = (stack as u32, heap as u32);
    args.end_options();
    let alias = match (args.len(), args.get(1)) {
        (1, _) => 0,
        (3, Some("as")) => 2,
        _ => return Err(context.misused()),
    };
    let (module, alias) = (args.get(0).unwrap_or_default(), args.get(alias).unwrap_or_default());
    let (module, alias) = (context.name(module)?, context.name(alias)?);
    context.load_as(&module, &alias, &options)
}

pub(super) fn unload<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let word = context.only(args)?;
    let before = context.heap().free;
    context.remove(word)?;
    let after = context.heap().free;
    let mut answer = context.begin();
    answer.form(packed!("heap {heap_before} -> {heap_free} B free\n")).number(before).number(after).end(0);
    Ok(())
}

pub(super) fn reload<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let word = context.only(args)?;
    let loaded = context.loaded(word)?;
    let (module, alias, options) = (loaded.module, loaded.alias, loaded.options);
    // The module must be on flash, or the old instance stays.
    verify(context.session.store, &module).map_err(|error| context.refused(error, module.as_str()))?;
    context.remove(word)?;
    context.load_as(&module, &alias, &options)
}

/// Checks a module against its recorded hash; one without a record is loaded all the same.
pub(super) fn verify<F: NorFlash>(store: &mut ModuleStore<F>, module: &Name) -> Result<(), StoreError> {
    match store.verify(module) {
        Ok(_) | Err(StoreError::Unrecorded) => Ok(()),
        Err(error) => Err(error),
    }
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Ends an instance.
    fn remove(&mut self, alias: &str) -> Outcome {
        let removed = self.session.instances.remove(alias);
        removed.map(drop).map_err(|why| self.fail(&why.error(alias)))
    }

    /// Loads a module as an instance and says what it takes.
    fn load_as(&mut self, module: &Name, alias: &Name, options: &LoadOptions) -> Outcome {
        let before = self.heap().free;
        self.instantiate(module, alias, options)?;
        let after = self.heap().free;
        let loaded = self.loaded(alias.as_str())?;
        let exports = loaded.instance.module(&*loaded.store).map_or(0, |module| module.exports().count());
        let (code, committed) = (loaded.code, loaded.store.memory_committed());
        let declared = loaded.store.memory_size();
        let mut answer = self.begin();
        answer.form(packed!("{name}: {exports} export~, code {code} B, memory {memory} of {declared} B; "));
        answer.text(alias.as_str()).number(exports).number(code).number(committed).number(declared);
        answer
            .form(packed!("heap {heap_before} -> {heap_free} B free\n"))
            .number(before)
            .number(after)
            .end(0);
        Ok(())
    }

    /// Makes an instance and adds it to the loaded ones. When that fails, everything is as before.
    pub(super) fn instantiate(&mut self, module: &Name, alias: &Name, options: &LoadOptions) -> Outcome {
        if self.session.instances.has(alias.as_str()) {
            return Err(self.fail(&Error::Loaded(alias.as_str())));
        }
        verify(self.session.store, module).map_err(|error| self.refused(error, module.as_str()))?;
        let engine = &Engine::DEFAULT;
        let mut store = store(engine, options).map_err(|error| self.broken(error))?;
        self.session.instances.start(*alias).map_err(|why| self.fail(&why.error(alias.as_str())))?;
        let started = self.open_and_start(module, options.fuel, engine, &mut store);
        self.session.instances.stop();
        let (instance, fuel) = started?;
        let code = instance.module(&store).map_or(0, Module::code_size);
        let stack_peak = store.stack_peak();
        let (name, module, options) = (*alias, *module, *options);
        let loaded = Loaded { alias: name, module, options, store, instance, code, fuel, stack_peak };
        let loaded = boxed(loaded).map_err(|full| self.broken(full.into()))?;
        self.session.instances.add(loaded).map_err(|why| self.fail(&why.error(alias.as_str())))
    }

    fn open_and_start(
        &mut self,
        name: &Name,
        fuel: u64,
        engine: &Engine,
        store: &mut Store<Guest>,
    ) -> Outcome<(Instance, u64)> {
        let linker = guest::linker::<B>(engine).map_err(|error| self.broken(error))?;
        store.set_fuel(0);
        let opened = self.session.store.open(name, |reader| {
            let module = Module::from_reader(engine, reader)?;
            // Without fuel the start function is suspended at once, and runs when the file is closed.
            let instantiated = linker.instantiate_from(&mut *store, &module, reader);
            Ok::<_, RuntimeError>((module, instantiated))
        });
        drop(linker);
        let opened = opened.map_err(|error| self.refused(error, name.as_str()))?;
        let (module, instantiated) = opened.map_err(|error| self.broken(error))?;
        let (instance, status) = instantiated.map_err(|error| self.not_instantiated(error, &module))?;
        if status == CallStatus::Finished {
            return Ok((instance, 0));
        }
        let mut meter = Meter::new(fuel);
        match self.drive(name, store, &mut meter, None, &mut [])? {
            Ended::Returned => Ok((instance, meter.used_fuel)),
            Ended::Exited => Err(self.broken(Trap::Exit(0).into())),
        }
    }

    /// Prints why a module could not be made an instance: which import is missing or of another type.
    fn not_instantiated(&mut self, error: RuntimeError, module: &Module) -> Failed {
        let (index, defined) = match error {
            RuntimeError::UnknownImport { index } => (index, false),
            RuntimeError::IncompatibleImport { index } => (index, true),
            _ => return self.broken(error),
        };
        match module.import(index) {
            Ok(import) => self.fail(&Error::Import { module: import.module, name: import.name, defined }),
            Err(_) => self.broken(error),
        }
    }
}

/// A store for an instance. Not inlined, so that what it is moved from does not stay on the stack.
#[inline(never)]
fn store(engine: &Engine, options: &LoadOptions) -> Result<Box<Store<Guest>>, RuntimeError> {
    let limits = StoreLimits {
        instances: 1,
        stack_bytes: options.stack,
        memory_bytes: options.max_memory,
        ..StoreLimits::new()
    };
    Ok(boxed(Store::with_limits(engine, Guest::new(options.heap), limits))?)
}
