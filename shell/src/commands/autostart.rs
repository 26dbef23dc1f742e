//! `autostart`: what runs at boot.

use embedded_storage::nor_flash::NorFlash;

use crate::answer::Outcome;
use crate::args::Args;
use crate::autostart::{quoted, words};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::packed::packed;

pub(super) fn autostart<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let args = &*args;
    // A `--` stays where it stands: it is read again with the stored words.
    match args.get(usize::from(args.get(0) == Some("--"))) {
        None => return show(context),
        Some("off") if args.len() == 1 => {
            context.session.store.set_boot_line(b"").map_err(|error| context.unstored(error))?;
        }
        Some(word) => {
            let module = context.name(word)?;
            context.session.store.stat(&module).map_err(|error| context.refused(error, word))?;
            let Some(line) = quoted(args.iter()) else { return Err(context.fail(&Error::LineTooLong)) };
            let stored = context.session.store.set_boot_line(&line);
            stored.map_err(|error| context.unstored(error))?;
        }
    }
    context.done();
    Ok(())
}

/// Prints what runs at boot, and how often in a row it failed.
fn show<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>) -> Outcome {
    let line = context.session.store.boot_line().map_err(|error| context.unstored(error))?;
    let failures = line.as_ref().map_or(0, |line| line.failures);
    let mut answer = context.begin();
    match &line {
        None => answer.form(packed!("<\"autostart\":null>off")),
        // Whole for people too, who may want to write it again.
        Some(line) => answer.form(packed!("{autostart}")).with(|out| out.text(words(line))),
    };
    match failures {
        0 => answer.form(packed!("<\"failures\":0>\n")),
        _ => answer.form(packed!("; failed {failures} time~ in a row\n")).number(failures),
    };
    answer.end(0);
    Ok(())
}
