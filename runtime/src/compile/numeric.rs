//! Numeric instructions: constants are folded into immediates, comparisons into their opposites, products and
//! shifts into sums.

use super::Function;
use super::fuse::{
    F32_DIFFERENCES, F32_SUMS, F64_DIFFERENCES, F64_SUMS, PRODUCTS64, SUMS, SUMS64, XORS, XORS64,
};
use super::instructions::{How, Numeric};
use super::operand::Entry;
use crate::ValType;
use crate::exec::ops::op;
use crate::exec::rare::Rare;
use crate::stop::Stop;

/// The 32-bit integer instructions in the order of the opcodes from ADD on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    Shl,
    ShrS,
    ShrU,
    DivS,
    DivU,
    RemS,
    RemU,
    // No opcodes of their own.
    Rotl,
    Rotr,
}
use Binary as B;

/// The wasm order from `add`: add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr.
const BINARIES: [Binary; 15] = [
    B::Add,
    B::Sub,
    B::Mul,
    B::DivS,
    B::DivU,
    B::RemS,
    B::RemU,
    B::And,
    B::Or,
    B::Xor,
    B::Shl,
    B::ShrS,
    B::ShrU,
    B::Rotl,
    B::Rotr,
];

/// How an operation's second unit is shared.
#[derive(Clone, Copy)]
pub(super) enum Second {
    /// The operand below, and this above.
    Below(u8),
    /// The number of a sub-operation below, and the operand above.
    Above(u8),
}
pub(super) const ALONE: Second = Second::Below(0);

