//! Operations that do what two do: the newest one, and an instruction on what it made.

use super::Function;
use super::numeric::ALONE;
use super::operand::{Entry, Place};
use crate::ValType;
use crate::exec::ops::op;

/// What unit 2 of a fused operation holds.
#[derive(Clone, Copy)]
enum Third {
    /// The slot of the other operand: the made operation keeps its operands.
    Slot,
    /// The made operation's immediate, whose place the other operand takes.
    Immediate,
    /// Nothing, there is none: the made operation's operand b takes the place of c.
    None,
}

/// An operation that does what two do: one that made a value, and an instruction on that and another operand.
pub(super) struct Fusion {
    made: u8,
    fused: u8,
    third: Third,
}

const fn fusion(made: u8, fused: u8, third: Third) -> Fusion {
    Fusion { made, fused, third }
}

/// Sums of products, of sums and of shifted terms.
pub(super) const SUMS: &[Fusion] = &[
    fusion(op::MUL, op::MUL_ADD, Third::Slot),
    fusion(op::ADD, op::ADD3, Third::Slot),
    fusion(op::SHL_IMM, op::SHL_ADD, Third::Immediate),
];
/// Exclusive ors of shifted and rotated terms, as hashes and checksums have them.
pub(super) const XORS: &[Fusion] = &[
    fusion(op::SHL_IMM, op::SHL_XOR, Third::Immediate),
    fusion(op::SHR_U_IMM, op::SHR_U_XOR, Third::Immediate),
    fusion(op::ROTL_IMM, op::ROTL_XOR, Third::Immediate),
];
/// Sums and products with what was sign-extended from 32 bits.
pub(super) const SUMS64: &[Fusion] = &[fusion(op::EXTEND_S, op::ADD64_EXTEND_S, Third::None)];
pub(super) const PRODUCTS64: &[Fusion] = &[fusion(op::EXTEND_S, op::MUL64_EXTEND_S, Third::None)];
pub(super) const XORS64: &[Fusion] = &[fusion(op::ROTL64_IMM, op::ROTL_XOR64, Third::Immediate)];
/// Sums and differences of float products; a difference only takes a product away.
pub(super) const F32_SUMS: &[Fusion] = &[fusion(op::F32_MUL, op::F32_MUL_ADD, Third::Slot)];
pub(super) const F32_DIFFERENCES: &[Fusion] = &[fusion(op::F32_MUL, op::F32_MUL_RSUB, Third::Slot)];
pub(super) const F64_SUMS: &[Fusion] = &[fusion(op::F64_MUL, op::F64_MUL_ADD, Third::Slot)];
pub(super) const F64_DIFFERENCES: &[Fusion] = &[fusion(op::F64_MUL, op::F64_MUL_RSUB, Third::Slot)];

impl Function<'_, '_, '_> {
    /// Whether the newest operation shifted `x` left by as much as it is now to be shifted right, to leave a
    /// byte or a half.
    pub(super) fn narrows(&self, x: Entry, by: i32) -> bool {
        let made = self.emit.made(x.slot).filter(|_| x.place == Place::Own && matches!(by, 16 | 24));
        made.is_some_and(|made| {
            self.emit.opcode(made) == op::SHL_IMM && i32::from(self.emit.at(made.at + 1) >> 8) == by
        })
    }

    /// `a = f(b, c, d)` from what the newest operation made and another operand, when a fusion is for that.
    pub(super) fn fused(&mut self, fusions: &[Fusion], x: Entry, y: Entry) -> bool {
        for (term, other) in [(y, x), (x, y)] {
            let Some(made) = self.emit.made(term.slot).filter(|_| term.place == Place::Own) else { continue };
            let opcode = self.emit.opcode(made);
            let Some(fusion) = fusions.iter().find(|f| f.made == opcode && other.constant().is_none()) else {
                continue;
            };
            let operands = self.emit.at(made.at + 1);
            self.emit.undo(made);
            let arg = self.arg(other);
            let other = u16::from(self.emit.y(arg));
            let (second, third) = match fusion.third {
                Third::Slot => (operands, Some(other)),
                Third::Immediate => (operands & 0xff | other << 8, Some(operands >> 8)),
                Third::None => (other | operands << 8, None),
            };
            self.make(fusion.fused, second, third.as_slice(), Some(term.ty.unwrap_or(ValType::I32)));
            return true;
        }
        false
    }

    /// A sum, difference or product one of whose terms is a constant that the newest operation made.
    pub(super) fn float_constant(&mut self, index: u8, x: Entry, y: Entry) -> bool {
        let opcode = match index {
            0 | 1 => op::F64_ADD_CONST,
            2 => op::F64_MUL_CONST,
            _ => return false,
        };
        for (term, other) in [(y, x), (x, y)] {
            let Some(made) = self.emit.made(term.slot).filter(|_| term.place == Place::Own) else { continue };
            let takes = self.emit.opcode(made) == op::CONST64 && other.constant().is_none();
            if !takes || (index == 1 && term.slot == x.slot) {
                continue;
            }
            let mut units = [1, 2, 3, 4].map(|n| self.emit.at(made.at + n));
            if index == 1 {
                // Less a number is more its opposite.
                units[3] ^= 0x8000;
            }
            self.emit.undo(made);
            self.one_of(opcode, ALONE, other, ValType::F64, &units);
            return true;
        }
        false
    }
}
