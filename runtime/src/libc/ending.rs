//! Calls that end the program, and C++ exceptions, which do so too.

use super::Env;
use crate::Trap;
use crate::host::HostError;

/// The status of an aborted program: 128 and SIGABRT, as a POSIX shell reports it.
const ABORTED: i32 = 134;

pub(super) fn exit(_: &mut dyn Env, status: u32) -> Result<u32, HostError> {
    Err(Trap::Exit(status.cast_signed()).into())
}

pub(super) fn abort(_: &mut dyn Env) -> Result<u32, HostError> {
    Err(Trap::Exit(ABORTED).into())
}

pub(super) fn abort_with(_: &mut dyn Env, _: u32) -> Result<u32, HostError> {
    Err(Trap::Exit(ABORTED).into())
}

pub(super) fn abort_at(_: &mut dyn Env, _: u32, _: u32, _: u32, _: u32) -> Result<u32, HostError> {
    Err(Trap::Exit(ABORTED).into())
}

pub(super) fn stack_overflow(_: &mut dyn Env, _: u32) -> Result<u32, HostError> {
    Err(Trap::StackOverflow.into())
}

pub(super) fn null_function(_: &mut dyn Env, _: u32) -> Result<u32, HostError> {
    Err(Trap::IndirectCallToNull.into())
}

pub(super) fn begin_catch(_: &mut dyn Env, _: u32) -> Result<u32, HostError> {
    Ok(0)
}

pub(super) fn throw(_: &mut dyn Env, _: u32, _: u32, _: u32) -> Result<u32, HostError> {
    Err(Trap::Host(&"a C++ exception was thrown").into())
}
