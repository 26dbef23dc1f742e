//! Host functions: what the embedder gives to modules.

use alloc::boxed::Box;
use core::marker::PhantomData;

use crate::memory::LinearMemory;
use crate::rows::HostFunc;
use crate::store::{AsContext, AsContextMut, Store, StoreContext, StoreContextMut};
use crate::types::FuncType;
use crate::{Error, Extern, Instance, OutOfMemory, Result, Trap, Val, ValType};

/// How a host function ends when it does not return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// The guest traps.
    Trap(Trap),
    /// The call is suspended; when it is resumed, the host function is called again with the same arguments.
    Suspend,
}

impl From<Trap> for HostError {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl From<OutOfMemory> for HostError {
    fn from(_: OutOfMemory) -> Self {
        Self::Trap(Trap::OutOfMemory)
    }
}

impl From<Error> for HostError {
    fn from(error: Error) -> Self {
        Self::Trap(match error {
            Error::Trap(trap) => trap,
            Error::OutOfMemory => Trap::OutOfMemory,
            _ => Trap::Host(&"host function failed"),
        })
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::Trap(match error {
            HostError::Trap(trap) => trap,
            HostError::Suspend => Trap::Host(&"a host function waits outside of a guest's call"),
        })
    }
}

/// That a host function does not return. [`Caller::fail`] keeps why, so that what functions give fits registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(pub(crate) ());

/// A call of a host function: where its arguments are on the stack, and its results go, how many slots these take, and
/// the calling instance's tag.
#[derive(Clone, Copy)]
pub(crate) struct HostFrame {
    pub(crate) at: usize,
    pub(crate) params: usize,
    pub(crate) results: usize,
    pub(crate) tag: u32,
}

/// A closure over the parameters' slots and the results'.
pub(crate) type SlotsFn<T> = dyn Fn(&mut Caller<'_, T>, &[u32], &mut [u32]) -> Result<(), HostError>;

/// A closure as a host function. The way to call one is its own, so that firmware without closures, as the shell's is,
/// has none.
pub(crate) trait HostClosure<T> {
    fn call(&self, store: &mut Store<T>, frame: HostFrame) -> Result<(), HostError>;
}

impl<T, F> HostClosure<T> for F
where
    T: 'static,
    F: Fn(&mut Caller<'_, T>, &[u32], &mut [u32]) -> Result<(), HostError> + 'static,
{
    fn call(&self, store: &mut Store<T>, frame: HostFrame) -> Result<(), HostError> {
        store.host_closure(self, frame)
    }
}

/// A host function of a store.
pub(crate) enum HostEntry<T: 'static> {
    Row(&'static HostFunc<T>),
    Boxed(crate::fallible::Shared<Box<dyn HostClosure<T>>>),
}

impl<T> Clone for HostEntry<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Row(row) => Self::Row(row),
            Self::Boxed(boxed) => Self::Boxed(boxed.clone()),
        }
    }
}

impl<T> HostEntry<T> {
    pub(crate) fn new(
        f: impl Fn(&mut Caller<'_, T>, &[u32], &mut [u32]) -> Result<(), HostError> + 'static,
    ) -> Result<Self> {
        let boxed: Box<dyn HostClosure<T>> = crate::fallible::boxed(f)?;
        Ok(Self::Boxed(crate::fallible::Shared::new(boxed)?))
    }
}

/// What a host function is called with: the store, and the instance that calls.
pub struct Caller<'a, T: 'static> {
    pub(crate) store: &'a mut Store<T>,
    /// The calling instance's tag, or 0 when the embedder calls.
    pub(crate) tag: u32,
    /// Why the function does not return, once it has failed.
    pub(crate) why: HostError,
}

impl<'a, T> Caller<'a, T> {
    pub(crate) fn new(store: &'a mut Store<T>, tag: u32) -> Self {
        Self { store, tag, why: HostError::Suspend }
    }

    /// A caller that stands for the embedder, acting on an instance.
    pub(crate) fn embedder(store: &'a mut Store<T>, instance: Instance) -> Self {
        Self::new(store, instance.tag())
    }

    /// Keeps why the function does not return.
    pub fn fail(&mut self, why: impl Into<HostError>) -> Failed {
        self.why = why.into();
        Failed(())
    }

    /// Keeps why a part of the function has failed, if it has.
    pub(crate) fn keep<R>(&mut self, result: Result<R, impl Into<HostError>>) -> Result<R, Failed> {
        result.map_err(|why| self.fail(why))
    }

    /// The embedder's data.
    pub fn data(&self) -> &T {
        self.store.data()
    }

