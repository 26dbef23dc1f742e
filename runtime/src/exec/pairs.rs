//! Pairs: operations that often follow each other, run by one dispatch.
//!
//! A pair changes nothing but its first operation's opcode, to one that says: and then one of these. All units stay
//! where they are and the second operation stays whole, so branches may lead to it, what stops in it stops at it, and
//! a memory access of the first one that misses its window is done as the first one's alone. Only the threaded back
//! end runs pairs: a dispatch costs it more than a simple operation, and where it is chosen there is room for them.

use super::driver_op::DriverOp;
use super::ops::op;
use super::rare::Rare;

/// Calls a macro with the pairs: the opcode, the first operation, and those of which one follows, the most
/// frequent one first. Kinds of the same first operation are neighbours.
macro_rules! for_each_pair {
    ($use:ident) => {
        $use! {
            MOV_AND = MOV, BR_IF ADD_IMM LOAD32;
            MOV_AND_ALSO = MOV, BR_LT_S AND_IMM BR_NE;
            MOV2_AND = MOV2, MOV2 LOAD32 BR;
            CONST16_AND = CONST16, SELECT BR_TABLE ADD_BR_NE_IMM;
            CONST16_AND_ALSO = CONST16, ADD_IMM SHL DIV_U;
            ADD_AND = ADD, LOAD32_ADD ADD BR_LT_U_IMM32;
            ADD_AND_ALSO = ADD, GE_U_IMM RET32 LOAD8_U_ADD;
            ADD_IMM_AND = ADD_IMM, ADD_IMM LOAD8_S_ADD ADD;
            ADD_IMM_AND_ALSO = ADD_IMM, LOAD32 BR_NE_IMM32 LOAD8_U;
            MUL_AND = MUL, LOAD32_ADD MOV2 LOAD32;
            AND_AND = AND, BR_GE_S_IMM BR_EQ_IMM OR;
            SHL_IMM_AND = SHL_IMM, ADD_IMM32 LOAD32_ADD OR;
            SHR_U_IMM_AND = SHR_U_IMM, AND_IMM AND_IMM32 MOV;
            AND_FF_AND = AND_FF, XOR BR_LT_U_IMM LOAD8_U_ADD;
            SHL_ADD_AND = SHL_ADD, LOAD32 LOAD8_S_ADD STORE32;
            SHR_U_XOR_AND = SHR_U_XOR, AND_FF ADD_BR_NE_IMM SHL_XOR;
            LT_S_IMM_AND = LT_S_IMM, BR_IF;
            ADD64_AND = ADD64, LOAD32_U64_ADD ADD64 STORE32;
            ROTL_XOR64_AND = ROTL_XOR64, ROTL64_IMM ADD64;
            CONST64_AND = CONST64, BR_F64_LT BR_F64_NOT_LT;
            F64_ADD_AND = F64_ADD, STORE64 F64_MUL_ADD F64_ADD;
            F64_SUB_AND = F64_SUB, F64_ADD F64_MUL F64_MUL_ADD;
            F64_MUL_AND = F64_MUL, F64_ADD LOAD64 LOAD64_ADD;
            LOAD32_AND = LOAD32, ADD_IMM BR_IF LOAD8_U;
            LOAD32_AND_ALSO = LOAD32, STORE32 MOV2 F32_MUL_ADD;
            LOAD64_ADD_AND = LOAD64_ADD, LOAD64_ADD F64_MUL XOR64;
            LOAD8_U_AND = LOAD8_U, BR_EQ BR_EQ_IMM ADD_IMM;
            LOAD8_U_ADD_AND = LOAD8_U_ADD, BR_IF XOR STORE8;
            STORE32_AND = STORE32, MOV2 ADD_IMM BR;
        }
    };
}
#[cfg(all(wasmote_threaded, not(debug_assertions)))]
pub(crate) use for_each_pair;

/// The opcode of the first kind of pair; the kinds are counted downwards.
const LAST: u8 = 255;

