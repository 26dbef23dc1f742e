//! `exports imports`: what a module on flash or an instance offers and needs.

use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::Name;
use wasmote_runtime::{Engine, ExternType, FuncType, Linker, Module, ValType};

use super::load::verify;
use crate::answer::Outcome;
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::guest::{self, Guest};
use crate::output::{Output, SHOWN, characters};
use crate::packed::packed;

/// Prints `(i32, i64) -> f64`.
fn func_type(out: &mut Output<'_>, ty: FuncType<'_>) {
    type_list(out, ty.params);
    match ty.results {
        [] => {}
        [one] => {
            out.text(" -> ");
            out.text(one.as_str());
        }
        several => {
            out.text(" -> ");
            type_list(out, several);
        }
    }
}

/// Prints `(i32, i64)`.
fn type_list(out: &mut Output<'_>, types: &[ValType]) {
    out.text("(");
    for (i, ty) in types.iter().enumerate() {
        out.text(if i == 0 { "" } else { ", " });
        out.text(ty.as_str());
    }
    out.text(")");
}

/// Prints a type as the text format names it.
fn extern_type(out: &mut Output<'_>, ty: ExternType<'_>) {
    match ty {
        ExternType::Func(ty) => func_type(out, ty),
        ExternType::Memory(ty) => {
            range(out, "memory", ty.min, ty.max);
            out.text(if ty.page_log2 == 16 { "pages" } else { "bytes" });
        }
        ExternType::Table(ty) => {
            range(out, "table", ty.min, ty.max);
            out.text(ty.element.as_str());
        }
        ExternType::Global(ty) => {
            out.text(if ty.mutable { "global mut " } else { "global " });
            out.text(ty.content.as_str());
        }
    }
}

/// Prints `memory 1..2 `, or `memory 1.. ` without an end.
fn range(out: &mut Output<'_>, what: &str, min: u32, max: Option<u32>) {
    out.text(what);
    out.text(" ");
    out.number(min.into());
    out.text("..");
    if let Some(max) = max {
        out.number(max.into());
    }
    out.text(" ");
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// The module of an instance, or else of flash, compiled for this only.
    fn module(&mut self, word: &str) -> Outcome<Module> {
        let loaded = self.session.instances.iter().find(|loaded| loaded.alias.as_str() == word);
        if let Some(module) = loaded.and_then(|loaded| loaded.instance.module(&*loaded.store).ok()) {
            return Ok(module.clone());
        }
        let name = self.name(word)?;
        self.compile(&name, word)
    }

    /// Compiles a module on flash, the one that a word names.
    pub(super) fn compile(&mut self, name: &Name, word: &str) -> Outcome<Module> {
        match self.session.store.open(name, |reader| Module::from_reader(&Engine::DEFAULT, reader)) {
            Ok(Ok(module)) => Ok(module),
            Ok(Err(error)) => {
                // What is damaged here may be well built.
                verify(self.session.store, name).map_err(|damage| self.refused(damage, word))?;
                Err(self.broken(error))
            }
            Err(error) => Err(self.refused(error, word)),
        }
    }
}

pub(super) fn exports<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let word = context.only(args)?;
    let module = context.module(word)?;
    let longest = module.exports().map(|export| characters(export.name)).max();
    // No row is longer for a name that is cut.
    let width = longest.unwrap_or(0).min(SHOWN);
    let mut answer = context.begin();
    answer.form(packed!("<\"exports\":[>"));
    for export in module.exports() {
        answer.form(packed!("<{>{name}{type}<}>\n")).text(export.name);
        answer.pad(width.saturating_sub(characters(export.name)).saturating_add(2));
        answer.with(|out| extern_type(out, export.ty));
    }
    answer.form(packed!("<]>")).end(0);
    Ok(())
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Prints the functions that modules may import.
    fn available(&mut self, linker: &Linker<Guest>) {
        let mut answer = self.begin();
        answer.form(packed!("<\"available\":[>"));
        for table in linker.tables() {
            for (name, row) in table.functions() {
                answer.form(packed!("<{>{module}.{name} {type}<}>\n")).text(table.module).text(name);
                answer.with(|out| func_type(out, *row.ty));
            }
        }
        answer.form(packed!("<]>")).end(0);
    }
}

pub(super) fn imports<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let available = args.flag("--available");
    let linker = guest::linker::<B>(&Engine::DEFAULT).map_err(|error| context.broken(error))?;
    if available {
        args.end_options();
        return if args.is_empty() {
            context.available(&linker);
            Ok(())
        } else {
            Err(context.misused())
        };
    }
    let word = context.only(args)?;
    let module = context.module(word)?;
    let mut answer = context.begin();
    answer.form(packed!("<\"imports\":[>"));
    for import in module.imports() {
        answer.form(packed!("<{>{module}.{name}  {type}{known}<}>\n")).text(import.module).text(import.name);
        answer.with(|out| extern_type(out, import.ty)).choice(linker.is_defined(import), "", "  unknown");
    }
    answer.form(packed!("<]>")).end(0);
    Ok(())
}
