//! `ls df rm mv check format`: the modules on flash.

use core::ops::ControlFlow;
use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::{Entry, Error as StoreError, Name};

use super::fsck::{is_damage, state};
use crate::answer::{Answer, Outcome};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::packed::packed;

/// Bytes of a hash that `ls` shows; `ls -l` shows all.
const HASH_SHOWN: usize = 4;

pub(super) fn ls<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>, args: &mut Args) -> Outcome {
    let long = args.flag("-l");
    context.none(args)?;
    let mut width = 0;
    // Nothing is printed before the directory is known to read.
    let measured = context.session.store.list(|entry| {
        width = width.max(entry.name.as_str().len());
        ControlFlow::Continue(())
    });
    measured.map_err(|error| context.unstored(error))?;
    let (parts, mut answer) = context.begin_with();
    answer.form(packed!("<\"modules\":[>"));
    let listed = parts.store.survey(|entry, found| row(&mut answer, entry, found, width, long));
    answer.form(packed!("<]>"));
    if let Err(error) = listed {
        return Err(answer.fail(&Error::Store(error)));
    }
    answer.end(0);
    Ok(())
}

fn row(answer: &mut Answer<'_>, entry: &Entry, found: Result<(), StoreError>, width: usize, long: bool) {
    let name = entry.name.as_str();
    // Numbers end in one column.
    let blanks = width.saturating_sub(name.len()).saturating_add(7usize.saturating_sub(digits(entry.len)));
    answer.form(packed!("<{>{name}  {len} B  ")).text(name).pad(blanks).number(entry.len);
    match &entry.sha256 {
        None => answer.form(packed!("<\"sha256\":null>no hash")),
        Some(hash) if long || answer.json => answer.form(packed!("sha256 {sha256}")).hex(hash),
        Some(hash) => {
            answer.form(packed!("sha256 {sha256}...")).hex(hash.get(..HASH_SHOWN).unwrap_or_default())
        }
    };
    if answer.json || is_damage(found) {
        answer.form(packed!("  {state}")).text(state(found));
    }
    answer.form(packed!("<}>\n"));
}

/// The decimal digits of a number.
fn digits(n: u32) -> usize {
    core::iter::successors(Some(n), |n| (*n > 9).then_some(n / 10)).count()
}

pub(super) fn df<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>, args: &mut Args) -> Outcome {
    context.none(args)?;
    report_usage(context)
}

/// Prints how full the flash is.
fn report_usage<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>) -> Outcome {
    let usage = context.session.store.usage().map_err(|error| context.unstored(error))?;
    let mut answer = context.begin();
    answer.form(packed!("flash {total} B, used {used} B, free {free} B\n"));
    answer.number(usage.total).number(usage.used).number(usage.free).end(0);
    Ok(())
}

pub(super) fn rm<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>, args: &mut Args) -> Outcome {
    args.end_options();
    if args.is_empty() {
        return Err(context.misused());
    }
    let mut outcome = Ok(());
    for word in args.iter() {
        let removed = Name::new(word).and_then(|name| context.session.store.remove(&name));
        // One that fails does not keep the others. JSON tells the first failure only.
        if let Err(error) = removed
            && !(context.json && outcome.is_err())
        {
            outcome = Err(context.refused(error, word));
        }
    }
    if outcome.is_ok() {
        context.done();
    }
    outcome
}

pub(super) fn mv<B: Board, F: NorFlash>(context: &mut Context<'_, '_, '_, B, F>, args: &mut Args) -> Outcome {
    args.end_options();
    let (Some(old), Some(new), 2) = (args.get(0), args.get(1), args.len()) else {
        return Err(context.misused());
    };
    let (from, to) = (context.name(old)?, context.name(new)?);
    if let Err(error) = context.session.store.rename(&from, &to) {
        return Err(context.refused(error, if error == StoreError::Exists { new } else { old }));
    }
    context.done();
    Ok(())
}

pub(super) fn check<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let word = context.only(args)?;
    let name = context.name(word)?;
    let hashed = match context.session.store.verify(&name) {
        Ok(_) => true,
        Err(StoreError::Unrecorded) => false,
        Err(error) => return Err(context.refused(error, word)),
    };
    let len = context.session.store.stat(&name).map_err(|error| context.refused(error, word))?.len;
    let code = context.compile(&name, word)?.code_size();
    let mut answer = context.begin();
    answer
        .form(packed!("{name}: {len} B, {hash}, valid; loads to {code} B of code\n"))
        .text(word)
        .number(len);
    answer.choice(hashed, "hash good", "no hash recorded").number(code).end(0);
    Ok(())
}

pub(super) fn format<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    context.none(args)?;
    context.session.store.format().map_err(|error| context.unstored(error))?;
    report_usage(context)
}
