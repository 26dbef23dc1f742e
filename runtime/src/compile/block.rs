//! Blocks: their types, where they begin and end, and their else parts.

use super::Function;
use super::emit::Chain;
use super::operand::MAX_SLOT;
use crate::ValType;
use crate::exec::ops::op;
use crate::fallible::push;
use crate::reader::bad_type;
use crate::stop::{Res, Stop};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    Block,
    Loop,
    If,
    Else,
}

/// A block's type.
#[derive(Clone, Copy)]
pub(super) enum BlockType {
    Empty,
    Value(ValType),
    /// An index into the module's types.
    Type(u32),
}

/// An entered block.
#[derive(Clone, Copy)]
pub(super) struct Control {
    pub(super) kind: Kind,
    pub(super) ty: BlockType,
    /// Operands below the block's parameters.
    pub(super) height: u32,
    /// Slot of the first parameter and of the first result.
    pub(super) base: u16,
    /// Whether operands below the height may be popped: the code is unreachable.
    pub(super) open: bool,
    /// Whether the block's start is reached.
    pub(super) live: bool,
    /// Position of a loop's start.
    pub(super) start: u32,
    /// Branches to the end.
    pub(super) end: Chain,
    /// The branch to the else part of an `if`.
    pub(super) otherwise: Chain,
    /// Entries of a BR_TABLE that need a stub for this label, and the next control with such ones.
    pub(super) stub: Chain,
    pub(super) next_stub: u32,
}

const fn one(ty: ValType) -> &'static [ValType] {
    match ty {
        ValType::I32 => &[ValType::I32],
        ValType::I64 => &[ValType::I64],
        ValType::F32 => &[ValType::F32],
        ValType::F64 => &[ValType::F64],
        ValType::FuncRef => &[ValType::FuncRef],
        ValType::ExternRef => &[ValType::ExternRef],
    }
}

