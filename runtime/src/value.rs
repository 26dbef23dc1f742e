//! Values and their types, at the embedder's side of the interface.

use crate::{Error, Func, Result};

/// The type of a value (specification section 2.3). The discriminants are the binary format's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ValType {
    /// A 32-bit integer.
    I32 = 0x7f,
    /// A 64-bit integer.
    I64 = 0x7e,
    /// A 32-bit float.
    F32 = 0x7d,
    /// A 64-bit float.
    F64 = 0x7c,
    /// A reference to a function, or null.
    FuncRef = 0x70,
    /// A reference to something of the host's, or null.
    ExternRef = 0x6f,
}

impl ValType {
    /// The name in the text format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::FuncRef => "funcref",
            Self::ExternRef => "externref",
        }
    }

    /// How many 32-bit slots a value takes: 1 or 2.
    pub(crate) const fn slots(self) -> u32 {
        match self {
            Self::I64 | Self::F64 => 2,
            _ => 1,
        }
    }

    /// The type that a byte of the binary format stands for.
    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0x7f => Self::I32,
            0x7e => Self::I64,
            0x7d => Self::F32,
            0x7c => Self::F64,
            0x70 => Self::FuncRef,
            0x6f => Self::ExternRef,
            _ => return None,
        })
    }

    /// Whether the type is a reference type.
    pub const fn is_ref(self) -> bool {
        matches!(self, Self::FuncRef | Self::ExternRef)
    }
}

/// A value with its type. Floats are carried as bits, so that a NaN's payload survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Val {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
    /// A function, or null.
    FuncRef(Option<Func>),
    /// A number that the host gave a meaning to, below `u32::MAX`, or null.
    ExternRef(Option<u32>),
}

impl Val {
    /// The value's type.
    pub const fn ty(&self) -> ValType {
        match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
            Self::FuncRef(_) => ValType::FuncRef,
            Self::ExternRef(_) => ValType::ExternRef,
        }
    }

    /// The zero or null of a type.
    pub const fn default_for(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(0),
            ValType::F64 => Self::F64(0),
            ValType::FuncRef => Self::FuncRef(None),
            ValType::ExternRef => Self::ExternRef(None),
        }
    }

    /// The value as slot bits; a one-slot value is zero-extended.
    pub(crate) fn to_bits(self) -> Result<u64> {
        Ok(match self {
            Self::I32(x) => u64::from(x as u32),
            Self::I64(x) => x as u64,
            Self::F32(x) => u64::from(x),
            Self::F64(x) => x,
            Self::FuncRef(f) => u64::from(f.map_or(0, Func::to_bits)),
            Self::ExternRef(None) => 0,
            Self::ExternRef(Some(x)) => u64::from(x.checked_add(1).ok_or(Error::Signature)?),
        })
    }

    /// The inverse of [`Val::to_bits`].
    pub(crate) const fn from_bits(ty: ValType, bits: u64) -> Self {
        match ty {
            ValType::I32 => Self::I32(bits as u32 as i32),
            ValType::I64 => Self::I64(bits as i64),
            ValType::F32 => Self::F32(bits as u32),
            ValType::F64 => Self::F64(bits),
            ValType::FuncRef => Self::FuncRef(Func::from_bits(bits as u32)),
            ValType::ExternRef => Self::ExternRef((bits as u32).checked_sub(1)),
        }
    }
}
