//! `call run`: functions of instances.

use alloc::vec::Vec;
use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::Name;
use wasmote_runtime::libc::{self, Entry};
use wasmote_runtime::{Error as RuntimeError, Func, Store, Trap, Val, ValType, names};

use crate::answer::{Failed, Outcome};
use crate::args::{Args, number as literal};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::guest::Guest;
use crate::instances::{LoadOptions, Loaded};
use crate::limits::NAME_SHOWN;
use crate::packed::packed;
use crate::running::{Ended, Meter, UNLIMITED};
use crate::values;

pub(super) fn call<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let mut meter = Meter::new(UNLIMITED);
    context.option(args, "--fuel", UNLIMITED, &mut meter.fuel)?;
    context.option(args, "--time", u32::MAX.into(), &mut meter.time_ms)?;
    args.end_options();
    let (Some(alias), Some(function)) = (args.get(0), args.get(1)) else { return Err(context.misused()) };
    context.call_in(alias, Some(function), args, &mut meter)
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Calls a function of an instance, or runs its program, with the fuel that it was loaded with unless there is less.
    fn call_in(&mut self, alias: &str, function: Option<&str>, args: &Args, meter: &mut Meter) -> Outcome {
        let taken = self.session.instances.take(alias);
        let mut loaded = taken.map_err(|why| self.fail(&why.error(alias)))?;
        if meter.fuel == UNLIMITED {
            meter.fuel = loaded.options.fuel;
        }
        let outcome = match function {
            Some(name) => self.call_named(&mut loaded, alias, name, args, meter),
            None => self.run_main(&mut loaded, alias, args, meter),
        };
        self.session.instances.put_back(loaded);
        outcome
    }

    /// Calls an exported function with the words behind its name, read in the types of its parameters.
    fn call_named(
        &mut self,
        loaded: &mut Loaded,
        alias: &str,
        name: &str,
        args: &Args,
        meter: &mut Meter,
    ) -> Outcome {
        const NAMES: usize = 2;
        let Some(func) = loaded.instance.get_func(&*loaded.store, name) else {
            return Err(self.fail(&Error::NoExport { module: alias, kind: "function", name }));
        };
        let (takes, _) = func.arity(&*loaded.store).map_err(|error| self.broken(error))?;
        let given = args.len().saturating_sub(NAMES);
        if given != takes {
            return Err(self.fail(&Error::ArgumentCount { name, takes, given }));
        }
        let mut values = self.values(takes)?;
        for (i, value) in values.iter_mut().enumerate() {
            let word = args.get(i.saturating_add(NAMES)).unwrap_or_default();
            let ty = func.param(&*loaded.store, i).unwrap_or(ValType::I32);
            *value = literal::value(i.saturating_add(1), word, ty).map_err(|error| self.fail(&error))?;
        }
        self.call(loaded, func, &values, meter)
    }

    /// Room for arguments or results.
    fn values(&mut self, count: usize) -> Outcome<Vec<Val>> {
        let mut values = Vec::new();
        values.try_reserve_exact(count).map_err(|_| self.fail(&Error::Memory))?;
        // Not `resize`, which would bring a second way to grow.
        while values.len() < count.min(values.capacity()) {
            values.push(Val::I32(0));
        }
        Ok(values)
    }

    /// Calls a function of an instance, and prints its results and what it used.
    fn call(&mut self, loaded: &mut Loaded, func: Func, args: &[Val], meter: &mut Meter) -> Outcome {
        let (_, count) = func.arity(&*loaded.store).map_err(|error| self.broken(error))?;
        let mut results = self.values(count)?;
        let ended = self.drive(&loaded.module, &mut loaded.store, meter, Some((func, args)), &mut results);
        loaded.fuel = loaded.fuel.saturating_add(meter.used_fuel);
        loaded.stack_peak = loaded.stack_peak.max(loaded.store.stack_peak());
        let results = if ended? == Ended::Returned { &*results } else { &[] };
        self.print_results(&loaded.store, results, meter);
        Ok(())
    }

    fn print_results(&mut self, store: &Store<Guest>, results: &[Val], meter: &Meter) {
        let (stack, memory) = (store.stack_peak(), store.memory_committed());
        let mut answer = self.begin();
        answer.form(packed!("<\"results\":[>"));
        for (i, &value) in results.iter().enumerate() {
            answer.form(packed!("<{>")).pad(usize::from(i > 0));
            values::answer(&mut answer, value);
            answer.form(packed!("<}>"));
        }
        answer.form(if results.is_empty() { packed!("<]>") } else { packed!("<]>\n") });
        answer.form(packed!("fuel {fuel}, {us} ms, stack {stack} B, memory {memory} B\n"));
        answer.number(meter.used_fuel).millis(meter.used_micros).number(stack).number(memory).end(0);
    }

    /// Prints why guest code stopped, and for a trap which functions were running.
    // In a frame of its own, which is not below the guest.
    #[inline(never)]
    pub(crate) fn stopped(&mut self, error: &Error<'_>, module: &Name, store: &Store<Guest>) -> Failed {
        let trap =
            matches!(error, Error::Runtime(RuntimeError::Trap(trap)) if !matches!(trap, Trap::Exit(_)));
        if !trap {
            return self.fail(error);
        }
        let (parts, mut answer) = self.begin_with();
        answer.refuse(error).form(packed!("<\"backtrace\":[>"));
        for frame in store.backtrace() {
            let mut buffer = [0; NAME_SHOWN];
            let found = parts.store.open(module, |reader| {
                names::function_name(reader, frame.func, &mut buffer).ok().flatten().map(str::len)
            });
            let name = found.ok().flatten().and_then(|len| buffer.get(..len));
            let name = name.and_then(|name| core::str::from_utf8(name).ok());
            match name {
                Some(name) => {
                    answer.form(packed!("<{>  {module}!{function}<}>\n")).text(module.as_str()).text(name)
                }
                None => answer
                    .form(packed!("<{>  {module}!func[{index}]<}>\n"))
                    .text(module.as_str())
                    .number(frame.func),
            };
        }
        answer.form(packed!("<]>{more}")).choice(store.backtrace_is_cut(), "  ...\n", "").end(1);
        Failed
    }
}

pub(super) fn run<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    args.end_options();
    let Some(word) = args.get(0) else { return Err(context.misused()) };
    let was_loaded = context.session.instances.has(word);
    if !was_loaded {
        let module = context.name(word)?;
        context.instantiate(&module, &module, &LoadOptions::DEFAULT)?;
    }
    let outcome = context.call_in(word, None, args, &mut Meter::new(UNLIMITED));
    if !was_loaded {
        // It was loaded for this run only.
        drop(context.session.instances.remove(word));
    }
    outcome
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    fn run_main(&mut self, loaded: &mut Loaded, alias: &str, args: &Args, meter: &mut Meter) -> Outcome {
        match libc::entry(&*loaded.store, loaded.instance) {
            Some(Entry::Plain(func)) => {
                let begun = loaded.store.data_mut().begin(args.iter());
                begun.map_err(|error| self.broken(error))?;
                let outcome = self.call(loaded, func, &[], meter);
                loaded.store.data_mut().end();
                outcome
            }
            Some(Entry::Main(func)) => {
                let values = libc::arguments(&mut *loaded.store, loaded.instance, args.iter());
                let values = values.map_err(|error| self.broken(error))?;
                self.call(loaded, func, &values, meter)
            }
            None => Err(self.fail(&Error::NoMain(alias))),
        }
    }
}
