//! Clocks, and waiting for one.

use core::array;

use super::World;
use super::errno::{INVAL, NOTSUP, SUCCESS};
use crate::host::Failed;
use crate::libc::{NANOS, in_nanos};

/// The clock that shows the date.
const REALTIME: u32 = 0;
/// The clock that never goes backwards.
const MONOTONIC: u32 = 1;

pub(super) fn resolution(world: &mut impl World, clock: u32, resolution: u32) -> Result<u32, Failed> {
    if clock > MONOTONIC {
        return Ok(INVAL);
    }
    world.write(resolution, &NANOS.to_le_bytes())?;
    Ok(SUCCESS)
}

pub(super) fn now(world: &mut impl World, clock: u32, _precision: u32, time: u32) -> Result<u32, Failed> {
    let micros = match clock {
        REALTIME => world.unix_micros()?,
        MONOTONIC => world.micros()?,
        _ => return Ok(INVAL),
    };
    world.write(time, &in_nanos(micros).to_le_bytes())?;
    Ok(SUCCESS)
}

/// Bytes of a subscription; an event has 32.
const SUBSCRIPTION: usize = 48;

/// Sleeps: of all that can be waited for, one subscription to a time from now on is supported, which is what `sleep`
/// and `nanosleep` make.
pub(super) fn poll(
    world: &mut impl World,
    subscription: u32,
    event: u32,
    count: u32,
    stored: u32,
) -> Result<u32, Failed> {
    if count == 0 {
        return Ok(INVAL);
    }
    let mut bytes = [0; SUBSCRIPTION];
    world.read(subscription, &mut bytes)?;
    // The user's mark, the kind, the clock's number, the time, how exact it is to be, and flags. All but the flags have
    // 8 bytes, of which a kind and a clock use the low ones.
    let [mark, kind, clock, nanos, _, flags] =
        array::from_fn(|i| bytes.as_chunks().0.get(i).map_or(0, |&word| u64::from_le_bytes(word)));
    // The kind of a clock is 0, and so are the flags of a time from now on.
    if count > 1 || kind as u8 != 0 || clock as u32 > MONOTONIC || flags as u16 != 0 {
        return Ok(NOTSUP);
    }
    world.sleep(nanos)?;
    // The mark, an error number of 0, and the kind of a clock.
    world.write(event, [mark, 0, 0, 0].map(u64::to_le_bytes).as_flattened())?;
    world.write_word(stored, 1)?;
    Ok(SUCCESS)
}
