//! What a program is started with, random bytes, and its end.

use super::errno::SUCCESS;
use super::{RANDOM, World};
use crate::Trap;
use crate::host::{Failed, HostError};
use crate::libc;

pub(super) fn args_sizes(world: &mut impl World, count: u32, size: u32) -> Result<u32, Failed> {
    let words = &world.wasi().words;
    let sizes = (libc::count(words), words.len() as u32);
    put_sizes(world, count, size, sizes)
}

/// Writes how many strings there are, and their bytes in all.
fn put_sizes(world: &mut impl World, count: u32, size: u32, sizes: (u32, u32)) -> Result<u32, Failed> {
    world.write_word(count, sizes.0)?;
    world.write_word(size, sizes.1)?;
    Ok(SUCCESS)
}

pub(super) fn args(world: &mut impl World, argv: u32, text: u32) -> Result<u32, Failed> {
    // Not to be borrowed from the state while the memory is written.
    let words = core::mem::take(&mut world.wasi().words);
    let written = libc::put_words(world, &words, argv, text);
    world.wasi().words = words;
    written.map(|()| SUCCESS)
}

pub(super) fn environ_sizes(world: &mut impl World, count: u32, size: u32) -> Result<u32, Failed> {
    put_sizes(world, count, size, (0, 0))
}

pub(super) fn environ(_: &mut impl World, _: u32, _: u32) -> Result<u32, Failed> {
    Ok(SUCCESS)
}

pub(super) fn random(world: &mut impl World, buf: u32, len: u32) -> Result<u32, Failed> {
    let drawn = draw(world, buf, len);
    if drawn.is_ok() || !matches!(world.why(), HostError::Suspend) {
        world.wasi().forget_call();
    }
    drawn.map(|()| SUCCESS)
}

/// Writes random bytes behind those that the suspended call has written.
fn draw(world: &mut impl World, buf: u32, len: u32) -> Result<(), Failed> {
    loop {
        let drawn = world.wasi().drawn;
        let mut bytes = [0; RANDOM];
        let missing = bytes.len().min(len.saturating_sub(drawn) as usize);
        let Some(bytes) = bytes.get_mut(..missing).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
        world.random(bytes)?;
        world.write(buf.saturating_add(drawn), bytes)?;
        world.wasi().drawn = drawn.wrapping_add(missing as u32);
    }
}

/// There is nobody to yield to: the shell looks at the line by itself.
pub(super) fn sched_yield(_: &mut impl World) -> Result<u32, Failed> {
    Ok(SUCCESS)
}

pub(super) fn exit(world: &mut impl World, status: u32) -> Result<u32, Failed> {
    Err(world.fail(Trap::Exit(status.cast_signed())))
}
