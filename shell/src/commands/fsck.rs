//! `fsck`: reads everything on flash and says what is damaged.

use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::Error as StoreError;

use crate::answer::Outcome;
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::packed::packed;

/// What a survey says of a module, in a word.
pub(super) fn state(found: Result<(), StoreError>) -> &'static str {
    match found {
        Ok(()) => "good",
        Err(StoreError::Unrecorded) => "unrecorded",
        Err(StoreError::Corrupt) => "corrupt",
        Err(_) => "unreadable",
    }
}

/// Whether what a survey says of a module is damage. A module that another tool put there has no hash to check.
pub(super) fn is_damage(found: Result<(), StoreError>) -> bool {
    !matches!(found, Ok(()) | Err(StoreError::Unrecorded))
}

/// How many modules there are, and how many of them are damaged.
#[derive(Default)]
struct Count {
    modules: u32,
    damaged: u32,
}

impl Count {
    fn add(&mut self, found: Result<(), StoreError>) {
        self.modules = self.modules.saturating_add(1);
        self.damaged = self.damaged.saturating_add(u32::from(is_damage(found)));
    }
}

pub(super) fn fsck<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    context.none(args)?;
    // The directory and all lists of blocks are read before anything is printed.
    let usage = context.session.store.usage().map_err(|error| context.unstored(error))?;
    let (parts, mut answer) = context.begin_with();
    let mut count = Count::default();
    answer.form(packed!("<\"modules\":[>"));
    let surveyed = parts.store.survey(|entry, found| {
        count.add(found);
        answer.form(packed!("<{>{name}: {len} B, {state}<}>\n"));
        answer.text(entry.name.as_str()).number(entry.len).text(state(found));
    });
    answer.form(packed!("<]>"));
    let survey = match surveyed {
        Ok(survey) => survey,
        Err(error) => return Err(answer.fail(&Error::Store(error))),
    };
    match survey.part {
        Some(part) => answer.form(packed!("an upload stopped after {part} B and can go on\n")).number(part),
        None => answer.form(packed!("<\"part\":null>")),
    };
    match survey.foreign {
        0 => answer.form(packed!("<\"foreign\":0>")),
        foreign => answer
            .form(packed!("{foreign} file~ of other tools, whose names are no modules'\n"))
            .number(foreign),
    };
    answer.form(packed!("{count} module~, {damaged} damaged; {used} of {total} B used\n"));
    answer.number(count.modules).number(count.damaged).number(usage.used).number(usage.total);
    if count.damaged > 0 {
        return Err(answer.fail(&Error::Damaged(count.damaged)));
    }
    answer.end(0);
    Ok(())
}
