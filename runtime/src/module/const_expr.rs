//! Constant expressions (specification section 3.3.7), the extended ones included.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Parts;
use crate::fallible::{exact, push};
use crate::reader::Reader;
use crate::stop::{Res, Stop};
use crate::{Error, Result, ValType};

/// A constant expression, as what remains to be done when the module is instantiated.
pub(crate) enum ConstExpr {
    /// These bits.
    Value(u64),
    /// An imported global's value.
    Global(u32),
    /// A reference to a function.
    Func(u32),
    /// Instructions for a stack machine.
    Long(Box<[ConstOp]>),
}

/// An instruction of a constant expression.
#[derive(Clone, Copy)]
pub(crate) enum ConstOp {
    Value(u64),
    Global(u32),
    Func(u32),
    Add32,
    Sub32,
    Mul32,
    Add64,
    Sub64,
    Mul64,
}

impl ConstOp {
    /// Applies a binary instruction.
    fn apply(self, x: u64, y: u64) -> u64 {
        let (a, b) = (x as u32, y as u32);
        match self {
            Self::Add32 => a.wrapping_add(b).into(),
            Self::Sub32 => a.wrapping_sub(b).into(),
            Self::Mul32 => a.wrapping_mul(b).into(),
            Self::Add64 => x.wrapping_add(y),
            Self::Sub64 => x.wrapping_sub(y),
            _ => x.wrapping_mul(y),
        }
    }
}

impl ConstExpr {
    /// Reads and checks an expression of a type.
    pub(super) fn read(read: &mut Reader<'_>, parts: &mut Parts, ty: ValType) -> Res<Self> {
        let (first, found) = match Self::op(read, parts)? {
            Some(op) => op,
            None => return Err(Stop::TypeMismatch),
        };
        let Some(first_type) = found else { return Err(Stop::TypeMismatch) };
        let mut ops = Vec::new();
        let mut types = Vec::new();
        let mut next = Self::op(read, parts)?;
        if next.is_none() {
            if first_type != ty {
                return Err(Stop::TypeMismatch);
            }
            return Ok(match first {
                ConstOp::Global(index) => Self::Global(index),
                ConstOp::Func(index) => Self::Func(index),
                ConstOp::Value(bits) => Self::Value(bits),
                _ => return Err(Stop::ConstantRequired),
            });
        }
        push(&mut ops, first)?;
        push(&mut types, first_type)?;
        while let Some((op, makes)) = next {
            match makes {
                Some(ty) => push(&mut types, ty)?,
                None => {
                    let operand = match op {
                        ConstOp::Add32 | ConstOp::Sub32 | ConstOp::Mul32 => ValType::I32,
                        _ => ValType::I64,
                    };
                    if types.pop() != Some(operand) || types.last() != Some(&operand) {
                        return Err(Stop::TypeMismatch);
                    }
                }
            }
            push(&mut ops, op)?;
            next = Self::op(read, parts)?;
        }
        match types.as_slice() {
            [found] if *found == ty => Ok(Self::Long(exact(ops)?)),
            _ => Err(Stop::TypeMismatch),
        }
    }

    /// Reads an instruction and the type that it makes, none for a binary one; nothing at the end.
    fn op(read: &mut Reader<'_>, parts: &mut Parts) -> Res<Option<(ConstOp, Option<ValType>)>> {
        let value = |bits, ty| Ok(Some((ConstOp::Value(bits), Some(ty))));
        match read.u8()? {
            0x0b => Ok(None),
            0x41 => value(u64::from(read.i32()? as u32), ValType::I32),
            0x42 => value(read.i64()? as u64, ValType::I64),
            0x43 => value(read.u32_fixed()?.into(), ValType::F32),
            0x44 => value(read.u64_fixed()?, ValType::F64),
            0xd0 => {
                let ty = read.ref_type()?;
                value(0, ty)
            }
            0xd2 => {
                let index = read.u32()?;
                if !parts.declare(index)? {
                    return Err(Stop::UnknownFunction);
                }
                Ok(Some((ConstOp::Func(index), Some(ValType::FuncRef))))
            }
            0x23 => {
                let index = read.u32()?;
                match parts.globals.get(index as usize) {
                    Some(global) if index < parts.imported_globals && !global.ty.mutable => {
                        Ok(Some((ConstOp::Global(index), Some(global.ty.content))))
                    }
                    Some(_) => Err(Stop::ConstantRequired),
                    None => Err(Stop::UnknownGlobal),
                }
            }
            0x6a => Ok(Some((ConstOp::Add32, None))),
            0x6b => Ok(Some((ConstOp::Sub32, None))),
            0x6c => Ok(Some((ConstOp::Mul32, None))),
            0x7c => Ok(Some((ConstOp::Add64, None))),
            0x7d => Ok(Some((ConstOp::Sub64, None))),
            0x7e => Ok(Some((ConstOp::Mul64, None))),
            0xfd => Err(Stop::Simd),
            0xfb => Err(Stop::GarbageCollection),
            0x00..=0x26 | 0x28..=0xc4 | 0xd1 | 0xfc => Err(Stop::ConstantRequired),
            _ => Err(Stop::IllegalOpcode),
        }
    }

    /// Evaluates the expression, given the values of globals and references to functions.
    pub(crate) fn evaluate(&self, global: impl Fn(u32) -> u64, func: impl Fn(u32) -> u64) -> Result<u64> {
        let ops = match self {
            Self::Value(bits) => return Ok(*bits),
            Self::Global(index) => return Ok(global(*index)),
            Self::Func(index) => return Ok(func(*index)),
            Self::Long(ops) => ops,
        };
        let mut stack = Vec::new();
        for op in ops {
            let value = match *op {
                ConstOp::Value(bits) => bits,
                ConstOp::Global(index) => global(index),
                ConstOp::Func(index) => func(index),
                binary => {
                    let (y, x) = (stack.pop().unwrap_or_default(), stack.pop().unwrap_or_default());
                    binary.apply(x, y)
                }
            };
            push(&mut stack, value)?;
        }
        stack.pop().ok_or(Error::OutOfMemory)
    }
}
