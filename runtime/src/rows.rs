//! Tables of host functions that are plain functions over the guest's world: libc's and WASI's.

use crate::host::{HostError, Slots};

/// Leaves the high word of a result where its row's caller looks for it, and gives the low one.
pub(crate) fn wide(slots: &mut Slots, result: Result<u64, HostError>) -> Result<u32, HostError> {
    let bits = result?;
    slots[0] = (bits >> 32) as u32;
    Ok(bits as u32)
}

/// Makes a table of a module name and a row for each `"name"(parameters) -> result = function;`. A parameter is an
/// `i32`, or an `i64` when it is two names: of its low word, which the function gets, and of its high word. All
/// functions return the same type, as the row does, so that a row's own code is little more than a jump.
macro_rules! rows {
    (@type $word:ident) => { $crate::ValType::I32 };
    (@type $low:ident $high:ident) => { $crate::ValType::I64 };
    (@done $slots:ident, $call:expr, I64) => { $crate::rows::wide($slots, $call) };
    (@done $slots:ident, $call:expr $(, I32)?) => { $call };
    ($module:expr; $($name:literal($($param:ident $($high:ident)?),*) $(-> $result:ident)? = $function:path;)*) => {
        &[$($crate::HostFunc {
            module: &$module,
            name: $name,
            ty: &$crate::FuncType {
                params: &[$($crate::rows::rows!(@type $param $($high)?)),*],
                results: &[$($crate::ValType::$result)?],
            },
            call: |caller, slots| {
                let [$($param, $($high,)?)* ..] = *slots;
                $crate::rows::rows!(@done slots, $function(caller, $($param),*) $(, $result)?)
            },
        }),*]
    };
}
pub(crate) use rows;
