//! littlefs on a NOR flash: the geometry, the driver, and sessions.
//!
//! littlefs2 wants the number of blocks as a constant, and a flash tells its size at run time. So the driver is
//! compiled for the capacities of [`BLOCK_COUNTS`], and a flash gets the largest that fits. Each capacity costs
//! about 1 KB of code on thumbv7em, although the store works through object-safe traits and exists once; so a board
//! whose flash never changes names its one capacity instead.
//!
//! Each operation mounts, works and lets go (a session). littlefs keeps pointers into its caches and its
//! open files, so that a file system that stays mounted could neither be moved nor owned without `unsafe`.
//! A session costs a read of the directory's blocks, and gives: no RAM between operations, no stale state
//! after an error, and a flash that can be taken back at any time.

use embedded_storage::nor_flash::{NorFlash, NorFlashError, NorFlashErrorKind};
use littlefs2::consts::{U8, U256};
use littlefs2::driver::Storage;
use littlefs2::fs::Filesystem;
use littlefs2::io::{Error as LittlefsError, Result as LittlefsResult};

use crate::files::Files;
use crate::{Error, structure};

/// The littlefs block size in bytes for flashes with sectors up to this size; larger sectors are one block.
pub const MIN_BLOCK_SIZE: usize = 4096;

/// The bytes of each littlefs cache: one for reading, one for writing, one for an open file.
pub const CACHE_SIZE: usize = 256;
type CacheSize = U256;

/// The bytes of littlefs's map of free blocks, a bit a block; larger flashes are mapped in turns.
pub const LOOKAHEAD_SIZE: usize = 64;
type LookaheadSize = U8;

/// The erases after which littlefs moves a directory block to spread wear (`lfs.h`, `block_cycles`).
pub const BLOCK_CYCLES: isize = 500;

/// Passes the capacities that the driver is compiled for, in blocks and descending, to the macro `$then`.
macro_rules! block_counts {
    ($then:ident) => {
        $then! { 4096, 2048, 1024, 512, 384, 256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8 }
    };
}

macro_rules! define_block_counts {
    ($($count:literal),*) => {
        /// The capacities that a store can have, in blocks; what a flash has above one of them is not used.
        pub const BLOCK_COUNTS: &[usize] = &[$($count),*];
    };
}

block_counts! { define_block_counts }

/// The block count that stands for the largest of [`BLOCK_COUNTS`] that fits the flash.
pub const FIT_FLASH: usize = 0;

/// Returns the littlefs block size on the flash `F` in bytes.
pub(crate) const fn block_size<F: NorFlash>() -> usize {
    if F::ERASE_SIZE > MIN_BLOCK_SIZE { F::ERASE_SIZE } else { MIN_BLOCK_SIZE }
}

/// The flash as littlefs's driver, and whether it has refused an operation.
struct Driver<'a, F, const BLOCKS: usize> {
    flash: &'a mut F,
    refused: &'a mut bool,
}

impl<F: NorFlash, const BLOCKS: usize> Driver<'_, F, BLOCKS> {
    /// Refuses at compile time what littlefs would refuse at run time.
    const GEOMETRY: () = {
        let block_size = block_size::<F>();
        assert!(block_size.is_multiple_of(F::ERASE_SIZE), "sectors do not make up a block");
        assert!(block_size.is_multiple_of(CACHE_SIZE), "caches do not make up a block");
        assert!(CACHE_SIZE.is_multiple_of(F::WRITE_SIZE), "the flash's words do not make up a cache");
        assert!(CACHE_SIZE.is_multiple_of(F::READ_SIZE), "the flash's reads do not make up a cache");
    };

    /// Tells littlefs `code` when the flash has refused an operation.
    fn refused(&mut self, code: LittlefsError) -> LittlefsError {
        *self.refused = true;
        code
    }

    /// Tells littlefs to try another block, unless the request itself was wrong.
    fn bad_block(&mut self, error: &F::Error) -> LittlefsError {
        self.refused(match error.kind() {
            NorFlashErrorKind::NotAligned | NorFlashErrorKind::OutOfBounds => LittlefsError::IO,
            _ => LittlefsError::CORRUPTION,
        })
    }
}

fn address(offset: usize) -> LittlefsResult<u32> {
    u32::try_from(offset).map_err(|_| LittlefsError::INVALID)
}

impl<F: NorFlash, const BLOCKS: usize> Storage for Driver<'_, F, BLOCKS> {
    const READ_SIZE: usize = F::READ_SIZE;
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const BLOCK_SIZE: usize = block_size::<F>();
    const BLOCK_COUNT: usize = BLOCKS;
    const BLOCK_CYCLES: isize = BLOCK_CYCLES;
    type CACHE_SIZE = CacheSize;
    type LOOKAHEAD_SIZE = LookaheadSize;

    fn read(&mut self, offset: usize, bytes: &mut [u8]) -> LittlefsResult<usize> {
        let from = address(offset)?;
        self.flash.read(from, bytes).map_err(|_| self.refused(LittlefsError::IO))?;
        Ok(bytes.len())
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) -> LittlefsResult<usize> {
        let to = address(offset)?;
        self.flash.write(to, bytes).map_err(|error| self.bad_block(&error))?;
        Ok(bytes.len())
    }

    fn erase(&mut self, offset: usize, len: usize) -> LittlefsResult<usize> {
        let (from, to) = (address(offset)?, address(offset.saturating_add(len))?);
        self.flash.erase(from, to).map_err(|error| self.bad_block(&error))?;
        Ok(len)
    }
}