    /// The embedder's data.
    pub fn data_mut(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// An export of the calling instance; none when the embedder calls.
    pub fn get_export(&self, name: &str) -> Option<Extern> {
        Instance::from_tag(self.tag)?.get_export(&*self.store, name)
    }

    /// The calling instance's memory.
    fn linear_memory(&mut self) -> Result<&mut LinearMemory, Trap> {
        self.store.inner.memory_of(self.tag)
    }

    /// Copies bytes out of the calling instance's memory.
    ///
    /// # Errors
    /// `MemoryOutOfBounds`; nothing is copied then.
    pub fn read_memory(&mut self, address: u32, to: &mut [u8]) -> Result<(), Trap> {
        self.linear_memory()?.read(address.into(), to)
    }

    /// Copies bytes into the calling instance's memory.
    ///
    /// # Errors
    /// `MemoryOutOfBounds`, `OutOfMemory`; nothing is copied then.
    pub fn write_memory(&mut self, address: u32, from: &[u8]) -> Result<(), Trap> {
        self.linear_memory()?.write(address.into(), from)
    }

    /// Sets bytes of the calling instance's memory.
    ///
    /// # Errors
    /// As [`Caller::write_memory`].
    pub fn fill_memory(&mut self, address: u32, len: u32, byte: u8) -> Result<(), Trap> {
        self.linear_memory()?.fill(address.into(), len.into(), byte)
    }

    /// Moves bytes within the calling instance's memory; the ranges may overlap.
    ///
    /// # Errors
    /// As [`Caller::write_memory`].
    pub fn copy_memory(&mut self, to: u32, from: u32, len: u32) -> Result<(), Trap> {
        self.linear_memory()?.copy_within(to.into(), from.into(), len.into())
    }

    /// How many bytes of the calling instance's memory, from an address on, were never written; at most `u32::MAX`.
    pub(crate) fn zero_memory(&mut self, address: u32) -> u32 {
        self.linear_memory().map_or(0, |memory| memory.zeros(address.into()).try_into().unwrap_or(u32::MAX))
    }

    /// The declared size of the calling instance's memory in bytes, 0 when it has none.
    pub fn memory_len(&mut self) -> u64 {
        self.linear_memory().map_or(0, |m| m.byte_len())
    }
}

impl<T> Caller<'_, T> {
    /// Lets the calling instance's memory grow to `len` bytes at least, as far as it may.
    pub(crate) fn reach_memory(&mut self, len: u32) {
        let Ok(memory) = self.linear_memory() else { return };
        let pages = len.checked_sub(1).map_or(0, |last| (last >> memory.ty().page_log2).saturating_add(1));
        // A memory that may not grow that far stays as it is.
        let _ = memory.grow(pages.saturating_sub(memory.pages()));
    }
}

impl<T> AsContext for Caller<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        self.store.as_context()
    }
}

impl<T> AsContextMut for Caller<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.store.as_context_mut()
    }
}

/// A Rust type that is a value of a guest: `i32`, `u32`, `i64`, `u64`, `f32`, `f64`.
pub trait WasmTy: Copy + 'static {
    /// The type in the guest.
    const TYPE: ValType;
    /// From a value's bits.
    fn from_bits(bits: u64) -> Self;
    /// To a value's bits.
    fn to_bits(self) -> u64;
}

macro_rules! wasm_ty {
    ($($t:ty = $ty:ident, $from:expr, $to:expr;)*) => {
        $(impl WasmTy for $t {
            const TYPE: ValType = ValType::$ty;
            fn from_bits(bits: u64) -> Self {
                $from(bits)
            }
            fn to_bits(self) -> u64 {
                $to(self)
            }
        })*
    };
}
wasm_ty! {
    i32 = I32, |b| b as i32, |x| u64::from(x as u32);
    u32 = I32, |b| b as u32, u64::from;
    i64 = I64, |b| b as i64, |x| x as u64;
    u64 = I64, |b| b, |x| x;
    f32 = F32, |b| f32::from_bits(b as u32), |x: f32| u64::from(x.to_bits());
    f64 = F64, f64::from_bits, f64::to_bits;
}

/// Values that a function takes or gives: nothing, a [`WasmTy`], or a tuple of them.
pub trait WasmValues: Sized {
    /// Their types.
    const TYPES: &'static [ValType];
    /// From values of these types.
    fn from_vals(next: impl FnMut() -> u64) -> Self;
    /// To the values' bits, one after the other.
    fn each(self, put: impl FnMut(ValType, u64));
}

impl<A: WasmTy> WasmValues for A {
    const TYPES: &'static [ValType] = &[A::TYPE];
    fn from_vals(mut next: impl FnMut() -> u64) -> Self {
        A::from_bits(next())
    }
    fn each(self, mut put: impl FnMut(ValType, u64)) {
        put(A::TYPE, self.to_bits());
    }
}

