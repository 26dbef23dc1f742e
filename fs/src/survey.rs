//! Reading everything there is, to find what is damaged.

use embedded_storage::nor_flash::NorFlash;
use littlefs2::path;

use crate::{Entry, Error, ModuleStore, Name, Settings, boot, upload};

/// What a survey found beside the modules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files and directories that another tool made and whose names no module can have.
    pub foreign: u32,
    /// The bytes of an upload that was interrupted and can be resumed.
    pub part: Option<u32>,
}

/// What the directory has in a place.
enum Found {
    /// A file with a module's name, and its length in bytes.
    Module(Name, u32),
    /// What no module can be.
    Foreign,
    /// What the store keeps beside the modules, and the directory's own names.
    Own,
}

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// Reads every module, calls `f` with each in the order of [`list`](Self::list), and changes nothing.
    ///
    /// Beside the module `f` gets what [`verify`](Self::verify) would say of it. One whose entry does not read has
    /// neither hash nor settings. What fails for one module does not keep the others from being read; an error
    /// here is one of the directory itself.
    pub fn survey(&mut self, mut f: impl FnMut(&Entry, Result<(), Error>)) -> Result<Survey, Error> {
        let mut survey = Survey::default();
        // Each module is read on its own, with nothing of the directory and no entry on the stack.
        for place in 0.. {
            match self.found_at(place)? {
                None => break,
                Some(Found::Own) => {}
                Some(Found::Foreign) => survey.foreign = survey.foreign.saturating_add(1),
                Some(Found::Module(name, len)) => {
                    let verified = self.verify(&name).map(drop);
                    self.tell(name, len, verified, &mut f);
                }
            }
        }
        survey.part = self.volume.session(upload::find_part)?.map(|(_, stored)| stored);
        Ok(survey)
    }

    /// Calls `f` with a module that was verified.
    #[inline(never)]
    fn tell(
        &mut self,
        name: Name,
        len: u32,
        verified: Result<(), Error>,
        f: &mut dyn FnMut(&Entry, Result<(), Error>),
    ) {
        match self.stat(&name) {
            Ok(entry) => f(&entry, verified),
            Err(error) => {
                f(&Entry { name, len, sha256: None, settings: Settings::default() }, Err(error));
            }
        }
    }

    /// What the directory has in its place number `place`; `None` behind its end.
    // In a frame of its own, which is gone when the module is read.
    #[inline(never)]
    fn found_at(&mut self, place: usize) -> Result<Option<Found>, Error> {
        self.volume.session(|fs| {
            let mut at = None;
            fs.read_dir_and_then_unit(path!(""), &mut |entries| {
                // `nth` would have frames of its own below.
                for _ in 0..place {
                    entries.next();
                }
                let Some(found) = entries.next() else { return Ok(()) };
                let found = found?;
                let name = found.file_name();
                let own = matches!(name.as_str(), "." | "..") || name == upload::PART || name == boot::BOOT;
                at = Some(match Name::from_bytes(name.as_str().as_bytes()) {
                    _ if own => Found::Own,
                    Ok(name) if found.file_type().is_file() => {
                        Found::Module(name, u32::try_from(found.metadata().len()).unwrap_or(u32::MAX))
                    }
                    _ => Found::Foreign,
                });
                Ok(())
            })?;
            Ok(at)
        })
    }
}
