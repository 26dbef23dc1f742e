//! The driver: runs the dispatch loop, and goes on where it stopped. What operations leave to it is in `driver.rs`.
//!
//! It works on the stack by offsets, which survive the stack's growth; `cx` holds pointers only while the
//! loop runs.

use super::code::params;
use super::dispatch::run;
use super::driver_op::DriverOp;
use super::frame::LINK_SLOTS;
use super::ops::{FUNC_BITS, op};
use super::regs::{Cx, Exit, TURNS};
use crate::memory::Window;
use crate::store_inner::StoreInner;
use crate::trace::Frame;
use crate::{Error, Result, Trap};

/// What `step` ended with.
pub(crate) enum Step {
    /// The outermost call returned; its results are at the frame's start.
    Finished,
    OutOfFuel,
    /// A host function is to be called, with its arguments and results at this offset of the stack.
    Host {
        func: u32,
        at: usize,
    },
}

/// Code that a return address points into, behind two units that stand for the call.
pub(super) type Stub = [u16; 6];
/// Returns to the embedder.
static HALT: Stub = [0, 0, op::HALT as u16, 0, 0, 0];
/// Returns to another instance.
pub(super) static LEAVE: Stub = [0, 0, op::DRIVER as u16 | (DriverOp::Leave as u16) << 8, 0, 0, 0];
/// Where a stub's return address points.
pub(super) const STUB_START: usize = 2;

/// Slots below the frame of a call into another instance: the caller's return address, its tag, the distance
/// to its frame, and the slots of the results.
pub(super) const SAVED: usize = LINK_SLOTS + 3;

/// Where execution is, by offsets: what is kept while something else runs.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    pub(super) ip: *const u16,
    pub(super) fp: usize,
    pub(super) tag: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { ip: core::ptr::null(), fp: 0, tag: 0 }
    }
}

/// Units of an operation after which a call goes on.
pub(super) const CALL_IMPORT_UNITS: usize = 2;

impl Default for Cx {
    fn default() -> Self {
        use core::ptr::{dangling_mut, null, null_mut};
        Self {
            ip: null(),
            fp: null_mut(),
            limit: null_mut(),
            fuel: 0,
            tag: 0,
            funcs: null(),
            types: null(),
            globals: null_mut(),
            table: null(),
            table_len: 0,
            memory: null_mut(),
            mem: dangling_mut(),
            start: 0,
            lim: 0,
            second: Window::NONE,
            turns: TURNS,
            ea: 0,
            exit: Exit::Halt,
        }
    }
}

/// A full heap is a trap to the program that is running.
pub(super) fn running(error: Error) -> Error {
    match error {
        Error::OutOfMemory => Trap::OutOfMemory.into(),
        error => error,
    }
}

impl StoreInner {
    /// Begins a call of a function of an instance: its arguments are at `at`.
    pub(crate) fn begin(&mut self, func: u32, at: usize) -> Result<()> {
        let ty = self.func_type(func).ok_or(Error::UnknownHandle)?;
        let slots = ty.param_slots().max(ty.result_slots());
        self.stack.reach(at + slots)?;
        let (start, params) = self.entry(func)?;
        self.stack.reach(at + params + LINK_SLOTS)?;
        self.stack.set_link(at + params, HALT.as_ptr().wrapping_add(STUB_START));
        self.position = Position { ip: start, fp: at, tag: func };
        Ok(())
    }

    /// The first operation of a function of an instance, and the slots of its parameters.
    pub(super) fn entry(&self, func: u32) -> Result<(*const u16, usize)> {
        let instance = self.instance(func).ok_or(Error::UnknownHandle)?;
        let start = instance.module.parts().code.start(Self::index_of(func)).ok_or(Error::UnknownHandle)?;
        // SAFETY: it is a function's first operation.
        Ok((start, unsafe { params(start) }))
    }

    /// Fills `cx` for running at the position.
    fn load(&mut self) -> Result<()> {
        let position = self.position;
        let index = (position.tag >> FUNC_BITS).wrapping_sub(1) as usize;
        let instance = self.instances.get_mut(index).ok_or(Error::UnknownHandle)?;
        let cx = &mut self.cx;
        cx.tag = position.tag >> FUNC_BITS << FUNC_BITS;
        let parts = instance.module.parts();
        cx.funcs = parts.code.starts();
        cx.types = parts.func_types.as_ptr();
        cx.globals = instance.globals.as_mut_ptr();
        let table = instance.tables.first().and_then(|&t| self.tables.get(t as usize));
        (cx.table, cx.table_len) = match table {
            Some(table) => (table.elements.as_ptr(), table.elements.len() as u32),
            None => (core::ptr::null(), 0),
        };
        cx.memory = core::ptr::null_mut();
        cx.lim = 0;
        cx.second.lim = 0;
        if let Some(memory) = instance.memory.and_then(|m| self.memories.get_mut(m as usize)) {
            cx.refresh_window(memory);
            cx.memory = &raw mut **memory;
        }
        let base = self.stack.base();
        cx.ip = position.ip;
        cx.fp = base.wrapping_add(position.fp);
        cx.limit = base.wrapping_add(self.stack.peak());
        cx.fuel = self.fuel.min(i32::MAX as u64) as i32;
        self.fuel -= cx.fuel as u64;
        Ok(())
    }

