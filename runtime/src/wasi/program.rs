//! What a program is started with, random bytes, and its end.

use super::errno::SUCCESS;
use super::{RANDOM, World};
use crate::Trap;
use crate::host::{Failed, HostError};

pub(super) fn args_sizes(world: &mut impl World, count: u32, size: u32) -> Result<u32, Failed> {
    let words = &world.wasi().words;
    let (words_size, words_count) =
        (words.len() as u32, words.iter().filter(|&&byte| byte == 0).count() as u32);
    world.write(count, &words_count.to_le_bytes())?;
    world.write(size, &words_size.to_le_bytes())?;
    Ok(SUCCESS)
}

/// Writes how many strings there are, and their bytes in all.
fn put_sizes(world: &mut impl World, places: [u32; 2], sizes: [usize; 2]) -> Result<u32, Failed> {
    for (place, size) in places.into_iter().zip(sizes) {
        world.write(place, &(size as u32).to_le_bytes())?;
    }
    Ok(SUCCESS)
}

pub(super) fn args(world: &mut impl World, argv: u32, text: u32) -> Result<u32, Failed> {
    // Not to be borrowed from the state while the memory is written.
    let words = core::mem::take(&mut world.wasi().words);
    let written = put_words(world, &words, argv, text);
    world.wasi().words = words;
    written.map(|()| SUCCESS)
}

/// Writes the words, and the addresses where they then are.
fn put_words(world: &mut impl World, words: &[u8], mut argv: u32, text: u32) -> Result<(), Failed> {
    world.write(text, words)?;
    let mut at = text;
    for word in words.split_inclusive(|&byte| byte == 0) {
        world.write(argv, &at.to_le_bytes())?;
        // No memory has a word at the end of the address space.
        argv = argv.saturating_add(4);
        // The last word may end where the memory does.
        at = at.wrapping_add(word.len() as u32);
    }
    Ok(())
}

pub(super) fn environ_sizes(world: &mut impl World, count: u32, size: u32) -> Result<u32, Failed> {
    put_sizes(world, [count, size], [0, 0])
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
