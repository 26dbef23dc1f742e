//! `call run`: functions of instances.

use alloc::vec::Vec;
use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::Name;
use wasmote_runtime::libc::{self, Entry};
use wasmote_runtime::{Func, Store, Trap, Val, ValType, names};

use super::load::Request;
use super::{MISUSED, name, number};
use crate::args::{Args, number as literal};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::guest::Guest;
use crate::instances::{LoadOptions, Loaded};
use crate::limits::{DEFAULT_HEAP, DEFAULT_STACK, NAME_SHOWN};
use crate::running::{Budget, Stopped, Used};
use crate::values;

pub(super) fn call<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let fuel = args.option("--fuel")?;
    let time = args.option("--time")?;
    args.end_options();
    let args = &*args;
    let fuel = number(args, "--fuel", fuel, u64::MAX)?;
    let time_ms = number(args, "--time", time, u32::MAX.into())?;
    let (Some(alias), Some(function)) = (args.get(0), args.get(1)) else { return Err(MISUSED) };
    let loaded = context.session.instances.get(alias)?;
    let func = loaded.instance.get_func(&*loaded.store, function).ok_or(Error::NoExport {
        module: alias,
        kind: "function",
        name: function,
    })?;
    let budget = Budget { fuel: fuel.or(loaded.options.fuel), time_ms };
    let values = arguments(loaded, func, function, args.iter().skip(2))?;
    context.call(alias, func, &values, budget)
}

/// Reads arguments in the types of a function's parameters.
fn arguments<'e>(
    loaded: &Loaded,
    func: Func,
    function: &'e str,
    words: impl Iterator<Item = &'e str> + Clone,
) -> Result<Vec<Val>, Error<'e>> {
    let (takes, _) = func.arity(&*loaded.store).map_err(Error::Runtime)?;
    let given = words.clone().count();
    if given != takes {
        return Err(Error::ArgumentCount { name: function, takes, given });
    }
    let mut values = Vec::new();
    values.try_reserve_exact(takes).map_err(|_| Error::Memory)?;
    for (i, word) in words.enumerate() {
        let ty = func.param(&*loaded.store, i).unwrap_or(ValType::I32);
        values.push(literal::value(i.saturating_add(1), word, ty)?);
    }
    Ok(values)
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Calls a function of an instance, and prints its results and what it used.
    fn call<'e>(
        &mut self,
        alias: &'e str,
        func: Func,
        args: &[Val],
        budget: Budget,
    ) -> Result<(), Error<'e>> {
        let mut loaded = self.session.instances.take(alias)?;
        let outcome = self.call_loaded(&mut loaded, func, args, budget);
        self.session.instances.put_back(loaded);
        outcome
    }

    fn call_loaded(
        &mut self,
        loaded: &mut Loaded,
        func: Func,
        args: &[Val],
        budget: Budget,
    ) -> Result<(), Error<'static>> {
        let (_, count) = func.arity(&*loaded.store).map_err(Error::Runtime)?;
        let mut results = Vec::new();
        results.try_reserve_exact(count).map_err(|_| Error::Memory)?;
        results.resize(count, Val::I32(0));
        let (used, outcome) = self.drive(&mut loaded.store, budget, &mut results, |store, results| {
            func.call_resumable(store, args, results)
        });
        loaded.fuel = loaded.fuel.saturating_add(used.fuel);
        loaded.stack_peak = loaded.stack_peak.max(loaded.store.stack_peak());
        match outcome {
            Ok(()) => {
                self.print_results(&loaded.store, &results, used);
                Ok(())
            }
            // A guest that ends itself with status 0 has done what it was to do.
            Err(Stopped::Runtime(wasmote_runtime::Error::Trap(Trap::Exit(0)))) => {
                self.print_results(&loaded.store, &[], used);
                Ok(())
            }
            Err(stopped) => Err(self.stopped(stopped, loaded.module, &loaded.store)),
        }
    }

    fn print_results(&mut self, store: &Store<Guest>, results: &[Val], used: Used) {
        let (stack, memory) = (store.stack_peak(), store.memory_committed());
        let mut answer = self.begin();
        answer.form("<\"results\":[>");
        for (i, &value) in results.iter().enumerate() {
            answer.form("<{>").pad(usize::from(i > 0));
            values::answer(&mut answer, value);
            answer.form("<}>");
        }
        answer.form(if results.is_empty() { "<]>" } else { "<]>\n" });
        answer.form("fuel {fuel}, {us} ms, stack {stack} B, memory {memory} B\n");
        answer.number(used.fuel).millis(used.micros).number(stack).number(memory).end(0);
    }

    /// Prints why guest code stopped, and for a trap which functions were running.
    pub(super) fn stopped(&mut self, stopped: Stopped, module: Name, store: &Store<Guest>) -> Error<'static> {
        let error = stopped.error();
        self.report(&error);
        if self.json || error.code() != "TRAP" {
            return Error::Reported;
        }
        for frame in store.backtrace() {
            let mut buffer = [0; NAME_SHOWN];
            let found = self.session.store.open(&module, |reader| {
                names::function_name(reader, frame.func, &mut buffer).ok().flatten().map(str::len)
            });
            let name = found.ok().flatten().and_then(|len| buffer.get(..len));
            let name = name.and_then(|name| core::str::from_utf8(name).ok());
            let mut answer = self.begin();
            match name {
                Some(name) => answer.form("  {}!{}\n").text(module.as_str()).text(name),
                None => answer.form("  {}!func[{}]\n").text(module.as_str()).number(frame.func),
            };
            answer.end(0);
        }
        Error::Reported
    }
}

pub(super) fn run<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    args.end_options();
    let args = &*args;
    let Some(word) = args.get(0) else { return Err(MISUSED) };
    let was_loaded = context.session.instances.has(word);
    if !was_loaded {
        let module = name(word)?;
        let options =
            LoadOptions { stack: DEFAULT_STACK, heap: DEFAULT_HEAP, max_memory: 1 << 32, fuel: None };
        let request = Request { module_word: word, module, alias_word: word, alias: module, options };
        context.instantiate(&request)?;
    }
    let outcome = context.run_main(word, args);
    if !was_loaded {
        // It was loaded for this run only.
        drop(context.session.instances.remove(word));
    }
    outcome
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    fn run_main<'e>(&mut self, alias: &'e str, args: &'e Args) -> Result<(), Error<'e>> {
        let loaded = self.session.instances.get(alias)?;
        let entry = libc::entry(&*loaded.store, loaded.instance).ok_or(Error::NoMain(alias))?;
        let mut loaded = self.session.instances.take(alias)?;
        let outcome = self.run_entry(&mut loaded, entry, args);
        self.session.instances.put_back(loaded);
        outcome
    }

    fn run_entry(&mut self, loaded: &mut Loaded, entry: Entry, args: &Args) -> Result<(), Error<'static>> {
        let budget = Budget { fuel: loaded.options.fuel, time_ms: None };
        match entry {
            Entry::Plain(func) => {
                loaded.store.data_mut().begin(args.iter()).map_err(Error::Runtime)?;
                let outcome = self.call_loaded(loaded, func, &[], budget);
                loaded.store.data_mut().end();
                outcome
            }
            Entry::Main(func) => {
                let values = libc::arguments(&mut *loaded.store, loaded.instance, args.iter());
                self.call_loaded(loaded, func, &values.map_err(Error::Runtime)?, budget)
            }
        }
    }
}