    /// Takes the position and the fuel back from `cx`.
    fn unload(&mut self) {
        let base = self.stack.base();
        self.position.ip = self.cx.ip;
        self.position.fp = (self.cx.fp as usize - base as usize) / 4;
        self.position.tag = self.cx.tag;
        self.fuel = self.fuel.saturating_add(self.cx.fuel as u64);
    }

    /// Runs until the call ends, fuel runs out, or a host function is to be called.
    ///
    /// # Errors
    /// A trap, whose backtrace is taken first.
    pub(crate) fn step(&mut self) -> Result<Step> {
        let outcome = self.steps();
        if let Err(Error::Trap(_)) = outcome {
            self.take_trace();
        }
        outcome
    }

    fn steps(&mut self) -> Result<Step> {
        loop {
            self.load()?;
            // SAFETY: `load` filled `cx` for the position, which is at an operation of its instance's code.
            unsafe { run(&raw mut self.cx) };
            self.unload();
            let step = match self.cx.exit {
                Exit::Halt => Some(Step::Finished),
                Exit::Fuel if self.fuel > 0 => None,
                Exit::Fuel => Some(Step::OutOfFuel),
                Exit::Stack => {
                    let end = self.position.fp + usize::from(self.unit(1));
                    self.stack.reach(end).map_err(running)?;
                    None
                }
                Exit::Trap(trap) => return Err(trap.into()),
                Exit::Driver | Exit::Miss => self.operation()?,
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Unit n of the operation at the position.
    pub(super) fn unit(&self, n: usize) -> u16 {
        // SAFETY: the driver reads only units that the operation at the position has.
        unsafe { *self.position.ip.add(n) }
    }

    pub(super) fn advance(&mut self, units: usize) {
        self.position.ip = self.position.ip.wrapping_add(units);
    }

    /// Goes on behind a host call whose results are in place.
    pub(crate) fn host_returned(&mut self) {
        self.fuel = self.fuel.saturating_sub(1);
        self.advance(self.pending);
    }

    /// The tag of the instance that is running.
    pub(crate) fn tag_here(&self) -> u32 {
        self.position.tag
    }

    pub(crate) fn position(&self) -> Position {
        self.position
    }

    pub(crate) fn set_position(&mut self, position: Position) {
        self.position = position;
    }

    /// Notes which functions are running, innermost first.
    pub(crate) fn take_trace(&mut self) {
        let mut trace = core::mem::take(&mut self.trace);
        trace.clear();
        let Position { mut ip, mut fp, mut tag } = self.position;
        if self.unit(0) as u8 == op::CALL_IMPORT {
            // In wide code FP_UP has moved the frame already.
            fp = lowered(ip.wrapping_add(CALL_IMPORT_UNITS), fp);
        }
        while !trace.is_cut() {
            let Some(instance) = self.instance(tag) else { break };
            let Some((index, start)) = instance.module.parts().code.find(ip) else { break };
            let offset = (ip as usize - start as usize) / 2;
            trace.push(Frame { instance: (tag >> FUNC_BITS) - 1, func: index, offset: offset as u32 });
            // SAFETY: it is a function's first operation.
            let (first, params) = unsafe { (*start, params(start)) };
            // A frame not entered yet has its return address behind the parameters; a wide one moves it.
            let wide = first as u8 == op::ENTER_WIDE && offset > 0;
            let shift = if wide { usize::from(super::ops::SCRATCH_SLOTS) } else { 0 };
            let back = self.stack.link(fp + shift + params);
            if back == HALT.as_ptr().wrapping_add(STUB_START) {
                break;
            }
            if back == LEAVE.as_ptr().wrapping_add(STUB_START) {
                let Some(at) = fp.checked_sub(SAVED) else { break };
                ip = self.stack.link(at);
                fp = lowered(ip, at.saturating_sub(self.stack.get(at + LINK_SLOTS + 1) as usize));
                tag = self.stack.get(at + LINK_SLOTS);
            } else {
                // SAFETY: a return address is behind a call, whose unit two before it holds the distance to
                // the caller's frame.
                let call = unsafe { *back.sub(2) };
                let Some(lower) = fp.checked_sub(usize::from(call >> 8)) else { break };
                fp = lowered(back, lower);
                ip = back;
            }
            // The call is before the return address, which may be the next function's or no operation at all.
            ip = ip.wrapping_sub(1);
        }
        self.trace = trace;
    }
}

/// The frame at a return address, before the FP_DOWN there.
fn lowered(back: *const u16, fp: usize) -> usize {
    // SAFETY: behind every call is an operation, of two units at least.
    let (next, down) = unsafe { (*back, *back.add(1)) };
    if next as u8 == op::FP_DOWN { fp.saturating_sub(down.into()) } else { fp }
}
