//! `strstr` in linear time and without memory of its own, since a guest that searches for a long and nearly
//! periodic string would otherwise hold the line for minutes: the two-way algorithm (M. Crochemore and D.
//! Perrin, "Two-way string-matching", Journal of the ACM 38, 1991).

use core::cmp::Ordering;

use super::Env;
use super::guest::len_up_to;
use crate::host::Failed;

/// A byte of a string, none of whose indices wraps: a string ends within the memory.
fn byte(env: &mut impl Env, addr: u32, index: u32) -> Result<u8, Failed> {
    let mut byte = [0];
    env.read(addr.wrapping_add(index), &mut byte)?;
    Ok(byte[0])
}

/// Where the greatest suffix of the needle begins, for one order of bytes or the other, and that suffix's period.
fn greatest_suffix(env: &mut impl Env, needle: u32, len: u32, order: Ordering) -> Result<(u32, u32), Failed> {
    // The suffix from `start` on is the greatest so far; the one from `next` on is equal for `same` bytes.
    let (mut start, mut next, mut same, mut period) = (0u32, 1u32, 0u32, 1u32);
    while next.wrapping_add(same) < len {
        let ours = byte(env, needle, start.wrapping_add(same))?;
        let other = byte(env, needle, next.wrapping_add(same))?;
        match other.cmp(&ours) {
            Ordering::Equal => {
                same = same.wrapping_add(1);
                if same == period {
                    next = next.wrapping_add(period);
                    same = 0;
                }
            }
            unequal if unequal == order => {
                start = next;
                (next, same, period) = (next.wrapping_add(1), 0, 1);
            }
            _ => {
                next = next.wrapping_add(same).wrapping_add(1);
                same = 0;
                period = next.wrapping_sub(start);
            }
        }
    }
    Ok((start, period))
}

/// Whether so many bytes at the needle's start come again a period later.
fn repeats(env: &mut impl Env, needle: u32, period: u32, count: u32) -> Result<bool, Failed> {
    for i in 0..count {
        if byte(env, needle, i)? != byte(env, needle, i.wrapping_add(period))? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn strstr(env: &mut impl Env, s: u32, needle: u32) -> Result<u32, Failed> {
    let len = len_up_to(env, needle, u32::MAX)?;
    let room = len_up_to(env, s, u32::MAX)?;
    if len == 0 {
        return Ok(s);
    }
    let greater = greatest_suffix(env, needle, len, Ordering::Greater)?;
    let less = greatest_suffix(env, needle, len, Ordering::Less)?;
    let (cut, mut period) = if less.0 > greater.0 { less } else { greater };
    // How much of the needle's start is known to fit after a shift by its period.
    let mut kept = len.wrapping_sub(period);
    if !repeats(env, needle, period, cut)? {
        period = cut.max(len.wrapping_sub(cut).wrapping_add(1));
        kept = 0;
    }
    let (mut at, mut known) = (0u32, 0);
    while len <= room.saturating_sub(at) {
        // The part behind the cut is compared forwards, then the part before it backwards.
        let mut right = cut.max(known);
        while right < len && byte(env, needle, right)? == byte(env, s, at.wrapping_add(right))? {
            right = right.wrapping_add(1);
        }
        if right < len {
            at = at.wrapping_add(right).wrapping_sub(cut).wrapping_add(1);
            known = 0;
            continue;
        }
        let mut left = cut;
        while left > known {
            let before = left.wrapping_sub(1);
            if byte(env, needle, before)? != byte(env, s, at.wrapping_add(before))? {
                break;
            }
            left = before;
        }
        if left <= known {
            return Ok(s.wrapping_add(at));
        }
        at = at.wrapping_add(period);
        known = kept;
    }
    Ok(0)
}
