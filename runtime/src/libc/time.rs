//! The clock: as in WAMR's libc-builtin it is one, which starts at some fixed moment and knows no date.

use super::Env;
use crate::host::Failed;

/// Nanoseconds of a microsecond; the clock counts these, and C's `clock` those, as `CLOCKS_PER_SEC` of wasi-libc says.
pub(crate) const NANOS: u64 = 1000;
/// Microseconds of a second.
const SECOND: u64 = 1_000_000;

/// What the host's clock shows in nanoseconds, held at the last one that is counted.
pub(crate) fn in_nanos(micros: u64) -> u64 {
    micros.saturating_mul(NANOS)
}

pub(super) fn clock(env: &mut impl Env) -> Result<u64, Failed> {
    Ok(in_nanos(env.micros()?))
}

/// Fills a `struct timespec`: seconds in 64 bits, nanoseconds in 32. The clock's identifier does not matter; it is an
/// address where the headers are wasi-libc's.
pub(super) fn clock_gettime(env: &mut impl Env, _id: u32, time: u32) -> Result<u32, Failed> {
    let micros = env.micros()?;
    let mut bytes = [0; 12];
    let (seconds, nanos) = bytes.split_at_mut(8);
    seconds.copy_from_slice(&(micros / SECOND).to_le_bytes());
    nanos.copy_from_slice(&((micros % SECOND * NANOS) as u32).to_le_bytes());
    env.write(time, &bytes)?;
    Ok(0)
}
