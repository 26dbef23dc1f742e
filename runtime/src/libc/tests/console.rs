//! A console that is full suspends the call, and the call that is made again goes on where it was.

use super::World;
use crate::host::{Failed, HostError};
use crate::libc::output;

const TEXT: u32 = 16;
const ARGS: u32 = 512;

/// Makes a call again and again, with room for `step` bytes each time, and checks that nothing is lost or
/// written twice.
#[track_caller]
fn check(what: &str, step: usize, call: &dyn Fn(&mut World) -> Result<u32, Failed>, want: &str, result: u32) {
    let mut world = World::new();
    world.string(TEXT, b"The quick brown %s jumps over the lazy dog.\n%60d\n%.40f\n");
    world.memory.write(ARGS.into(), &256u32.to_le_bytes()).unwrap();
    world.memory.write(u64::from(ARGS) + 4, &42u32.to_le_bytes()).unwrap();
    world.memory.write(u64::from(ARGS) + 8, &0.1f64.to_le_bytes()).unwrap();
    world.string(256, b"fox");
    let mut calls = 0;
    world.room = 0;
    let got = loop {
        calls += 1;
        match world.call(call) {
            Err(HostError::Suspend) => world.room = step,
            other => break other,
        }
    };
    assert_eq!(got, Ok(result), "{what}, {step} bytes at a time");
    assert_eq!(core::str::from_utf8(&world.screen), Ok(want), "{what}, {step} bytes at a time");
    assert_eq!(calls, 1 + want.len().div_ceil(step), "{what}, {step} bytes at a time");
    assert_eq!(world.state.emitted, 0);
}

#[test]
fn a_suspended_call_goes_on() {
    let line = alloc::format!("The quick brown fox jumps over the lazy dog.\n{:60}\n{:.40}\n", 42, 0.1);
    for step in [1, 2, 3, 7, 31, 32, 33, 50, 1000] {
        check("printf", step, &|w| output::printf(w, TEXT, ARGS), &line, line.len() as u32);
        check("puts", step, &|w| output::puts(w, 256), "fox\n", 4);
        check("putchar", step, &|w| output::putchar(w, 0x141), "A", 0x41);
    }
}

#[test]
fn a_dropped_call_is_forgotten() {
    let mut world = World::new();
    world.string(TEXT, b"abcdef");
    world.room = 3;
    assert_eq!(world.call(|w| output::puts(w, TEXT)), Err(HostError::Suspend));
    world.state.reset_output();
    world.room = usize::MAX;
    assert_eq!(output::puts(&mut world, TEXT), Ok(7));
    assert_eq!(world.screen, b"abcabcdef\n");
}

#[test]
fn a_trap_ends_the_call() {
    let mut world = World::new();
    world.string(TEXT, b"a text that is longer than what the library gathers%a");
    world.room = 3;
    assert_eq!(world.call(|w| output::printf(w, TEXT, ARGS)), Err(HostError::Suspend));
    world.room = usize::MAX;
    assert!(matches!(world.call(|w| output::printf(w, TEXT, ARGS)), Err(HostError::Trap(_))));
    assert_eq!(world.state.emitted, 0);
}
