//! Reads a module's sections one at a time (specification section 5.5).

use alloc::vec::Vec;

use super::{Name, Parts};
use crate::Result;
use crate::compile::Compiler;
use crate::config::Config;
use crate::exec::code::Code;
use crate::fallible::{append, push, shrink};
use crate::order::Order;
use crate::reader::{Reader, Source};
use crate::stop::{Res, Stop};

/// The position of each section in the order that they must have, by its id; 0 for custom ones, which go anywhere. The
/// data count, 12, comes before the code.
const RANKS: [u8; 13] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10];

/// Reads a module from its first byte into empty parts.
pub(super) fn load(
    config: &Config,
    source: &mut dyn Source,
    keep_data: bool,
    parts: &mut Parts,
) -> Result<()> {
    source.seek(0).map_err(|stop| stop.at(0))?;
    let mut loader =
        Loader { config, read: Reader::new(source), parts, keep_data, exports: Order::default() };
    loader.module().map_err(|stop| stop.at(loader.read.offset()))?;
    let parts = loader.parts;
    parts.declared = Vec::new();
    parts.types.shrink();
    shrink(&mut parts.func_types);
    shrink(&mut parts.tables);
    shrink(&mut parts.globals);
    shrink(&mut parts.global_inits);
    shrink(&mut parts.imports);
    shrink(&mut parts.exports);
    shrink(&mut parts.names);
    shrink(&mut parts.elems);
    shrink(&mut parts.datas);
    Ok(())
}

/// What reads a module.
pub(super) struct Loader<'a, 's> {
    pub(super) config: &'a Config,
    pub(super) read: Reader<'s>,
    pub(super) parts: &'a mut Parts,
    /// Whether active data segments are copied too.
    pub(super) keep_data: bool,
    /// Exports by their names.
    pub(super) exports: Order,
}

impl Parts {
    /// Lets `ref.func` name a function; whether there is such a function.
    pub(super) fn declare(&mut self, func: u32) -> Res<bool> {
        if func as usize >= self.func_types.len() {
            return Ok(false);
        }
        let at = func as usize / 8;
        while self.declared.len() <= at {
            push(&mut self.declared, 0)?;
        }
        if let Some(byte) = self.declared.get_mut(at) {
            *byte |= 1 << (func % 8);
        }
        Ok(true)
    }
}

impl Loader<'_, '_> {
    fn module(&mut self) -> Res<()> {
        self.header()?;
        let mut last = 0;
        let mut code = None;
        let mut datas = 0;
        while !self.read.at_end()? {
            let id = self.read.u8()?;
            let rank = match RANKS.get(usize::from(id)) {
                Some(&rank) => rank,
                None if id == 13 => return Err(Stop::Exceptions),
                None => return Err(Stop::MalformedSectionId),
            };
            let size = self.read.u32()?;
            let Some(end) = self.read.offset().checked_add(size) else {
                return Err(Stop::LengthOutOfBounds);
            };
            if rank != 0 {
                if rank <= last {
                    return Err(Stop::ContentAfterLastSection);
                }
                last = rank;
            }
            let outer = self.read.set_end(end);
            match id {
                0 => self.custom()?,
                8 => self.start()?,
                10 => code = Some(self.code()?),
                12 => self.parts.data_count = Some(self.read.u32()?),
                _ => {
                    let count = self.read.count()?;
                    for number in 0..count {
                        match id {
                            1 => self.ty()?,
                            2 => self.import()?,
                            3 => self.func()?,
                            4 => self.table()?,
                            5 => self.memory()?,
                            6 => self.global()?,
                            7 => self.export(number)?,
                            9 => self.elem()?,
                            _ => self.data()?,
                        }
                    }
                    if id == 11 {
                        datas = count;
                    }
                }
            }
            if self.read.left() != 0 {
                return Err(Stop::SectionSizeMismatch);
            }
            self.read.set_end(outer);
        }
        let own = self.parts.func_types.len() as u32 - self.parts.imported_funcs;
        if code.unwrap_or(0) != own {
            return Err(Stop::CodeCountMismatch);
        }
        if self.parts.data_count.is_some_and(|count| count != datas) {
            return Err(Stop::DataCountMismatch);
        }
        Ok(())
    }

    /// Reads the magic number and the version; when one is wrong, its own offset is where that is said.
    fn header(&mut self) -> Res<()> {
        let refused = match self.read.u32_fixed()?.to_le_bytes() {
            [0, b'a', b's', b'm'] => match self.read.u32_fixed()? {
                1 => return Ok(()),
                0x0001_000d => Stop::Components,
                _ => Stop::UnknownVersion,
            },
            _ => Stop::NoMagic,
        };
        self.read.seek(self.read.offset().saturating_sub(4))?;
        Err(refused)
    }

    pub(super) fn limit(&self, count: usize, most: u32, what: Stop) -> Res<()> {
        if count as u64 > u64::from(most) { Err(what) } else { Ok(()) }
    }

    /// Skips a custom section, whose name must be UTF-8 like any other.
    fn custom(&mut self) -> Res<()> {
        let kept = self.parts.names.len();
        self.name()?;
        self.parts.names.truncate(kept);
        self.read.skip(self.read.left())
    }

    pub(super) fn name(&mut self) -> Res<Name> {
        let mut left = self.read.length()?;
        let name = Name { start: self.parts.names.len() as u32, len: left };
        while left > 0 {
            let chunk = self.read.chunk(left)?;
            append(&mut self.parts.names, chunk)?;
            left -= chunk.len() as u32;
        }
        match core::str::from_utf8(self.parts.names.get(name.start as usize..).unwrap_or_default()) {
            Ok(_) => Ok(name),
            Err(_) => Err(Stop::MalformedUtf8),
        }
    }

    fn start(&mut self) -> Res<()> {
        let index = self.read.u32()?;
        match self.parts.func_type(index) {
            None => Err(Stop::UnknownFunction),
            Some(ty) if !ty.params.is_empty() || !ty.results.is_empty() => Err(Stop::StartFunction),
            Some(_) => {
                self.parts.start = Some(index);
                Ok(())
            }
        }
    }

    /// Compiles all bodies; gives their count.
    fn code(&mut self) -> Res<u32> {
        let count = self.read.count()?;
        let imported = self.parts.imported_funcs;
        if count != self.parts.func_types.len() as u32 - imported {
            return Err(Stop::CodeCountMismatch);
        }
        let mut code = Code::new(imported as usize, count as usize)?;
        let mut compiler = Compiler::default();
        for index in imported..imported + count {
            let size = self.read.length()?;
            let end = self.read.offset() + size;
            let outer = self.read.set_end(end);
            let ty = self.parts.func_type_index(index).unwrap_or(0);
            let units = compiler.function(self.parts, &mut self.read, ty)?;
            self.read.set_end(outer);
            code.add(self.parts.types.param_slots(ty), units, self.read.left() as usize)?;
            if code.bytes() > self.config.max_code as usize {
                return Err(Stop::MaxCode);
            }
        }
        drop(compiler);
        code.finish();
        self.parts.code = code;
        Ok(count)
    }
}
