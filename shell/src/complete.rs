//! Completion: what Tab types behind a word that is begun.

use core::ops::ControlFlow;

use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use wasmote_fs::ModuleStore;
use wasmote_runtime::ExternType;

use crate::board::Board;
use crate::commands;
use crate::instances::Instances;
use crate::limits::COMPLETED;
use crate::line::{BELL, PROMPT};
use crate::output::Output;
use crate::session::Session;

/// Commands whose first word is an instance, each with a blank behind it: the first one's second word is a function, the
/// next two's a global.
const OF_INSTANCES: &[u8] = b"call get set unload reload mem ";
/// How many of them take a second word.
const EXPORTING: usize = 3;

/// The words that begin as the typed one does.
struct Found<'w, 'o> {
    word: &'w [u8],
    /// What all have behind that.
    rest: Vec<u8, COMPLETED>,
    count: usize,
    /// Where they are shown.
    out: Option<Output<'o>>,
}

impl Found<'_, '_> {
    /// Looks at a word. One that does not stand for itself at the prompt is left out.
    #[inline(never)]
    fn look(&mut self, found: &[u8]) {
        let Some(rest) = found.strip_prefix(self.word) else { return };
        if found.is_empty()
            || !found.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\'))
        {
            return;
        }
        if let Some(out) = &mut self.out {
            out.bytes(found);
            return out.text("  ");
        }
        let mut same = 0;
        for byte in rest {
            if self.count == 0 {
                // What does not fit is for the next time.
                let _ = self.rest.push(*byte);
            }
            if self.rest.get(same) != Some(byte) {
                break;
            }
            same = same.saturating_add(1);
        }
        self.rest.truncate(same);
        self.count = self.count.saturating_add(1);
    }
}

/// Offers the words that can follow others: names of commands, instances, modules, or of what an instance exports.
#[inline(never)]
fn offer<F: NorFlash>(
    found: &mut Found<'_, '_>,
    before: &[u8],
    store: &mut ModuleStore<F>,
    instances: &Instances,
) {
    let mut words = before.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (verb, name, more) = (words.next(), words.next(), words.next().is_some());
    let of_instance = OF_INSTANCES.split(|byte| *byte == b' ').position(|of| Some(of) == verb);
    match (verb, name) {
        (None | Some(b"help"), None) => commands::names().for_each(|name| found.look(name)),
        (Some(_), None) if of_instance.is_some() => {
            instances.iter().for_each(|loaded| found.look(loaded.alias.as_str().as_bytes()));
        }
        (Some(_), None) => {
            // A flash that does not read has no names.
            let _ = store.list(|entry| {
                found.look(entry.name.as_str().as_bytes());
                ControlFlow::Continue(())
            });
        }
        (_, Some(name)) if !more && of_instance.is_some_and(|of| of < EXPORTING) => {
            for loaded in instances.iter().filter(|loaded| loaded.alias.as_str().as_bytes() == name) {
                let Ok(module) = loaded.instance.module(&loaded.store) else { return };
                for export in module.exports() {
                    let fits = match export.ty {
                        ExternType::Func(_) => of_instance == Some(0),
                        ExternType::Global(_) => of_instance != Some(0),
                        _ => false,
                    };
                    if fits {
                        found.look(export.name.as_bytes());
                    }
                }
            }
        }
        _ => {}
    }
}

impl<B: Board, F: NorFlash> Session<'_, B, F> {
    /// Completes the line's last word as far as it is certain, or else shows what it can become.
    // In a frame of its own: what it takes is free when a command runs.
    #[inline(never)]
    pub(crate) fn complete(&mut self) {
        let Session { console, line, store, instances, .. } = self;
        let typed = line.typed();
        let begin = typed.iter().rposition(|byte| *byte == b' ').map_or(0, |blank| blank.saturating_add(1));
        let (before, word) = typed.split_at_checked(begin).unwrap_or_default();
        let mut found = Found { word, rest: Vec::new(), count: 0, out: None };
        offer(&mut found, before, store, instances);
        match found.count {
            0 => console.raw(BELL),
            // A name that does not fit goes on the next time.
            1 => drop(found.rest.push(b' ')),
            _ if found.rest.is_empty() => {
                let mut out = Output::new(console);
                out.text(PROMPT);
                out.bytes(typed);
                out.text("\n");
                found.out = Some(out);
                offer(&mut found, before, store, instances);
                if let Some(out) = &mut found.out {
                    out.text("\n");
                }
            }
            _ => {}
        }
        let rest = found.rest;
        line.append(&rest);
    }
}
