//! Pairs: operations that often follow each other, run by one dispatch, or with a value handed from one to the next.
//!
//! A pair changes nothing but its first operation's opcode, to one that says: what follows is a certain one, or it takes
//! what I made, or it is a certain one and what follows that takes what that made. All units stay where they are and the
//! second operation stays whole, so branches may lead to it, what stops in it stops at it, and a memory access of the
//! first one that misses its window is done as the first one's alone. The value is stored as ever; in a register it is
//! there earlier. Only the threaded back end runs pairs: a dispatch costs it more than a simple operation, and where it is
//! chosen there is room for them. Which kinds there are is in `kinds.rs`.

use super::escape::{self, ESCAPE};
use super::kinds::for_each_pair;
use super::ops::op;
use super::regs::Hand;
use super::units::units;
use super::values::{hand, hand_between, takes_from};

/// What runs with a kind's first operation.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Second {
    opcode: u8,
    /// Whether it takes what the first one made.
    fed: bool,
}

/// What a kind's last operation hands to any that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handed {
    Nothing,
    Int,
    Float,
}

struct Kind {
    first: u8,
    second: Option<Second>,
    handed: Handed,
}

macro_rules! kind {
    ($first:ident hands $what:ident) => {
        Kind { first: op::$first, second: None, handed: handed!($what) }
    };
    ($first:ident $how:ident $second:ident $(hands $what:ident)?) => {
        Kind {
            first: op::$first,
            second: Some(Second { opcode: op::$second, fed: fed!($how) }),
            handed: handed!($($what)?),
        }
    };
}
macro_rules! fed {
    (feeds) => {
        true
    };
    (precedes) => {
        false
    };
}
macro_rules! handed {
    () => {
        Handed::Nothing
    };
    (int) => {
        Handed::Int
    };
    (float) => {
        Handed::Float
    };
}

macro_rules! define {
    ($($name:ident = $first:ident $how:ident $second:ident $($hands:ident $what:ident)?;)*) => {
        /// The opcodes of pairs.
        #[allow(dead_code, non_upper_case_globals)]
        pub(crate) mod pair {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Number { $($name),* }
            $(pub(crate) const $name: u8 = super::OPCODES[Number::$name as usize];)*
        }
        const KINDS: &[Kind] = &[$(kind!($first $how $second $($hands $what)?)),*];
    };
}
for_each_pair!(define);

/// The opcodes of the kinds: those behind all others, then those of operations that are escaped.
const OPCODES: [u8; KINDS.len()] = {
    let mut opcodes = [0; KINDS.len()];
    let (mut kind, mut opcode) = (0, u8::MAX);
    while kind < KINDS.len() {
        while opcode <= ESCAPE && !escape::may(opcode) {
            opcode -= 1;
        }
        opcodes[kind] = opcode;
        opcode -= 1;
        kind += 1;
    }
    opcodes
};

/// Whether there is what runs pairs.
pub(super) const RUN: bool = cfg!(all(wasmote_threaded, not(debug_assertions)));

/// The operation that each opcode begins with.
#[cfg(any(test, all(wasmote_threaded, not(debug_assertions))))]
const FIRST_OF: [u8; 256] = {
    let mut firsts = [0; 256];
    let mut n = 0;
    while n < 256 {
        firsts[n] = n as u8;
        n += 1;
    }
    let mut kind = 0;
    while kind < KINDS.len() {
        firsts[OPCODES[kind] as usize] = KINDS[kind].first;
        kind += 1;
    }
    firsts
};

/// The operation that an opcode begins with.
#[cfg(any(test, all(wasmote_threaded, not(debug_assertions))))]
pub(super) fn first_of(opcode: u8) -> u8 {
    FIRST_OF.get(usize::from(opcode)).copied().unwrap_or(opcode)
}

/// The number plus one of the first kind of pair that each opcode begins; 0 for none.
const KIND_OF: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut kind = KINDS.len();
    while kind > 0 {
        kinds[KINDS[kind - 1].first as usize] = kind as u8;
        kind -= 1;
    }
    kinds
};

/// What the operation of `length` units that code begins with can give the one behind it, whose operands change places
/// for that if they may.
fn given(code: &mut [u16], length: usize) -> Hand {
    let Some((&mut [made, ..], following)) = code.split_at_mut_checked(length) else { return Hand::Nothing };
    let next = following.first().map_or(0, |&unit| unit as u8);
    if takes_from(following, (made >> 8) as u8) { hand_between(made as u8, next) } else { Hand::Nothing }
}

