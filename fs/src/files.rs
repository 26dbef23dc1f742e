//! What the store asks of littlefs, without the flash and its capacity in the type.
//!
//! littlefs2 has such traits too, but a table of all that littlefs can do keeps all of littlefs in the firmware.

use core::ops::ControlFlow;

use littlefs2::driver::Storage;
use littlefs2::fs::{DirEntry, File, FileOpenFlags, Filesystem, Metadata, OpenOptions};
use littlefs2::io::{Read, Result, Seek, SeekFrom, Write};
use littlefs2::path;
use littlefs2::path::Path;

/// A flash that littlefs can be on.
pub(crate) trait Medium {
    /// Mounts the file system, calls `f` with it and lets it go.
    fn mount(&mut self, f: &mut dyn FnMut(&dyn Files) -> Result<()>) -> Result<()>;
    /// Writes an empty file system.
    fn format(&mut self) -> Result<()>;
}

/// A mounted file system.
pub(crate) trait Files {
    /// Its blocks: all of them, and those that are free.
    fn blocks(&self) -> Result<(usize, usize)>;
    fn metadata(&self, path: &Path) -> Result<Metadata>;
    fn remove(&self, path: &Path) -> Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> Result<()>;
    /// Reads an attribute into `bytes`; gives its length, which can be another.
    fn attribute(&self, path: &Path, id: u8, bytes: &mut [u8]) -> Result<Option<usize>>;
    fn set_attribute(&self, path: &Path, id: u8, bytes: &[u8]) -> Result<()>;
    fn remove_attribute(&self, path: &Path, id: u8) -> Result<()>;
    /// Opens a file, calls `f` with it and closes it.
    fn open(
        &self,
        path: &Path,
        flags: FileOpenFlags,
        f: &mut dyn FnMut(&dyn OpenFile) -> Result<()>,
    ) -> Result<()>;
    /// Calls `f` with the entries of the root directory, `.` and `..` included, until it breaks.
    fn entries(&self, f: &mut dyn FnMut(&DirEntry) -> ControlFlow<()>) -> Result<()>;
}

/// An open file.
pub(crate) trait OpenFile {
    fn len(&self) -> Result<usize>;
    /// Reads until `bytes` is full or the file ends; gives the count.
    fn read(&self, bytes: &mut [u8]) -> Result<usize>;
    fn write_all(&self, bytes: &[u8]) -> Result<()>;
    /// Goes to a position from the start.
    fn seek(&self, position: u32) -> Result<()>;
}

impl dyn Files + '_ {
    /// Makes `bytes` the content of the file at `path`.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let flags = FileOpenFlags::WRITE | FileOpenFlags::CREATE | FileOpenFlags::TRUNCATE;
        self.open(path, flags, &mut |file| file.write_all(bytes))
    }
}

impl<S: Storage> Medium for S {
    fn mount(&mut self, f: &mut dyn FnMut(&dyn Files) -> Result<()>) -> Result<()> {
        Filesystem::mount_and_then(self, |fs| f(fs))
    }

    fn format(&mut self) -> Result<()> {
        Filesystem::format(self)
    }
}

impl<S: Storage> Files for Filesystem<'_, S> {
    fn blocks(&self) -> Result<(usize, usize)> {
        Ok((self.total_blocks(), self.available_blocks()?))
    }

    fn metadata(&self, path: &Path) -> Result<Metadata> {
        Filesystem::metadata(self, path)
    }

    fn remove(&self, path: &Path) -> Result<()> {
        Filesystem::remove(self, path)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        Filesystem::rename(self, from, to)
    }

    fn attribute(&self, path: &Path, id: u8, bytes: &mut [u8]) -> Result<Option<usize>> {
        Ok(Filesystem::attribute(self, path, id, bytes)?.map(|attribute| attribute.total_size()))
    }

    fn set_attribute(&self, path: &Path, id: u8, bytes: &[u8]) -> Result<()> {
        Filesystem::set_attribute(self, path, id, bytes)
    }

    fn remove_attribute(&self, path: &Path, id: u8) -> Result<()> {
        Filesystem::remove_attribute(self, path, id)
    }

    fn open(
        &self,
        path: &Path,
        flags: FileOpenFlags,
        f: &mut dyn FnMut(&dyn OpenFile) -> Result<()>,
    ) -> Result<()> {
        OpenOptions::from(flags).open_and_then(self, path, |file| f(file))
    }

    fn entries(&self, f: &mut dyn FnMut(&DirEntry) -> ControlFlow<()>) -> Result<()> {
        self.read_dir_and_then(path!(""), |entries| {
            // An entry takes 0.5 KB of the stack: it is looked at where it is.
            while let Some(entry) = &entries.next() {
                match entry {
                    Ok(entry) if f(entry).is_continue() => {}
                    Ok(_) => break,
                    Err(error) => return Err(*error),
                }
            }
            Ok(())
        })
    }
}

impl<S: Storage> OpenFile for File<'_, '_, S> {
    fn len(&self) -> Result<usize> {
        File::len(self)
    }

    fn read(&self, bytes: &mut [u8]) -> Result<usize> {
        Read::read(self, bytes)
    }

    fn write_all(&self, bytes: &[u8]) -> Result<()> {
        Write::write_all(self, bytes)
    }

    fn seek(&self, position: u32) -> Result<()> {
        Seek::seek(self, SeekFrom::Start(position)).map(drop)
    }
}
