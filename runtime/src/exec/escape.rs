//! Opcodes beyond a byte: some operations stand behind a unit that says so, and leave their opcodes to pairs.
//!
//! Where pairs are run, an operation that most programs hardly use is emitted behind one unit, `ESCAPE`, which sends it to
//! a table of its own; its own units are as ever. That costs it a dispatch, and frees its opcode. What stops in it
//! stops at the unit before.

use super::ops::op;
use super::pairs::RUN;

/// The opcode of the unit.
pub(crate) const ESCAPE: u8 = op::COUNT as u8;

/// Whether an operation can stand behind the unit: nothing looks at it but what runs it.
pub(super) const fn may(opcode: u8) -> bool {
    matches!(
        opcode,
        op::BR_WIDE
            | op::BR_IF_WIDE
            | op::BR_UNLESS_WIDE
            | op::BR_TABLE_WIDE
            | op::RET64
            | op::RET_IMM
            | op::RET_N
            | op::RETURN_CALL
            | op::MOV_WIDE
            | op::MOV64_WIDE
            | op::SHR_S
            | op::DIV_S
            | op::DIV_U
            | op::REM_S
            | op::REM_U
            | op::REM_S_IMM
            | op::EXTEND16
            | op::EQ64
            | op::NE64
            | op::F32_LT
            | op::F32_LE
            | op::F64_EQ
            | op::F64_NE
            | op::BR_EQ_IMM32
            | op::BR_GE_U_IMM32
            | op::BR_EQ64
            | op::BR_NE64
            | op::BR_LT_U64
            | op::BR_GE_U64
            | op::BR_F64_LE
            | op::BR_F64_NOT_LE
            | op::ADD_BR_LT_S_IMM
            | op::F32_DIV
            | op::LOAD32_FAR
            | op::LOAD8_U_FAR
            | op::LOAD8_S_FAR
            | op::LOAD8_S_INDEX
            | op::LOAD16_U_FAR
            | op::LOAD16_U_ADD
            | op::LOAD16_U_INDEX
            | op::LOAD64_FAR
            | op::LOAD64_INDEX
            | op::LOAD32_U64_FAR
            | op::LOAD32_U64_INDEX
            | op::STORE32_FAR
            | op::STORE32_INDEX
            | op::STORE8_FAR
            | op::STORE16_FAR
            | op::STORE16_ADD
            | op::STORE16_INDEX
            | op::STORE64_FAR
            | op::STORE64_INDEX
    )
}

/// Whether an operation stands behind the unit.
pub(crate) const fn is_escaped(opcode: u8) -> bool {
    RUN && may(opcode)
}
