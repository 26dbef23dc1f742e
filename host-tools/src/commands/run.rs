//! `run`: a module on this computer, on the runtime that the device has.

mod guest;

use std::path::Path;

use wasmote_runtime::libc::{self, Entry};
use wasmote_runtime::wasi::{self, WasiState};
use wasmote_runtime::{
    Engine, Error as RuntimeError, Func, Linker, Module, Store, Trap, Val, ValType, names,
};
use wasmote_shell::args::number;
use wasmote_shell::output::{Output, Sink};
use wasmote_shell::values;

use self::guest::Guest;
use super::{load_module, print, shown};
use crate::error::{EXIT_OK, Error, Result};

/// Longest function name in a backtrace, in bytes.
const NAME_SIZE: usize = 64;

/// Text that is gathered.
struct Text(Vec<u8>);

impl Sink for Text {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// Runs a module's function, or its entry as a program; the exit status is the program's own.
pub(super) fn run(file: &Path, invoke: Option<&str>, words: &[String]) -> Result<u8> {
    let bytes = load_module(file)?;
    let name = file.display();
    let failed = |error: RuntimeError| Error::Device(format!("{name}: {error}"));
    let engine = Engine::default();
    let module = Module::new(&engine, &bytes).map_err(failed)?;
    let mut store = Store::new(&engine, Guest::default());
    let mut linker = Linker::new(&engine);
    linker.functions(libc::functions()).map_err(failed)?;
    linker.functions(wasi::functions()).map_err(failed)?;
    let instance = linker.instantiate(&mut store, &module).map_err(|error| match error {
        RuntimeError::UnknownImport { index } | RuntimeError::IncompatibleImport { index } => {
            let import = module.import(index).map(|i| format!("{}.{}", i.module, i.name));
            let import = shown(&import.unwrap_or_default());
            let wrong = match error {
                RuntimeError::UnknownImport { .. } => "is unknown here",
                _ => "has another type here",
            };
            Error::Device(format!(
                "{name}: import {import} {wrong}; this computer has the C library and WASI for a console"
            ))
        }
        error => trapped(&store, &bytes, &name.to_string(), error),
    })?;
    let (func, values) = match invoke {
        Some(function) => {
            let func = instance.get_func(&store, function);
            let func = func.ok_or_else(|| {
                Error::Argument(format!("{name} exports no function {function}; `wasmote check` lists them"))
            })?;
            (func, typed(&store, func, function, words)?)
        }
        None => match libc::entry(&store, instance) {
            Some(entry) => {
                let program = file.to_string_lossy();
                let words = std::iter::once(&*program).chain(words.iter().map(String::as_str));
                match entry {
                    Entry::Plain(func) => {
                        store.data_mut().wasi = WasiState::new(words).map_err(failed)?;
                        (func, Vec::new())
                    }
                    Entry::Main(func) => {
                        (func, libc::arguments(&mut store, instance, words).map_err(failed)?.to_vec())
                    }
                }
            }
            None => {
                let text = format!("{name} exports neither main nor _start; name a function with --invoke");
                return Err(Error::Argument(text));
            }
        },
    };
    let (_, results) = func.arity(&store).map_err(failed)?;
    let mut results = vec![Val::I32(0); results];
    match func.call(&mut store, &values, &mut results) {
        Ok(()) if invoke.is_some() => print_values(&results),
        Ok(()) => Ok(match results.first() {
            Some(Val::I32(status)) => *status as u8,
            _ => EXIT_OK,
        }),
        Err(RuntimeError::Trap(Trap::Exit(status))) => Ok(status as u8),
        Err(error) => Err(trapped(&store, &bytes, &name.to_string(), error)),
    }
}

/// Reads arguments in the types of a function's parameters.
fn typed(store: &Store<Guest>, func: Func, function: &str, words: &[String]) -> Result<Vec<Val>> {
    let (takes, _) = func.arity(store).map_err(|error| Error::Device(error.to_string()))?;
    if words.len() != takes {
        let (given, s) = (words.len(), if takes == 1 { "" } else { "s" });
        let text =
            format!("{function} takes {takes} argument{s}, not {given}; `wasmote check` shows its type");
        return Err(Error::Argument(text));
    }
    let types = (0..takes).map(|i| func.param(store, i).unwrap_or(ValType::I32));
    words
        .iter()
        .zip(types)
        .enumerate()
        .map(|(i, (word, ty))| {
            number::value(i + 1, word, ty).map_err(|error| {
                let mut text = Text(Vec::new());
                error.print(&mut Output::new(&mut text));
                let line = String::from_utf8_lossy(&text.0);
                // The shell's code for programs is its own.
                let what = line.split_once("]: ").map_or(&*line, |(_, what)| what);
                Error::Argument(format!("argument {}", what.trim_end()))
            })
        })
        .collect()
}

fn print_values(results: &[Val]) -> Result<u8> {
    let mut text = Text(Vec::new());
    for (i, &value) in results.iter().enumerate() {
        let out = &mut Output::new(&mut text);
        out.text(if i == 0 { "" } else { " " });
        values::typed(out, value, |_| None);
    }
    if !results.is_empty() {
        text.write(b"\n");
    }
    print(&String::from_utf8_lossy(&text.0))
}

/// The error of a call, with the functions that were running.
fn trapped(store: &Store<Guest>, module: &[u8], file: &str, error: RuntimeError) -> Error {
    let mut text = format!("{file}: {error}");
    if matches!(error, RuntimeError::Trap(_)) {
        for frame in store.backtrace() {
            let mut name = [0; NAME_SIZE];
            let found = names::function_name_in(module, frame.func, &mut name).ok().flatten();
            text += &match found {
                Some(name) => format!("\n  {}", shown(name)),
                None => format!("\n  func[{}]", frame.func),
            };
        }
        if store.backtrace_is_cut() {
            text += "\n  ...";
        }
    }
    Error::Device(text)
}
