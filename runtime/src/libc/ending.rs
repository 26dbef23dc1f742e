//! Calls that end the program, and C++ exceptions, which do so too.

use super::Env;
use crate::Trap;
use crate::host::Failed;

/// The status of an aborted program: 128 and SIGABRT, as a POSIX shell reports it.
const ABORTED: i32 = 134;

pub(super) fn exit(env: &mut impl Env, status: u32) -> Result<u32, Failed> {
    Err(env.fail(Trap::Exit(status.cast_signed())))
}

pub(super) fn abort(env: &mut impl Env) -> Result<u32, Failed> {
    Err(env.fail(Trap::Exit(ABORTED)))
}

pub(super) fn abort_with(env: &mut impl Env, _: u32) -> Result<u32, Failed> {
    Err(env.fail(Trap::Exit(ABORTED)))
}

pub(super) fn abort_at(env: &mut impl Env, _: u32, _: u32, _: u32, _: u32) -> Result<u32, Failed> {
    Err(env.fail(Trap::Exit(ABORTED)))
}

pub(super) fn stack_overflow(env: &mut impl Env, _: u32) -> Result<u32, Failed> {
    Err(env.fail(Trap::StackOverflow))
}

pub(super) fn null_function(env: &mut impl Env, _: u32) -> Result<u32, Failed> {
    Err(env.fail(Trap::IndirectCallToNull))
}

pub(super) fn begin_catch(_: &mut impl Env, _: u32) -> Result<u32, Failed> {
    Ok(0)
}

pub(super) fn throw(env: &mut impl Env, _: u32, _: u32, _: u32) -> Result<u32, Failed> {
    Err(env.fail(Trap::Host(&"a C++ exception was thrown")))
}
