//! The threaded back end: each operation is a function that ends by jumping to the next one's.
//!
//! The registers are arguments, which the C calling convention of x86-64 and aarch64 keeps in registers, and
//! the calls at the functions' ends become jumps when optimising. That takes that no handler lets a local's
//! address escape, has anything to drop, or does anything after the call; `tests/dispatch.sh` checks the
//! machine code of a build.

use core::mem::MaybeUninit;

use super::escape::{ESCAPE, is_escaped};
use super::kinds::for_each_pair;
use super::miss;
use super::ops::{for_each_op, op, run as operation};
use super::pairs::{first_of, pair};
use super::rare::{Rare, for_each_rare, run_one};
use super::regs::{Cx, Exit, Flow, Hand, Regs};
use super::values::{hand, hand_between};

/// An operation's machine code; the arguments are fields of [`Regs`].
type Handler =
    unsafe extern "C" fn(*const u16, *mut u32, u32, MaybeUninit<u64>, *const (), *mut Cx, MaybeUninit<f64>);

/// Defines a handler from what it does with the registers.
macro_rules! handler {
    ($(#[$attribute:meta])* $name:ident, $r:ident => $body:expr) => {
        $(#[$attribute])*
        #[allow(non_snake_case)]
        pub(in crate::exec::dispatch) unsafe extern "C" fn $name(
            ip: *const u16,
            fp: *mut u32,
            w: u32,
            int: MaybeUninit<u64>,
            handlers: *const (),
            cx: *mut Cx,
            float: MaybeUninit<f64>,
        ) {
            // SAFETY: the contract of the methods of `Regs`.
            unsafe {
                let $r = Regs { w, int, float, ..Regs::new(ip, fp, handlers, cx) };
                $body
            }
        }
    };
}

/// The tables of handlers, one behind the other, each by the opcodes of a byte: those of all operations and pairs; those
/// that take what the operation before made; those of operations that stand behind `ESCAPE`, and of `RARE` ones.
const PLAIN: usize = 0;
const TAKING: usize = 256;
const ESCAPED: usize = 512;
const RARE: usize = 768;
const ALL: usize = 1024;

/// Goes to a handler of the table `of` for the operation at `ip`, with what was made.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn dispatch(r: Regs, of: usize, int: MaybeUninit<u64>, float: MaybeUninit<f64>) {
    // SAFETY: the caller's promise.
    unsafe {
        let r = r.fetch();
        handle(r, of, r.opcode(), int, float);
    }
}

/// Goes to the handler of an opcode in the table `of`, for the operation whose units were fetched.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn handle(r: Regs, of: usize, opcode: u8, int: MaybeUninit<u64>, float: MaybeUninit<f64>) {
    // SAFETY: the caller's promise; the tables have a handler for every byte.
    unsafe {
        let handler = *r.handlers.cast::<Handler>().add(of + usize::from(opcode));
        handler(r.ip, r.fp, r.w, int, r.handlers, r.cx, float);
    }
}

/// Goes to the operation at `ip`.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn go(r: Regs) {
    // SAFETY: the caller's promise.
    unsafe { dispatch(r, PLAIN, MaybeUninit::uninit(), MaybeUninit::uninit()) }
}

/// Ends an operation; `missed` does an access that it missed, and it stops `before` units before `ip`.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn end_as(flow: Flow, missed: Handler, before: usize) {
    // SAFETY: the caller's promise; the units before are the operation's.
    unsafe {
        match flow {
            Ok(r) => go(r),
            Err((r, Exit::Miss)) => missed(r.ip, r.fp, r.w, r.int, r.handlers, r.cx, r.float),
            Err((r, exit)) => stop(Regs { ip: r.ip.sub(before), ..r }, exit),
        }
    }
}

/// Ends an operation.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn end(flow: Flow) {
    // SAFETY: the caller's promise.
    unsafe { end_as(flow, missed, 0) }
}

/// Stops.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn stop(r: Regs, exit: Exit) {
    // SAFETY: the caller's promise.
    unsafe {
        (*r.cx).exit = exit;
        stopped(r.ip, r.fp, r.w, r.int, r.handlers, r.cx, r.float);
    }
}

handler! {
    /// Leaves the position in `cx`, and returns to the driver.
    #[cold]
    #[inline(never)]
    stopped, r => {
        (*r.cx).ip = r.ip;
        (*r.cx).fp = r.fp;
    }
}

handler! {
    /// Does a memory access outside of the current window, and goes on behind it.
    #[cold]
    #[inline(never)]
    missed, r => match miss::access(r.cx, r.fp, r.ip, first_of(*r.ip as u8)) {
        0 => stopped(r.ip, r.fp, r.w, r.int, r.handlers, r.cx, r.float),
        units => go(Regs { ip: r.ip.add(units), ..r }),
    }
}

handler! {
    /// Goes to the operation that stands behind `ESCAPE`.
    escape, r => dispatch(Regs { ip: r.ip.add(1), ..r }, ESCAPED, MaybeUninit::uninit(), MaybeUninit::uninit())
}

/// Ends an operation that stands behind `ESCAPE`, where it stops.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn end_escaped(flow: Flow) {
    // SAFETY: the caller's promise.
    unsafe { end_as(flow, missed_escaped, 1) }
}

handler! {
    /// As `missed`, for an operation that stands behind `ESCAPE`.
    #[cold]
    #[inline(never)]
    missed_escaped, r => match miss::access(r.cx, r.fp, r.ip, *r.ip as u8) {
        0 => stopped(r.ip.sub(1), r.fp, r.w, r.int, r.handlers, r.cx, r.float),
        units => go(Regs { ip: r.ip.add(units), ..r }),
    }
}

