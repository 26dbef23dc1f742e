//! The standard streams: descriptors 0, 1 and 2, which are the console. There are no others.

use super::World;
use super::errno::{BADF, SPIPE, SUCCESS};
use crate::host::Failed;
use crate::libc::{Env, to_console};

/// The descriptor of the console's input.
const STDIN: u32 = 0;
/// The standard streams.
const STREAMS: u32 = 3;
/// Bytes of input that a call gives at most; a longer line comes in parts.
const INPUT: usize = 128;
/// Bytes of a vector: an address and a length.
const VECTOR: u32 = 8;

/// Whether a descriptor is a standard stream that is not closed.
fn is_open(world: &mut impl World, fd: u32) -> bool {
    fd < STREAMS && world.wasi().closed >> fd & 1 == 0
}

/// The vector at an index of an array of them: an address and how many bytes are there.
fn vector(env: &mut impl Env, vectors: u32, index: u32) -> Result<(u32, u32), Failed> {
    // No memory has bytes at the end of the address space, where an array that is longer is held.
    let at = vectors.saturating_add(index.saturating_mul(VECTOR));
    let mut bytes = [0; VECTOR as usize];
    env.read(at, &mut bytes)?;
    let both = u64::from_le_bytes(bytes);
    Ok((both as u32, (both >> 32) as u32))
}

pub(super) fn write(
    world: &mut impl World,
    fd: u32,
    vectors: u32,
    count: u32,
    written: u32,
) -> Result<u32, Failed> {
    if fd == STDIN || !is_open(world, fd) {
        return Ok(BADF);
    }
    let sum = to_console(world, |env, out| {
        (0..count).try_for_each(|index| {
            let (addr, len) = vector(env, vectors, index)?;
            out.copy(env, addr, len)
        })
    })?;
    world.write_word(written, sum)?;
    Ok(SUCCESS)
}

/// Reads into the first vector that has room; there may be more to read than that.
pub(super) fn read(
    world: &mut impl World,
    fd: u32,
    vectors: u32,
    count: u32,
    read: u32,
) -> Result<u32, Failed> {
    if fd != STDIN || !is_open(world, fd) {
        return Ok(BADF);
    }
    let mut given = 0;
    for index in 0..count {
        let (addr, len) = vector(world, vectors, index)?;
        let mut buf = [0; INPUT];
        if let Some(room) = buf.get_mut(..INPUT.min(len as usize)).filter(|room| !room.is_empty()) {
            given = world.input(room)?.min(room.len());
            world.write(addr, room.get(..given).unwrap_or_default())?;
            break;
        }
    }
    world.write_word(read, given as u32)?;
    Ok(SUCCESS)
}

pub(super) fn close(world: &mut impl World, fd: u32) -> Result<u32, Failed> {
    if !is_open(world, fd) {
        return Ok(BADF);
    }
    world.wasi().closed |= 1 << fd;
    Ok(SUCCESS)
}

pub(super) fn seek(world: &mut impl World, fd: u32, _: u32, _: u32, _: u32) -> Result<u32, Failed> {
    Ok(if is_open(world, fd) { SPIPE } else { BADF })
}

/// Describes a stream as a character device that can be read or written and not sought in, which C libraries take for
/// a terminal.
pub(super) fn stat(world: &mut impl World, fd: u32, stat: u32) -> Result<u32, Failed> {
    /// The file type of a character device.
    const CHARACTER_DEVICE: u8 = 2;
    const RIGHT_FD_READ: u8 = 1 << 1;
    const RIGHT_FD_WRITE: u8 = 1 << 6;
    if !is_open(world, fd) {
        return Ok(BADF);
    }
    let rights = if fd == STDIN { RIGHT_FD_READ } else { RIGHT_FD_WRITE };
    // The type, flags in 16 bits, the rights at offset 8, and those of what is opened from it at 16.
    let mut bytes = [0; 24];
    (bytes[0], bytes[8]) = (CHARACTER_DEVICE, rights);
    world.write(stat, &bytes)?;
    Ok(SUCCESS)
}

/// No descriptor is a folder that was opened for the program, which is how C libraries see where the list ends.
pub(super) fn no_folder(_: &mut impl World, _: u32, _: u32) -> Result<u32, Failed> {
    Ok(BADF)
}

pub(super) fn no_folder_name(_: &mut impl World, _: u32, _: u32, _: u32) -> Result<u32, Failed> {
    Ok(BADF)
}
