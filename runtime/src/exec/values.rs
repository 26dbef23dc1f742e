//! What operations make and take: the values that one can hand to the next in a register.

use super::ops::op;
use super::regs::Operand;

/// The values that can be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// 32 bits, floats among them.
    I32,
    I64,
    F64,
}

/// What an operation that begins pairs leaves in slot a.
pub(super) const fn makes(opcode: u8) -> Option<Value> {
    match opcode {
        op::MOV | op::CONST16 | op::CONST32 => Some(Value::I32),
        op::ADD..=op::GE_U_IMM => Some(Value::I32),
        op::EQ64..=op::F64_LE => Some(Value::I32),
        op::ADD64..=op::EXTEND_U => Some(Value::I64),
        op::F32_ADD..=op::F32_DIV | op::F32_MUL_ADD | op::F32_MUL_RSUB => Some(Value::I32),
        op::F64_ADD..=op::F64_MUL_CONST | op::F64_MUL_ADD | op::F64_MUL_RSUB => Some(Value::F64),
        op::LOAD32..=op::LOAD16_S => Some(Value::I32),
        op::LOAD64..=op::LOAD64_ABS => Some(Value::F64),
        op::LOAD32_U64..=op::LOAD32_U64_INDEX => Some(Value::I64),
        _ => None,
    }
}

/// The operand that an operation can take from the one before, of those it has the one that most often is.
pub(super) const fn takes(opcode: u8) -> Option<(Operand, Value)> {
    use Operand::{A, B, C, D};
    Some(match opcode {
        op::BR_IF | op::BR_UNLESS | op::BR_TABLE | op::RET32 | op::CALL_INDIRECT => (A, Value::I32),
        op::GLOBAL_SET => (A, Value::I32),
        op::BR_EQ..=op::BR_GE_U_IMM32 | op::ADD_BR_NE..=op::ADD_BR_LT_S_IMM => (A, Value::I32),
        op::BR_EQ64..=op::BR_GE_U64 => (A, Value::I64),
        op::BR_F64_LT..=op::BR_F64_NOT_LE => (A, Value::F64),
        op::STORE32_IMM..=op::STORE8_IMM_ADD => (B, Value::I32),
        op::STORE32..=op::STORE16_INDEX => (A, Value::I32),
        op::STORE64..=op::STORE64_ABS => (A, Value::F64),
        op::SELECT..=op::SELECT64 => (D, Value::I32),
        op::SHR_U_XOR | op::ROTL_XOR => (C, Value::I32),
        op::ROTL_XOR64 => (C, Value::I64),
        op::F64_SUB => (C, Value::F64),
        op::MOV | op::MOV2 | op::ADD_BR | op::EXTEND_S | op::EXTEND_U => (B, Value::I32),
        op::ADD..=op::GE_U_IMM | op::F32_ADD..=op::F32_DIV => (B, Value::I32),
        op::F32_LT | op::F32_LE | op::F32_MUL_ADD | op::F32_MUL_RSUB => (B, Value::I32),
        op::EQ64..=op::NEZ64 | op::ADD64..=op::ROTL64_IMM => (B, Value::I64),
        op::F64_EQ..=op::F64_LE => (B, Value::F64),
        op::F64_ADD..=op::F64_MUL_CONST | op::F64_MUL_ADD | op::F64_MUL_RSUB => (B, Value::F64),
        op::LOAD32_ABS | op::LOAD64_ABS => return None,
        op::LOAD32..=op::LOAD32_U64_INDEX => (B, Value::I32),
        _ => return None,
    })
}

/// Whether operands b and c may change places.
const fn commutes(opcode: u8) -> bool {
    matches!(
        opcode,
        op::ADD
            | op::MUL
            | op::AND
            | op::OR
            | op::XOR
            | op::MUL_ADD
            | op::ADD3
            | op::EQ
            | op::NE
            | op::ADD64
            | op::MUL64
            | op::AND64
            | op::OR64
            | op::XOR64
            | op::EQ64
            | op::NE64
            | op::F32_ADD
            | op::F32_MUL
            | op::F32_MUL_ADD
            | op::F32_MUL_RSUB
            | op::F64_ADD
            | op::F64_MUL
            | op::F64_MUL_ADD
            | op::F64_MUL_RSUB
            | op::F64_EQ
            | op::F64_NE
            | op::LOAD32_INDEX
            | op::LOAD8_U_INDEX
            | op::LOAD8_S_INDEX
            | op::LOAD16_U_INDEX
            | op::LOAD64_INDEX
            | op::LOAD32_U64_INDEX
    )
}

/// Whether the second operation takes what the first one leaves in `slot`; its operands change places for that if
/// they may.
pub(super) fn hand_on(first: u8, slot: u8, second: &mut [u16]) -> bool {
    let Some(opcode) = second.first().map(|&unit| unit as u8) else { return false };
    let (Some(made), Some((operand, taken))) = (makes(first), takes(opcode)) else { return false };
    // The lower half of 64 bits is where its 32 bits are.
    if made != taken && (made, taken) != (Value::I64, Value::I32) {
        return false;
    }
    if let (Operand::B, true, Some(operands)) = (operand, commutes(opcode), second.get_mut(1))
        && *operands >> 8 == slot.into()
    {
        *operands = operands.swap_bytes();
    }
    let (unit, shift) = match operand {
        Operand::A => (0, 8),
        Operand::B => (1, 0),
        Operand::C => (1, 8),
        Operand::D => (2, 0),
    };
    second.get(unit).is_some_and(|unit| unit >> shift & 0xff == slot.into())
}
