//! Functions of a store.

use core::marker::PhantomData;

use crate::fallible::with_capacity;
use crate::host::{HostEntry, HostError, IntoFunc, WasmValues, untyped};
use crate::store::{AsContext, AsContextMut, CallStatus};
use crate::types::FuncType;
use crate::{Caller, Error, Result, Trap, Val};

/// A function of a store: a guest's or the host's. A handle, valid for the store that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Func(u32);

impl Func {
    pub(crate) const fn to_bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Option<Self> {
        if bits == 0 { None } else { Some(Self(bits)) }
    }

    /// Makes a host function from a closure over lists of values.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn new<C: AsContextMut>(
        mut store: C,
        ty: FuncType<'static>,
        f: impl Fn(&mut Caller<'_, C::Data>, &[Val], &mut [Val]) -> Result<(), HostError> + 'static,
    ) -> Result<Self> {
        let entry = HostEntry::new(untyped(ty, f))?;
        store.as_context_mut().0.add_host(ty, entry).map(Self)
    }

    /// Makes a host function from a closure over typed parameters.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn wrap<C: AsContextMut, P, R, F: IntoFunc<C::Data, P, R>>(mut store: C, f: F) -> Result<Self> {
        let entry = HostEntry::new(move |caller, params, results| f.invoke(caller, params, results))?;
        store.as_context_mut().0.add_host(*F::TYPE, entry).map(Self)
    }

    /// Calls the function's type `f`.
    pub(crate) fn with_type<C: AsContext, R>(
        self,
        store: &C,
        f: impl FnOnce(FuncType<'_>) -> R,
    ) -> Result<R> {
        let context = store.as_context();
        context.0.inner.func_type(self.0).map(f).ok_or(Error::UnknownHandle)
    }

    /// The types of the parameters, in order; none when the handle is of another store.
    pub fn param(&self, store: impl AsContext, index: usize) -> Option<crate::ValType> {
        self.with_type(&store, |ty| ty.params.get(index).copied()).ok()?
    }

    /// The type of a result.
    pub fn result(&self, store: impl AsContext, index: usize) -> Option<crate::ValType> {
        self.with_type(&store, |ty| ty.results.get(index).copied()).ok()?
    }

    /// Counts of parameters and results.
    ///
    /// # Errors
    /// `UnknownHandle`.
    pub fn arity(&self, store: impl AsContext) -> Result<(usize, usize)> {
        self.with_type(&store, |ty| (ty.params.len(), ty.results.len()))
    }

    /// Calls the function and waits for its end.
    ///
    /// # Errors
    /// `Signature` when arguments or results do not fit; `Trap` when it traps, with `OutOfFuel` when fuel ends;
    /// `Suspended` when the store is suspended in another call.
    pub fn call(&self, mut store: impl AsContextMut, params: &[Val], results: &mut [Val]) -> Result<()> {
        let store = store.as_context_mut().0;
        let status = store.call(self.0, params, results)?;
        finish(status, || store.cancel())
    }

    /// Calls the function; when fuel ends or a host function waits, the call is left suspended in the store.
    ///
    /// # Errors
    /// As [`Func::call`], without `OutOfFuel`.
    pub fn call_resumable(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<CallStatus> {
        store.as_context_mut().0.call(self.0, params, results)
    }

    /// The function with its type checked once, to be called with Rust's types.
    ///
    /// # Errors
    /// `Signature` when it has other types.
    pub fn typed<P: WasmValues, R: WasmValues>(&self, store: impl AsContext) -> Result<TypedFunc<P, R>> {
        match self.with_type(&store, |ty| ty == FuncType { params: P::TYPES, results: R::TYPES })? {
            true => Ok(TypedFunc { func: *self, types: PhantomData }),
            false => Err(Error::Signature),
        }
    }
}

/// Turns a suspended call that nobody resumes into an error.
pub(crate) fn finish(status: CallStatus, cancel: impl FnOnce()) -> Result<()> {
    let trap = match status {
        CallStatus::Finished => return Ok(()),
        CallStatus::OutOfFuel => Trap::OutOfFuel,
        CallStatus::Waiting => Trap::Host(&"a host function waits in a call that is not resumable"),
    };
    cancel();
    Err(trap.into())
}

/// A [`Func`] with known types: `P` is what it takes, `R` what it gives.
pub struct TypedFunc<P, R> {
    func: Func,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<P, R> Copy for TypedFunc<P, R> {}

impl<P: WasmValues, R: WasmValues> TypedFunc<P, R> {
    /// The function without types.
    pub fn func(&self) -> Func {
        self.func
    }

    /// Calls the function and waits for its end.
    ///
    /// # Errors
    /// As [`Func::call`].
    pub fn call(&self, store: impl AsContextMut, params: P) -> Result<R> {
        let mut args = with_capacity(P::TYPES.len())?;
        params.each(|ty, bits| args.push(Val::from_bits(ty, bits)));
        let mut results = with_capacity(R::TYPES.len())?;
        results.extend(R::TYPES.iter().map(|&ty| Val::default_for(ty)));
        self.func.call(store, &args, &mut results)?;
        let mut results = results.into_iter();
        Ok(R::from_vals(|| results.next().and_then(|v| v.to_bits().ok()).unwrap_or_default()))
    }
}
