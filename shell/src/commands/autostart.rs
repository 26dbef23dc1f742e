//! `autostart`: what runs at boot.

use embedded_storage::nor_flash::NorFlash;

use super::name;
use crate::args::Args;
use crate::autostart::{store_words, words};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::output::putln;

pub(super) fn autostart<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    args.end_options();
    let args = &*args;
    match args.get(0) {
        None => return show(context),
        Some("off") if args.len() == 1 => {
            context.session.store.set_boot_line(b"").map_err(Error::Store)?;
        }
        Some(word) => {
            let module = name(word)?;
            context.session.store.stat(&module).map_err(|error| Error::StoreName(error, word))?;
            store_words(context.session.store, args.iter())?;
        }
    }
    context.done();
    Ok(())
}

/// Prints what runs at boot, and how often in a row it failed.
fn show<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>) -> Result<(), Error<'static>> {
    let line = context.session.store.boot_line().map_err(Error::Store)?;
    let failures = line.as_ref().map_or(0, |line| line.failures);
    if context.json {
        context.answer(|json| {
            match &line {
                Some(line) => json.key("autostart").text(words(line)),
                None => json.key("autostart").null(),
            };
            json.key("failures").number(failures);
        });
        return Ok(());
    }
    let out = &mut context.out();
    match &line {
        None => putln!(out, "off"),
        Some(line) if failures == 0 => putln!(out, "{}", words(line)),
        Some(line) => putln!(out, "{}; failed {} times in a row", words(line), failures),
    }
    Ok(())
}
