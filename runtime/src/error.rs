//! What can go wrong, split by who can mend it: the module, the embedder, or the running program.

use crate::stop::Reason;

/// The result of a runtime operation.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why an operation failed. Small and `Copy`: it never allocates, so it can report that memory ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a WebAssembly binary (specification section 5).
    Malformed(Reason),
    /// The binary decodes but does not validate (specification section 3).
    Invalid(Reason),
    /// The module needs a proposal that this runtime refuses by name.
    Unsupported(Reason),
    /// The module or the program asks for more than a configured limit.
    Limit(Reason),
    /// No definition was given for an import.
    UnknownImport {
        /// Position in the module's import list.
        index: u32,
    },
    /// The definition given for an import has another type.
    IncompatibleImport {
        /// Position in the module's import list.
        index: u32,
    },
    /// An allocation failed. Everything that the operation had taken is given back.
    OutOfMemory,
    /// The reader of the module's bytes failed.
    Read,
    /// The number or types of arguments, or the number of result places, do not fit the function.
    Signature,
    /// The store is suspended in a call, which must be resumed or dropped first.
    Suspended,
    /// A handle (function, memory, ...) is used with a store it does not belong to, or names nothing.
    UnknownHandle,
    /// Running guest code trapped.
    Trap(Trap),
}

/// An allocation failed; what the operation had taken is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// Why guest code stopped for good (specification section 4.2.1). Names follow wasmtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trap {
    /// An `unreachable` instruction ran.
    UnreachableCodeReached,
    /// A memory access out of bounds.
    MemoryOutOfBounds,
    /// A table access out of bounds.
    TableOutOfBounds,
    /// An indirect call beyond the end of the table.
    UndefinedElement,
    /// An indirect call through a null element.
    IndirectCallToNull,
    /// An indirect call to a function of another type.
    BadSignature,
    /// An integer division whose result does not fit, or a float too large for the integer type.
    IntegerOverflow,
    /// An integer division by zero.
    IntegerDivisionByZero,
    /// A NaN converted to an integer.
    BadConversionToInteger,
    /// The value stack's limit was reached.
    StackOverflow,
    /// Fuel ran out where the call cannot be suspended.
    OutOfFuel,
    /// Linear memory that exists could not be committed: the heap is full.
    OutOfMemory,
    /// The guest asked to end with this status (`exit`, `abort`, `proc_exit`).
    Exit(i32),
    /// A host function failed with this text, by one word: a trap is handed up in registers.
    Host(&'static &'static str),
}

impl Trap {
    /// What traps say that have no text of their own, a line each: in the words of the specification's test suite where
    /// it has one.
    pub const TEXTS: &str = "unreachable\nout of bounds memory access\nout of bounds table access\nundefined element\n\
        uninitialized element\nindirect call type mismatch\ninteger overflow\ninteger divide by zero\n\
        invalid conversion to integer\ncall stack exhausted\nout of fuel\nout of memory\nexit\n";

    /// The line of [`Trap::TEXTS`] that the trap says, or the text of its own.
    pub const fn text(self) -> core::result::Result<usize, &'static str> {
        Ok(match self {
            Self::UnreachableCodeReached => 0,
            Self::MemoryOutOfBounds => 1,
            Self::TableOutOfBounds => 2,
            Self::UndefinedElement => 3,
            Self::IndirectCallToNull => 4,
            Self::BadSignature => 5,
            Self::IntegerOverflow => 6,
            Self::IntegerDivisionByZero => 7,
            Self::BadConversionToInteger => 8,
            Self::StackOverflow => 9,
            Self::OutOfFuel => 10,
            Self::OutOfMemory => 11,
            Self::Exit(_) => 12,
            Self::Host(text) => return Err(text),
        })
    }

    /// The trap's text.
    pub fn as_str(self) -> &'static str {
        self.text().map_or_else(|text| text, |line| Self::TEXTS.lines().nth(line).unwrap_or_default())
    }
}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl core::fmt::Display for Trap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::Malformed(reason) => write!(f, "malformed module: {reason:?}"),
            Self::Invalid(reason) => write!(f, "invalid module: {reason:?}"),
            Self::Unsupported(reason) => write!(f, "unsupported: {reason:?}"),
            Self::Limit(reason) => write!(f, "limit reached: {reason}"),
            Self::UnknownImport { index } => write!(f, "unknown import: number {index}"),
            Self::IncompatibleImport { index } => write!(f, "incompatible import type: number {index}"),
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::Read => f.write_str("the module cannot be read"),
            Self::Signature => f.write_str("arguments or results do not fit the function's type"),
            Self::Suspended => f.write_str("the store is suspended in a call"),
            Self::UnknownHandle => f.write_str("the handle does not belong to this store"),
            Self::Trap(trap) => write!(f, "trap: {trap}"),
        }
    }
}

// What memories and the driver return fits two registers.
#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Result<(), crate::HostError>>() == 8 && size_of::<Result<()>>() == 8);

impl core::error::Error for Error {}
impl core::error::Error for Trap {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trap_says_its_line() {
        for (trap, text) in [
            (Trap::UnreachableCodeReached, "unreachable"),
            (Trap::MemoryOutOfBounds, "out of bounds memory access"),
            (Trap::TableOutOfBounds, "out of bounds table access"),
            (Trap::UndefinedElement, "undefined element"),
            (Trap::IndirectCallToNull, "uninitialized element"),
            (Trap::BadSignature, "indirect call type mismatch"),
            (Trap::IntegerOverflow, "integer overflow"),
            (Trap::IntegerDivisionByZero, "integer divide by zero"),
            (Trap::BadConversionToInteger, "invalid conversion to integer"),
            (Trap::StackOverflow, "call stack exhausted"),
            (Trap::OutOfFuel, "out of fuel"),
            (Trap::OutOfMemory, "out of memory"),
            (Trap::Exit(3), "exit"),
            (Trap::Host(&"the host's"), "the host's"),
        ] {
            assert_eq!(trap.as_str(), text);
        }
    }
}
