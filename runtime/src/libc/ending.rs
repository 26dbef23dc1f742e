//! Calls that end the program, and C++ exceptions, which do so too.

use super::Env;
use crate::Trap;

/// The status of an aborted program: 128 and SIGABRT, as a POSIX shell reports it.
const ABORTED: i32 = 134;

pub(super) fn exit(_: &mut dyn Env, status: u32) -> Result<(), Trap> {
    Err(Trap::Exit(status.cast_signed()))
}

pub(super) fn abort(_: &mut dyn Env) -> Result<(), Trap> {
    Err(Trap::Exit(ABORTED))
}

pub(super) fn abort_with(_: &mut dyn Env, _: u32) -> Result<(), Trap> {
    Err(Trap::Exit(ABORTED))
}

pub(super) fn abort_at(_: &mut dyn Env, _: u32, _: u32, _: u32, _: u32) -> Result<(), Trap> {
    Err(Trap::Exit(ABORTED))
}

pub(super) fn stack_overflow(_: &mut dyn Env, _: u32) -> Result<(), Trap> {
    Err(Trap::StackOverflow)
}

pub(super) fn null_function(_: &mut dyn Env, _: u32) -> Result<(), Trap> {
    Err(Trap::IndirectCallToNull)
}

pub(super) fn begin_catch(_: &mut dyn Env, _: u32) -> Result<(), Trap> {
    Ok(())
}

pub(super) fn throw(_: &mut dyn Env, _: u32, _: u32, _: u32) -> Result<(), Trap> {
    Err(Trap::Host(&"a C++ exception was thrown"))
}
