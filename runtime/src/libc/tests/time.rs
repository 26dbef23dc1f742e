//! The clock's units, and a clock that has to be asked for.

use super::World;
use crate::Trap;
use crate::host::HostError;
use crate::libc::time::{clock, clock_gettime};

const TIME: u32 = 64;

#[track_caller]
fn check(micros: u64, seconds: u64, nanos: u32) {
    let mut world = World::new();
    world.now = Some(micros);
    assert_eq!(clock(&mut world), Ok(micros.saturating_mul(1000)));
    assert_eq!(clock_gettime(&mut world, 1, TIME), Ok(0));
    let want = [&seconds.to_le_bytes()[..], &nanos.to_le_bytes()].concat();
    assert_eq!(world.bytes(TIME, 12), want, "{micros} us");
}

#[test]
fn time_is_in_seconds_and_nanoseconds() {
    check(0, 0, 0);
    check(999_999, 0, 999_999_000);
    check(1_000_000, 1, 0);
    check(u64::MAX, 18_446_744_073_709, 551_615_000);
}

#[test]
fn a_clock_that_must_be_asked_suspends() {
    let mut world = World::new();
    assert_eq!(world.call(clock), Err(HostError::Suspend));
    assert_eq!(world.call(|w| clock_gettime(w, 0, TIME)), Err(HostError::Suspend));
    assert_eq!(world.bytes(TIME, 12), [0; 12]);
}

#[test]
fn a_time_outside_of_the_memory_traps() {
    let mut world = World::new();
    world.now = Some(1);
    for addr in [65_525, 65_536, u32::MAX] {
        let trap = HostError::Trap(Trap::MemoryOutOfBounds);
        assert_eq!(world.call(|w| clock_gettime(w, 0, addr)), Err(trap), "{addr}");
    }
}
