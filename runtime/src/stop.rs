//! Why a module's bytes are refused, as one byte.
//!
//! Nearly every function of the reader, the loader and the compiler can stop, so that what they return counts in
//! their size and speed. The offset in the module is the reader's when it stops; it is put in once, at the end.

use core::fmt;

use wasmote_packed::{Packed, packed};

use crate::Error;
use crate::error::OutOfMemory;

/// The result of reading or compiling a part of a module.
pub(crate) type Res<T> = core::result::Result<T, Stop>;

/// Defines the reasons and what each becomes: the group's error.
macro_rules! reasons {
    ($($group:ident { $($name:ident = $text:literal,)* })*) => {
        /// A reason to stop.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Stop {
            $($($name,)*)*
            /// An allocation failed.
            OutOfMemory,
            /// The source of the bytes failed.
            Read,
        }

        impl Stop {
            /// The texts in the order of the reasons, a line each: references to them would take more flash than finding
            /// one.
            const TEXTS: Packed = packed!(concat!($($($text, "\n",)*)*));

            /// The error for a reader that stopped at this offset.
            pub(crate) fn at(self, offset: u32) -> Error {
                let reason = Reason(offset.min(Reason::MAX_OFFSET) << 8 | self as u32);
                match self {
                    $($(Self::$name)|* => Error::$group(reason),)*
                    Self::OutOfMemory => Error::OutOfMemory,
                    Self::Read => Error::Read,
                }
            }
        }
    };
}

reasons! {
    Malformed {
        CodeCountMismatch = "function and code section have inconsistent lengths",
        ContentAfterFunction = "unexpected content after the function's end",
        ContentAfterLastSection = "unexpected content after last section",
        DataCountMismatch = "data count and data section have inconsistent lengths",
        DataCountRequired = "data count section required",
        IllegalOpcode = "illegal opcode",
        IntegerTooLarge = "integer too large",
        IntegerTooLong = "integer representation too long",
        LengthOutOfBounds = "length out of bounds",
        MalformedBlockType = "malformed block type",
        MalformedDataKind = "malformed data segment kind",
        MalformedElementKind = "malformed element kind",
        MalformedElementsKind = "malformed elements segment kind",
        MalformedExportKind = "malformed export kind",
        MalformedFunctionType = "malformed function type",
        MalformedImportKind = "malformed import kind",
        MalformedLimits = "malformed limits flags",
        MalformedMemop = "malformed memop flags",
        MalformedMutability = "malformed mutability",
        MalformedPageSize = "invalid custom page size",
        MalformedReferenceType = "malformed reference type",
        MalformedSectionId = "malformed section id",
        MalformedUtf8 = "malformed UTF-8 encoding",
        MalformedValueType = "malformed value type",
        NoMagic = "magic header not detected",
        SectionSizeMismatch = "section size mismatch",
        TooManyLocals = "too many locals",
        UnexpectedElse = "unexpected else",
        UnexpectedEnd = "unexpected end",
        UnknownVersion = "unknown binary version",
        ZeroByteExpected = "zero byte expected",
    }
    Invalid {
        AlignmentTooLarge = "alignment must not be larger than natural",
        ConstantRequired = "constant expression required",
        DuplicateExport = "duplicate export name",
        ImmutableGlobal = "global is immutable",
        InvalidPageSize = "invalid custom page size",
        InvalidResultArity = "invalid result arity",
        MemoryTooLarge = "memory size must be at most 65536 pages (4GiB)",
        MinimumAboveMaximum = "size minimum must not be greater than maximum",
        SecondMemory = "multiple memories",
        StartFunction = "start function",
        TypeMismatch = "type mismatch",
        UndeclaredFunction = "undeclared function reference",
        UnknownDataSegment = "unknown data segment",
        UnknownElemSegment = "unknown elem segment",
        UnknownFunction = "unknown function",
        UnknownGlobal = "unknown global",
        UnknownLabel = "unknown label",
        UnknownLocal = "unknown local",
        UnknownMemory = "unknown memory",
        UnknownTable = "unknown table",
        UnknownType = "unknown type",
    }
    Unsupported {
        Components = "component model",
        Exceptions = "exception handling",
        GarbageCollection = "garbage collection",
        Memory64 = "memory64",
        MemoryControl = "memory control",
        MultipleMemories = "multiple memories",
        Simd = "SIMD",
        Threads = "threads",
        TypedFunctions = "typed function references",
        WideArithmetic = "wide arithmetic",
    }
    Limit {
        MaxArity = "max_arity",
        MaxCode = "max_code",
        MaxExports = "max_exports",
        MaxFunctions = "max_functions",
        MaxGlobals = "max_globals",
        MaxImports = "max_imports",
        MaxTypes = "max_types",
        Instances = "instances",
        Memories = "memories",
        MemoryBytes = "memory_bytes",
        TableElements = "table_elements",
        MaxTables = "tables",
        DataSegments = "65,535 data segments",
        ElemSegments = "65,535 element segments",
        FrameSlots = "65,520 slots in a frame",
        Functions = "65,535 functions",
        GlobalSlots = "65,535 slots of globals",
        Tables = "65,535 tables",
        // It needs wide code, unless it is that already.
        TooNarrow = "slots in a frame",
    }
}

/// Why a module is refused and where, or which limit is reached. One word, which makes an [`Error`] two: errors are handed
/// up in registers. Displayed, it is the reason in the words of the specification's test suite where it has some, or the
/// name of a proposal, or of a limit in `Config` or `StoreLimits`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reason(u32);

impl Reason {
    /// The largest offset that is told; what lies behind is told as this.
    pub const MAX_OFFSET: u32 = 0xff_ffff;

    /// The limit of instances of a store.
    pub const INSTANCES: Self = Self(Stop::Instances as u32);
    /// The limit of memories of a store.
    pub const MEMORIES: Self = Self(Stop::Memories as u32);
    /// The limit of bytes of a memory.
    pub const MEMORY_BYTES: Self = Self(Stop::MemoryBytes as u32);
    /// The limit of elements of a table.
    pub const TABLE_ELEMENTS: Self = Self(Stop::TableElements as u32);
    /// The limit of tables of a store.
    pub const TABLES: Self = Self(Stop::MaxTables as u32);

    /// The reason in words.
    pub fn text(self) -> Packed {
        Stop::TEXTS.line(self.0 as usize & 0xff)
    }

    /// Bytes from the start of the module to where it was refused, up to [`MAX_OFFSET`](Self::MAX_OFFSET).
    pub fn offset(self) -> u32 {
        self.0 >> 8
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} (at {:#x})", self.offset())
    }
}

impl From<OutOfMemory> for Stop {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

// What every function of the compiler returns fits a register.
const _: () = assert!(size_of::<Res<()>>() == 1);
