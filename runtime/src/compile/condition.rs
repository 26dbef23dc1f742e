//! Conditions: comparisons that become part of the branch or the select that they decide.

use super::Function;
use super::emit::{Arg, Emitter, Made};
use super::operand::{Entry, Place};
use crate::exec::ops::op;
use crate::stop::Stop;

/// A condition taken off the operand stack, as the operation that tests it.
#[derive(Clone, Copy)]
pub(super) enum Condition {
    /// A value that is not zero.
    Value(Arg),
    /// A comparison of two slots, or of a slot and an immediate: the branch opcode of its first kind, the
    /// kind, the slots or the immediate.
    Compare { first: u8, kind: u8, x: u8, y: u16 },
    /// A comparison of a slot and an immediate of 32 bits.
    CompareFar { kind: u8, x: u8, imm: u32 },
}

/// The newest operation adds an immediate to slot `x` in place.
struct Step {
    imm: u8,
    at: usize,
}

impl Function<'_, '_, '_> {
    /// Takes a condition off: a comparison just made is taken back, to become part of the branch.
    pub(super) fn condition(&mut self, entry: Entry) -> Condition {
        if let (Place::Own, Some(made)) = (entry.place, self.emit.made(entry.slot)) {
            let opcode = self.emit.opcode(made);
            let operands = self.emit.at(made.at + 1);
            let (x, y) = (operands as u8, operands >> 8);
            let taken = match opcode {
                op::EQ..=op::GE_U => Some((op::BR_EQ, opcode - op::EQ, y)),
                op::EQ64..=op::GE_U64 => Some((op::BR_EQ64, opcode - op::EQ64, y)),
                op::EQ_IMM..=op::GE_U_IMM => {
                    Some((op::BR_EQ_IMM, opcode - op::EQ_IMM, self.emit.at(made.at + 2)))
                }
                op::EQZ64 | op::NEZ64 => Some((op::BR_EQ64_IMM, opcode - op::EQZ64, 0)),
                // Their opposites are not each other.
                op::F64_LT | op::F64_LE => Some((op::BR_F64_LT, 2 * (opcode - op::F64_LT), y)),
                _ => None,
            };
            if let Some((first, kind, y)) = taken {
                self.emit.undo(made);
                let is_temp = |slot: u16| u32::from(slot) >= self.first_temp;
                match (first, kind) {
                    (op::BR_EQ, kind) if is_temp(y) && far_compare(kind).is_some() => {
                        if let Some(imm) = self.emit.take_constant(y) {
                            return Condition::CompareFar { kind, x, imm };
                        }
                    }
                    (op::BR_EQ64, 0 | 1) if is_temp(y) => {
                        if let Some(y) = self.emit.take_constant64(y) {
                            return Condition::Compare { first: op::BR_EQ64_IMM, kind, x, y };
                        }
                    }
                    // The opposite of a comparison of floats.
                    (op::BR_EQ_IMM, 0 | 1) if y == 0 && is_temp(x.into()) => {
                        if let Some((first, inner, x, y)) = self.emit.take_float_compare(x.into()) {
                            return Condition::Compare { first, kind: inner ^ kind ^ 1, x, y };
                        }
                    }
                    _ => {}
                }
                return Condition::Compare { first, kind, x, y };
            }
        }
        Condition::Value(self.arg(entry))
    }

    /// Starts a branch if the condition holds, or if it does not; the offset's field comes next.
    // Where flash is short, once and not in each of its three callers.
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) fn branch_if(&mut self, condition: Condition, unless: bool) {
        match condition {
            Condition::Value(arg) => {
                let a = self.emit.x(arg);
                let (narrow, wide) = match unless {
                    true => (op::BR_UNLESS, op::BR_UNLESS_WIDE),
                    false => (op::BR_IF, op::BR_IF_WIDE),
                };
                let step = self.emit.step_of(a.into()).filter(|_| !unless);
                match step {
                    Some(step) => {
                        self.emit.code.truncate(step.at);
                        self.emit.plain(op::ADD_BR_NE_IMM, a, step.imm.into());
                        self.emit.unit(0);
                    }
                    None => self.emit.plain_branch(narrow, wide, a),
                }
            }
            Condition::CompareFar { kind, x, imm } => {
                let Some(opcode) = far_compare(kind ^ u8::from(unless)) else {
                    return self.emit.refuse(Stop::TooNarrow);
                };
                self.emit.plain(opcode, x, imm as u16);
                self.emit.unit((imm >> 16) as u16);
            }
            Condition::Compare { first, kind, x, y } => {
                let kind = kind ^ u8::from(unless);
                let fused = match first {
                    op::BR_EQ => step_compare(kind),
                    op::BR_EQ_IMM => step_compare_imm(kind),
                    _ => None,
                };
                match (fused, self.emit.step_of(x.into())) {
                    (Some(opcode), Some(step)) if first == op::BR_EQ => {
                        self.emit.code.truncate(step.at);
                        self.emit.plain(opcode, x, u16::from(step.imm) | y << 8);
                    }
                    (Some(opcode), Some(step)) => {
                        self.emit.code.truncate(step.at);
                        self.emit.plain(opcode, x, step.imm.into());
                        self.emit.unit(y);
                    }
                    _ => self.emit.plain(first + kind, x, y),
                }
            }
        }
        self.emit.forget();
    }

    /// Takes back the newest operation if it is the operand's comparison with 0; gives what it compares.
    pub(super) fn is_zero(&mut self, entry: Entry) -> Option<Arg> {
        let made = self.emit.made(entry.slot).filter(|_| entry.place == Place::Own)?;
        let zero = self.emit.opcode(made) == op::EQ_IMM && self.emit.at(made.at + 2) == 0;
        if !zero {
            return None;
        }
        let slot = self.emit.at(made.at + 1) & 0xff;
        self.emit.undo(made);
        Some(Arg { slot, double: false })
    }
}

