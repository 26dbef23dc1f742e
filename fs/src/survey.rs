//! Reading everything there is, to find what is damaged.

use embedded_storage::nor_flash::NorFlash;
use littlefs2::path;

use crate::entry::read_entry;
use crate::reader::verify_file;
use crate::{Entry, Error, ModuleStore, Name, Settings, boot, upload};

/// What a survey found beside the modules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files and directories that another tool made and whose names no module can have.
    pub foreign: u32,
    /// The bytes of an upload that was interrupted and can be resumed.
    pub part: Option<u32>,
}

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// Reads every module, calls `f` with each in the order of [`list`](Self::list), and changes nothing.
    ///
    /// Beside the module `f` gets what [`verify`](Self::verify) would say of it. One whose entry does not read has
    /// neither hash nor settings. What fails for one module does not keep the others from being read; an error
    /// here is one of the directory itself.
    pub fn survey(&mut self, mut f: impl FnMut(&Entry, Result<(), Error>)) -> Result<Survey, Error> {
        self.volume.session(|fs| {
            let mut survey = Survey::default();
            fs.read_dir_and_then_unit(path!(""), &mut |entries| {
                for found in entries {
                    let found = found?;
                    let name = found.file_name();
                    if matches!(name.as_str(), "." | "..") || name == upload::PART || name == boot::BOOT {
                        continue;
                    }
                    match Name::from_bytes(name.as_str().as_bytes()) {
                        Ok(name) if found.file_type().is_file() => {
                            let len = u32::try_from(found.metadata().len()).unwrap_or(u32::MAX);
                            let bare = Entry { name, len, sha256: None, settings: Settings::default() };
                            match read_entry(fs, &name) {
                                Ok(entry) => f(&entry, verify_file(fs, &name).map(drop)),
                                Err(error) => f(&bare, Err(error)),
                            }
                        }
                        _ => survey.foreign = survey.foreign.saturating_add(1),
                    }
                }
                Ok(())
            })?;
            survey.part = upload::find_part(fs)?.map(|(_, stored)| stored);
            Ok(survey)
        })
    }
}
