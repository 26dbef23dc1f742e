//! `fsck`: reads everything on flash and says what is damaged.

use embedded_storage::nor_flash::NorFlash;

use wasmote_fs::{Entry, Error as StoreError};

use super::none;
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::json::Json;
use crate::output::putln;

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

    fn outcome(&self) -> Result<(), Error<'static>> {
        match self.damaged {
            0 => Ok(()),
            damaged => Err(Error::Damaged(damaged)),
        }
    }
}

pub(super) fn fsck<'e, B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &'e mut Args,
) -> Result<(), Error<'e>> {
    none(args)?;
    let json = context.json;
    let (store, mut out) = context.store_and_out();
    // The directory and all lists of blocks are read before anything is printed.
    let usage = store.usage().map_err(Error::Store)?;
    let mut count = Count::default();
    if json {
        let mut json = Json::new(&mut out);
        json.begin('{').key("modules").begin('[');
        let surveyed = store.survey(|entry, found| {
            count.add(found);
            json.begin('{').key("name").text(entry.name.as_str()).key("len").number(entry.len);
            json.key("state").text(state(found)).end('}');
        });
        json.end(']').key("damaged").number(count.damaged);
        if let Ok(survey) = surveyed {
            json.key("foreign").number(survey.foreign).key("part");
            match survey.part {
                Some(part) => json.number(part),
                None => json.null(),
            };
        }
        json.key("total").number(usage.total).key("used").number(usage.used);
        let good = surveyed.is_ok() && count.damaged == 0;
        json.key("status").number(u8::from(!good)).end('}');
        json.finish();
        return if good { Ok(()) } else { Err(Error::Reported) };
    }
    let row = |entry: &Entry, found| {
        count.add(found);
        putln!(out, "{}: {} B, {}", entry.name.as_str(), entry.len, state(found));
    };
    let survey = store.survey(row).map_err(Error::Store)?;
    if let Some(part) = survey.part {
        putln!(out, "an upload stopped after {} B and can go on", part);
    }
    if survey.foreign > 0 {
        putln!(out, "{} files of other tools, whose names are no modules'", survey.foreign);
    }
    putln!(
        out,
        "{} modules, {} damaged; {} of {} B used",
        count.modules,
        count.damaged,
        usage.used,
        usage.total
    );
    count.outcome()
}
