//! How long operations are.

use super::driver_op::DriverOp;
use super::escape::ESCAPE;
use super::ops::op;
use super::rare::Rare;

/// Units of each operation of narrow code; of those that vary what they have at least.
const UNITS: [u8; 256] = {
    let mut units = [2; 256];
    let mut opcode = 0;
    while opcode < 256 {
        units[opcode] = match opcode as u8 {
            ESCAPE => 1,
            op::ENTER | op::CALL_INDIRECT | op::BR_TABLE => 3,
            op::DRIVER | op::RET_N | op::RETURN_CALL => 4,
            op::MOV2 | op::CONST32 | op::SELECT..=op::SELECT64 => 3,
            op::CONST64 => 5,
            op::ADD_IMM32..=op::AND_IMM32 => 4,
            op::DIV_S_IMM..=op::ROTL_XOR | op::EQ_IMM..=op::GE_U_IMM => 3,
            op::BR_EQ_IMM32..=op::BR_GE_U_IMM32 | op::ADD_BR_NE_IMM..=op::ADD_BR_LT_S_IMM => 4,
            op::BR_EQ..=op::BR_GE_U_IMM | op::BR_EQ64..=op::ADD_BR_LT_S => 3,
            op::ROTL_XOR64 | op::F32_MUL_ADD..=op::F64_MUL_RSUB => 3,
            op::F64_ADD_CONST | op::F64_MUL_CONST => 6,
            op::LOAD32_FAR | op::LOAD8_U_FAR | op::LOAD8_S_FAR | op::LOAD16_U_FAR => 4,
            op::LOAD64_FAR | op::LOAD32_U64_FAR | op::STORE32_FAR | op::STORE8_FAR => 4,
            op::STORE16_FAR | op::STORE64_FAR => 4,
            op::LOAD32_ADD | op::LOAD8_U_ADD | op::LOAD8_S_ADD | op::LOAD16_U_ADD => 4,
            op::LOAD64_ADD | op::LOAD32_U64_ADD | op::STORE32_ADD | op::STORE8_ADD => 4,
            op::STORE16_ADD | op::STORE64_ADD | op::STORE32_IMM_ADD | op::STORE8_IMM_ADD => 4,
            op::LOAD32_INDEX | op::LOAD8_U_INDEX | op::LOAD8_S_INDEX | op::LOAD16_U_INDEX => 3,
            op::LOAD64_INDEX | op::LOAD32_U64_INDEX | op::STORE32_INDEX => 3,
            op::STORE8_INDEX | op::STORE16_INDEX | op::STORE64_INDEX => 3,
            _ => 2,
        };
        opcode += 1;
    }
    units
};

/// Units of the operation that narrow code begins with.
pub(super) fn units(code: &[u16]) -> Option<usize> {
    let first = *code.first()?;
    let (a, least) = ((first >> 8) as u8, usize::from(*UNITS.get(usize::from(first & 0xff))?));
    Some(match first as u8 {
        op::BR_TABLE => least + usize::from(*code.get(1)?),
        op::DRIVER => DriverOp::of(a)?.units(),
        op::RARE if Rare::takes_two(*code.get(1)? as u8) => least + 1,
        _ => least,
    })
}