macro_rules! tuples {
    ($(($($t:ident)*))*) => {
        $(impl<$($t: WasmTy),*> WasmValues for ($($t,)*) {
            const TYPES: &'static [ValType] = &[$($t::TYPE),*];
            #[allow(unused_mut, unused_variables, clippy::unused_unit)]
            fn from_vals(mut next: impl FnMut() -> u64) -> Self {
                ($($t::from_bits(next()),)*)
            }
            #[allow(unused_mut, unused_variables, non_snake_case)]
            fn each(self, mut put: impl FnMut(ValType, u64)) {
                let ($($t,)*) = self;
                $(put($t::TYPE, $t.to_bits());)*
            }
        })*
    };
}
tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// What a typed host function returns: values, or a `Result` of them.
pub trait HostResult {
    /// The values.
    type Values: WasmValues;
    /// The values, or how the call ends instead.
    fn into_result(self) -> Result<Self::Values, HostError>;
}

impl<V: WasmValues> HostResult for V {
    type Values = V;
    fn into_result(self) -> Result<V, HostError> {
        Ok(self)
    }
}

impl<V: WasmValues, E: Into<HostError>> HostResult for Result<V, E> {
    type Values = V;
    fn into_result(self) -> Result<V, HostError> {
        self.map_err(Into::into)
    }
}

/// A closure over typed parameters that can be a host function: `Fn(&mut Caller<T>, A, B, ...) -> R`, or
/// `Fn(A, B, ...) -> R`.
pub trait IntoFunc<T: 'static, Params, R>: 'static {
    /// Its type in the guest.
    const TYPE: &'static FuncType<'static>;
    /// Calls it with the parameters' slots.
    #[doc(hidden)]
    fn invoke(
        &self,
        caller: &mut Caller<'_, T>,
        params: &[u32],
        results: &mut [u32],
    ) -> Result<(), HostError>;
}

/// Takes a value's bits off a list of slots.
fn take(slots: &mut core::slice::Iter<'_, u32>, ty: ValType) -> u64 {
    let mut next = || u64::from(slots.next().copied().unwrap_or_default());
    let low = next();
    if ty.slots() == 2 { low | next() << 32 } else { low }
}

/// Writes a value's bits to the next of a list of slots.
fn put(slots: &mut core::slice::IterMut<'_, u32>, ty: ValType, bits: u64) {
    for (place, word) in slots.take(ty.slots() as usize).zip([bits as u32, (bits >> 32) as u32]) {
        *place = word;
    }
}

/// Marks the parameters of a closure that does not ask who calls.
pub struct Plain<Params>(PhantomData<Params>);

macro_rules! into_func {
    ($(($($t:ident)*))*) => {
        $(
            into_func! { @one ($($t)*), ($($t,)*), (caller: &mut Caller<'_, T>) }
            into_func! { @one ($($t)*), Plain<($($t,)*)>, () }
        )*
    };
    (@one ($($t:ident)*), $params:ty, ($($caller:ident: $caller_type:ty)?)) => {
        impl<T: 'static, Closure, R, $($t: WasmTy),*> IntoFunc<T, $params, R> for Closure
        where
            Closure: Fn($($caller_type,)? $($t),*) -> R + 'static,
            R: HostResult,
        {
            const TYPE: &'static FuncType<'static> = &FuncType {
                params: <($($t,)*) as WasmValues>::TYPES,
                results: <R::Values as WasmValues>::TYPES,
            };
            #[allow(unused_mut, unused_variables, non_snake_case)]
            fn invoke(&self, caller: &mut Caller<'_, T>, params: &[u32], results: &mut [u32]) -> Result<(), HostError> {
                let mut slots = params.iter();
                $(let $t = $t::from_bits(take(&mut slots, $t::TYPE));)*
                $(let $caller = caller;)?
                let values = self($($caller,)? $($t),*).into_result()?;
                let mut slots = results.iter_mut();
                values.each(|ty, bits| put(&mut slots, ty, bits));
                Ok(())
            }
        }
    };
}
into_func! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// Adapts a closure over lists of values to slots.
pub(crate) fn untyped<T: 'static>(
    ty: FuncType<'static>,
    f: impl Fn(&mut Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), HostError> + 'static,
) -> impl Fn(&mut Caller<'_, T>, &[u32], &mut [u32]) -> Result<(), HostError> + 'static {
    move |caller, params, results| {
        let mut args = crate::fallible::with_capacity(ty.params.len())?;
        let mut slots = params.iter();
        args.extend(ty.params.iter().map(|&ty| Val::from_bits(ty, take(&mut slots, ty))));
        let mut values = crate::fallible::with_capacity(ty.results.len())?;
        values.extend(ty.results.iter().map(|&ty| Val::default_for(ty)));
        f(caller, &args, &mut values)?;
        let mut slots = results.iter_mut();
        for (&ty, value) in ty.results.iter().zip(&values) {
            if value.ty() != ty {
                return Err(Trap::Host(&"a host function gave a result of another type").into());
            }
            put(&mut slots, ty, value.to_bits()?);
        }
        Ok(())
    }
}
