//! The instructions that differ in little but their types, as tables: how each is compiled.
//!
//! The tables are made at compile time from a match that reads like the specification's (section 5.4). As code the
//! match would take twice as much flash.

use crate::ValType;
use crate::exec::ops::op;
use crate::exec::rare::Rare as R;
use crate::numbered::numbered;

use ValType::{F32, F64, I32, I64};

numbered! {
    /// How a numeric instruction is compiled. Those before `I32Compare` take one operand, the others two of one type.
    pub(super) enum How {
        I32Eqz
        I64Eqz
        /// A sub-operation.
        RareOfOne
        /// An operation.
        Op
        /// Nothing but another type.
        Alias
        I32Compare
        I64Compare
        FloatCompare
        I32Binary
        I64Binary
        /// A sum, difference, product or quotient.
        FloatBinary
        /// A sub-operation.
        RareOfTwo
    }
}

/// A numeric instruction in two bytes of flash: how it is compiled, what it takes and gives, and the number of the
/// operation or sub-operation, or the distance from the first instruction of its family.
#[derive(Clone, Copy)]
pub(super) struct Numeric(u16);

impl Numeric {
    pub(super) fn how(self) -> How {
        How::of((self.0 >> 12) as u8).unwrap_or(How::RareOfTwo)
    }

    pub(super) fn number(self) -> u8 {
        self.0 as u8
    }

    pub(super) fn from(self) -> ValType {
        number_type(self.0 >> 8)
    }

    pub(super) fn to(self) -> ValType {
        number_type(self.0 >> 10)
    }
}

/// The type of a number, of two bits.
fn number_type(bits: u16) -> ValType {
    match bits & 3 {
        0 => I32,
        1 => I64,
        2 => F32,
        _ => F64,
    }
}

const fn row(how: How, number: u8, from: ValType, to: ValType) -> Numeric {
    const fn bits(ty: ValType) -> u16 {
        I32 as u16 - ty as u16
    }
    Numeric(number as u16 | bits(from) << 8 | bits(to) << 10 | (how as u16) << 12)
}

const fn rare(what: R, from: ValType, to: ValType) -> Numeric {
    row(How::RareOfOne, what as u8, from, to)
}

const fn rare_binary(what: R, ty: ValType) -> Numeric {
    row(How::RareOfTwo, what as u8, ty, ty)
}

const fn numeric_row(opcode: u8) -> Numeric {
    match opcode {
        0x45 => row(How::I32Eqz, 0, I32, I32),
        0x46..=0x4f => row(How::I32Compare, opcode - 0x46, I32, I32),
        0x50 => row(How::I64Eqz, 0, I64, I32),
        0x51..=0x5a => row(How::I64Compare, opcode - 0x51, I64, I32),
        0x5b..=0x60 => row(How::FloatCompare, opcode - 0x5b, F32, I32),
        0x61..=0x66 => row(How::FloatCompare, opcode - 0x61, F64, I32),
        0x67 => rare(R::Clz, I32, I32),
        0x68 => rare(R::Ctz, I32, I32),
        0x69 => rare(R::Popcnt, I32, I32),
        0x6a..=0x78 => row(How::I32Binary, opcode - 0x6a, I32, I32),
        0x79 => rare(R::Clz64, I64, I64),
        0x7a => rare(R::Ctz64, I64, I64),
        0x7b => rare(R::Popcnt64, I64, I64),
        0x7c..=0x8a => row(How::I64Binary, opcode - 0x7c, I64, I64),
        0x8b => rare(R::F32Abs, F32, F32),
        0x8c => rare(R::F32Neg, F32, F32),
        0x8d => rare(R::F32Ceil, F32, F32),
        0x8e => rare(R::F32Floor, F32, F32),
        0x8f => rare(R::F32Trunc, F32, F32),
        0x90 => rare(R::F32Nearest, F32, F32),
        0x91 => rare(R::F32Sqrt, F32, F32),
        0x92..=0x95 => row(How::FloatBinary, opcode - 0x92, F32, F32),
        0x96 => rare_binary(R::F32Min, F32),
        0x97 => rare_binary(R::F32Max, F32),
        0x98 => rare_binary(R::F32Copysign, F32),
        0x99 => rare(R::F64Abs, F64, F64),
        0x9a => rare(R::F64Neg, F64, F64),
        0x9b => rare(R::F64Ceil, F64, F64),
        0x9c => rare(R::F64Floor, F64, F64),
        0x9d => rare(R::F64Trunc, F64, F64),
        0x9e => rare(R::F64Nearest, F64, F64),
        0x9f => rare(R::F64Sqrt, F64, F64),
        0xa0..=0xa3 => row(How::FloatBinary, opcode - 0xa0, F64, F64),
        0xa4 => rare_binary(R::F64Min, F64),
        0xa5 => rare_binary(R::F64Max, F64),
        0xa6 => rare_binary(R::F64Copysign, F64),
        0xa7 => row(How::Alias, 0, I64, I32),
        0xa8 => rare(R::I32TruncF32S, F32, I32),
        0xa9 => rare(R::I32TruncF32U, F32, I32),
        0xaa => rare(R::I32TruncF64S, F64, I32),
        0xab => rare(R::I32TruncF64U, F64, I32),
        0xac => row(How::Op, op::EXTEND_S, I32, I64),
        0xad => row(How::Op, op::EXTEND_U, I32, I64),
        0xae => rare(R::I64TruncF32S, F32, I64),
        0xaf => rare(R::I64TruncF32U, F32, I64),
        0xb0 => rare(R::I64TruncF64S, F64, I64),
        0xb1 => rare(R::I64TruncF64U, F64, I64),
        0xb2 => rare(R::F32I32S, I32, F32),
        0xb3 => rare(R::F32I32U, I32, F32),
        0xb4 => rare(R::F32I64S, I64, F32),
        0xb5 => rare(R::F32I64U, I64, F32),
        0xb6 => rare(R::F32F64, F64, F32),
        0xb7 => rare(R::F64I32S, I32, F64),
        0xb8 => rare(R::F64I32U, I32, F64),
        0xb9 => rare(R::F64I64S, I64, F64),
        0xba => rare(R::F64I64U, I64, F64),
        0xbb => rare(R::F64F32, F32, F64),
        0xbc => row(How::Alias, 0, F32, I32),
        0xbd => row(How::Alias, 0, F64, I64),
        0xbe => row(How::Alias, 0, I32, F32),
        0xbf => row(How::Alias, 0, I64, F64),
        0xc0 => row(How::Op, op::EXTEND8, I32, I32),
        0xc1 => row(How::Op, op::EXTEND16, I32, I32),
        0xc2 => rare(R::Extend8At64, I64, I64),
        0xc3 => rare(R::Extend16At64, I64, I64),
        _ => rare(R::Extend32At64, I64, I64),
    }
}

