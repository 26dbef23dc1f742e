//! Stores: what instances live in, and the one call that may be running or suspended there.

use alloc::vec::Vec;

use crate::config::{Engine, StoreLimits};
use crate::exec::machine::Step;
use crate::fallible::{push, with_capacity};
use crate::host::{Caller, HostEntry, HostError, HostFrame, SlotsFn};
use crate::rows::{HostFunc, MAX_ROW_SLOTS};
use crate::store_inner::StoreInner;
use crate::trace::Frame;
use crate::types::FuncType;
use crate::{Error, Result, Trap, Val, ValType};

/// The store has no such function.
const UNKNOWN_HOST: HostError = HostError::Trap(Trap::Host(&"unknown host function"));

/// Host functions that may be on the native stack at once, each called by guest code that one before called.
const MAX_NESTED: usize = 16;

/// Instances with their memories, tables and globals, the value stack, and the embedder's data.
///
/// At most one call is in flight in a store. Dropping the store gives back everything.
pub struct Store<T: 'static> {
    pub(crate) inner: StoreInner,
    hosts: Vec<HostEntry<T>>,
    data: T,
    /// The function whose call is suspended, or 0.
    suspended: u32,
    /// Host functions on the native stack.
    nested: usize,
    /// The first free slot above the frames of those.
    free: usize,
}

/// How far a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStatus {
    /// It returned; the results are given.
    Finished,
    /// It is suspended because fuel ran out: add some with [`Store::set_fuel`] and resume, or cancel.
    OutOfFuel,
    /// It is suspended because a host function waits: resume when it may be called again, or cancel.
    Waiting,
}

/// A shared view of a store.
pub struct StoreContext<'a, T: 'static>(pub(crate) &'a Store<T>);

/// A mutable view of a store. It cannot be replaced by another store, which a running call relies on.
pub struct StoreContextMut<'a, T: 'static>(pub(crate) &'a mut Store<T>);

/// Something that a store can be read through: a [`Store`] or a [`Caller`].
pub trait AsContext {
    /// The embedder's data.
    type Data: 'static;
    /// The view.
    fn as_context(&self) -> StoreContext<'_, Self::Data>;
}

/// Something that a store can be changed through.
pub trait AsContextMut: AsContext {
    /// The view.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data>;
}

impl<T> AsContext for Store<T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(self)
    }
}
impl<T> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut(self)
    }
}
impl<C: AsContext> AsContext for &C {
    type Data = C::Data;
    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}
impl<C: AsContext> AsContext for &mut C {
    type Data = C::Data;
    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}
impl<C: AsContextMut> AsContextMut for &mut C {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        C::as_context_mut(self)
    }
}

impl<T> Store<T> {
    /// Makes an empty store with the default limits and unlimited fuel. Allocates nothing.
    pub fn new(engine: &Engine, data: T) -> Self {
        Self::with_limits(engine, data, StoreLimits::new())
    }

    /// Makes an empty store with limits. Allocates nothing.
    pub fn with_limits(_engine: &Engine, data: T, limits: StoreLimits) -> Self {
        Self { inner: StoreInner::new(limits), hosts: Vec::new(), data, suspended: 0, nested: 0, free: 0 }
    }

