//! `get set`: exported globals.

use embedded_storage::nor_flash::NorFlash;
use wasmote_runtime::{Error as RuntimeError, Global, GlobalType};

use super::MISUSED;
use crate::args::{Args, number};
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::instances::{Instances, Loaded};
use crate::values;

/// An instance, its global and the global's type.
fn global<'e, 'i>(
    instances: &'i mut Instances,
    alias: &'e str,
    name: &'e str,
) -> Result<(&'i mut Loaded, Global, GlobalType), Error<'e>> {
    let loaded = instances.get(alias)?;
    let found = loaded.instance.get_global(&*loaded.store, name);
    let global = found.ok_or(Error::NoExport { module: alias, kind: "global", name })?;
    let ty = global.ty(&*loaded.store).map_err(Error::Runtime)?;
    Ok((loaded, global, ty))
}

pub(super) fn get<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    let (Some(alias), Some(name), 2) = (args.get(0), args.get(1), args.len()) else {
        return Err(MISUSED);
    };
    let (loaded, global, _) = global(&mut context.session.instances, alias, name)?;
    let value = global.get(&*loaded.store).ok_or(Error::Runtime(RuntimeError::UnknownHandle))?;
    let mut answer = context.begin();
    values::answer(&mut answer, value);
    answer.form("\n").end(0);
    Ok(())
}

pub(super) fn set<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    args.end_options();
    let (Some(alias), Some(name), Some(text), 3) = (args.get(0), args.get(1), args.get(2), args.len()) else {
        return Err(MISUSED);
    };
    let (loaded, global, ty) = global(&mut context.session.instances, alias, name)?;
    if !ty.mutable {
        return Err(Error::Immutable(name));
    }
    let value = number::value(1, text, ty.content)?;
    global.set(&mut *loaded.store, value).map_err(Error::Runtime)?;
    context.done();
    Ok(())
}
