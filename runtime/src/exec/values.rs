//! What operations make and take: the values that one can hand to the next in a register.

use super::ops::op;
use super::regs::{Hand, Operand};

/// The values that can be handed on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    /// 32 bits, floats among them.
    I32,
    I64,
    F64,
    /// An integer or a float of 64 bits.
    Any64,
}

/// What an operation that goes on behind itself leaves in slot a.
const fn makes(opcode: u8) -> Option<Value> {
    match opcode {
        op::MOV | op::CONST16 | op::CONST32 | op::SELECT | op::SELECT_IMM | op::GLOBAL_GET => {
            Some(Value::I32)
        }
        op::MOV64 | op::CONST64_16 | op::CONST64 | op::SELECT64 => Some(Value::Any64),
        op::ADD..=op::GE_U_IMM => Some(Value::I32),
        op::EQ64..=op::F64_LE => Some(Value::I32),
        op::ADD64..=op::EXTEND_U => Some(Value::I64),
        op::F32_ADD..=op::F32_DIV | op::F32_MUL_ADD | op::F32_MUL_RSUB => Some(Value::I32),
        op::F64_ADD..=op::F64_MUL_CONST | op::F64_MUL_ADD | op::F64_MUL_RSUB => Some(Value::F64),
        op::LOAD32..=op::LOAD16_S => Some(Value::I32),
        op::LOAD64..=op::LOAD64_ABS => Some(Value::Any64),
        op::LOAD32_U64..=op::LOAD32_U64_INDEX => Some(Value::I64),
        _ => None,
    }
}

/// The operand that an operation can take from the one before, of those it has the one that most often is.
const fn takes(opcode: u8) -> Option<(Operand, Value)> {
    use Operand::{A, B, C, D};
    Some(match opcode {
        op::BR_IF | op::BR_UNLESS | op::BR_TABLE | op::RET32 | op::CALL_INDIRECT => (A, Value::I32),
        op::RET64 => (A, Value::Any64),
        op::GLOBAL_SET | op::STEP => (A, Value::I32),
        op::STEP64 => (A, Value::I64),
        op::BR_EQ..=op::BR_GE_U_IMM32 | op::ADD_BR_NE..=op::ADD_BR_LT_S_IMM => (A, Value::I32),
        op::BR_EQ64..=op::BR_NE64_IMM => (A, Value::I64),
        op::BR_F64_LT..=op::BR_F64_NOT_LE => (A, Value::F64),
        op::STORE32_IMM..=op::STORE8_IMM_ADD => (B, Value::I32),
        op::STORE32..=op::STORE16_INDEX => (A, Value::I32),
        op::STORE64..=op::STORE64_ABS => (A, Value::Any64),
        op::SELECT..=op::SELECT64 => (D, Value::I32),
        op::SHR_U_XOR | op::ROTL_XOR => (C, Value::I32),
        op::ROTL_XOR64 => (C, Value::I64),
        op::ADD64_EXTEND_S | op::MUL64_EXTEND_S => (C, Value::I32),
        op::F64_SUB => (C, Value::F64),
        op::MOV | op::MOV2 | op::ADD_BR | op::EXTEND_S | op::EXTEND_U => (B, Value::I32),
        op::MOV64 => (B, Value::Any64),
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

/// What an operation takes, and in which register, when any may have made it.
pub(super) const fn hand(opcode: u8) -> Hand {
    match takes(opcode) {
        Some((operand, Value::I32 | Value::I64)) => Hand::Int(operand),
        Some((operand, Value::F64 | Value::Any64)) => Hand::Float(operand),
        None => Hand::Nothing,
    }
}

/// What an operation can take from a certain one before, and in which register.
pub(super) const fn hand_between(first: u8, second: u8) -> Hand {
    match (makes(first), takes(second)) {
        // The lower half of 64 bits is where its 32 bits are.
        (Some(Value::I32 | Value::I64 | Value::Any64), Some((operand, Value::I32))) => Hand::Int(operand),
        (Some(Value::I64), Some((operand, Value::I64 | Value::Any64))) => Hand::Int(operand),
        (Some(Value::Any64), Some((operand, Value::I64))) => Hand::Int(operand),
        (Some(Value::F64 | Value::Any64), Some((operand, Value::F64 | Value::Any64))) => Hand::Float(operand),
        _ => Hand::Nothing,
    }
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

/// Whether the operation that `code` begins with takes the value in `slot`; its operands change places for that if they
/// may.
pub(super) fn takes_from(code: &mut [u16], slot: u8) -> bool {
    let Some(opcode) = code.first().map(|&unit| unit as u8) else { return false };
    let Some((operand, _)) = takes(opcode) else { return false };
    if let (Operand::B, true, Some(operands)) = (operand, commutes(opcode), code.get_mut(1))
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
    code.get(unit).is_some_and(|unit| unit >> shift & 0xff == slot.into())
}
