//! `get set`: exported globals.

use embedded_storage::nor_flash::NorFlash;
use wasmote_runtime::Error as RuntimeError;

use crate::answer::Outcome;
use crate::args::{Args, number};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::packed::packed;
use crate::values;

pub(super) fn get<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    access(context, args, 2)
}

pub(super) fn set<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    access(context, args, 3)
}

/// Prints an exported global, or sets it to the third of so many words.
fn access<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
    words: usize,
) -> Outcome {
    args.end_options();
    let (Some(alias), Some(name)) = (args.get(0), args.get(1).filter(|_| args.len() == words)) else {
        return Err(context.misused());
    };
    let loaded = context.loaded(alias)?;
    let Some(global) = loaded.instance.get_global(&*loaded.store, name) else {
        return Err(context.fail(&Error::NoExport { module: alias, kind: "global", name }));
    };
    let Some(text) = args.get(2) else {
        let Some(value) = global.get(&*loaded.store) else {
            return Err(context.broken(RuntimeError::UnknownHandle));
        };
        let mut answer = context.begin();
        values::answer(&mut answer, value);
        answer.form(packed!("\n")).end(0);
        return Ok(());
    };
    let ty = global.ty(&*loaded.store).map_err(|error| context.broken(error))?;
    if !ty.mutable {
        return Err(context.fail(&Error::Immutable(name)));
    }
    let value = number::value(1, text, ty.content).map_err(|error| context.fail(&error))?;
    let loaded = context.loaded(alias)?;
    global.set(&mut *loaded.store, value).map_err(|error| context.broken(error))?;
    context.done();
    Ok(())
}
