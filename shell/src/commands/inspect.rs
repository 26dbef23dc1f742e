//! `exports imports`: what a module on flash or an instance offers and needs.

use embedded_storage::nor_flash::NorFlash;
use wasmote_runtime::{Engine, ExternType, FuncType, Linker, Module};

use super::{MISUSED, name, only};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::guest::{self, Guest};
use crate::output::{Output, Shown, put, putln};

/// Prints `(i32, i64) -> f64`.
fn func_type(out: &mut Output<'_>, ty: FuncType<'_>) {
    let list = |out: &mut Output<'_>, types: &[wasmote_runtime::ValType]| {
        for (i, ty) in types.iter().enumerate() {
            put!(out, "{}{}", if i == 0 { "" } else { ", " }, ty.as_str());
        }
    };
    put!(out, "(");
    list(out, ty.params);
    put!(out, ")");
    match ty.results {
        [] => {}
        [one] => put!(out, " -> {}", one.as_str()),
        several => {
            put!(out, " -> (");
            list(out, several);
            put!(out, ")");
        }
    }
}

/// Prints a type as the text format names it.
fn extern_type(out: &mut Output<'_>, ty: ExternType<'_>) {
    let range = |out: &mut Output<'_>, min: u32, max: Option<u32>| match max {
        Some(max) => put!(out, " {}..{}", min, max),
        None => put!(out, " {}..", min),
    };
    match ty {
        ExternType::Func(ty) => func_type(out, ty),
        ExternType::Memory(ty) => {
            put!(out, "memory");
            range(out, ty.min, ty.max);
            put!(out, "{}", if ty.page_log2 == 16 { " pages" } else { " bytes" });
        }
        ExternType::Table(ty) => {
            put!(out, "table");
            range(out, ty.min, ty.max);
            put!(out, " {}", ty.element.as_str());
        }
        ExternType::Global(ty) => {
            put!(out, "global {}{}", if ty.mutable { "mut " } else { "" }, ty.content.as_str());
        }
    }
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// The module of an instance, or else of flash, compiled for this only.
    fn module<'e>(&mut self, word: &'e str) -> Result<Module, Error<'e>> {
        let loaded = self.session.instances.iter().find(|loaded| loaded.alias.as_str() == word);
        if let Some(module) = loaded.and_then(|loaded| loaded.instance.module(&*loaded.store).ok()) {
            return Ok(module.clone());
        }
        let store = &mut self.session.store;
        let module = store.open(&name(word)?, |reader| Module::from_reader(&Engine::default(), reader));
        module.map_err(|error| Error::StoreName(error, word))?.map_err(Error::Runtime)
    }
}

pub(super) fn exports<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let word = only(args)?;
    let module = context.module(word)?;
    if context.json {
        context.answer(|json| {
            json.key("exports").begin('[');
            for export in module.exports() {
                json.begin('{').key("name").text(export.name);
                json.key("type").plain(|out| extern_type(out, export.ty)).end('}');
            }
            json.end(']');
        });
        return Ok(());
    }
    let width = module.exports().map(|export| export.name.chars().count()).max().unwrap_or(0);
    let out = &mut context.out();
    for export in module.exports() {
        put!(out, "{}", Shown(export.name));
        super::store::pad(out, width.saturating_sub(export.name.chars().count()).saturating_add(2));
        extern_type(out, export.ty);
        putln!(out, "");
    }
    Ok(())
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Prints the functions that modules may import.
    fn available(&mut self, linker: &Linker<Guest>) {
        if self.json {
            return self.answer(|json| {
                json.key("available").begin('[');
                for row in linker.rows() {
                    json.begin('{').key("module").text(row.module).key("name").text(row.name);
                    json.key("type").plain(|out| func_type(out, *row.ty)).end('}');
                }
                json.end(']');
            });
        }
        let out = &mut self.out();
        for row in linker.rows() {
            put!(out, "{}.{} ", row.module, row.name);
            func_type(out, *row.ty);
            putln!(out, "");
        }
    }
}

pub(super) fn imports<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let available = args.flag("--available");
    let linker = guest::linker::<B>(&Engine::default()).map_err(Error::Runtime)?;
    if available {
        args.end_options();
        return if args.is_empty() {
            context.available(&linker);
            Ok(())
        } else {
            Err(MISUSED)
        };
    }
    let word = only(args)?;
    let module = context.module(word)?;
    if context.json {
        context.answer(|json| {
            json.key("imports").begin('[');
            for import in module.imports() {
                json.begin('{').key("module").text(import.module).key("name").text(import.name);
                json.key("type").plain(|out| extern_type(out, import.ty));
                json.key("known").boolean(linker.is_defined(import)).end('}');
            }
            json.end(']');
        });
        return Ok(());
    }
    let out = &mut context.out();
    for import in module.imports() {
        put!(out, "{}.{}  ", Shown(import.module), Shown(import.name));
        extern_type(out, import.ty);
        putln!(out, "{}", if linker.is_defined(import) { "" } else { "  unknown" });
    }
    Ok(())
}
