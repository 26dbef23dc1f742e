//! Memory instructions: an address just computed by an addition becomes part of the access.

use super::Function;
use super::emit::Arg;
use super::instructions::{Access, Then};
use super::operand::{Entry, Place};
use crate::ValType;
use crate::exec::ops::op;
use crate::stop::{Res, Stop};

/// Distance of the forms of an access from its first opcode.
const FAR: u8 = 1;
const ADD: u8 = 2;
const INDEX: u8 = 3;
const ABS: u8 = 4;

/// An address as an access takes it.
enum Address {
    /// A slot plus an offset.
    Slot { base: u8, offset: u32 },
    /// A slot plus an immediate, wrapping, plus an 8-bit offset.
    Add { base: u8, imm: u32, offset: u8 },
    /// Two slots, wrapping, plus an offset.
    Index { base: u8, index: u8, offset: u16 },
    /// A constant.
    Abs(u16),
}

impl Function<'_, '_, '_> {
    /// Reads a memory argument; the alignment is a hint that is checked and forgotten.
    fn offset(&mut self, natural: u32) -> Res<u32> {
        let flags = self.read.u32()?;
        if flags & 0x40 != 0 && flags < 0x80 {
            return Err(Stop::MultipleMemories);
        }
        if flags >= 0x20 {
            return Err(Stop::MalformedMemop);
        }
        let offset = self.read.u32()?;
        self.require_memory()?;
        if flags > natural {
            return Err(Stop::AlignmentTooLarge);
        }
        Ok(offset)
    }

    pub(super) fn require_memory(&self) -> Res<()> {
        match self.parts.memory {
            Some(_) => Ok(()),
            None => Err(Stop::UnknownMemory),
        }
    }

    /// The form for an address of the access whose first opcode is given; with `fuse` the newest operation may become part of it.
    fn address(&mut self, first: u8, entry: Entry, offset: u32, fuse: bool) -> Address {
        let absolute = matches!(first, op::LOAD32 | op::LOAD64 | op::STORE32 | op::STORE64);
        if let Some(base) = entry.constant().filter(|_| absolute) {
            let sum = u64::from(base as u32) + u64::from(offset);
            if let Ok(at) = u16::try_from(sum) {
                return Address::Abs(at);
            }
        }
        // Of 16 bits with a sign there is the first form alone.
        if first != op::LOAD16_S {
            if let Place::Sum(base, imm) = entry.place
                && let (Ok(base), Ok(offset)) = (u8::try_from(base), u8::try_from(offset))
            {
                return Address::Add { base, imm: imm as u32, offset };
            }
            if let (true, Place::Own, Some(made)) = (fuse, entry.place, self.emit.made(entry.slot))
                && let (op::ADD, Ok(offset)) = (self.emit.opcode(made), u16::try_from(offset))
            {
                let operands = self.emit.at(made.at + 1);
                self.emit.undo(made);
                return Address::Index { base: operands as u8, index: (operands >> 8) as u8, offset };
            }
        }
        let arg = self.arg(entry);
        Address::Slot { base: self.emit.x(arg), offset }
    }

    /// Emits an access in the form of its address.
    fn access(&mut self, first: u8, a: u8, address: &Address, makes: bool) {
        let mut begin = |opcode: u8, second: u16| {
            if makes { self.emit.making(opcode, a, second) } else { self.emit.plain(opcode, a, second) }
        };
        match *address {
            Address::Slot { base, offset } => match u8::try_from(offset) {
                Ok(short) => begin(first, u16::from(base) | u16::from(short) << 8),
                Err(_) => {
                    begin(first + FAR, base.into());
                    self.emit.units32(offset);
                }
            },
            Address::Add { base, imm, offset } => {
                begin(first + ADD, u16::from(base) | u16::from(offset) << 8);
                self.emit.units32(imm);
            }
            Address::Index { base, index, offset } => {
                begin(first + INDEX, u16::from(base) | u16::from(index) << 8);
                self.emit.unit(offset);
            }
            Address::Abs(at) => begin(first + ABS, at),
        }
    }

    /// A load or store.
    pub(super) fn memory_access(&mut self, row: Access) -> Res<()> {
        let Access { first, natural, ty, then } = row;
        let offset = self.offset(natural.into())?;
        match then {
            Then::Load => self.load(first, offset, ty),
            Then::LoadExtended(extend) => {
                self.load(first, offset, ty);
                self.unary(extend, ty, ValType::I64);
            }
            Then::Store => self.store(first, offset, ty),
        }
        Ok(())
    }

    fn load(&mut self, first: u8, offset: u32, ty: ValType) {
        let entry = self.pop(ValType::I32);
        let address = self.address(first, entry, offset, true);
        let result = self.push(ty).own();
        let a = self.emit.result(result);
        if first == op::LOAD16_S && !matches!(address, Address::Slot { offset: 0..=0xff, .. }) {
            self.access(op::LOAD16_U, a, &address, false);
            self.emit.making(op::EXTEND16, a, a.into());
        } else {
            self.access(first, a, &address, true);
        }
        self.emit.finish(result);
    }

    fn store(&mut self, first: u8, offset: u32, ty: ValType) {
        let value = self.pop(ty);
        let entry = self.pop(ValType::I32);
        let small = value.constant().and_then(|x| i8::try_from(x).ok());
        let immediate = match first {
            op::STORE32 => Some(op::STORE32_IMM),
            op::STORE8 => Some(op::STORE8_IMM),
            _ => None,
        };
        if let (Some(opcode), Some(imm)) = (immediate, small)
            && self.store_immediate(opcode, entry, offset, imm as u8)
        {
            return;
        }
        // A value that is computed after its address leaves the address's operation not the newest.
        let value_in_local = matches!(value.place, Place::Local(_));
        let double = first == op::STORE64;
        let early = if value_in_local { Some(self.address(first, entry, offset, true)) } else { None };
        let arg = self.arg(value);
        let a = self.emit.y(Arg { double, ..arg });
        let address = match early {
            Some(address) => address,
            None => self.address(first, entry, offset, false),
        };
        self.access(first, a, &address, false);
    }

    /// A store of an 8-bit immediate, for the addresses that it has forms for.
    fn store_immediate(&mut self, opcode: u8, entry: Entry, offset: u32, imm: u8) -> bool {
        let Ok(short) = u8::try_from(offset) else { return false };
        let by_index = entry.place == Place::Own
            && self.emit.made(entry.slot).is_some_and(|made| self.emit.opcode(made) == op::ADD);
        if entry.constant().is_some() {
            return false;
        }
        match self.address(opcode, entry, offset, !by_index) {
            Address::Add { base, imm: add, offset } => {
                self.emit.plain(opcode + 1, imm, u16::from(base) | u16::from(offset) << 8);
                self.emit.units32(add);
            }
            Address::Slot { base, .. } => {
                self.emit.plain(opcode, imm, u16::from(base) | u16::from(short) << 8);
            }
            // Neither comes from what is asked for above.
            Address::Index { .. } | Address::Abs(_) => return false,
        }
        true
    }
}
