//! Constant expressions (specification section 3.3.7), the extended ones included.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::slice;

use super::Parts;
use crate::fallible::{exact, push};
use crate::reader::Reader;
use crate::stop::{Res, Stop};
use crate::{Result, ValType};

/// A constant expression, as what remains to be done when the module is instantiated.
pub(crate) enum ConstExpr {
    /// One instruction, as nearly all have.
    One(ConstOp),
    /// Instructions for a stack machine.
    Long(Box<[ConstOp]>),
}

/// An instruction of a constant expression.
#[derive(Clone, Copy)]
pub(crate) enum ConstOp {
    /// These bits.
    Value(u64),
    /// An imported global's value.
    Global(u32),
    /// A reference to a function.
    Func(u32),
    /// The sum, the difference or the product, as 0, 1 or 2 says, of two operands of this type.
    Binary(u8, ValType),
}

impl ConstExpr {
    /// Reads and checks an expression of a type.
    pub(super) fn read(read: &mut Reader<'_>, parts: &mut Parts, ty: ValType) -> Res<Self> {
        let mut ops = Vec::new();
        let mut types = Vec::new();
        while let Some((op, makes)) = Self::op(read, parts)? {
            if matches!(op, ConstOp::Binary(..)) && (types.pop() != Some(makes) || types.pop() != Some(makes))
            {
                return Err(Stop::TypeMismatch);
            }
            push(&mut types, makes)?;
            push(&mut ops, op)?;
        }
        match (types.as_slice(), ops.as_slice()) {
            ([found], _) if *found != ty => Err(Stop::TypeMismatch),
            ([_], [one]) => Ok(Self::One(*one)),
            ([_], _) => Ok(Self::Long(exact(ops)?)),
            _ => Err(Stop::TypeMismatch),
        }
    }

    /// Reads an instruction and the type that it makes; nothing at the end.
    fn op(read: &mut Reader<'_>, parts: &mut Parts) -> Res<Option<(ConstOp, ValType)>> {
        use ValType::{F32, F64, FuncRef, I32, I64};
        let value = |bits, ty| (ConstOp::Value(bits), ty);
        Ok(Some(match read.u8()? {
            0x0b => return Ok(None),
            0x41 => value(u64::from(read.i32()? as u32), I32),
            0x42 => value(read.i64()? as u64, I64),
            0x43 => value(read.u32_fixed()?.into(), F32),
            0x44 => value(read.u64_fixed()?, F64),
            0xd0 => value(0, read.ref_type()?),
            0xd2 => {
                let index = read.u32()?;
                if !parts.declare(index)? {
                    return Err(Stop::UnknownFunction);
                }
                (ConstOp::Func(index), FuncRef)
            }
            0x23 => {
                let index = read.u32()?;
                match parts.globals.get(index as usize) {
                    Some(global) if index < parts.imported_globals && !global.ty.mutable => {
                        (ConstOp::Global(index), global.ty.content)
                    }
                    Some(_) => return Err(Stop::ConstantRequired),
                    None => return Err(Stop::UnknownGlobal),
                }
            }
            opcode @ 0x6a..=0x6c => (ConstOp::Binary(opcode - 0x6a, I32), I32),
            opcode @ 0x7c..=0x7e => (ConstOp::Binary(opcode - 0x7c, I64), I64),
            0xfd => return Err(Stop::Simd),
            0xfb => return Err(Stop::GarbageCollection),
            0x00..=0x26 | 0x28..=0xc4 | 0xd1 | 0xfc => return Err(Stop::ConstantRequired),
            _ => return Err(Stop::IllegalOpcode),
        }))
    }

    /// Evaluates the expression, given the values of globals and references to functions.
    pub(crate) fn evaluate(&self, global: impl Fn(u32) -> u64, func: impl Fn(u32) -> u64) -> Result<u64> {
        let ops = match self {
            Self::One(op) => slice::from_ref(op),
            Self::Long(ops) => ops,
        };
        // The newest value, and those below it.
        let mut top = 0u64;
        let mut below = Vec::new();
        for op in ops {
            let made = match *op {
                ConstOp::Value(bits) => bits,
                ConstOp::Global(index) => global(index),
                ConstOp::Func(index) => func(index),
                ConstOp::Binary(what, ty) => {
                    // An expression that was checked has two operands.
                    let x: u64 = below.pop().unwrap_or_default();
                    top = match what {
                        0 => x.wrapping_add(top),
                        1 => x.wrapping_sub(top),
                        _ => x.wrapping_mul(top),
                    };
                    if ty == ValType::I32 {
                        // The low half of a result is the result of the low halves.
                        top = u64::from(top as u32);
                    }
                    continue;
                }
            };
            if ops.len() > 1 {
                push(&mut below, top)?;
            }
            top = made;
        }
        Ok(top)
    }
}