handler! {
    /// Goes to the sub-operation of `RARE`.
    rare, r => handle(r, RARE, r.b() as u8, MaybeUninit::uninit(), MaybeUninit::uninit())
}

macro_rules! operations {
    ($($name:ident($r:ident) = $body:expr;)*) => {
        mod handler {
            use super::{Cx, MaybeUninit, Regs, end, operation};
            $(handler! { $name, r => end(operation::$name(r)) })*
        }
        mod taking_handler {
            use super::{Cx, MaybeUninit, Regs, end, hand, op, operation};
            $(handler! { $name, r => end(operation::$name(Regs { hand: const { hand(op::$name) }, ..r })) })*
        }
        mod escaped_handler {
            use super::{Cx, MaybeUninit, Regs, end_escaped, operation};
            $(handler! { $name, r => end_escaped(operation::$name(r)) })*
        }

        /// Adds the handlers of operations.
        const fn with_operations(mut handlers: [Handler; ALL]) -> [Handler; ALL] {
            $(handlers[PLAIN + op::$name as usize] = handler::$name;
            handlers[TAKING + op::$name as usize] = match hand(op::$name) {
                Hand::Nothing => handler::$name,
                _ => taking_handler::$name,
            };
            if is_escaped(op::$name) {
                handlers[ESCAPED + op::$name as usize] = escaped_handler::$name;
            })*
            handlers
        }
    };
}
for_each_op!(operations);

macro_rules! rare_operations {
    ($($name:ident)*) => {
        mod rare_handler {
            use super::{Cx, Exit, MaybeUninit, Rare, Regs, go, run_one, stop};
            $(handler! {
                $name, r => match run_one(Rare::$name, r.fp, r.ip) {
                    Ok(units) => go(Regs { ip: r.ip.add(units), ..r }),
                    Err(trap) => stop(r, Exit::Trap(trap)),
                }
            })*
        }

        /// Adds the handlers of `RARE` operations.
        const fn with_rare(mut handlers: [Handler; ALL]) -> [Handler; ALL] {
            $(handlers[RARE + Rare::$name as usize] = rare_handler::$name;)*
            handlers
        }
    };
}
for_each_rare!(rare_operations);

/// Hands on what was made.
macro_rules! hand_on {
    ($flow:expr, int) => {
        match $flow {
            Ok(r) => dispatch(r, TAKING, r.int, MaybeUninit::uninit()),
            stopped => end(stopped),
        }
    };
    ($flow:expr, float) => {
        match $flow {
            Ok(r) => dispatch(r, TAKING, MaybeUninit::uninit(), r.float),
            stopped => end(stopped),
        }
    };
    ($flow:expr,) => {
        end($flow)
    };
}

/// Runs a pair.
macro_rules! run_pair {
    ($r:ident, $first:ident hands $what:ident) => {
        hand_on!(operation::$first($r), $what)
    };
    ($r:ident, $first:ident $how:ident $second:ident $(hands $what:ident)?) => {
        match operation::$first($r) {
            Ok(r) => {
                let r = Regs { hand: const { taken!($first $how $second) }, ..r }.fetch();
                hand_on!(operation::$second(r), $($what)?)
            }
            stopped => end(stopped),
        }
    };
}
macro_rules! taken {
    ($first:ident feeds $second:ident) => {
        hand_between(op::$first, op::$second)
    };
    ($first:ident precedes $second:ident) => {
        Hand::Nothing
    };
}

macro_rules! pairs {
    ($($name:ident = $first:ident $how:ident $second:ident $($hands:ident $what:ident)?;)*) => {
        #[allow(non_snake_case)]
        mod pair_handler {
            #[allow(clippy::wildcard_imports)]
            use super::*;
            $(
                /// # Safety
                /// As for the methods of `Regs`; `pair_up` made a pair only of operations that follow each other.
                #[inline(always)]
                unsafe fn $name(r: Regs) {
                    // SAFETY: the caller's promise.
                    unsafe { run_pair!(r, $first $how $second $($hands $what)?) }
                }
            )*
            pub(super) mod plain {
                use super::{Cx, MaybeUninit, Regs};
                $(handler! { $name, r => super::$name(r) })*
            }
            pub(super) mod taking {
                use super::{Cx, MaybeUninit, Regs, hand, op};
                $(handler! { $name, r => super::$name(Regs { hand: const { hand(op::$first) }, ..r }) })*
            }
        }

        /// Adds the pairs' handlers, some of them in place of operations that are escaped.
        const fn with_pairs(mut handlers: [Handler; ALL]) -> [Handler; ALL] {
            $(handlers[PLAIN + pair::$name as usize] = pair_handler::plain::$name;
            handlers[TAKING + pair::$name as usize] = pair_handler::taking::$name;)*
            handlers
        }
    };
}
for_each_pair!(pairs);

/// All handlers; the bytes that are no opcode are never emitted.
static HANDLERS: [Handler; ALL] = {
    let mut handlers = with_pairs(with_rare(with_operations([handler::HALT; ALL])));
    handlers[PLAIN + ESCAPE as usize] = escape;
    handlers[TAKING + ESCAPE as usize] = escape;
    handlers[PLAIN + op::RARE as usize] = rare;
    handlers
};

/// Runs from `cx.ip` until something stops it, and leaves `cx.ip` and `cx.fp` there and the reason in
/// `cx.exit`.
///
/// # Safety
/// `cx` is filled as its fields say, for code that the compiler emitted and a stack that holds its frame.
pub(crate) unsafe fn run(cx: *mut Cx) {
    // SAFETY: the caller's promise is the contract of the methods of `Regs`.
    unsafe { go(Regs { handlers: HANDLERS.as_ptr().cast(), ..Regs::from_cx(cx) }) }
}
