//! `autostart`: what runs at boot.

use embedded_storage::nor_flash::NorFlash;

use super::name;
use crate::args::Args;
use crate::autostart::{store_words, words};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;

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
    let mut answer = context.begin();
    match &line {
        None => answer.form("<\"autostart\":null>off"),
        // Whole for people too, who may want to write it again.
        Some(line) => answer.form("{autostart}").with(|out| out.text(words(line))),
    };
    match failures {
        0 => answer.form("<\"failures\":0>\n"),
        _ => answer.form("; failed {failures} times in a row\n").number(failures),
    };
    answer.end(0);
    Ok(())
}