/// What is done with a mounted file system: a closure. A table of `FnMut` would have a second function for each, which
/// nothing calls.
trait Visit {
    fn visit(&mut self, fs: &dyn Files) -> Result<(), Error>;
}

impl<F: FnMut(&dyn Files) -> Result<(), Error>> Visit for F {
    fn visit(&mut self, fs: &dyn Files) -> Result<(), Error> {
        self(fs)
    }
}

/// A flash with a file system of `BLOCKS` blocks, or of as many as [`FIT_FLASH`] finds.
pub(crate) struct Volume<F, const BLOCKS: usize> {
    flash: F,
    /// Whether the directories were found to be ones that littlefs2 stands.
    checked: bool,
}

impl<F, const BLOCKS: usize> Volume<F, BLOCKS> {
    pub(crate) const fn new(flash: F) -> Self {
        Self { flash, checked: false }
    }

    pub(crate) fn into_flash(self) -> F {
        self.flash
    }

    /// Lends the flash, on which anything may be afterwards.
    pub(crate) fn flash_mut(&mut self) -> &mut F {
        self.checked = false;
        &mut self.flash
    }
}

impl<F: NorFlash, const BLOCKS: usize> Volume<F, BLOCKS> {
    /// Mounts the file system, runs `f` on it and lets it go. `f` fills the result, which is its default before.
    ///
    /// A flash without a file system is [`Error::Unformatted`], one of another shape [`Error::Geometry`].
    pub(crate) fn session<R: Default>(
        &mut self,
        mut f: impl FnMut(&dyn Files, &mut R) -> Result<(), Error>,
    ) -> Result<R, Error> {
        let mut value = R::default();
        self.run(|fs| f(fs, &mut value))?;
        Ok(value)
    }

    /// As [`session`](Self::session), without a result.
    pub(crate) fn run(&mut self, mut f: impl FnMut(&dyn Files) -> Result<(), Error>) -> Result<(), Error> {
        self.run_dyn(&mut f)
    }

    /// As [`run`](Self::run), and once for all that `f` can be.
    fn run_dyn(&mut self, f: &mut dyn Visit) -> Result<(), Error> {
        self.check()?;
        self.drive(Some(f))
    }

    /// Writes an empty file system over whatever the flash holds.
    pub(crate) fn format(&mut self) -> Result<(), Error> {
        self.drive(None)
    }

    /// Checks the directories, unless that was done before.
    // In a frame of its own, which is gone when littlefs works.
    #[inline(never)]
    fn check(&mut self) -> Result<(), Error> {
        if !self.checked {
            let bytes = |size| u32::try_from(size).unwrap_or(u32::MAX);
            let block_size = block_size::<F>();
            let blocks = self.flash.capacity() / block_size;
            structure::check(&mut self.flash, bytes(block_size), bytes(blocks))?;
            self.checked = true;
        }
        Ok(())
    }

    /// Mounts by the driver of the right capacity and runs `f`, or else formats.
    fn drive(&mut self, f: Option<&mut dyn Visit>) -> Result<(), Error> {
        let fitting = self.flash.capacity() / block_size::<F>();
        let mut refused = false;
        macro_rules! dispatch {
            ($($count:literal),*) => {
                match fitting {
                    $($count.. => self.drive_with::<$count>(&mut refused, f),)*
                    _ => Err(Error::Geometry),
                }
            };
        }
        let result = if BLOCKS == FIT_FLASH {
            block_counts! { dispatch }
        } else if BLOCKS <= fitting {
            self.drive_with::<BLOCKS>(&mut refused, f)
        } else {
            Err(Error::Geometry)
        };
        // What the flash refused shows through littlefs as a full or corrupt file system.
        result.map_err(|error| if refused { Error::Flash } else { error })
    }

    /// As [`drive`](Self::drive), by the driver of one capacity.
    // In a frame of its own: those of all capacities would be one.
    #[inline(never)]
    fn drive_with<const COUNT: usize>(
        &mut self,
        refused: &mut bool,
        f: Option<&mut dyn Visit>,
    ) -> Result<(), Error> {
        const { Driver::<F, COUNT>::GEOMETRY };
        let driver = &mut Driver::<F, COUNT> { flash: &mut self.flash, refused };
        let Some(f) = f else { return Ok(Filesystem::format(driver)?) };
        let mut outcome = Ok(());
        let mounted = Filesystem::mount_and_then(driver, |fs| {
            outcome = f.visit(fs);
            Ok(())
        });
        mounted.map_err(mount_error).and(outcome)
    }
}

fn mount_error(error: LittlefsError) -> Error {
    match error {
        LittlefsError::INVALID => Error::Geometry,
        LittlefsError::CORRUPTION => Error::Unformatted,
        other => other.into(),
    }
}
