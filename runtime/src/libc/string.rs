//! Memory and string functions.
//!
//! Where C leaves a call undefined because ranges overlap, these do what `memmove` would.

use super::guest::{Bytes, advance, len_up_to};
use super::{Env, heap};
use crate::Trap;

/// The difference of the first two bytes that differ after `map`, in at most `max` bytes, as C's
/// comparisons give it. `strings` also ends at a zero byte.
fn compare(
    env: &mut dyn Env,
    a: u32,
    b: u32,
    max: u32,
    strings: bool,
    map: fn(&u8) -> u8,
) -> Result<u32, Trap> {
    let (mut a, mut b) = (Bytes::new(a), Bytes::new(b));
    for _ in 0..max {
        let (x, y) = (map(&a.next(env)?), map(&b.next(env)?));
        if x != y {
            return Ok(u32::from(x).wrapping_sub(y.into()));
        }
        if strings && x == 0 {
            break;
        }
    }
    Ok(0)
}

/// The address of the first byte among `max` that equals `c`. `string` also ends at a zero byte.
fn find(env: &mut dyn Env, addr: u32, c: u32, max: u32, string: bool) -> Result<Option<u32>, Trap> {
    let mut bytes = Bytes::new(addr);
    for i in 0..max {
        let byte = bytes.next(env)?;
        if byte == c as u8 {
            return advance(addr, i).map(Some);
        }
        if string && byte == 0 {
            break;
        }
    }
    Ok(None)
}

/// The length of the prefix of `s` whose bytes are in `set`, or are not in it.
fn span(env: &mut dyn Env, s: u32, set: u32, within: bool) -> Result<u32, Trap> {
    let mut bytes = Bytes::new(s);
    let mut len = 0;
    loop {
        let byte = bytes.next(env)?;
        if byte == 0 || find(env, set, byte.into(), u32::MAX, true)?.is_some() != within {
            return Ok(len);
        }
        len = advance(len, 1)?;
    }
}

pub(super) fn memcpy(env: &mut dyn Env, dst: u32, src: u32, n: u32) -> Result<u32, Trap> {
    if n > 0 {
        env.copy(dst, src, n)?;
    }
    Ok(dst)
}

pub(super) fn memset(env: &mut dyn Env, dst: u32, c: u32, n: u32) -> Result<u32, Trap> {
    if n > 0 {
        env.fill(dst, n, c as u8)?;
    }
    Ok(dst)
}

pub(super) fn memcmp(env: &mut dyn Env, a: u32, b: u32, n: u32) -> Result<u32, Trap> {
    compare(env, a, b, n, false, u8::clone)
}

pub(super) fn memchr(env: &mut dyn Env, s: u32, c: u32, n: u32) -> Result<u32, Trap> {
    Ok(find(env, s, c, n, false)?.unwrap_or(0))
}

pub(super) fn strlen(env: &mut dyn Env, s: u32) -> Result<u32, Trap> {
    len_up_to(env, s, u32::MAX)
}

pub(super) fn strcmp(env: &mut dyn Env, a: u32, b: u32) -> Result<u32, Trap> {
    compare(env, a, b, u32::MAX, true, u8::clone)
}

pub(super) fn strncmp(env: &mut dyn Env, a: u32, b: u32, n: u32) -> Result<u32, Trap> {
    compare(env, a, b, n, true, u8::clone)
}

pub(super) fn strncasecmp(env: &mut dyn Env, a: u32, b: u32, n: u32) -> Result<u32, Trap> {
    compare(env, a, b, n, true, u8::to_ascii_lowercase)
}

pub(super) fn strchr(env: &mut dyn Env, s: u32, c: u32) -> Result<u32, Trap> {
    Ok(find(env, s, c, u32::MAX, true)?.unwrap_or(0))
}

pub(super) fn strspn(env: &mut dyn Env, s: u32, accept: u32) -> Result<u32, Trap> {
    span(env, s, accept, true)
}

pub(super) fn strcspn(env: &mut dyn Env, s: u32, reject: u32) -> Result<u32, Trap> {
    span(env, s, reject, false)
}

pub(super) fn strstr(env: &mut dyn Env, s: u32, needle: u32) -> Result<u32, Trap> {
    let len = strlen(env, needle)?;
    let Some(rest_len) = len.checked_sub(1) else { return Ok(s) };
    let first_byte = Bytes::new(needle).next(env)?;
    let rest = advance(needle, 1)?;
    let mut at = s;
    while let Some(found) = find(env, at, first_byte.into(), u32::MAX, true)? {
        at = advance(found, 1)?;
        if compare(env, at, rest, rest_len, true, u8::clone)? == 0 {
            return Ok(found);
        }
    }
    Ok(0)
}

pub(super) fn strcpy(env: &mut dyn Env, dst: u32, src: u32) -> Result<u32, Trap> {
    let len = strlen(env, src)?;
    memcpy(env, dst, src, advance(len, 1)?)
}

pub(super) fn strncpy(env: &mut dyn Env, dst: u32, src: u32, n: u32) -> Result<u32, Trap> {
    let len = len_up_to(env, src, n)?;
    memcpy(env, dst, src, len)?;
    memset(env, dst.wrapping_add(len), 0, n.saturating_sub(len))?;
    Ok(dst)
}

pub(super) fn strdup(env: &mut dyn Env, s: u32) -> Result<u32, Trap> {
    if s == 0 {
        return Ok(0);
    }
    let len = advance(strlen(env, s)?, 1)?;
    let copy = heap::malloc(env, len)?;
    if copy != 0 {
        env.copy(copy, s, len)?;
    }
    Ok(copy)
}