impl<'a> Function<'a, '_, '_> {
    pub(super) fn params(&self, ty: BlockType) -> &'a [ValType] {
        match ty {
            BlockType::Type(index) => self.parts.types.get(index).map_or(&[], |t| t.params),
            _ => &[],
        }
    }

    pub(super) fn results(&self, ty: BlockType) -> &'a [ValType] {
        match ty {
            BlockType::Empty => &[],
            BlockType::Value(ty) => one(ty),
            BlockType::Type(index) => self.parts.types.get(index).map_or(&[], |t| t.results),
        }
    }

    fn block_type(&mut self) -> Res<BlockType> {
        let code = self.read.i33()?;
        if let Ok(index) = u32::try_from(code) {
            if self.parts.types.get(index).is_none() {
                return Err(Stop::UnknownType);
            }
            return Ok(BlockType::Type(index));
        }
        let byte = (code & 0x7f) as u8;
        if code < -0x40 {
            return Err(Stop::MalformedBlockType);
        }
        match ValType::from_byte(byte) {
            Some(ty) => Ok(BlockType::Value(ty)),
            None if byte == 0x40 => Ok(BlockType::Empty),
            None => Err(bad_type(byte, Stop::MalformedBlockType)),
        }
    }

    pub(super) fn enter_function(&mut self, ty: u32) {
        self.enter(Kind::Function, BlockType::Type(ty), 0, Chain::default())
    }

    /// Enters a block whose `params` newest operands are its parameters.
    fn enter(&mut self, kind: Kind, ty: BlockType, params: usize, otherwise: Chain) {
        let height = self.entries.len() - params.min(self.entries.len());
        let base = self.entries.get(height).map_or_else(|| self.top(), |e| e.slot.into());
        let pushed = push(
            self.controls,
            Control {
                kind,
                ty,
                height: height as u32,
                base: base.min(MAX_SLOT) as u16,
                open: false,
                live: self.emit.live,
                start: self.emit.position() as u32,
                end: Chain::default(),
                otherwise,
                stub: Chain::default(),
                next_stub: 0,
            },
        );
        if let Err(error) = pushed {
            self.emit.refuse(error.into());
        }
    }

    /// Checks that the newest operands have these types; open ones become them.
    pub(super) fn expect(&mut self, types: &[ValType]) {
        if self.controls.last().is_some_and(|c| c.open) {
            for &ty in types.iter().rev() {
                self.pop(ty);
            }
            return self.push_all(types);
        }
        let height = self.controls.last().map_or(0, |c| c.height as usize);
        let own = self.entries.get(height..).unwrap_or_default();
        let fits = own.len() >= types.len()
            && own
                .iter()
                .skip(own.len() - types.len())
                .zip(types)
                .all(|(e, &ty)| e.ty.is_none_or(|t| t == ty));
        if !fits {
            self.emit.refuse(Stop::TypeMismatch);
        }
    }

    pub(super) fn block(&mut self, kind: Kind) -> Res<()> {
        let ty = self.block_type()?;
        let condition = match kind {
            Kind::If => {
                let entry = self.pop(ValType::I32);
                Some(self.condition(entry))
            }
            _ => None,
        };
        let params = self.params(ty);
        self.expect(params);
        self.settle_locals();
        if kind != Kind::Block {
            // A branch comes back to the start, or on to the else part, with the parameters in their slots.
            self.settle_newest(params.len());
        }
        let mut otherwise = Chain::default();
        match condition {
            Some(condition) => {
                self.branch_if(condition, true);
                self.emit.chained(&mut otherwise);
            }
            None if kind == Kind::Loop => self.emit.forget(),
            None => {}
        }
        self.enter(kind, ty, params.len(), otherwise);
        Ok(())
    }

    pub(super) fn else_part(&mut self) {
        let at = self.innermost();
        let Some(&control) = self.controls.get(at).filter(|c| c.kind == Kind::If) else {
            return self.emit.refuse(Stop::UnexpectedElse);
        };
        self.close(&control);
        if self.emit.live {
            self.move_results(at);
            self.emit.plain_branch(op::BR, op::BR_WIDE, 0);
            self.link(at);
        }
        self.emit.live = control.live;
        self.emit.label(control.otherwise);
        self.truncate(control.height as usize);
        self.push_all(self.params(control.ty));
        if let Some(control) = self.controls.last_mut() {
            control.kind = Kind::Else;
            control.open = false;
            control.otherwise = Chain::default();
        }
    }

    /// Checks that a block ends with exactly its results.
    fn close(&mut self, control: &Control) {
        let results = self.results(control.ty);
        self.expect(results);
        if self.entries.len() != control.height as usize + results.len() {
            self.emit.refuse(Stop::TypeMismatch);
        }
    }

    /// Ends the innermost block; whether it was the function.
    pub(super) fn end(&mut self) -> bool {
        let at = self.innermost();
        let Some(&control) = self.controls.get(at) else { return true };
        self.close(&control);
        let results = self.results(control.ty);
        if control.kind == Kind::If && self.params(control.ty) != results {
            self.emit.refuse(Stop::TypeMismatch);
        }
        if control.kind == Kind::Function {
            if self.emit.live {
                self.return_values();
            }
            self.controls.pop();
            return true;
        }
        if !control.end.is_empty() || !control.otherwise.is_empty() {
            // Other paths come here with the results in their slots.
            if self.emit.live {
                self.settle_newest(results.len());
            }
            self.emit.live = control.live;
            self.emit.label(control.end);
            self.emit.label(control.otherwise);
            self.replace_newest(results);
        } else if control.open {
            // Unreachable code may have left results open.
            self.replace_newest(results);
        }
        self.controls.pop();
        false
    }

    /// Replaces the newest operands by ones of these types in their own slots.
    fn replace_newest(&mut self, types: &[ValType]) {
        self.truncate(self.entries.len().saturating_sub(types.len()));
        self.push_all(types);
    }

    /// Makes what follows unreachable.
    pub(super) fn stop(&mut self) {
        self.emit.live = false;
        self.emit.forget();
        if let Some(control) = self.controls.last_mut() {
            control.open = true;
            let height = control.height as usize;
            self.truncate(height);
        }
    }
}
