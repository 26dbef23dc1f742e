//! The loop back end: one match over the opcodes.

use super::miss;
use super::ops::{for_each_op, op, run as operation};
use super::regs::{Cx, Exit, Regs};

macro_rules! back_end {
    ($($name:ident($r:ident) = $body:expr;)*) => {
        /// Runs from `cx.ip` until something stops it, and leaves `cx.ip` and `cx.fp` there and the reason in
        /// `cx.exit`.
        ///
        /// # Safety
        /// `cx` is filled as its fields say, for code that the compiler emitted and a stack that holds its frame.
        #[inline(never)]
        // LLVM does not outline from a section of its own: what operations have in common would cost a call each.
        // SAFETY: the linker puts the section with the other code, by its `.text`.
        #[cfg_attr(target_os = "none", unsafe(link_section = ".text.wasmote.dispatch"))]
        pub(crate) unsafe fn run(cx: *mut Cx) {
            // SAFETY: the caller's promise is the contract of the methods of `Regs`.
            unsafe {
                let mut r = Regs::from_cx(cx);
                loop {
                    r = r.fetch();
                    let flow = match r.opcode() {
                        $(op::$name => operation::$name(r),)*
                        // The compiler emits no other opcode.
                        _ => core::hint::unreachable_unchecked(),
                    };
                    let exit = match flow {
                        Ok(next) => {
                            // What the loop does not hand on must not stay alive, not even as what is no value.
                            r = Regs { mem: next.mem, lim: next.lim, ..Regs::new(next.ip, next.fp, next.handlers, next.cx) };
                            continue;
                        }
                        Err((stopped, exit)) => {
                            r = stopped;
                            exit
                        }
                    };
                    if exit == Exit::Miss {
                        let switched = (*cx).switch_window();
                        let units = if switched { 0 } else { miss::access(cx, r.fp, r.ip, r.opcode()) };
                        if switched || units > 0 {
                            r.ip = r.ip.add(units);
                            (r.mem, r.lim) = ((*cx).mem, (*cx).lim);
                            continue;
                        }
                    } else {
                        (*cx).exit = exit;
                    }
                    (*cx).ip = r.ip;
                    (*cx).fp = r.fp;
                    return;
                }
            }
        }
    };
}
for_each_op!(back_end);
