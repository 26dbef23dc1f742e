//! The store: modules by name.

use core::ops::ControlFlow;

use embedded_storage::nor_flash::NorFlash;

use crate::directory::Found;
use crate::entry::read_entry;
use crate::upload::{self, Upload};
use crate::volume::{FIT_FLASH, Volume};
use crate::{Entry, Error, Name, Settings};

/// The modules on a flash.
///
/// The store owns the flash and nothing else between operations, except for an upload's buffer. Every
/// operation mounts the file system, so that a flash that is not formatted shows as [`Error::Unformatted`]
/// from each of them and the store stays usable for [`format`](Self::format).
///
/// It spans the largest of [`BLOCK_COUNTS`](crate::BLOCK_COUNTS) that fits the flash. A board that has always
/// the same flash saves 15 KB of code by naming its block count as `BLOCKS`, which can then be any.
pub struct ModuleStore<F, const BLOCKS: usize = FIT_FLASH> {
    pub(crate) volume: Volume<F, BLOCKS>,
    pub(crate) upload: Option<Upload>,
}

/// How full the flash is, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// What the file system spans.
    pub total: u32,
    /// What modules, a kept upload and the directory take, in whole blocks.
    pub used: u32,
    /// What is left.
    pub free: u32,
}

impl<F: NorFlash> ModuleStore<F> {
    /// Makes a store that spans as much of `flash` as it can, without touching it.
    pub const fn new(flash: F) -> Self {
        Self::with_block_count(flash)
    }
}

impl<F: NorFlash, const BLOCKS: usize> ModuleStore<F, BLOCKS> {
    /// Makes a store of `BLOCKS` blocks of 4096 bytes, or of one sector where that is larger, without touching
    /// `flash`. On a smaller flash every operation is [`Error::Geometry`].
    pub const fn with_block_count(flash: F) -> Self {
        Self { volume: Volume::new(flash), upload: None }
    }

    /// Returns the flash; an upload under way can be resumed later.
    pub fn into_flash(self) -> F {
        self.volume.into_flash()
    }

    /// Returns the flash, for its own settings and counters.
    pub fn flash_mut(&mut self) -> &mut F {
        self.volume.flash_mut()
    }

    /// Checks that the flash holds a store, and sweeps what a power cut left; called once at boot.
    ///
    /// The one leftover that stays is the part file of an upload that said its hash when it began: it can be
    /// resumed, and is removed by the next other upload or by [`upload_abort`](Self::upload_abort).
    ///
    /// Fails with [`Error::Unformatted`] or [`Error::Geometry`] if the flash does not mount. It is never
    /// formatted here.
    pub fn mount(&mut self) -> Result<(), Error> {
        self.upload = None;
        self.volume.run(upload::sweep)
    }

    /// Makes an empty store, erasing all modules.
    pub fn format(&mut self) -> Result<(), Error> {
        self.upload = None;
        self.volume.format()
    }

    /// Calls `f` with each module until it breaks, in alphabetical order (by bytes, a name behind those that it begins).
    ///
    /// Files of other tools whose names the store could not have given are left out.
    pub fn list(&mut self, mut f: impl FnMut(&Entry) -> ControlFlow<()>) -> Result<(), Error> {
        self.walk(&mut |store, found| match found {
            Found::Module(name, _) => Ok(f(&store.stat(name)?)),
            _ => Ok(ControlFlow::Continue(())),
        })
    }

    /// Returns what the store keeps about the module `name`.
    // In a frame of its own, as `verify`.
    #[inline(never)]
    pub fn stat(&mut self, name: &Name) -> Result<Entry, Error> {
        let mut entry = Entry { name: *name, len: 0, sha256: None };
        self.volume.run(|fs| read_entry(fs, name, &mut entry))?;
        Ok(entry)
    }

    /// Removes the module `name` and gives its space back.
    pub fn remove(&mut self, name: &Name) -> Result<(), Error> {
        self.volume.run(|fs| {
            fs.len(name)?;
            fs.remove(name)
        })
    }

    /// Gives the module `old` the name `new`; fails with [`Error::Exists`] if another module has it.
    pub fn rename(&mut self, old: &Name, new: &Name) -> Result<(), Error> {
        self.volume.run(|fs| {
            fs.len(old)?;
            match fs.len(new) {
                _ if old == new => Ok(()),
                Ok(_) => Err(Error::Exists),
                Err(Error::NotFound) => fs.rename(old, new).map_err(|error| match error {
                    // A directory, which is no module.
                    Error::NotFound => Error::Exists,
                    error => error,
                }),
                Err(error) => Err(error),
            }
        })
    }

    /// Returns how full the flash is.
    pub fn usage(&mut self) -> Result<Usage, Error> {
        self.volume.session(|fs, usage| {
            let bytes = |blocks: u32| blocks.saturating_mul(Self::BLOCK_SIZE);
            let (total, free) = (bytes(fs.blocks()), bytes(fs.free()?));
            *usage = Usage { total, used: total.saturating_sub(free), free };
            Ok(())
        })
    }

    /// Returns the load settings of the module `name`.
    pub fn settings(&mut self, name: &Name) -> Result<Settings, Error> {
        self.volume.session(|fs, settings: &mut Settings| {
            fs.len(name)?;
            settings.read(fs, name)
        })
    }

    /// Replaces the load settings of the module `name`; installing it anew keeps them.
    pub fn set_settings(&mut self, name: &Name, settings: &Settings) -> Result<(), Error> {
        self.volume.run(|fs| {
            fs.len(name)?;
            settings.write(fs, name)
        })
    }
}
