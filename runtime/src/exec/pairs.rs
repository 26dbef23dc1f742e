//! Pairs: operations that often follow each other, run by one dispatch, or with a value handed from one to the next.
//!
//! A pair changes nothing but its first operation's opcode, to one that says: what follows is a certain one, or takes
//! what I made. All units stay where they are and the second operation stays whole, so branches may lead to it, what
//! stops in it stops at it, and a memory access of the first one that misses its window is done as the first one's
//! alone. The value is stored as ever; in a register it is there earlier. Only the threaded back end runs pairs: a
//! dispatch costs it more than a simple operation, and where it is chosen there is room for them.

use super::ops::op;
use super::units::units;
use super::values::hand_on;

/// Calls a macro with the kinds of pairs: the opcode, the first operation, and the one that is run behind it without a
/// dispatch, to which it hands what it made (`feeds`) or not (`precedes`). Others that take what it made are dispatched,
/// and what a branch leads to. One is enough: each costs a comparison that the processor has to predict.
macro_rules! for_each_pair {
    ($use:ident) => {
        $use! {
            ADD_AND = ADD precedes ADD;
            ADD_IMM_AND = ADD_IMM precedes ADD_IMM;
            ADD_IMM32_AND = ADD_IMM32 precedes ADD_BR_NE_IMM;
            SUB_AND = SUB feeds ADD_IMM;
            AND_AND = AND precedes BR_GE_S_IMM;
            AND_IMM_AND = AND_IMM feeds SHL_IMM;
            AND_FF_AND = AND_FF precedes LOAD8_U_ADD;
            OR_AND = OR feeds OR;
            XOR_AND = XOR feeds SHL_IMM;
            XOR_IMM_AND = XOR_IMM feeds AND;
            MUL_AND = MUL precedes LOAD32;
            SHL_IMM_AND = SHL_IMM feeds LOAD32_ADD;
            SHL_ADD_AND = SHL_ADD feeds LOAD32;
            SHR_U_IMM_AND = SHR_U_IMM precedes MOV;
            SHR_U_XOR_AND = SHR_U_XOR feeds AND_FF;
            ROTL_XOR_AND = ROTL_XOR feeds ROTL_XOR;
            LT_S_IMM_AND = LT_S_IMM feeds BR_IF;
            MOV_AND = MOV precedes BR_IF;
            MOV2_AND = MOV2 precedes BR;
            CONST16_AND = CONST16 precedes ADD_IMM;
            CONST64_AND = CONST64 precedes BR_F64_LT;
            ADD64_AND = ADD64 feeds XOR64;
            XOR64_AND = XOR64 feeds ROTL64_IMM;
            MUL64_AND = MUL64 feeds ADD64;
            ROTL64_IMM_AND = ROTL64_IMM feeds ADD64;
            ROTL_XOR64_AND = ROTL_XOR64 feeds ADD64;
            F32_MUL_ADD_AND = F32_MUL_ADD feeds F32_ADD;
            F64_ADD_AND = F64_ADD feeds F64_ADD;
            F64_SUB_AND = F64_SUB feeds F64_ADD;
            F64_MUL_AND = F64_MUL feeds F64_ADD;
            F64_MUL_ADD_AND = F64_MUL_ADD feeds F64_ADD;
            LOAD32_AND = LOAD32 precedes ADD_IMM;
            LOAD32_ADD_AND = LOAD32_ADD precedes ADD;
            LOAD64_AND = LOAD64 feeds F64_MUL_ADD;
            LOAD64_ADD_AND = LOAD64_ADD feeds F64_MUL;
            LOAD32_U64_AND = LOAD32_U64 feeds ADD64;
            LOAD32_U64_ADD_AND = LOAD32_U64_ADD feeds MUL64;
            LOAD8_U_AND = LOAD8_U precedes LOAD8_U;
            LOAD8_U_ADD_AND = LOAD8_U_ADD feeds BR_IF;
            LOAD8_S_ADD_AND = LOAD8_S_ADD feeds BR_TABLE;
            LOAD16_S_AND = LOAD16_S feeds BR_LT_S;
            STORE32_AND = STORE32 precedes MOV2;
            STORE64_AND = STORE64 precedes ADD_IMM;
            STORE8_AND = STORE8 precedes ADD_IMM;
            BR_IF_AND = BR_IF precedes ADD;
            BR_EQ_IMM_AND = BR_EQ_IMM precedes BR_IF;
            BR_LT_S_AND = BR_LT_S precedes ADD_IMM;
            ADD_BR_NE_IMM_AND = ADD_BR_NE_IMM precedes ADD;
        }
    };
}
#[cfg(all(wasmote_threaded, not(debug_assertions)))]
pub(crate) use for_each_pair;

/// The opcode of the first kind of pair; the kinds are counted downwards.
const LAST: u8 = 255;

