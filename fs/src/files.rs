//! What the store asks of littlefs, without the flash and its capacity in the type.
//!
//! littlefs2 has such traits too, but a table of all that littlefs can do keeps all of littlefs in the firmware.

use core::ops::ControlFlow;

use littlefs2::driver::Storage;
use littlefs2::fs::{DirEntry, File, FileOpenFlags, Filesystem, OpenOptions};
use littlefs2::io::{Read, Seek, SeekFrom, Write};
use littlefs2::path;

use crate::{Error, Name};

/// A mounted file system.
pub(crate) trait Files {
    /// All of its blocks.
    fn blocks(&self) -> u32;
    /// The blocks that are free.
    fn free(&self) -> Result<u32, Error>;
    /// The length of a file in bytes; a directory is [`Error::NotFound`].
    fn len(&self, name: &Name) -> Result<u32, Error>;
    fn remove(&self, name: &Name) -> Result<(), Error>;
    /// Gives a file a name, in place of the file that has it. For a directory's name it is [`Error::NotFound`].
    fn rename(&self, from: &Name, to: &Name) -> Result<(), Error>;
    /// Reads an attribute of as many bytes as `bytes` has; zeros, if there is none or it is of another length.
    fn attribute(&self, name: &Name, id: u8, bytes: &mut [u8]) -> Result<(), Error>;
    /// Writes an attribute; one of no bytes is removed.
    fn set_attribute(&self, name: &Name, id: u8, bytes: &[u8]) -> Result<(), Error>;
    /// Opens a file, calls `f` with it and closes it.
    fn open(
        &self,
        name: &Name,
        flags: FileOpenFlags,
        f: &mut dyn FnMut(&dyn OpenFile) -> Result<(), Error>,
    ) -> Result<(), Error>;
    /// Calls `f` with the entries of the root directory, `.` and `..` included, until it breaks.
    fn entries(&self, f: &mut dyn FnMut(&DirEntry) -> ControlFlow<()>) -> Result<(), Error>;
}

/// An open file.
pub(crate) trait OpenFile {
    fn len(&self) -> Result<u32, Error>;
    /// Reads until `bytes` is full or the file ends; gives the count.
    fn read(&self, bytes: &mut [u8]) -> Result<usize, Error>;
    fn write_all(&self, bytes: &[u8]) -> Result<(), Error>;
    /// Goes to a position from the start.
    fn seek(&self, position: u32) -> Result<(), Error>;
}

impl dyn Files + '_ {
    /// Makes `bytes` the content of the file of a name.
    pub(crate) fn write(&self, name: &Name, bytes: &[u8]) -> Result<(), Error> {
        let flags = FileOpenFlags::WRITE | FileOpenFlags::CREATE | FileOpenFlags::TRUNCATE;
        self.open(name, flags, &mut |file| file.write_all(bytes))
    }
}

/// A number of littlefs's, which keeps blocks and lengths below 2^31: one above is damage.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl<S: Storage> Files for Filesystem<'_, S> {
    fn blocks(&self) -> u32 {
        number(self.total_blocks())
    }

    fn free(&self) -> Result<u32, Error> {
        Ok(number(self.available_blocks()?))
    }

    fn len(&self, name: &Name) -> Result<u32, Error> {
        let metadata = self.metadata(name.path())?;
        if metadata.is_dir() { Err(Error::NotFound) } else { Ok(number(metadata.len())) }
    }

    fn remove(&self, name: &Name) -> Result<(), Error> {
        Ok(Filesystem::remove(self, name.path())?)
    }

    fn rename(&self, from: &Name, to: &Name) -> Result<(), Error> {
        Ok(Filesystem::rename(self, from.path(), to.path())?)
    }

    fn attribute(&self, name: &Name, id: u8, bytes: &mut [u8]) -> Result<(), Error> {
        let attribute = Filesystem::attribute(self, name.path(), id, bytes)?;
        if attribute.map(|attribute| attribute.total_size()) != Some(bytes.len()) {
            bytes.fill(0);
        }
        Ok(())
    }

    fn set_attribute(&self, name: &Name, id: u8, bytes: &[u8]) -> Result<(), Error> {
        Ok(if bytes.is_empty() {
            self.remove_attribute(name.path(), id)
        } else {
            Filesystem::set_attribute(self, name.path(), id, bytes)
        }?)
    }

    fn open(
        &self,
        name: &Name,
        flags: FileOpenFlags,
        f: &mut dyn FnMut(&dyn OpenFile) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut outcome = Ok(());
        OpenOptions::from(flags).open_and_then(self, name.path(), |file| {
            outcome = f(file);
            Ok(())
        })?;
        outcome
    }

    fn entries(&self, f: &mut dyn FnMut(&DirEntry) -> ControlFlow<()>) -> Result<(), Error> {
        Ok(self.read_dir_and_then(path!(""), |entries| {
            // An entry takes 0.5 KB of the stack: it is looked at where it is.
            while let Some(entry) = &entries.next() {
                match entry {
                    Ok(entry) if f(entry).is_continue() => {}
                    Ok(_) => break,
                    Err(error) => return Err(*error),
                }
            }
            Ok(())
        })?)
    }
}

impl<S: Storage> OpenFile for File<'_, '_, S> {
    fn len(&self) -> Result<u32, Error> {
        Ok(number(File::len(self)?))
    }

    fn read(&self, bytes: &mut [u8]) -> Result<usize, Error> {
        Ok(Read::read(self, bytes)?)
    }

    fn write_all(&self, bytes: &[u8]) -> Result<(), Error> {
        Ok(Write::write_all(self, bytes)?)
    }

    fn seek(&self, position: u32) -> Result<(), Error> {
        Ok(Seek::seek(self, SeekFrom::Start(position)).map(drop)?)
    }
}
