//! Function names, from a module's name section when it has one (specification, appendix "Name Section").
//!
//! They are looked up in the module's bytes when a message needs one, and take no memory in between.

use crate::reader::{Reader, SliceSource, Source};
use crate::stop::{Res, Stop};
use crate::{Error, Result};

/// Looks up a function's name in a module's bytes; copies as much of it as fits into `to`.
///
/// The section is not part of validation: one that is damaged gives no name.
///
/// # Errors
/// `Read` when the stream fails.
pub fn function_name<'b, R>(reader: &mut R, func: u32, to: &'b mut [u8]) -> Result<Option<&'b str>>
where
    R: embedded_io::Read + embedded_io::Seek,
{
    lookup(reader, func, to)
}

/// As [`function_name`], in a slice.
///
/// # Errors
/// None: a slice can always be read.
pub fn function_name_in<'b>(module: &[u8], func: u32, to: &'b mut [u8]) -> Result<Option<&'b str>> {
    lookup(&mut SliceSource::new(module), func, to)
}

fn lookup<'b>(source: &mut dyn Source, func: u32, to: &'b mut [u8]) -> Result<Option<&'b str>> {
    match source.seek(0).and_then(|()| search(&mut Reader::new(source), func, to)) {
        Ok(Some(len)) => Ok(to.get(..len).and_then(valid)),
        Ok(None) => Ok(None),
        Err(Stop::Read) => Err(Error::Read),
        Err(_) => Ok(None),
    }
}

/// The text as far as it is UTF-8: a name that was cut may end inside of a character.
fn valid(bytes: &[u8]) -> Option<&str> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => core::str::from_utf8(bytes.get(..error.valid_up_to())?).ok(),
    }
}

/// Finds the name and copies it; gives the length of the copy.
fn search(read: &mut Reader<'_>, func: u32, to: &mut [u8]) -> Res<Option<usize>> {
    read.seek(8)?;
    while !read.at_end()? {
        let id = read.u8()?;
        let size = read.u32()?;
        let end = read.offset().saturating_add(size);
        if id == 0 {
            let mut name = [0; 4];
            if read.u32()? == 4 {
                read.bytes(&mut name)?;
                if &name == b"name" {
                    return in_section(read, end, func, to);
                }
            }
        }
        read.seek(end)?;
    }
    Ok(None)
}

fn in_section(read: &mut Reader<'_>, end: u32, func: u32, to: &mut [u8]) -> Res<Option<usize>> {
    read.set_end(end);
    while !read.at_end()? {
        let kind = read.u8()?;
        let size = read.u32()?;
        let next = read.offset().saturating_add(size);
        if kind == 1 {
            for _ in 0..read.u32()? {
                let index = read.u32()?;
                let len = read.length()?;
                if index == func {
                    let len = to.len().min(len as usize);
                    read.bytes(to.get_mut(..len).unwrap_or_default())?;
                    return Ok(Some(len));
                }
                let after = read.offset() + len;
                read.seek(after)?;
            }
            return Ok(None);
        }
        read.seek(next)?;
    }
    Ok(None)
}