macro_rules! define {
    ($($name:ident = $first:ident, $($second:ident)+;)*) => {
        /// The opcodes of pairs.
        #[allow(dead_code)]
        pub(crate) mod pair {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Number { $($name),* }
            $(pub(crate) const $name: u8 = super::LAST - Number::$name as u8;)*
        }
        /// The first operation of each kind, and what may follow it.
        const PAIRS: &[(u8, &[u8])] = &[$((op::$first, &[$(op::$second),+])),*];
    };
}
for_each_pair!(define);

const _: () = assert!(PAIRS.len() + op::COUNT <= 256);

/// Whether there is what runs pairs.
pub(super) const RUN: bool = cfg!(all(wasmote_threaded, not(debug_assertions)));

/// The operation that an opcode begins with.
pub(super) fn first_of(opcode: u8) -> u8 {
    let kind = PAIRS.get(usize::from(LAST - opcode)).filter(|_| RUN || cfg!(test));
    kind.map_or(opcode, |&(first, _)| first)
}

/// The number plus one of the first kind of pair that each opcode begins; 0 for none.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut kind = PAIRS.len();
    while kind > 0 {
        kinds[PAIRS[kind - 1].0 as usize] = kind as u8;
        kind -= 1;
    }
    kinds
};

/// Units of each operation of narrow code; of those that vary what they have at least.
const UNITS: [u8; 256] = {
    let mut units = [2; 256];
    let mut opcode = 0;
    while opcode < 256 {
        units[opcode] = match opcode as u8 {
            op::ENTER | op::CALL_INDIRECT | op::BR_TABLE => 3,
            op::DRIVER | op::RET_N | op::RETURN_CALL => 4,
            op::MOV2 | op::CONST32 | op::SELECT..=op::SELECT64 => 3,
            op::CONST64 => 5,
            op::ADD_IMM32..=op::XOR_IMM32 => 4,
            op::MUL_ADD..=op::ROTL_XOR | op::EQ_IMM..=op::GE_U_IMM => 3,
            op::BR_EQ_IMM32..=op::BR_GE_U_IMM32 | op::ADD_BR_NE_IMM..=op::ADD_BR_LT_S_IMM => 4,
            op::BR_EQ..=op::BR_GE_U_IMM | op::BR_EQ64..=op::ADD_BR_LT_S => 3,
            op::ROTL_XOR64 | op::F32_MUL_ADD..=op::F64_MUL_RSUB => 3,
            op::F64_ADD_CONST | op::F64_MUL_CONST => 6,
            op::LOAD32_FAR | op::LOAD8_U_FAR | op::LOAD8_S_FAR | op::LOAD16_U_FAR | op::LOAD16_S_FAR => 4,
            op::LOAD64_FAR | op::LOAD32_U64_FAR | op::STORE32_FAR | op::STORE8_FAR => 4,
            op::STORE16_FAR | op::STORE64_FAR => 4,
            op::LOAD32_ADD | op::LOAD8_U_ADD | op::LOAD8_S_ADD | op::LOAD16_U_ADD | op::LOAD16_S_ADD => 4,
            op::LOAD64_ADD | op::LOAD32_U64_ADD | op::STORE32_ADD | op::STORE8_ADD => 4,
            op::STORE16_ADD | op::STORE64_ADD | op::STORE32_IMM_ADD | op::STORE8_IMM_ADD => 4,
            op::LOAD32_INDEX | op::LOAD8_U_INDEX | op::LOAD8_S_INDEX | op::LOAD16_U_INDEX => 3,
            op::LOAD16_S_INDEX | op::LOAD64_INDEX | op::LOAD32_U64_INDEX | op::STORE32_INDEX => 3,
            op::STORE8_INDEX | op::STORE16_INDEX | op::STORE64_INDEX => 3,
            _ => 2,
        };
        opcode += 1;
    }
    units
};

/// Units of the operation that narrow code begins with.
fn units(code: &[u16]) -> Option<usize> {
    let first = *code.first()?;
    let (a, least) = ((first >> 8) as u8, usize::from(*UNITS.get(usize::from(first & 0xff))?));
    Some(match first as u8 {
        op::BR_TABLE => least + usize::from(*code.get(1)?),
        op::DRIVER => DriverOp::new(a)?.units(),
        op::RARE if Rare::takes_two(*code.get(1)? as u8) => least + 1,
        _ => least,
    })
}