/// A load or store: its first opcode, the bytes' logarithm, the type, and what extends a load to 64 bits.
#[derive(Clone, Copy)]
pub(super) struct Access {
    pub(super) first: u8,
    pub(super) natural: u8,
    pub(super) ty: ValType,
    pub(super) then: Then,
}

/// What kind of access it is.
#[derive(Clone, Copy)]
pub(super) enum Then {
    Load,
    LoadExtended(u8),
    Store,
}

const fn access_row(opcode: u8) -> Access {
    const fn load(first: u8, natural: u8, ty: ValType) -> Access {
        Access { first, natural, ty, then: Then::Load }
    }
    const fn extended(first: u8, natural: u8, extend: u8) -> Access {
        Access { first, natural, ty: I32, then: Then::LoadExtended(extend) }
    }
    const fn store(first: u8, natural: u8, ty: ValType) -> Access {
        Access { first, natural, ty, then: Then::Store }
    }
    match opcode {
        0x28 => load(op::LOAD32, 2, I32),
        0x29 => load(op::LOAD64, 3, I64),
        0x2a => load(op::LOAD32, 2, F32),
        0x2b => load(op::LOAD64, 3, F64),
        0x2c => load(op::LOAD8_S, 0, I32),
        0x2d => load(op::LOAD8_U, 0, I32),
        0x2e => load(op::LOAD16_S, 1, I32),
        0x2f => load(op::LOAD16_U, 1, I32),
        0x30 => extended(op::LOAD8_S, 0, op::EXTEND_S),
        0x31 => extended(op::LOAD8_U, 0, op::EXTEND_U),
        0x32 => extended(op::LOAD16_S, 1, op::EXTEND_S),
        0x33 => extended(op::LOAD16_U, 1, op::EXTEND_U),
        0x34 => extended(op::LOAD32, 2, op::EXTEND_S),
        0x35 => load(op::LOAD32_U64, 2, I64),
        0x36 => store(op::STORE32, 2, I32),
        0x37 => store(op::STORE64, 3, I64),
        0x38 => store(op::STORE32, 2, F32),
        0x39 => store(op::STORE64, 3, F64),
        0x3a => store(op::STORE8, 0, I32),
        0x3b => store(op::STORE16, 1, I32),
        0x3c => store(op::STORE8, 0, I64),
        0x3d => store(op::STORE16, 1, I64),
        _ => store(op::STORE32, 2, I64),
    }
}

/// The saturating conversions, by their number behind the prefix.
const fn saturating_row(number: u8) -> Numeric {
    match number {
        0 => rare(R::I32SatF32S, F32, I32),
        1 => rare(R::I32SatF32U, F32, I32),
        2 => rare(R::I32SatF64S, F64, I32),
        3 => rare(R::I32SatF64U, F64, I32),
        4 => rare(R::I64SatF32S, F32, I64),
        5 => rare(R::I64SatF32U, F32, I64),
        6 => rare(R::I64SatF64S, F64, I64),
        _ => rare(R::I64SatF64U, F64, I64),
    }
}

/// Makes the table of the rows from `$first` to `$last`, and the function that finds one; what is not there is as the
/// last.
macro_rules! table {
    ($name:ident, $row:ident, $ty:ty, $first:literal..=$last:literal) => {
        /// The row of an opcode.
        pub(super) fn $name(opcode: u8) -> $ty {
            const ROWS: [$ty; $last - $first + 1] = {
                let mut rows = [$row($last); $last - $first + 1];
                let mut at = 0;
                while at < rows.len() {
                    rows[at] = $row($first + at as u8);
                    at += 1;
                }
                rows
            };
            ROWS.get(usize::from(opcode.wrapping_sub($first))).copied().unwrap_or($row($last))
        }
    };
}
table! { numeric, numeric_row, Numeric, 0x45..=0xc4 }
table! { saturating, saturating_row, Numeric, 0..=7 }
table! { access, access_row, Access, 0x28..=0x3e }
