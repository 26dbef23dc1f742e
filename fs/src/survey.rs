//! Reading everything there is, to find what is damaged.

use core::ops::ControlFlow;

use embedded_storage::nor_flash::NorFlash;

use crate::directory::Found;
use crate::upload::Part;
use crate::{Entry, Error, ModuleStore, Name};

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
    /// no hash. What fails for one module does not keep the others from being read; an error
    /// here is one of the directory itself.
    pub fn survey(&mut self, mut f: impl FnMut(&Entry, Result<(), Error>)) -> Result<Survey, Error> {
        let mut survey = Survey::default();
        self.walk(&mut |store, found| {
            match found {
                Found::Own => {}
                Found::Foreign => survey.foreign = survey.foreign.saturating_add(1),
                Found::Module(name, len) => {
                    let verified = store.verify(name).map(drop);
                    store.tell(name, *len, verified, &mut f);
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let mut part = Part::NONE;
        self.volume.run(|fs| part.find(fs))?;
        survey.part = part.record.sha256().map(|_| part.stored);
        Ok(survey)
    }

    /// Calls `f` with a module that was verified.
    #[inline(never)]
    fn tell(
        &mut self,
        name: &Name,
        len: u32,
        verified: Result<(), Error>,
        f: &mut dyn FnMut(&Entry, Result<(), Error>),
    ) {
        match self.stat(name) {
            Ok(entry) => f(&entry, verified),
            Err(error) => {
                f(&Entry { name: *name, len, sha256: None }, Err(error));
            }
        }
    }
}