/// The opcode of the pair of two operations.
fn pair_of(first: u8, second: u8) -> Option<u8> {
    let kind = KINDS.get(usize::from(first))?.checked_sub(1)?;
    let kinds = PAIRS.get(usize::from(kind)..)?.iter().take_while(|(own, _)| *own == first);
    (0..).zip(kinds).find(|(_, (_, seconds))| seconds.contains(&second)).map(|(more, _)| LAST - kind - more)
}

/// Makes pairs in the narrow code of a function, where something runs them.
pub(crate) fn pair_up(code: &mut [u16]) {
    if RUN || cfg!(debug_assertions) {
        let end = walk(code, RUN);
        debug_assert_eq!(end, code.len(), "an operation has other units than the table says");
    }
}

/// Goes through code and makes pairs if asked for; gives where the last operation ends.
fn walk(code: &mut [u16], pairs: bool) -> usize {
    let mut at = 0;
    while let Some(rest) = code.get(at..)
        && let Some(units) = units(rest)
    {
        let second = rest.get(units).map(|&unit| unit as u8);
        let pair = rest.first().zip(second).and_then(|(&first, second)| pair_of(first as u8, second));
        if let (true, Some(pair), Some(first)) = (pairs, pair, code.get_mut(at)) {
            *first = *first & 0xff00 | u16::from(pair);
            // The second operation keeps its opcode, which tells the handler what follows.
            at += units;
            at += code.get(at..).and_then(self::units).unwrap_or_default();
        } else {
            at += units;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn word(opcode: u8) -> u16 {
        opcode as u16 | 7 << 8
    }

    /// The opcodes at these positions after pairing; operands are numbers that could be opcodes too.
    #[track_caller]
    fn check(code: &[u16], expect: &[(usize, u8)]) {
        let mut paired = code.to_vec();
        assert_eq!(walk(&mut paired, true), code.len());
        for (at, (&old, &new)) in code.iter().zip(&paired).enumerate() {
            let opcode =
                expect.iter().find(|(place, _)| *place == at).map_or(old as u8, |&(_, opcode)| opcode);
            assert_eq!(new, old & 0xff00 | u16::from(opcode), "unit {at}");
        }
    }

    #[test]
    fn only_first_opcodes_change() {
        let (mov, add, br_if) = (word(op::MOV), word(op::ADD_IMM), word(op::BR_IF));
        // A pair and what is none.
        check(&[mov, add, br_if, mov], &[(0, pair::MOV_AND)]);
        check(&[br_if, mov, mov, br_if], &[]);
        // Of three, the first two.
        check(&[mov, mov, add, mov, br_if, mov], &[(0, pair::MOV_AND)]);
        check(&[mov, mov, mov, add, add, mov], &[(2, pair::MOV_AND)]);
        // The second kind of one operation.
        check(&[mov, mov, word(op::BR_LT_S), mov, mov], &[(0, pair::MOV_AND_ALSO)]);
        // Operands are not taken for operations.
        check(&[word(op::BR_TABLE), 2, mov, br_if, mov, mov, mov, br_if, 0], &[(5, pair::MOV_AND)]);
        check(&[word(op::CONST64), mov, br_if, mov, br_if], &[]);
        check(&[word(op::RARE), u16::from(Rare::F64Min as u8), mov, br_if, mov], &[]);
        check(&[op::DRIVER as u16 | (DriverOp::CallIndirect as u16) << 8, 0, 0, 0, 0, 0, mov, br_if], &[]);
    }

    #[test]
    fn pairs_begin_with_what_goes_on_behind_itself() {
        for &(first, seconds) in PAIRS {
            let branches = op::BR_EQ..=op::ADD_BR_LT_S_IMM;
            assert!(first >= op::MOV && !branches.contains(&first) && first != op::RARE, "{first}");
            assert_eq!(pair_of(first, seconds[0]).map(first_of), Some(first));
            for &second in seconds {
                assert!(second != op::DRIVER && second != op::CALL_IMPORT, "{second}");
            }
        }
    }
}
