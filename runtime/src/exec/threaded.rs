//! The threaded back end: each operation is a function that ends by jumping to the next one's.
//!
//! The registers are arguments, which the C calling convention of x86-64 and aarch64 keeps in registers, and
//! the calls at the functions' ends become jumps when optimising. That takes that no handler lets a local's
//! address escape, has anything to drop, or does anything after the call; `tests/dispatch.sh` checks the
//! machine code of a build.

use core::mem::MaybeUninit;

use super::miss;
use super::ops::{for_each_op, op, run as operation};
use super::pairs::{branches, feeds, for_each_pair, pair};
use super::regs::{Cx, Exit, Flow, Hand, Regs};
use super::values::{Value, makes, takes};

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
            let $r = Regs { w, int, float, ..Regs::new(ip, fp, handlers, cx) };
            // SAFETY: the contract of the methods of `Regs`.
            unsafe { $body }
        }
    };
}

/// Goes to the handler of the operation at `ip` in the table `of`, with what was made.
///
/// # Safety
/// As for the methods of [`Regs`].
#[inline(always)]
unsafe fn dispatch(r: Regs, of: usize, int: MaybeUninit<u64>, float: MaybeUninit<f64>) {
    // SAFETY: the caller's promise; the tables have a handler for every byte.
    unsafe {
        let r = r.fetch();
        let handler = *r.handlers.cast::<Handler>().add(of + usize::from(r.opcode()));
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
    unsafe { dispatch(r, 0, MaybeUninit::uninit(), MaybeUninit::uninit()) }
}

/// Goes to the operation at `ip`, which takes what was made if anything was.
///
/// # Safety
/// As for the methods of [`Regs`]; `pair_up` saw that it takes it.
#[inline(always)]
unsafe fn hand_on(r: Regs, made: Option<Value>) {
    // SAFETY: the caller's promise.
    unsafe {
        match made {
            Some(Value::I32 | Value::I64) => dispatch(r, TAKING, r.int, MaybeUninit::uninit()),
            Some(Value::F64) => dispatch(r, TAKING, MaybeUninit::uninit(), r.float),
            None => go(r),
        }
    }
}

/// What the operation with an opcode takes from the one before.
const fn hand(opcode: u8) -> Hand {
    match takes(opcode) {
        Some((operand, Value::I32 | Value::I64)) => Hand::Int(operand),
        Some((operand, Value::F64)) => Hand::Float(operand),
        None => Hand::Nothing,
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
            Err((r, Exit::Miss)) => missed(r.ip, r.fp, r.w, r.int, r.handlers, r.cx, r.float),
            Err((r, exit)) => {
                (*r.cx).exit = exit;
                stopped(r.ip, r.fp, r.w, r.int, r.handlers, r.cx, r.float);
            }
        }
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
    missed, r => match miss::access(r.cx, r.fp, r.ip) {
        0 => stopped(r.ip, r.fp, r.w, r.int, r.handlers, r.cx, r.float),
        units => go(Regs { ip: r.ip.add(units), ..r }),
    }
}

/// Where the handlers begin in [`HANDLERS`] that take what the operation before made.
const TAKING: usize = 256;

macro_rules! back_end {
    ($($name:ident($r:ident) = $body:expr;)*) => {
        mod handler {
            use super::{Cx, MaybeUninit, Regs, end, operation};
            $(handler! { $name, r => end(operation::$name(r)) })*
        }
        mod taking_handler {
            use super::{Cx, MaybeUninit, Regs, end, hand, op, operation};
            $(handler! { $name, r => end(operation::$name(Regs { hand: const { hand(op::$name) }, ..r })) })*
        }

        /// The handlers by opcode, and behind them those that take what was made; the bytes that are no opcode are
        /// never emitted.
        static HANDLERS: [Handler; 2 * TAKING] = {
            let mut handlers: [Handler; 2 * TAKING] = [handler::HALT; 2 * TAKING];
            $(handlers[op::$name as usize] = handler::$name;
            handlers[TAKING + op::$name as usize] =
                if takes(op::$name).is_some() { taking_handler::$name } else { handler::$name };)*
            with_pairs(handlers)
        };
    };
}
for_each_op!(back_end);

macro_rules! pairs {
    ($($name:ident = $first:ident $how:ident $second:ident;)*) => {
        mod pair_handler {
            use super::{Cx, Hand, MaybeUninit, Regs, branches, end, feeds, hand, hand_on, makes, op, operation};
            $(
                /// # Safety
                /// As for the methods of `Regs`; `pair_up` made a pair only of operations that follow each other.
                #[allow(non_snake_case)]
                #[inline(always)]
                unsafe fn $name(r: Regs) {
                    // SAFETY: the caller's promise.
                    unsafe {
                        match operation::$first(r) {
                            Ok(r) => {
                                let r = Regs { hand: Hand::Nothing, ..r }.fetch();
                                let made = const { makes(op::$first) };
                                // What makes nothing and goes on behind itself has no other second operation.
                                let sure = const { makes(op::$first).is_none() && !branches(op::$first) };
                                if sure || r.opcode() == op::$second {
                                    let taken = const { if feeds(stringify!($how)) { hand(op::$second) } else { Hand::Nothing } };
                                    end(operation::$second(Regs { hand: taken, ..r }));
                                } else {
                                    hand_on(r, made);
                                }
                            }
                            stop => end(stop),
                        }
                    }
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

        /// Adds the pairs' handlers.
        const fn with_pairs(mut handlers: [Handler; 2 * TAKING]) -> [Handler; 2 * TAKING] {
            $(handlers[pair::$name as usize] = pair_handler::plain::$name;
            handlers[TAKING + pair::$name as usize] = pair_handler::taking::$name;)*
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
    unsafe { go(Regs { handlers: HANDLERS.as_ptr().cast(), ..Regs::from_cx(cx) }) }
}
