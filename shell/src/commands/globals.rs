//! `get set`: exported globals.

use embedded_storage::nor_flash::NorFlash;
use wasmote_runtime::{Error as RuntimeError, Global, GlobalType};

use crate::answer::Outcome;
use crate::args::{Args, number};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::packed::packed;
use crate::values;

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// An exported global and its type.
    fn global(&mut self, alias: &str, name: &str) -> Outcome<(Global, GlobalType)> {
        let loaded = self.loaded(alias)?;
        let Some(global) = loaded.instance.get_global(&*loaded.store, name) else {
            return Err(self.fail(&Error::NoExport { module: alias, kind: "global", name }));
        };
        let ty = global.ty(&*loaded.store).map_err(|error| self.broken(error))?;
        Ok((global, ty))
    }
}

pub(super) fn get<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    args.end_options();
    let (Some(alias), Some(name), 2) = (args.get(0), args.get(1), args.len()) else {
        return Err(context.misused());
    };
    let (global, _) = context.global(alias, name)?;
    let loaded = context.loaded(alias)?;
    let Some(value) = global.get(&*loaded.store) else {
        return Err(context.broken(RuntimeError::UnknownHandle));
    };
    let mut answer = context.begin();
    values::answer(&mut answer, value);
    answer.form(packed!("\n")).end(0);
    Ok(())
}

pub(super) fn set<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    args.end_options();
    let (Some(alias), Some(name), Some(text), 3) = (args.get(0), args.get(1), args.get(2), args.len()) else {
        return Err(context.misused());
    };
    let (global, ty) = context.global(alias, name)?;
    if !ty.mutable {
        return Err(context.fail(&Error::Immutable(name)));
    }
    let value = number::value(1, text, ty.content).map_err(|error| context.fail(&error))?;
    let loaded = context.loaded(alias)?;
    global.set(&mut *loaded.store, value).map_err(|error| context.broken(error))?;
    context.done();
    Ok(())
}
