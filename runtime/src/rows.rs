//! Tables of host functions, which stay in flash and take no heap: a board's, libc's and WASI's.

use core::slice::Iter;

use crate::host::{Caller, Failed, IntoFunc};
use crate::types::FuncType;

/// Slots of parameters that a [`HostFunc`] can have.
pub const MAX_ROW_SLOTS: usize = 16;

/// A call's slots, 32 bits each.
pub type Slots = [u32; MAX_ROW_SLOTS];

/// Calls a row's function: it gets the parameters' slots in front (i64 and f64 take two, low word first), and gives
/// the result's low word. The high word of a result that has one it leaves in the first slot.
pub type RowFn<T> = fn(&mut Caller<'_, T>, &mut Slots) -> Result<u32, Failed>;

/// A host function as a row of a [`HostTable`], which has its name.
pub struct HostFunc<T: 'static> {
    /// Its type: parameters of at most [`MAX_ROW_SLOTS`] slots, and at most one result.
    pub ty: &'static FuncType<'static>,
    /// The function.
    pub call: RowFn<T>,
}

impl<T: 'static> HostFunc<T> {
    /// What [`host_funcs!`](crate::host_funcs) makes of a closure: its types, and `call`, which calls it.
    #[doc(hidden)]
    pub const fn typed<P, R, F: IntoFunc<T, P, R>>(_: &F, call: RowFn<T>) -> Self {
        assert!(F::TYPE.results.len() <= 1, "a row has one result at most");
        Self { ty: F::TYPE, call }
    }
}

/// Calls a typed closure with a row's slots.
///
/// # Errors
/// The closure's, which the caller keeps.
#[doc(hidden)]
pub fn call_typed<T: 'static, P, R, F: IntoFunc<T, P, R>>(
    f: &F,
    caller: &mut Caller<'_, T>,
    slots: &mut Slots,
) -> Result<u32, Failed> {
    let mut words = [0; 2];
    let called = f.invoke(caller, slots, &mut words);
    caller.keep(called)?;
    let [low, high] = words;
    slots[0] = high;
    Ok(low)
}

/// Host functions that modules import by one module name. What all rows share is said once, since there are many.
pub struct HostTable<T: 'static> {
    /// The module that they are imported from.
    pub module: &'static str,
    /// Their names, each with a zero byte behind it: references to them would take more flash than finding one.
    names: &'static str,
    funcs: &'static [HostFunc<T>],
}

impl<T: 'static> HostTable<T> {
    /// A table without functions.
    pub const EMPTY: Self = Self::new("", "", &[]);

    /// What [`host_funcs!`](crate::host_funcs) makes of names, each with a zero byte behind it, and as many functions.
    #[doc(hidden)]
    pub const fn new(module: &'static str, names: &'static str, funcs: &'static [HostFunc<T>]) -> Self {
        Self { module, names, funcs }
    }

    /// The functions with their names.
    pub fn functions(&self) -> impl Iterator<Item = (&'static str, &'static HostFunc<T>)> + use<T> {
        let mut names = self.names.as_bytes().iter();
        self.funcs.iter().map(move |func| (next_name(&mut names), func))
    }
}

/// Takes a name and the zero byte behind it off a list of them.
#[inline(never)]
fn next_name(names: &mut Iter<'static, u8>) -> &'static str {
    let all = names.as_slice();
    let len = names.position(|&byte| byte == 0).unwrap_or_default();
    all.get(..len).and_then(|name| str::from_utf8(name).ok()).unwrap_or_default()
}

/// Makes a [`HostTable`] of a module's name and of closures or functions that capture nothing, each with its name.
///
/// ```
/// use wasmote_runtime::{Caller, HostTable, host_funcs};
///
/// static FUNCTIONS: HostTable<u32> = host_funcs! {
///     "env";
///     "add" = |x: i32, y: i32| x.wrapping_add(y);
///     "count" = |caller: &mut Caller<'_, u32>| -> u32 {
///         *caller.data_mut() += 1;
///         *caller.data()
///     };
/// };
/// let (name, add) = FUNCTIONS.functions().next().unwrap();
/// assert_eq!((name, add.ty.params.len()), ("add", 2));
/// ```
#[macro_export]
macro_rules! host_funcs {
    ($module:expr; $($name:literal = $f:expr;)*) => {
        $crate::HostTable::new(
            $module,
            concat!($($name, "\0"),*),
            const { &[$($crate::HostFunc::typed(&$f, |caller, slots| $crate::call_typed(&$f, caller, slots))),*] },
        )
    };
}

/// Leaves the high word of a result where its row's caller looks for it, and gives the low one.
pub(crate) fn wide(slots: &mut Slots, result: Result<u64, Failed>) -> Result<u32, Failed> {
    let bits = result?;
    slots[0] = (bits >> 32) as u32;
    Ok(bits as u32)
}

/// Makes a [`HostTable`] of a module's name and of plain functions over the guest's world, a row for each
/// `"name"(parameters) -> result = function;`. A parameter is an `i32`, or an `i64` when it is two names: of its low
/// word, which the function gets, and of its high word. All functions return the same type, as the row does, so that a
/// row's own code is little more than a jump.
macro_rules! rows {
    (@type $word:ident) => { $crate::ValType::I32 };
    (@type $low:ident $high:ident) => { $crate::ValType::I64 };
    (@done $slots:ident, $call:expr, I64) => { $crate::rows::wide($slots, $call) };
    (@done $slots:ident, $call:expr $(, I32)?) => { $call };
    ($module:expr; $($name:literal($($param:ident $($high:ident)?),*) $(-> $result:ident)? = $function:path;)*) => {
        const { &$crate::HostTable::new($module, concat!($($name, "\0"),*), &[$($crate::HostFunc {
            ty: &$crate::FuncType {
                params: &[$($crate::rows::rows!(@type $param $($high)?)),*],
                results: &[$($crate::ValType::$result)?],
            },
            call: |caller, slots| {
                let [$($param, $($high,)?)* ..] = *slots;
                $crate::rows::rows!(@done slots, $function(caller, $($param),*) $(, $result)?)
            },
        }),*]) }
    };
}
pub(crate) use rows;
