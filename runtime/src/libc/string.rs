//! Memory and string functions.
//!
//! Where C leaves a call undefined because ranges overlap, these do what `memmove` would.

use super::guest::{Bytes, len_up_to};
use super::{Env, heap};
use crate::host::Failed;

/// The difference of the first two bytes that differ after `map`, in at most `max` bytes, as C's
/// comparisons of strings give it, which also end at a zero byte.
fn compare(env: &mut impl Env, a: u32, b: u32, max: u32, map: fn(&u8) -> u8) -> Result<u32, Failed> {
    let (mut a, mut b) = (Bytes::new(a), Bytes::new(b));
    for _ in 0..max {
        let (x, y) = (map(&a.next(env)?), map(&b.next(env)?));
        if x != y || x == 0 {
            return Ok(u32::from(x).wrapping_sub(y.into()));
        }
    }
    Ok(0)
}

/// A set of bytes.
struct Set([u32; 8]);

impl Set {
    /// The characters of a string.
    fn of(env: &mut impl Env, s: u32) -> Result<Self, Failed> {
        let mut set = Self([0; 8]);
        let mut bytes = Bytes::new(s);
        loop {
            match bytes.next(env)? {
                0 => return Ok(set),
                byte => {
                    if let Some(word) = set.0.get_mut(usize::from(byte >> 5)) {
                        *word |= 1 << (byte & 31);
                    }
                }
            }
        }
    }

    fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 5)).is_some_and(|word| word >> (byte & 31) & 1 != 0)
    }
}

/// The length of the prefix of `s` whose bytes are in `set`, or are not in it.
fn span(env: &mut impl Env, s: u32, set: u32, within: bool) -> Result<u32, Failed> {
    let set = Set::of(env, set)?;
    let mut bytes = Bytes::new(s);
    loop {
        let byte = bytes.next(env)?;
        if byte == 0 || set.has(byte) != within {
            return Ok(bytes.last().wrapping_sub(s));
        }
    }
}

pub(super) fn memcpy(env: &mut impl Env, dst: u32, src: u32, n: u32) -> Result<u32, Failed> {
    if n > 0 {
        env.copy(dst, src, n)?;
    }
    Ok(dst)
}

pub(super) fn memset(env: &mut impl Env, dst: u32, c: u32, n: u32) -> Result<u32, Failed> {
    if n > 0 {
        env.fill(dst, n, c as u8)?;
    }
    Ok(dst)
}

pub(super) fn memcmp(env: &mut impl Env, a: u32, b: u32, n: u32) -> Result<u32, Failed> {
    let (mut a, mut b) = (Bytes::new(a), Bytes::new(b));
    let mut left = n;
    while left > 0 {
        // Zeros against zeros.
        let mut ahead = a.clone();
        let zeros = ahead.skip_zeros(env, left);
        let zeros = b.skip_zeros(env, zeros);
        a.skip_zeros(env, zeros);
        left = left.wrapping_sub(zeros);
        if zeros > 0 {
            continue;
        }
        let (x, y) = (a.next(env)?, b.next(env)?);
        if x != y {
            return Ok(u32::from(x).wrapping_sub(y.into()));
        }
        left = left.wrapping_sub(1);
    }
    Ok(0)
}

pub(super) fn memchr(env: &mut impl Env, s: u32, c: u32, n: u32) -> Result<u32, Failed> {
    let mut bytes = Bytes::new(s);
    let mut at = 0;
    while at < n {
        if c as u8 != 0 {
            let zeros = bytes.skip_zeros(env, n.wrapping_sub(at));
            at = at.wrapping_add(zeros);
            if zeros > 0 {
                continue;
            }
        }
        if bytes.next(env)? == c as u8 {
            return Ok(bytes.last());
        }
        at = at.wrapping_add(1);
    }
    Ok(0)
}

pub(super) fn strlen(env: &mut impl Env, s: u32) -> Result<u32, Failed> {
    len_up_to(env, s, u32::MAX)
}

pub(super) fn strcmp(env: &mut impl Env, a: u32, b: u32) -> Result<u32, Failed> {
    compare(env, a, b, u32::MAX, u8::clone)
}

pub(super) fn strncmp(env: &mut impl Env, a: u32, b: u32, n: u32) -> Result<u32, Failed> {
    compare(env, a, b, n, u8::clone)
}

pub(super) fn strncasecmp(env: &mut impl Env, a: u32, b: u32, n: u32) -> Result<u32, Failed> {
    compare(env, a, b, n, u8::to_ascii_lowercase)
}

pub(super) fn strchr(env: &mut impl Env, s: u32, c: u32) -> Result<u32, Failed> {
    let mut bytes = Bytes::new(s);
    loop {
        match bytes.next(env)? {
            byte if byte == c as u8 => return Ok(bytes.last()),
            0 => return Ok(0),
            _ => {}
        }
    }
}

pub(super) fn strspn(env: &mut impl Env, s: u32, accept: u32) -> Result<u32, Failed> {
    span(env, s, accept, true)
}

pub(super) fn strcspn(env: &mut impl Env, s: u32, reject: u32) -> Result<u32, Failed> {
    span(env, s, reject, false)
}

pub(super) fn strcpy(env: &mut impl Env, dst: u32, src: u32) -> Result<u32, Failed> {
    let len = strlen(env, src)?;
    memcpy(env, dst, src, len.wrapping_add(1))
}

pub(super) fn strncpy(env: &mut impl Env, dst: u32, src: u32, n: u32) -> Result<u32, Failed> {
    let len = len_up_to(env, src, n)?;
    memcpy(env, dst, src, len)?;
    memset(env, dst.wrapping_add(len), 0, n.wrapping_sub(len))?;
    Ok(dst)
}

pub(super) fn strdup(env: &mut impl Env, s: u32) -> Result<u32, Failed> {
    if s == 0 {
        return Ok(0);
    }
    let len = strlen(env, s)?.wrapping_add(1);
    let copy = heap::malloc(env, len)?;
    if copy != 0 {
        env.copy(copy, s, len)?;
    }
    Ok(copy)
}
