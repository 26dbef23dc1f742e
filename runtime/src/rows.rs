//! Tables of host functions that are plain functions over the guest's world: libc's and WASI's.

use crate::Trap;
use crate::host::HostError;

/// What such a function may return, as the host function's result.
pub(crate) trait Outcome {
    fn outcome(self) -> Result<u64, HostError>;
}

impl Outcome for Result<u32, Trap> {
    fn outcome(self) -> Result<u64, HostError> {
        self.map(u64::from).map_err(HostError::Trap)
    }
}

impl Outcome for Result<(), Trap> {
    fn outcome(self) -> Result<u64, HostError> {
        self.map(|()| 0).map_err(HostError::Trap)
    }
}

impl Outcome for Result<u32, HostError> {
    fn outcome(self) -> Result<u64, HostError> {
        self.map(u64::from)
    }
}

impl Outcome for Result<u64, HostError> {
    fn outcome(self) -> Result<u64, HostError> {
        self
    }
}

/// The first slots; the interpreter passes as many as the row has.
pub(crate) fn first<const N: usize>(slots: &[u32]) -> [u32; N] {
    slots.first_chunk().copied().unwrap_or([0; N])
}

/// Makes a table of a module name and a row for each `"name"(parameters) -> result = function;`. A parameter is an
/// `i32`, or an `i64` when it is two names: of its low word, which the function gets, and of its high word.
macro_rules! rows {
    (@type $word:ident) => { $crate::ValType::I32 };
    (@type $low:ident $high:ident) => { $crate::ValType::I64 };
    ($module:expr; $($name:literal($($param:ident $($high:ident)?),*) $(-> $result:ident)? = $function:path;)*) => {
        &[$($crate::HostFunc {
            module: $module,
            name: $name,
            ty: &$crate::FuncType {
                params: &[$($crate::rows::rows!(@type $param $($high)?)),*],
                results: &[$($crate::ValType::$result)?],
            },
            call: |caller, slots| {
                let [$($param, $($high,)?)*] = $crate::rows::first(slots);
                $crate::rows::Outcome::outcome($function(caller, $($param),*))
            },
        }),*]
    };
}
pub(crate) use rows;