/// What begins pairs of a kind, and what follows it.
struct Kind {
    first: u8,
    second: u8,
    /// Whether the second operation is to take what the first one makes.
    feeds: bool,
}

/// Whether a word of the list says that what was made is handed on.
pub(super) const fn feeds(word: &str) -> bool {
    matches!(word.as_bytes(), b"feeds")
}

macro_rules! define {
    ($($name:ident = $first:ident $how:ident $second:ident;)*) => {
        /// The opcodes of pairs.
        #[allow(dead_code)]
        pub(crate) mod pair {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Number { $($name),* }
            $(pub(crate) const $name: u8 = super::LAST - Number::$name as u8;)*
        }
        const KINDS: &[Kind] = &[$(
            Kind { first: op::$first, second: op::$second, feeds: feeds(stringify!($how)) }
        ),*];
    };
}
for_each_pair!(define);

const _: () = assert!(KINDS.len() + op::COUNT <= 256);

/// Whether there is what runs pairs.
pub(super) const RUN: bool = cfg!(all(wasmote_threaded, not(debug_assertions)));

/// The operation that an opcode begins with.
pub(super) fn first_of(opcode: u8) -> u8 {
    let kind = KINDS.get(usize::from(LAST - opcode)).filter(|_| RUN || cfg!(test));
    kind.map_or(opcode, |kind| kind.first)
}

/// The number plus one of the kind of pair that each opcode begins; 0 for none.
const KIND_OF: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut kind = KINDS.len();
    while kind > 0 {
        kinds[KINDS[kind - 1].first as usize] = kind as u8;
        kind -= 1;
    }
    kinds
};

/// Whether an operation branches on a condition; the offset is its last unit.
pub(super) const fn branches(opcode: u8) -> bool {
    matches!(opcode, op::BR_IF | op::BR_UNLESS | op::BR_EQ..=op::ADD_BR_LT_S_IMM)
}

/// Where the operation is that follows the one of `length` units at `at` most often: a branch back is taken.
fn next_of(code: &[u16], at: usize, length: usize) -> Option<usize> {
    let end = at + length;
    let offset = match branches(*code.get(at)? as u8) {
        true => *code.get(end - 1)? as i16,
        false => 0,
    };
    end.checked_add_signed(offset.min(0).into())
}

/// A pair in code.
struct Pair {
    opcode: u8,
    /// Whether the second operation takes what the first one makes.
    taken: bool,
    /// Whether its second operation is run inside of it, stands behind it, and so keeps its own opcode.
    closed: bool,
}

/// Whether the operation of `length` units at `at` and the one that follows are a pair.
fn pair(code: &mut [u16], at: usize, length: usize) -> Option<Pair> {
    let next = next_of(code, at, length)?;
    let (word, second) = (*code.get(at)?, *code.get(next)? as u8);
    let number = KIND_OF.get(usize::from(word as u8))?.checked_sub(1)?;
    let kind = KINDS.get(usize::from(number))?;
    let taken = hand_on(word as u8, (word >> 8) as u8, code.get_mut(next..)?);
    let within = second == kind.second && (taken || !kind.feeds);
    (within || taken).then_some(Pair { opcode: LAST - number, taken, closed: within && next > at })
}

