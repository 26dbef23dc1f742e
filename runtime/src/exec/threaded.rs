//! The threaded back end: each operation is a function that ends by jumping to the next one's.
//!
//! The registers are arguments, which the C calling convention of x86-64 and aarch64 keeps in registers, and
//! the calls at the functions' ends become jumps when optimising. That takes that no handler lets a local's
//! address escape, has anything to drop, or does anything after the call; `tests/dispatch.sh` checks the
//! machine code of a build.

use super::miss;
use super::ops::{for_each_op, op, run as operation};
use super::pairs::{for_each_pair, pair};
use super::regs::{Cx, Exit, Flow, Regs};

/// An operation's machine code; the arguments are the fields of [`Regs`].
type Handler = unsafe extern "C" fn(*const u16, *mut u32, *const (), *mut u8, usize, *mut Cx);

/// Goes to the operation at `ip`.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn go(r: Regs) {
    // SAFETY: the caller's promise; the table has a handler for every byte.
    unsafe {
        let handler = *r.handlers.cast::<Handler>().add(usize::from(r.opcode()));
        handler(r.ip, r.fp, r.handlers, r.mem, r.lim, r.cx);
    }
}

/// Ends an operation.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn end(flow: Flow) {
    // SAFETY: the caller's promise.
    unsafe {
        match flow {
            Ok(r) => go(r),
            Err((r, Exit::Miss)) => missed(r.ip, r.fp, r.handlers, r.mem, r.lim, r.cx),
            Err((r, exit)) => {
                (*r.cx).exit = exit;
                stopped(r.ip, r.fp, r.handlers, r.mem, r.lim, r.cx);
            }
        }
    }
}

/// Leaves the position in `cx`, and returns to the driver.
#[cold]
#[inline(never)]
unsafe extern "C" fn stopped(ip: *const u16, fp: *mut u32, _: *const (), _: *mut u8, _: usize, cx: *mut Cx) {
    // SAFETY: the handlers' contract.
    unsafe {
        (*cx).ip = ip;
        (*cx).fp = fp;
    }
}

/// Does a memory access outside of the current window, and goes on behind it.
#[cold]
#[inline(never)]
unsafe extern "C" fn missed(
    ip: *const u16,
    fp: *mut u32,
    handlers: *const (),
    mem: *mut u8,
    lim: usize,
    cx: *mut Cx,
) {
    // SAFETY: the handlers' contract.
    unsafe {
        match miss::access(cx, fp, ip) {
            0 => stopped(ip, fp, handlers, mem, lim, cx),
            units => {
                let (mem, lim) = ((*cx).mem, (*cx).lim);
                go(Regs::new(ip.add(units), fp, handlers, mem, lim, cx));
            }
        }
    }
}

/// Keeps the optimizer from making a jump through a table of comparisons that follow each other.
#[inline(always)]
fn opaque(mut x: usize) -> usize {
    // SAFETY: there is no instruction in it.
    unsafe { core::arch::asm!("/* {0} */", inout(reg) x, options(nomem, nostack, preserves_flags, pure)) };
    x
}

macro_rules! back_end {
    ($($name:ident($($r:tt)+) = $body:expr;)*) => {
        mod handler {
            use super::{Cx, Regs, end, operation};
            $(#[allow(non_snake_case)]
            pub(super) unsafe extern "C" fn $name(
                ip: *const u16,
                fp: *mut u32,
                handlers: *const (),
                mem: *mut u8,
                lim: usize,
                cx: *mut Cx,
            ) {
                // SAFETY: the contract of the methods of `Regs`.
                unsafe { end(operation::$name(Regs::new(ip, fp, handlers, mem, lim, cx))) }
            })*
        }

        /// The handlers by opcode; the bytes that are no opcode are never emitted.
        static HANDLERS: [Handler; 256] = {
            let mut handlers: [Handler; 256] = [handler::UNREACHABLE; 256];
            $(handlers[op::$name as usize] = handler::$name;)*
            with_pairs(handlers)
        };
    };
}
for_each_op!(back_end);

/// Whether the first operation of a pair makes a float that the second one is likely to take: chains of these are
/// bound by their latency, which includes that of a store and a load.
const fn makes_float(first: u8) -> bool {
    matches!(first, op::F64_ADD | op::F64_SUB | op::F64_MUL | op::LOAD64_ADD | op::CONST64)
}

/// Goes on with the operation at `ip`, which is one of these.
macro_rules! then {
    ($r:ident, $opcode:ident, $last:ident) => {
        end(operation::$last($r))
    };
    ($r:ident, $opcode:ident, $second:ident $($more:ident)+) => {
        if $opcode == usize::from(op::$second) {
            end(operation::$second($r))
        } else {
            #[allow(unused_variables)]
            let $opcode = opaque($opcode);
            then!($r, $opcode, $($more)+)
        }
    };
}

macro_rules! pairs {
    ($($name:ident = $first:ident, $($second:ident)+;)*) => {
        mod pair_handler {
            use super::{Cx, Regs, end, makes_float, op, opaque, operation};
            $(#[allow(non_snake_case)]
            pub(super) unsafe extern "C" fn $name(
                ip: *const u16,
                fp: *mut u32,
                handlers: *const (),
                mem: *mut u8,
                lim: usize,
                cx: *mut Cx,
            ) {
                // SAFETY: the contract of the methods of `Regs`; `pair_up` made a pair only of operations that
                // follow each other.
                unsafe {
                    let r = Regs::new(ip, fp, handlers, mem, lim, cx);
                    let made = r.a();
                    match operation::$first(r) {
                        Ok(r) => {
                            let r = if const { makes_float(op::$first) } {
                                Regs { known: made, value: r.get64(made), ..r }
                            } else {
                                r
                            };
                            #[allow(unused_variables)]
                            let opcode = usize::from(r.opcode());
                            then!(r, opcode, $($second)+);
                        }
                        stop => end(stop),
                    }
                }
            })*
        }

        /// Adds the pairs' handlers.
        const fn with_pairs(mut handlers: [Handler; 256]) -> [Handler; 256] {
            $(handlers[pair::$name as usize] = pair_handler::$name;)*
            handlers
        }
    };
}
for_each_pair!(pairs);

/// Runs from `cx.ip` until something stops it, and leaves `cx.ip` and `cx.fp` there and the reason in
/// `cx.exit`.
///
/// # Safety
/// `cx` is filled as its fields say, for code that the compiler emitted and a stack that holds its frame.
pub(crate) unsafe fn run(cx: *mut Cx) {
    // SAFETY: the caller's promise is the contract of the methods of `Regs`.
    unsafe { go(Regs::from_cx(cx, HANDLERS.as_ptr().cast())) }
}