    /// The embedder's data.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The embedder's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.data
    }

    /// The embedder's data, out of the store.
    pub fn into_data(self) -> T {
        self.data
    }

    /// Sets how many calls and taken back edges may still be made; `u64::MAX` is practically for ever.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.inner.fuel = fuel;
    }

    /// The fuel that is left.
    pub fn fuel(&self) -> u64 {
        self.inner.fuel
    }

    /// Whether a call is suspended.
    pub fn is_suspended(&self) -> bool {
        self.suspended != 0
    }

    /// The functions that were running at the last trap, innermost first, at most 16.
    pub fn backtrace(&self) -> &[Frame] {
        self.inner.trace.frames()
    }

    /// Whether functions further out were running too, which [`backtrace`](Self::backtrace) leaves out.
    pub fn backtrace_is_cut(&self) -> bool {
        self.inner.trace.is_cut()
    }

    /// Bytes of the value stack that the last call took at most.
    pub fn stack_peak(&self) -> usize {
        self.inner.stack.peak_bytes()
    }

    /// Bytes of the value stack on the heap.
    pub fn stack_size(&self) -> usize {
        self.inner.stack.heap_bytes()
    }

    /// Bytes of linear memory on the heap, over all memories.
    pub fn memory_committed(&self) -> usize {
        self.inner.memories.iter().map(|m| m.committed()).sum()
    }

    /// Declared bytes of linear memory, over all memories.
    pub fn memory_size(&self) -> u64 {
        self.inner.memories.iter().map(|m| m.byte_len()).sum()
    }

    /// Gives up the suspended call; without one, does nothing.
    pub fn cancel(&mut self) {
        self.suspended = 0;
    }

    /// Adds a host function; gives its reference.
    pub(crate) fn add_host(&mut self, ty: FuncType<'static>, entry: HostEntry<T>) -> Result<u32> {
        push(&mut self.inner.host_types, ty)?;
        if let Err(error) = push(&mut self.hosts, entry) {
            self.inner.host_types.pop();
            return Err(error.into());
        }
        Ok(self.hosts.len() as u32)
    }

    /// Counts of host functions and instances, to go back to when an instantiation fails.
    pub(crate) fn host_count(&self) -> usize {
        self.hosts.len()
    }

    pub(crate) fn truncate_hosts(&mut self, count: usize) {
        self.hosts.truncate(count);
        self.inner.host_types.truncate(count);
    }

    /// Begins a call and runs it as far as fuel and host functions allow.
    pub(crate) fn call(&mut self, func: u32, params: &[Val], results: &mut [Val]) -> Result<CallStatus> {
        self.check(func, params, results)?;
        let mut words = with_capacity(2 * params.len())?;
        for value in params {
            let bits = value.to_bits()?;
            push(&mut words, bits as u32)?;
            if value.ty().slots() == 2 {
                push(&mut words, (bits >> 32) as u32)?;
            }
        }
        let before = (self.nested > 0).then(|| (self.inner.position(), self.inner.pending));
        let at = self.start(func, &words)?;
        let status = self.run(func, at, before.is_some());
        if let Some((position, pending)) = before {
            self.inner.set_position(position);
            self.inner.pending = pending;
        }
        let status = status?;
        if status == CallStatus::Finished {
            self.results(func, at, results);
        }
        Ok(status)
    }

    /// Goes on with the suspended call.
    ///
    /// # Errors
    /// `Suspended` when no call is suspended, `Signature` when `results` is not as long as the function's
    /// results, and as for the call itself.
    pub fn resume(&mut self, results: &mut [Val]) -> Result<CallStatus> {
        let func = self.suspended;
        if func == 0 {
            return Err(Error::Suspended);
        }
        if self.inner.func_type(func).is_none_or(|ty| ty.results.len() != results.len()) {
            return Err(Error::Signature);
        }
        self.suspended = 0;
        let status = self.run(func, 0, false)?;
        if status == CallStatus::Finished {
            self.results(func, 0, results);
        }
        Ok(status)
    }

    fn check(&self, func: u32, params: &[Val], results: &[Val]) -> Result<()> {
        if self.suspended != 0 {
            return Err(Error::Suspended);
        }
        let ty = self.inner.func_type(func).ok_or(Error::UnknownHandle)?;
        let fits =
            ty.params.iter().copied().eq(params.iter().map(Val::ty)) && ty.results.len() == results.len();
        if fits { Ok(()) } else { Err(Error::Signature) }
    }

    /// Puts arguments on the stack and enters the function; gives the frame's offset.
    fn start(&mut self, func: u32, words: &[u32]) -> Result<usize> {
        if self.nested >= MAX_NESTED {
            return Err(Trap::StackOverflow.into());
        }
        let at = if self.nested == 0 {
            self.inner.stack.forget_peak();
            0
        } else {
            self.free
        };
        if func >> crate::exec::ops::FUNC_BITS == 0 {
            let ty = self.inner.func_type(func).ok_or(Error::UnknownHandle)?;
            let slots = ty.param_slots().max(ty.result_slots());
            self.inner.stack.reach(at + slots)?;
        } else {
            self.inner.begin(func, at)?;
        }
        for (i, &word) in words.iter().enumerate() {
            self.inner.stack.set(at + i, word);
        }
        Ok(at)
    }

    fn results(&mut self, func: u32, at: usize, results: &mut [Val]) {
        let mut slot = at;
        for (i, place) in results.iter_mut().enumerate() {
            let ty =
                self.inner.func_type(func).and_then(|t| t.results.get(i).copied()).unwrap_or(ValType::I32);
            *place = Val::from_bits(ty, self.inner.stack.get_bits(slot, ty.slots()));
            slot += ty.slots() as usize;
        }
    }

    fn run(&mut self, func: u32, at: usize, nested: bool) -> Result<CallStatus> {
        if func >> crate::exec::ops::FUNC_BITS == 0 {
            self.host(func, at, 0)?;
            return Ok(CallStatus::Finished);
        }
        loop {
            let status = match self.inner.step()? {
                Step::Finished => return Ok(CallStatus::Finished),
                Step::OutOfFuel => CallStatus::OutOfFuel,
                Step::Host { func, at } => match self.host(func, at, self.inner.tag_here()) {
                    Ok(()) => {
                        self.inner.host_returned();
                        continue;
                    }
                    Err(HostError::Suspend) => CallStatus::Waiting,
                    Err(HostError::Trap(trap)) => {
                        self.inner.take_trace();
                        return Err(trap.into());
                    }
                },
            };
            if nested {
                // The native stack holds a host function, which cannot be suspended with the guest's call.
                return Err(match status {
                    CallStatus::OutOfFuel => Trap::OutOfFuel,
                    _ => Trap::Host(&"a host function waits in a call by another"),
                }
                .into());
            }
            self.suspended = func;
            return Ok(status);
        }
    }

    /// Calls a host function with its arguments at `at`, where its results go.
    fn host(&mut self, func: u32, at: usize, tag: u32) -> Result<(), HostError> {
        let index = (func as usize).wrapping_sub(1);
        let Some(ty) = self.inner.host_types.get(index) else {
            return Err(UNKNOWN_HOST);
        };
        let frame = HostFrame { at, params: ty.param_slots(), results: ty.result_slots(), tag };
        let (position, pending, free) = (self.inner.position(), self.inner.pending, self.free);
        self.free = at + frame.params.max(frame.results);
        self.nested += 1;
        let outcome = match self.hosts.get(index) {
            Some(&HostEntry::Row(row)) => self.host_row(row, frame),
            Some(HostEntry::Boxed(f)) => f.clone().call(self, frame),
            None => Err(UNKNOWN_HOST),
        };
        self.nested -= 1;
        self.free = free;
        self.inner.set_position(position);
        self.inner.pending = pending;
        outcome
    }

    fn host_row(&mut self, row: &HostFunc<T>, frame: HostFrame) -> Result<(), HostError> {
        let HostFrame { at, params, results, tag } = frame;
        let mut slots = [0; MAX_ROW_SLOTS];
        for (place, &word) in slots.iter_mut().zip(self.inner.stack.slots(at, params)) {
            *place = word;
        }
        let mut caller = Caller::new(self, tag);
        let low = (row.call)(&mut caller, &mut slots).map_err(|_| caller.why)?;
        for (slot, &word) in (at..at + results).zip(&[low, slots[0]]) {
            self.inner.stack.set(slot, word);
        }
        Ok(())
    }

    /// Calls a closure that takes and gives slots.
    pub(crate) fn host_closure(&mut self, f: &SlotsFn<T>, frame: HostFrame) -> Result<(), HostError> {
        let HostFrame { at, params, results, tag } = frame;
        let (mut short, mut long);
        let slots = if params + results <= MAX_ROW_SLOTS {
            short = [0; MAX_ROW_SLOTS];
            &mut short[..]
        } else {
            long = crate::fallible::filled(0, params + results)?;
            &mut long
        };
        let (words, out) = slots.split_at_mut_checked(params).unwrap_or_default();
        for (place, &word) in words.iter_mut().zip(self.inner.stack.slots(at, params)) {
            *place = word;
        }
        let out = out.get_mut(..results).unwrap_or_default();
        f(&mut Caller::new(self, tag), words, out)?;
        for (slot, &mut word) in (at..).zip(out) {
            self.inner.stack.set(slot, word);
        }
        Ok(())
    }
}

impl<T> Store<T> {
    /// Calls a function that returns nothing and takes nothing: a start function.
    pub(crate) fn call_start(&mut self, func: u32) -> Result<CallStatus> {
        self.call(func, &[], &mut [])
    }
}
