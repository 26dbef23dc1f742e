//! `ls df rm mv check format`: the modules on flash.

use core::ops::ControlFlow;
use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::{Entry, Error as StoreError};
use wasmote_runtime::{Engine, Module};

use super::fsck::{is_damage, state};
use super::{MISUSED, name, none, only};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::json::Json;
use crate::output::{Output, put, putln};

/// Bytes of a hash that `ls` shows; `ls -l` shows all.
const HASH_SHOWN: usize = 4;

/// Prints the start of a hash as hexadecimal digits.
fn hex(out: &mut Output<'_>, bytes: &[u8]) {
    for byte in bytes {
        put!(out, "{}{}", digit(byte >> 4), digit(byte & 15));
    }
}

fn digit(n: u8) -> char {
    char::from(if n < 10 { b'0'.saturating_add(n) } else { b'a'.saturating_add(n).saturating_sub(10) })
}

pub(super) fn ls<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let long = args.flag("-l");
    none(args)?;
    if context.json {
        let (store, mut out) = context.store_and_out();
        // Nothing is printed before the flash is known to read.
        store.usage().map_err(Error::Store)?;
        let mut json = Json::new(&mut out);
        json.begin('{').key("modules").begin('[');
        let listed = store.survey(|entry, found| {
            json.begin('{').key("name").text(entry.name.as_str()).key("len").number(entry.len).key("sha256");
            match &entry.sha256 {
                Some(hash) => json.plain(|out| hex(out, hash)),
                None => json.null(),
            };
            json.key("state").text(state(found)).end('}');
        });
        json.end(']').key("status").number(u8::from(listed.is_err())).end('}');
        json.finish();
        return listed.map(drop).map_err(|_| Error::Reported);
    }
    let mut width = 0;
    let (store, mut out) = context.store_and_out();
    let measured = store.list(|entry| {
        width = width.max(entry.name.as_str().len());
        ControlFlow::Continue(())
    });
    measured.map_err(Error::Store)?;
    let listed = store.survey(|entry, found| row(&mut out, entry, found, width, long));
    listed.map(drop).map_err(Error::Store)
}

fn row(out: &mut Output<'_>, entry: &Entry, found: Result<(), StoreError>, width: usize, long: bool) {
    let name = entry.name.as_str();
    put!(out, "{}", name);
    pad(out, width.saturating_sub(name.len()));
    put!(out, "  ");
    pad(out, 7usize.saturating_sub(digits(entry.len)));
    put!(out, "{} B  ", entry.len);
    match &entry.sha256 {
        Some(hash) => {
            put!(out, "sha256 ");
            hex(out, if long { hash } else { hash.get(..HASH_SHOWN).unwrap_or_default() });
            put!(out, "{}", if long { "  " } else { "...  " });
        }
        None => put!(out, "no hash  "),
    }
    let set = entry.settings.0.iter().any(|byte| *byte != 0);
    let settings = if set { "settings" } else { "-" };
    putln!(out, "{}", if is_damage(found) { state(found) } else { settings });
}

/// Prints blanks.
pub(super) fn pad(out: &mut Output<'_>, blanks: usize) {
    for _ in 0..blanks {
        put!(out, " ");
    }
}

/// The decimal digits of a number.
fn digits(n: u32) -> usize {
    n.checked_ilog10().unwrap_or(0) as usize + 1
}

pub(super) fn df<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    none(args)?;
    report_usage(context)
}

/// Prints how full the flash is.
fn report_usage<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
) -> Result<(), Error<'static>> {
    let usage = context.session.store.usage().map_err(Error::Store)?;
    if context.json {
        context.answer(|json| {
            json.key("total")
                .number(usage.total)
                .key("used")
                .number(usage.used)
                .key("free")
                .number(usage.free);
        });
    } else {
        let out = &mut context.out();
        putln!(out, "flash {} B, used {} B, free {} B", usage.total, usage.used, usage.free);
    }
    Ok(())
}

pub(super) fn rm<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    if args.is_empty() {
        return Err(MISUSED);
    }
    let args = &*args;
    for word in args.iter() {
        context.session.store.remove(&name(word)?).map_err(|error| Error::StoreName(error, word))?;
    }
    context.done();
    Ok(())
}

pub(super) fn mv<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let (Some(old), Some(new), 2) = (args.get(0), args.get(1), args.len()) else {
        return Err(MISUSED);
    };
    let outcome = context.session.store.rename(&name(old)?, &name(new)?);
    outcome.map_err(|error| Error::StoreName(error, if error == StoreError::Exists { new } else { old }))?;
    context.done();
    Ok(())
}

pub(super) fn check<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let word = only(args)?;
    let name = name(word)?;
    let store = &mut *context.session.store;
    let failed = |error| Error::StoreName(error, word);
    let hashed = match store.verify(&name) {
        Ok(_) => true,
        Err(StoreError::Unrecorded) => false,
        Err(error) => return Err(failed(error)),
    };
    let len = store.stat(&name).map_err(failed)?.len;
    let module =
        store.open(&name, |reader| Module::from_reader(&Engine::default(), reader)).map_err(failed)?;
    let code = module.map_err(Error::Runtime)?.code_size();
    if context.json {
        context.answer(|json| {
            json.key("len").number(len).key("hash").boolean(hashed).key("code").number(code);
        });
    } else {
        let hash = if hashed { "hash good" } else { "no hash recorded" };
        let out = &mut context.out();
        putln!(out, "{}: {} B, {}, valid; loads to {} B of code", word, len, hash, code);
    }
    Ok(())
}

pub(super) fn format<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    none(args)?;
    context.session.store.format().map_err(Error::Store)?;
    report_usage(context)
}