/// Whether the operation at `at` had better begin a pair than end one: it is closed, and hands on what the operation
/// makes, and costs no pair behind it.
fn gives_on(code: &mut [u16], at: usize) -> bool {
    let mut pair_at = |at: usize| {
        let length = units(code.get(at..)?)?;
        Some((at + length, pair(code, at, length)?))
    };
    match pair_at(at) {
        Some((next, first)) => {
            first.taken && first.closed && !pair_at(next).is_some_and(|(_, second)| second.closed)
        }
        None => false,
    }
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
    while let Some(length) = code.get(at..).and_then(units) {
        let end = at + length;
        let pair = if pairs { pair(code, at, length) } else { None };
        let closed = pair.as_ref().is_some_and(|pair| pair.closed && !gives_on(code, end));
        let kept = pair.filter(|pair| closed || !pair.closed || pair.taken);
        if let (Some(pair), Some(first)) = (kept, code.get_mut(at)) {
            *first = *first & 0xff00 | u16::from(pair.opcode);
        }
        at = end;
        if closed {
            at += code.get(at..).and_then(units).unwrap_or_default();
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::driver_op::DriverOp;
    use super::super::rare::Rare;
    use super::super::values::{makes, takes};
    use super::*;

    const fn word(opcode: u8) -> u16 {
        opcode as u16 | 7 << 8
    }

    /// The code after pairing.
    #[track_caller]
    fn paired(code: &[u16]) -> Vec<u16> {
        let mut paired = code.to_vec();
        assert_eq!(walk(&mut paired, true), code.len());
        paired
    }

    /// The opcodes at these positions after pairing; operands are numbers that could be opcodes too.
    #[track_caller]
    fn check(code: &[u16], expect: &[(usize, u8)]) {
        for (at, (&old, new)) in code.iter().zip(paired(code)).enumerate() {
            let opcode =
                expect.iter().find(|(place, _)| *place == at).map_or(old as u8, |&(_, opcode)| opcode);
            assert_eq!(new, old & 0xff00 | u16::from(opcode), "unit {at}");
        }
    }

    #[test]
    fn only_first_opcodes_change() {
        let (mov, sub, br_if) = (word(op::MOV), word(op::SUB), word(op::BR_IF));
        // A pair and what is none.
        check(&[mov, sub, br_if, mov], &[(0, pair::MOV_AND)]);
        check(&[br_if, mov, mov, br_if], &[]);
        // Of three, the first two.
        let add = word(op::ADD);
        check(&[add, 0, add, 0, add, 0], &[(0, pair::ADD_AND)]);
        check(&[mov, mov, mov, sub, br_if, mov], &[(2, pair::MOV_AND)]);
        // Operands are not taken for operations.
        check(&[word(op::BR_TABLE), 2, mov, br_if, mov, mov, mov, br_if, 0], &[(5, pair::MOV_AND)]);
        check(&[word(op::CONST64), mov, br_if, mov, br_if], &[]);
        check(&[word(op::RARE), u16::from(Rare::F64Min as u8), mov, br_if, mov], &[]);
        check(&[op::DRIVER as u16 | (DriverOp::CallIndirect as u16) << 8, 0, 0, 0, 0, 0, mov, br_if], &[]);
    }

    #[test]
    fn what_was_made_goes_to_the_next_operation_that_takes_it() {
        let [add, xor, shl, store, ret] = [op::ADD, op::XOR, op::SHL, op::STORE32, op::RET32].map(word);
        // A chain, to operand b, and to operand a of what ends it; a store's address is not looked at.
        check(&[add, 0, xor, 7, ret, 0], &[(0, pair::ADD_AND), (2, pair::XOR_AND)]);
        check(&[add, 0, shl, 7], &[(0, pair::ADD_AND)]);
        check(&[add, 0, store & 0xff | 6 << 8, 7], &[]);
        // Another slot; operand c of what does not commute.
        check(&[add, 0, shl, 6], &[]);
        check(&[add, 0, shl, 7 << 8], &[]);
        // A wrapped integer is the lower half; a float is handed to floats only.
        check(&[word(op::ADD64), 0, store, 0], &[(0, pair::ADD64_AND)]);
        check(&[word(op::F64_ADD), 0, word(op::SHL64_IMM), 7], &[]);
        // Operands that commute change places.
        assert_eq!(paired(&[word(op::XOR), 0, word(op::MUL), 5 | 7 << 8])[3], 7 | 5 << 8);
        assert_eq!(paired(&[word(op::XOR), 0, word(op::MUL), 5 | 6 << 8])[3], 5 | 6 << 8);
    }

    #[test]
    fn what_is_handed_on_twice_keeps_the_dispatch_between() {
        let [sub, add, or] = [op::SUB, op::ADD_IMM, op::OR].map(word);
        // A pair that is closed would keep the second one's value from the third.
        check(&[sub, 0, add, 7, add, 7, or, 0], &[(0, pair::SUB_AND), (2, pair::ADD_IMM_AND)]);
        check(&[sub, 0, add, 7, or, 0, or, 0], &[(0, pair::SUB_AND)]);
    }

    #[test]
    fn a_branch_back_begins_a_pair_with_what_it_leads_to() {
        let (branch, back) = (word(op::BR_IF), -4i16 as u16);
        let [add, or] = [op::ADD, op::OR].map(|opcode| u16::from(opcode) | 6 << 8);
        check(&[add, 0, branch, back, or, 0], &[(2, pair::BR_IF_AND)]);
        check(&[or, 0, branch, back, add, 0], &[]);
        check(&[or, 0, branch, 2, add, 0, or, 0], &[(2, pair::BR_IF_AND)]);
    }

    #[test]
    fn pairs_begin_with_what_goes_on_behind_itself() {
        for (number, kind) in KINDS.iter().enumerate() {
            let first = kind.first;
            assert!((first >= op::MOV || branches(first)) && first != op::RARE, "{first}");
            assert_eq!(first_of(LAST - number as u8), first);
            assert_eq!(KINDS.iter().filter(|other| other.first == first).count(), 1, "{first}");
            assert!(!kind.feeds || makes(first).is_some() && takes(kind.second).is_some(), "{first}");
            assert!(kind.second != op::DRIVER && kind.second != op::CALL_IMPORT, "{first}");
        }
    }
}