/// What is handed to the next operation when this can be given: it takes that whichever operation was before.
fn handed(given: Hand, next: u8) -> Handed {
    match given {
        Hand::Int(_) if given == hand(next) => Handed::Int,
        Hand::Float(_) if given == hand(next) => Handed::Float,
        _ => Handed::Nothing,
    }
}

/// What is handed to the operation behind the one that code begins with.
fn handed_behind(code: &mut [u16]) -> Option<Handed> {
    let length = units(code)?;
    let given = given(code, length);
    Some(handed(given, *code.get(length)? as u8))
}

/// The opcode for the operation of `length` units that code begins with, by what follows, and whether the next one is run
/// with it.
fn pair(code: &mut [u16], length: usize) -> Option<(u8, bool)> {
    let first = *code.first()? as u8;
    let number = usize::from(KIND_OF.get(usize::from(first))?.checked_sub(1)?);
    let next = *code.get(length)? as u8;
    let given = given(code, length);
    let second = Second { opcode: next, fed: given != Hand::Nothing };
    let following = code.get_mut(length..)?;
    let mut fits = |kind: &Kind| match kind.second {
        Some(other) if other != second => false,
        Some(_) => kind.handed == Handed::Nothing || Some(kind.handed) == handed_behind(following),
        None => kind.handed == handed(given, next),
    };
    let mut kinds = KINDS.iter().zip(OPCODES).skip(number).take_while(|(kind, _)| kind.first == first);
    let (kind, opcode) = kinds.find(|(kind, _)| fits(kind))?;
    Some((opcode, kind.second.is_some()))
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
        let pair = code.get_mut(at..).filter(|_| pairs).and_then(|code| pair(code, length));
        if let (Some((opcode, _)), Some(first)) = (pair, code.get_mut(at)) {
            *first = *first & 0xff00 | u16::from(opcode);
        }
        at += length;
        // What is run with the first operation keeps its own opcode.
        if let Some((_, true)) = pair {
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
        let [mov, sub, step] = [op::MOV, op::SUB, op::STEP].map(word);
        let br_if = u16::from(op::BR_IF) | 6 << 8;
        // A pair and what is none.
        check(&[mov, sub, br_if, mov], &[(0, pair::MOV__BR_IF)]);
        check(&[br_if, mov, mov, br_if], &[]);
        // Of three, the first two.
        let other = step & 0xff | 6 << 8;
        check(&[step, 0, other, 0, step, 0], &[(0, pair::STEP__STEP)]);
        check(&[mov, mov, mov, sub, br_if, mov], &[(2, pair::MOV__BR_IF)]);
        // Operands are not taken for operations.
        check(&[word(op::BR_TABLE), 2, mov, br_if, mov, mov, mov, br_if, 0], &[(5, pair::MOV__BR_IF)]);
        check(&[word(op::CONST64), mov, br_if, mov, br_if], &[]);
        check(&[word(op::RARE), u16::from(Rare::F64Min as u8), mov, br_if, mov], &[]);
        check(&[op::DRIVER as u16 | (DriverOp::CallIndirect as u16) << 8, 0, 0, 0, 0, 0, mov, br_if], &[]);
        check(&[word(ESCAPE), word(op::F32_DIV), mov, mov, sub, br_if, 0], &[(3, pair::MOV__BR_IF)]);
    }

    #[test]
    fn what_was_made_goes_to_the_next_operation_that_takes_it() {
        let [add, xor, shl, store, ret] = [op::ADD, op::XOR, op::SHL, op::STORE32, op::RET32].map(word);
        // A chain, to operand b, and to operand a of what ends it; a store's address is not looked at.
        check(&[add, 0, xor, 7, ret, 0], &[(0, pair::ADD__INT), (2, pair::XOR__INT)]);
        check(&[add, 0, shl, 7], &[(0, pair::ADD__INT)]);
        check(&[add, 0, store & 0xff | 6 << 8, 7], &[]);
        // Another slot; operand c of what does not commute.
        check(&[add, 0, shl, 6], &[]);
        check(&[add, 0, shl, 7 << 8], &[]);
        // A wrapped integer is the lower half; a float is handed to floats only, and what was loaded to both.
        check(&[word(op::ADD64), 0, word(op::STORE8), 0], &[(0, pair::ADD64__INT)]);
        check(&[word(op::F64_ADD), 0, word(op::SHL64_IMM), 7], &[]);
        check(&[word(op::F64_ADD), 0, word(op::F64_ADD), 7], &[(0, pair::F64_ADD__FLOAT)]);
        check(&[word(op::LOAD64), 0, word(op::F64_DIV), 7], &[(0, pair::LOAD64__FLOAT)]);
        // Operands that commute change places.
        assert_eq!(paired(&[word(op::XOR), 0, word(op::MUL), 5 | 7 << 8])[3], 7 | 5 << 8);
        assert_eq!(paired(&[word(op::XOR), 0, word(op::MUL), 5 | 6 << 8])[3], 5 | 6 << 8);
    }

    #[test]
    fn the_second_operation_takes_what_it_is_fed_only_if_that_was_made() {
        let [multiply, add] = [op::F64_MUL, op::F64_ADD].map(word);
        check(&[multiply, 0, add, 7], &[(0, pair::F64_MUL__F64_ADD)]);
        check(&[multiply, 0, add, 6], &[]);
        let [load, branch] = [op::LOAD8_U_ADD, op::BR_IF].map(word);
        check(&[load, 0, 0, 0, branch, 0], &[(0, pair::LOAD8_U_ADD__BR_IF)]);
        check(&[load, 0, 0, 0, branch & 0xff | 6 << 8, 0], &[]);
    }

    #[test]
    fn the_second_operation_hands_on_what_it_made_if_the_third_takes_it() {
        let [shift, add, load] = [op::SHL_IMM, op::ADD_IMM32, op::LOAD32].map(word);
        check(&[shift, 0, add, 7, 1, 0, load, 7], &[(0, pair::SHL_IMM__ADD_IMM32__INT)]);
        check(&[shift, 0, add, 7, 1, 0, load, 6], &[(0, pair::SHL_IMM__ADD_IMM32)]);
        check(&[shift, 0, add, 7, 1, 0], &[(0, pair::SHL_IMM__ADD_IMM32)]);
        // What was handed on is taken by a pair too.
        check(
            &[shift, 0, add, 7, 1, 0, load, 7, word(op::XOR), 7],
            &[(0, pair::SHL_IMM__ADD_IMM32__INT), (6, pair::LOAD32__INT)],
        );
    }

    #[test]
    fn kinds_are_of_operations_that_go_on_behind_themselves() {
        for (number, kind) in KINDS.iter().enumerate() {
            let first = kind.first;
            assert!(first >= op::MOV && !(op::BR_EQ..=op::ADD_BR_LT_S_IMM).contains(&first), "{first}");
            assert!(first != op::RARE && !escape::may(first), "{first}");
            assert_eq!(first_of(OPCODES[number]), first);
            let Some(Second { opcode: second, fed }) = kind.second else { continue };
            assert!(!fed || hand_between(first, second) != Hand::Nothing, "{first} {second}");
            let stops = [op::DRIVER, op::CALL_IMPORT, op::RARE, op::HALT];
            assert!(!stops.contains(&second) && !escape::may(second), "{first} {second}");
        }
    }

    #[test]
    fn kinds_that_hand_on_stand_before_those_that_do_not() {
        for (n, kind) in KINDS.iter().enumerate() {
            let hides = |other: &&Kind| other.first == kind.first && other.second == kind.second;
            let hidden = KINDS.iter().take(n).filter(hides).any(|other| other.handed == Handed::Nothing);
            assert!(!hidden || kind.second.is_none(), "{n}");
        }
    }

    #[test]
    fn kinds_with_the_same_first_operation_stand_together() {
        let mut firsts: Vec<u8> = KINDS.iter().map(|kind| kind.first).collect();
        firsts.dedup();
        let count = firsts.len();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), count);
    }

    #[test]
    fn opcodes_of_pairs_are_no_others() {
        let mut seen = [false; 256];
        for opcode in OPCODES {
            let own = opcode > ESCAPE || escape::may(opcode);
            assert!(own && !core::mem::replace(&mut seen[usize::from(opcode)], true), "{opcode}");
        }
    }
}
