//! Comparisons: their kinds, exchanged operands and immediates.

use super::Function;
use super::numeric::ALONE;
use super::operand::{Entry, Place};
use crate::ValType;
use crate::exec::ops::op;
use crate::exec::rare::Rare;

/// The kinds of comparison: 0 to 5 in the order of the opcodes from EQ on, then those that are expressed by them.
const GT_S: u8 = 6;
const LE_U: u8 = 9;
/// The wasm order: eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
const KINDS: [u8; 10] = [0, 1, 2, 4, 6, 8, 7, 9, 3, 5];

/// The comparison with `imm` as one that has an immediate form: greater is not less than the next number.
fn with_immediate(kind: u8, imm: i32) -> Option<(u8, i32)> {
    match kind {
        // GT_S and LE_S as GE_S and LT_S.
        6 | 7 => imm.checked_add(1).map(|next| (9 - kind, next)),
        // GT_U and LE_U as GE_U and LT_U.
        8 | 9 => (imm as u32).checked_add(1).map(|next| (13 - kind, next as i32)),
        _ => Some((kind, imm)),
    }
}

/// The comparison of exchanged operands.
const fn exchanged(kind: u8) -> u8 {
    match kind {
        0 | 1 => kind,
        2..=5 => kind + 4,
        _ => kind - 4,
    }
}

impl Function<'_, '_, '_> {
    /// The instruction `0x46 + index` of 32-bit integers: a comparison.
    pub(super) fn i32_compare(&mut self, index: u8, x: Entry, y: Entry) {
        let Some(&kind) = KINDS.get(usize::from(index)) else { return };
        let (kind, x, y) = match (x.constant(), y.constant()) {
            (Some(_), None) => (exchanged(kind), y, x),
            _ => (kind, x, y),
        };
        let immediate = y.constant().and_then(|imm| with_immediate(kind, imm));
        if let Some((kind, Ok(imm))) = immediate.map(|(kind, imm)| (kind, i16::try_from(imm))) {
            return self.one_of(op::EQ_IMM + kind, ALONE, x, ValType::I32, &[imm as u16]);
        }
        let (kind, y) = match immediate {
            Some((kind, imm)) => (kind, Entry { place: Place::Const(imm), ..y }),
            None => (kind, y),
        };
        self.compare_of(op::EQ, kind, x, y)
    }

    /// A comparison of two slots: greater is less of exchanged operands.
    fn compare_of(&mut self, first: u8, kind: u8, x: Entry, y: Entry) {
        match kind {
            GT_S..=LE_U => self.binary_of(first + exchanged(kind), y, x, ValType::I32),
            _ => self.binary_of(first + kind, x, y, ValType::I32),
        }
    }

    /// The instruction `0x51 + index` of 64-bit integers: a comparison.
    pub(super) fn i64_compare(&mut self, index: u8, x: Entry, y: Entry) {
        let Some(&kind) = KINDS.get(usize::from(index)) else { return };
        if y.constant() == Some(0) && kind < 2 {
            return self.one_of(op::EQZ64 + kind, ALONE, x, ValType::I32, &[]);
        }
        self.compare_of(op::EQ64, kind, x, y)
    }

    /// Comparison `index` of floats in the wasm order: eq ne lt gt le ge. Greater is less of exchanged operands.
    pub(super) fn float_compare(&mut self, index: u8, ty: ValType, x: Entry, y: Entry) {
        let f32 = ty == ValType::F32;
        match index {
            0 if f32 => self.rare_of(Rare::F32Eq as u8, x, y, ValType::I32),
            1 if f32 => self.rare_of(Rare::F32Ne as u8, x, y, ValType::I32),
            0 | 1 => self.binary_of(op::F64_EQ + index, x, y, ValType::I32),
            _ => {
                let (x, y) = if index & 1 == 0 { (x, y) } else { (y, x) };
                let less = if f32 { op::F32_LT } else { op::F64_LT };
                self.binary_of(less + (index - 2) / 2, x, y, ValType::I32)
            }
        }
    }

    /// `i32.eqz`: the opposite of a comparison just made, else a comparison with 0.
    pub(super) fn i32_eqz(&mut self, x: Entry) {
        if let Some(made) = self.emit.made(x.slot).filter(|_| x.place == Place::Own) {
            let opcode = self.emit.opcode(made);
            let first = match opcode {
                op::EQ..=op::GE_U => Some(op::EQ),
                op::EQ_IMM..=op::GE_U_IMM => Some(op::EQ_IMM),
                op::EQ64..=op::GE_U64 => Some(op::EQ64),
                op::EQZ64 | op::NEZ64 => Some(op::EQZ64),
                op::F64_EQ | op::F64_NE => Some(op::F64_EQ),
                _ => None,
            };
            if let Some(first) = first {
                self.emit.set_opcode(made, first + ((opcode - first) ^ 1));
                self.push(ValType::I32);
                return;
            }
        }
        self.one_of(op::EQ_IMM, ALONE, x, ValType::I32, &[0])
    }

    /// `i64.eqz`: of what has no bits beyond 32, which an operation just left, a comparison of these.
    pub(super) fn i64_eqz(&mut self, x: Entry) {
        let made = self.emit.made(x.slot).filter(|_| x.place == Place::Own);
        let short = made.is_some_and(|made| {
            let mask = self.emit.at(made.at + 1) >> 8;
            self.emit.opcode(made) == op::AND64_IMM && mask < 0x80
        });
        let (opcode, more): (_, &[u16]) = if short { (op::EQ_IMM, &[0]) } else { (op::EQZ64, &[]) };
        self.one_of(opcode, ALONE, x, ValType::I32, more)
    }
}
