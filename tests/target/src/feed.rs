//! How a module's bytes reach the runtime: as one slice, or through a reader that gives a few at a time.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use wasmote_runtime::{CallStatus, Engine, Error, Instance, Linker, Module, Result, Store};

/// Most bytes that [`Chopped`] gives at a time.
const MOST: usize = 7;

/// Where a module's bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// A slice that holds all of them.
    Slice,
    /// A [`Chopped`] reader.
    Reader,
}

impl Feed {
    /// Both ways.
    pub const ALL: [Self; 2] = [Self::Slice, Self::Reader];

    /// Loads a module.
    ///
    /// # Errors
    /// Those of [`Module::new`].
    pub fn load(self, engine: &Engine, bytes: &[u8]) -> Result<Module> {
        match self {
            Self::Slice => Module::new(engine, bytes),
            Self::Reader => Module::from_reader(engine, &mut Chopped::new(bytes)),
        }
    }

    /// Instantiates a module that was loaded from the same bytes in the same way.
    ///
    /// # Errors
    /// Those of [`Linker::instantiate`].
    pub fn instantiate<T>(
        self,
        linker: &Linker<T>,
        store: &mut Store<T>,
        module: &Module,
        bytes: &[u8],
    ) -> Result<Instance> {
        match self {
            Self::Slice => linker.instantiate(store, module),
            Self::Reader => match linker.instantiate_from(store, module, &mut Chopped::new(bytes))? {
                (instance, CallStatus::Finished) => Ok(instance),
                _ => Err(Error::Suspended),
            },
        }
    }
}

/// A reader over a slice that gives 1 to 7 bytes at a time, in a fixed irregular pattern.
pub struct Chopped<'a> {
    bytes: &'a [u8],
    position: usize,
    turn: usize,
}

impl<'a> Chopped<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0, turn: 0 }
    }
}

impl ErrorType for Chopped<'_> {
    type Error = Infallible;
}

impl Read for Chopped<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        self.turn += 1;
        let most = 1 + self.turn * self.turn % MOST;
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let count = rest.len().min(buf.len()).min(most);
        buf[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        Ok(count)
    }
}

impl Seek for Chopped<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64, Infallible> {
        let to = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => (self.bytes.len() as u64).saturating_add_signed(by),
            SeekFrom::Current(by) => (self.position as u64).saturating_add_signed(by),
        };
        self.position = usize::try_from(to).unwrap_or(usize::MAX);
        Ok(to)
    }
}
