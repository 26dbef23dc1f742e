//! The directory: what lies in its places.

use core::ops::ControlFlow;

use embedded_storage::nor_flash::NorFlash;
use littlefs2::fs::DirEntry;

use crate::{Error, ModuleStore, Name, boot, upload};

/// What the directory has in a place.
#[derive(Clone, Copy)]
pub(crate) enum Found {
    /// A file with a module's name, and its length in bytes.
    Module(Name, u32),
    /// What no module can be.
    Foreign,
    /// What the store keeps beside the modules, and the directory's own names.
    Own,
}

impl Found {
    fn new(entry: &DirEntry) -> Self {
        let name = entry.file_name().as_str();
        if [".", "..", upload::PART.as_str(), boot::BOOT.as_str()].contains(&name) {
            return Self::Own;
        }
        match Name::new(name) {
            Ok(name) if entry.file_type().is_file() => {
                Self::Module(name, u32::try_from(entry.metadata().len()).unwrap_or(u32::MAX))
            }
            _ => Self::Foreign,
        }
    }
}

/// The places that are read at a time. Each read walks the directory from its start, and each place takes stack.
const BATCH: usize = 4;

/// Says whether to go on.
type Step = Result<ControlFlow<()>, Error>;

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// Calls `f` with what each place of the directory has, in its order, until it breaks.
    ///
    /// Nothing of littlefs is on the stack then, and `f` can work with the store.
    pub(crate) fn walk(&mut self, f: &mut dyn FnMut(&mut Self, &Found) -> Step) -> Result<(), Error> {
        for start in (0..).step_by(BATCH) {
            let mut batch = [None; BATCH];
            self.found_from(start, &mut batch)?;
            for found in &batch {
                let Some(found) = found else { return Ok(()) };
                if f(self, found)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Reads what the directory has from its place number `start` on; `None` stands behind its end.
    // In a frame of its own, which is gone when the modules are looked at.
    #[inline(never)]
    fn found_from(&mut self, start: usize, batch: &mut [Option<Found>; BATCH]) -> Result<(), Error> {
        self.volume.run(|fs| {
            let mut passed = 0;
            let mut free = batch.iter_mut();
            fs.entries(&mut |entry| {
                if passed < start {
                    passed += 1;
                    return ControlFlow::Continue(());
                }
                let Some(place) = free.next() else { return ControlFlow::Break(()) };
                *place = Some(Found::new(entry));
                ControlFlow::Continue(())
            })
        })
    }
}