/// The operation that compares with any 32 bits in the way of a comparison's kind, which both have that are opposites.
fn far_compare(kind: u8) -> Option<u8> {
    match op::BR_EQ + kind {
        op::BR_EQ => Some(op::BR_EQ_IMM32),
        op::BR_NE => Some(op::BR_NE_IMM32),
        op::BR_LT_U => Some(op::BR_LT_U_IMM32),
        op::BR_GE_U => Some(op::BR_GE_U_IMM32),
        _ => None,
    }
}

/// The operation that adds and compares two slots in the way of a comparison's kind.
fn step_compare(kind: u8) -> Option<u8> {
    match op::BR_EQ + kind {
        op::BR_NE => Some(op::ADD_BR_NE),
        op::BR_LT_S => Some(op::ADD_BR_LT_S),
        _ => None,
    }
}

/// The operation that adds and compares with an immediate in the way of a comparison's kind.
fn step_compare_imm(kind: u8) -> Option<u8> {
    match op::BR_EQ_IMM + kind {
        op::BR_NE_IMM => Some(op::ADD_BR_NE_IMM),
        op::BR_LT_S_IMM => Some(op::ADD_BR_LT_S_IMM),
        _ => None,
    }
}

impl Emitter {
    /// Starts a branch: the opcode alone in narrow code, where the offset is the second unit.
    pub(super) fn plain_branch(&mut self, narrow: u8, wide: u8, a: u8) {
        self.begin(if self.wide { wide } else { narrow }, a);
        self.forget();
    }

    /// Takes back the newest operation if it adds an immediate; gives its units.
    pub(super) fn take_sum(&mut self) -> Option<(u16, u16)> {
        let adds =
            |m: &Made| matches!(self.opcode(*m), op::ADD_IMM | op::STEP) && m.at + 2 == self.position();
        let made = self.newest().filter(adds)?;
        let units = (self.at(made.at), self.at(made.at + 1));
        self.undo(made);
        Some(units)
    }

    /// Takes back the newest operation if it put a constant of 32 bits into `slot`; gives the constant.
    fn take_constant(&mut self, slot: u16) -> Option<u32> {
        let made = self.made(slot).filter(|&m| self.opcode(m) == op::CONST32)?;
        let value = u32::from(self.at(made.at + 1)) | u32::from(self.at(made.at + 2)) << 16;
        self.undo(made);
        Some(value)
    }

    /// Takes back the newest operation if it put a constant of 64 bits into `slot` that 16 are enough for; gives these.
    fn take_constant64(&mut self, slot: u16) -> Option<u16> {
        let made = self.made(slot).filter(|&m| self.opcode(m) == op::CONST64_16)?;
        let value = self.at(made.at + 1);
        self.undo(made);
        Some(value)
    }

    /// Takes back the newest operation if it put an order of floats into `slot`; gives the branch opcode of the
    /// first kind, the kind and the operands.
    fn take_float_compare(&mut self, slot: u16) -> Option<(u8, u8, u8, u16)> {
        let made = self.made(slot)?;
        let opcode = self.opcode(made);
        let (first, kind) = match opcode {
            op::F64_LT | op::F64_LE => (op::BR_F64_LT, 2 * (opcode - op::F64_LT)),
            _ => return None,
        };
        let operands = self.at(made.at + 1);
        self.undo(made);
        Some((first, kind, operands as u8, operands >> 8))
    }

    /// The newest operation, if it adds an immediate to `slot` in place.
    fn step_of(&self, slot: u16) -> Option<Step> {
        let made = self.made(slot).filter(|m| m.at + 2 == self.position())?;
        let imm = (self.at(made.at + 1) >> 8) as u8;
        (self.opcode(made) == op::STEP).then_some(Step { imm, at: made.at })
    }
}