impl Function<'_, '_, '_> {
    /// Pushes a result, and emits the operation that makes it: what is behind operand a.
    pub(super) fn make(&mut self, opcode: u8, second: u16, more: &[u16], ty: Option<ValType>) {
        let result = self.push_open(ty).own();
        let a = self.emit.result(result);
        self.emit.making(opcode, a, second);
        for &unit in more {
            self.emit.unit(unit);
        }
        self.emit.finish(result)
    }

    /// `a = f(b)` by an operation of two units, and more that are given.
    pub(super) fn one_of(&mut self, opcode: u8, second: Second, x: Entry, to: ValType, more: &[u16]) {
        let arg = self.arg(x);
        let b = u16::from(self.emit.x(arg));
        let second = match second {
            Second::Below(high) => b | u16::from(high) << 8,
            Second::Above(number) => u16::from(number) | b << 8,
        };
        self.make(opcode, second, more, Some(to))
    }

    /// A numeric instruction.
    pub(super) fn numeric(&mut self, row: Numeric) {
        let newest = self.pop(row.from());
        if row.how() < How::I32Compare {
            return self.numeric_of_one(row, newest);
        }
        let x = self.pop(row.from());
        self.numeric_of_two(row, x, newest)
    }

    fn numeric_of_one(&mut self, row: Numeric, x: Entry) {
        let (number, to) = (row.number(), row.to());
        match row.how() {
            How::I32Eqz => self.i32_eqz(x),
            How::I64Eqz => self.i64_eqz(x),
            How::RareOfOne => self.one_of(op::RARE, Second::Above(number), x, to, &[]),
            How::Op => self.one_of(number, ALONE, x, to, &[]),
            _ => self.alias(x, to),
        }
    }

    // Where flash is short: in a function of its own, jumps are short here and around it.
    #[cfg_attr(target_os = "none", inline(never))]
    fn numeric_of_two(&mut self, row: Numeric, x: Entry, y: Entry) {
        let (index, from) = (row.number(), row.from());
        match row.how() {
            How::I32Compare => self.i32_compare(index, x, y),
            How::I64Compare => self.i64_compare(index, x, y),
            How::FloatCompare => self.float_compare(index, from, x, y),
            How::I32Binary => self.i32_binary(index, x, y),
            How::I64Binary => self.i64_binary(index, x, y),
            How::FloatBinary => self.float_binary(index, from, x, y),
            _ => self.rare_of(index, x, y, row.to()),
        }
    }

    /// `a = f(b)` by an operation of two units.
    pub(super) fn unary(&mut self, opcode: u8, from: ValType, to: ValType) {
        let x = self.pop(from);
        self.one_of(opcode, ALONE, x, to, &[])
    }

    /// `a = f(b, c)` by a sub-operation on operands that were popped.
    pub(super) fn rare_of(&mut self, number: u8, x: Entry, y: Entry, to: ValType) {
        self.two_of(op::RARE, Some(number), x, y, to)
    }

    /// `a = f(b, c)` by an operation of two units.
    pub(super) fn binary_of(&mut self, opcode: u8, x: Entry, y: Entry, to: ValType) {
        self.two_of(opcode, None, x, y, to)
    }

    /// `a = f(b, c)`; a sub-operation's number takes the place of c, which follows.
    fn two_of(&mut self, opcode: u8, number: Option<u8>, x: Entry, y: Entry, to: ValType) {
        let (x, y) = (self.arg(x), self.arg(y));
        let (b, c) = (u16::from(self.emit.x(x)), u16::from(self.emit.y(y)));
        match number {
            Some(number) => self.make(opcode, u16::from(number) | b << 8, &[c], Some(to)),
            None => self.make(opcode, b | c << 8, &[], Some(to)),
        }
    }

    /// `a = b op immediate`: an 8-bit one in operand c, or with `wide_opcode` any 32 bits.
    fn immediate(&mut self, opcode: u8, wide_opcode: Option<u8>, x: Entry, imm: i32, to: ValType) -> bool {
        match (i8::try_from(imm), wide_opcode) {
            (Ok(imm), _) => self.one_of(opcode, Second::Below(imm as u8), x, to, &[]),
            (Err(_), Some(opcode)) => {
                self.one_of(opcode, ALONE, x, to, &[imm as u16, (imm >> 16) as u16]);
            }
            (Err(_), None) => return false,
        }
        true
    }

    /// The instruction `0x6a + index` of 32-bit integers.
    fn i32_binary(&mut self, index: u8, x: Entry, y: Entry) {
        let Some(&what) = BINARIES.get(usize::from(index)) else { return };
        let commutes = matches!(what, B::Add | B::Mul | B::And | B::Or | B::Xor);
        let (left, right) = if commutes && x.constant().is_some() { (y, x) } else { (x, y) };
        if let Some(imm) = right.constant() {
            if self.i32_immediate(what, left, imm) {
                return;
            }
        } else if let (B::Sub, Some(imm)) = (what, x.constant()) {
            if self.immediate(op::RSUB_IMM, None, y, imm, ValType::I32) {
                return;
            }
        } else if match what {
            B::Add => self.fused(SUMS, x, y),
            B::Xor => self.fused(XORS, x, y),
            _ => false,
        } {
            return;
        }
        match what {
            B::Rotl => self.rare_of(Rare::Rotl as u8, x, y, ValType::I32),
            B::Rotr => self.rare_of(Rare::Rotr as u8, x, y, ValType::I32),
            _ => self.binary_of(op::ADD + what as u8, x, y, ValType::I32),
        }
    }

    fn i32_immediate(&mut self, what: Binary, x: Entry, imm: i32) -> bool {
        let ty = ValType::I32;
        match what {
            B::And if imm == 0xff => {
                self.one_of(op::AND_FF, ALONE, x, ty, &[]);
                true
            }
            B::Add => {
                self.push_sum(x, imm);
                true
            }
            B::Sub => {
                self.push_sum(x, imm.wrapping_neg());
                true
            }
            B::Mul => self.immediate(op::MUL_IMM, Some(op::MUL_IMM32), x, imm, ty),
            B::And => self.immediate(op::AND_IMM, Some(op::AND_IMM32), x, imm, ty),
            B::Or | B::Xor => self.immediate(op::ADD_IMM + what as u8, None, x, imm, ty),
            B::ShrS | B::ShrU if self.narrows(x, imm) => {
                let (opcode, more): (_, &[u16]) = match (what, imm) {
                    (B::ShrS, 16) => (op::EXTEND16, &[]),
                    (B::ShrS, _) => (op::EXTEND8, &[]),
                    (_, 16) => (op::AND_IMM32, &[0xffff, 0]),
                    _ => (op::AND_FF, &[]),
                };
                let Some(made) = self.emit.made(x.slot) else { return false };
                let b = self.emit.at(made.at + 1) & 0xff;
                self.emit.undo(made);
                self.make(opcode, b, more, Some(ty));
                true
            }
            B::Shl | B::ShrS | B::ShrU => self.immediate(op::ADD_IMM + what as u8, None, x, imm & 31, ty),
            B::Rotl => self.immediate(op::ROTL_IMM, None, x, imm & 31, ty),
            B::Rotr => self.immediate(op::ROTL_IMM, None, x, imm.wrapping_neg() & 31, ty),
            B::DivS | B::DivU | B::RemS | B::RemU => match i16::try_from(imm) {
                Err(_) | Ok(-1 | 0) => false,
                Ok(imm) => {
                    let opcode = op::DIV_S_IMM + (what as u8 - B::DivS as u8);
                    self.one_of(opcode, ALONE, x, ty, &[imm as u16]);
                    true
                }
            },
        }
    }

    /// Sum, difference, product or quotient of floats, by its distance from the first opcode.
    fn float_binary(&mut self, index: u8, ty: ValType, x: Entry, y: Entry) {
        let (first, sums, differences) = match ty {
            ValType::F32 => (op::F32_ADD, F32_SUMS, F32_DIFFERENCES),
            _ => (op::F64_ADD, F64_SUMS, F64_DIFFERENCES),
        };
        if ty == ValType::F64 && self.float_constant(index, x, y) {
            return;
        }
        let done = match index {
            0 => self.fused(sums, x, y),
            1 if self.emit.made(x.slot).is_none() => self.fused(differences, x, y),
            _ => false,
        };
        if !done {
            self.binary_of(first + index, x, y, ty);
        }
    }

    /// The instruction `0x7c + index` of 64-bit integers.
    fn i64_binary(&mut self, index: u8, x: Entry, y: Entry) {
        let Some(&what) = BINARIES.get(usize::from(index)) else { return };
        let ty = ValType::I64;
        let (left, right) = match what {
            B::Add | B::Mul | B::And if x.constant().is_some() => (y, x),
            _ => (x, y),
        };
        let fusions = match what {
            B::Add => SUMS64,
            B::Mul => PRODUCTS64,
            B::Xor => XORS64,
            _ => &[],
        };
        if self.fused(fusions, x, y) {
            return;
        }
        if let Some(imm) = right.constant() {
            let done = match what {
                B::Add => self.immediate(op::ADD64_IMM, None, left, imm, ty),
                B::Sub => match imm.checked_neg() {
                    Some(imm) => self.immediate(op::ADD64_IMM, None, left, imm, ty),
                    None => false,
                },
                B::Mul => self.immediate(op::MUL64_IMM, None, left, imm, ty),
                B::And => self.immediate(op::AND64_IMM, None, left, imm, ty),
                B::Shl => self.immediate(op::SHL64_IMM, None, left, imm & 63, ty),
                B::ShrS => self.immediate(op::SHR_S64_IMM, None, left, imm & 63, ty),
                B::ShrU => self.immediate(op::SHR_U64_IMM, None, left, imm & 63, ty),
                B::Rotl => self.immediate(op::ROTL64_IMM, None, left, imm & 63, ty),
                B::Rotr => self.immediate(op::ROTL64_IMM, None, left, imm.wrapping_neg() & 63, ty),
                _ => false,
            };
            if done {
                return;
            }
        }
        let rare = match what {
            B::Shl => Rare::Shl64,
            B::ShrS => Rare::ShrS64,
            B::ShrU => Rare::ShrU64,
            B::DivS => Rare::DivS64,
            B::DivU => Rare::DivU64,
            B::RemS => Rare::RemS64,
            B::RemU => Rare::RemU64,
            B::Rotl => Rare::Rotl64,
            B::Rotr => Rare::Rotr64,
            _ => return self.binary_of(op::ADD64 + what as u8, x, y, ty),
        };
        self.rare_of(rare as u8, x, y, ty)
    }

    /// An instruction whose result has the bits of its operand, or the low half of them. A constant's low half
    /// is the constant itself.
    fn alias(&mut self, x: Entry, to: ValType) {
        if x.is_double() != (to.slots() == 2) {
            // The operation that made it writes two slots, and must not be led to a local of one.
            self.emit.forget();
        }
        self.push_again(x, to)
    }

    pub(super) fn select(&mut self, ty: Option<ValType>) {
        let condition = self.pop(ValType::I32);
        let (x, y, ty) = match ty {
            Some(ty) => {
                let y = self.pop(ty);
                (self.pop(ty), y, Some(ty))
            }
            None => {
                let y = self.pop_any();
                let x = self.pop_any();
                let ty = x.ty.or(y.ty);
                if ty.is_some_and(ValType::is_ref) || (x.ty.is_some() && y.ty.is_some() && x.ty != y.ty) {
                    return self.emit.refuse(Stop::TypeMismatch);
                }
                (x, y, ty)
            }
        };
        let small = |entry: Entry| {
            entry
                .constant()
                .filter(|_| ty.is_some_and(|ty| ty.slots() == 1))
                .and_then(|x| i8::try_from(x).ok())
        };
        if let (Some(x), Some(y)) = (small(x), small(y)) {
            let arg = self.arg(condition);
            let z = self.emit.z(arg);
            let second = u16::from(x as u8) | u16::from(y as u8) << 8;
            return self.make(op::SELECT_IMM, second, &[z.into()], ty);
        }
        let (z, y, x) = match self.is_zero(condition) {
            Some(z) => (z, self.arg(x), self.arg(y)),
            None => (self.arg(condition), self.arg(y), self.arg(x)),
        };
        let (b, c, d) = (self.emit.x(x), self.emit.y(y), self.emit.z(z));
        let double = ty.is_some_and(|ty| ty.slots() == 2);
        let opcode = if double { op::SELECT64 } else { op::SELECT };
        self.make(opcode, u16::from(b) | u16::from(c) << 8, &[d.into()], ty)
    }
}
