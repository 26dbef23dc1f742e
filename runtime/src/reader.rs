//! The module's bytes, read through a small window from a stream that can seek.
//!
//! Decoding is done here and not by wasmparser's `BinaryReader`, because every error of that allocates a box
//! and a string infallibly: a malformed module on a full heap would abort the firmware.

use crate::ValType;
use crate::stop::{Res, Stop};

/// Bytes of a module held at a time.
pub(crate) const WINDOW: usize = 256;

/// Where a module's bytes come from: any `embedded_io::Read + Seek`, which [`Module::from_reader`] wraps.
///
/// [`Module::from_reader`]: crate::Module::from_reader
pub(crate) trait Source {
    /// Reads some bytes at the position; 0 at the end.
    fn read(&mut self, buf: &mut [u8]) -> Res<usize>;
    /// Moves the position to a byte offset from the start of the module.
    fn seek(&mut self, offset: u32) -> Res<()>;
}

impl<S: embedded_io::Read + embedded_io::Seek> Source for S {
    fn read(&mut self, buf: &mut [u8]) -> Res<usize> {
        embedded_io::Read::read(self, buf).map_err(|_| Stop::Read)
    }

    fn seek(&mut self, offset: u32) -> Res<()> {
        let at = embedded_io::SeekFrom::Start(u64::from(offset));
        embedded_io::Seek::seek(self, at).map(|_| ()).map_err(|_| Stop::Read)
    }
}

/// A slice as a [`Source`] that is read like a stream.
pub(crate) struct SliceSource<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> SliceSource<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }
}

impl embedded_io::ErrorType for SliceSource<'_> {
    type Error = core::convert::Infallible;
}

impl embedded_io::Read for SliceSource<'_> {
    fn read(&mut self, buf: &mut [u8]) -> core::result::Result<usize, Self::Error> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.position += n;
        Ok(n)
    }
}

impl embedded_io::Seek for SliceSource<'_> {
    fn seek(&mut self, pos: embedded_io::SeekFrom) -> core::result::Result<u64, Self::Error> {
        let to = match pos {
            embedded_io::SeekFrom::Start(n) => n,
            embedded_io::SeekFrom::End(n) => (self.bytes.len() as u64).saturating_add_signed(n),
            embedded_io::SeekFrom::Current(n) => (self.position as u64).saturating_add_signed(n),
        };
        self.position = usize::try_from(to).unwrap_or(usize::MAX).min(self.bytes.len());
        Ok(self.position as u64)
    }
}

/// Decodes the binary format's primitives (specification section 5.2) up to a movable end.
pub(crate) struct Reader<'s> {
    source: &'s mut dyn Source,
    window: [u8; WINDOW],
    /// Next byte in the window.
    next: usize,
    /// Bytes of the window that may be read: filled and before `end`.
    stop: usize,
    /// Bytes of the window that are filled.
    filled: usize,
    /// Offset of the window's first byte in the module.
    base: u32,
    /// Offset in the module that must not be read over: the end of the section or function.
    end: u32,
    /// Why the newest number could not be read: see `kept`.
    refused: Stop,
}

impl<'s> Reader<'s> {
    /// A reader of a source that is at its first byte.
    pub(crate) const fn new(source: &'s mut dyn Source) -> Self {
        Self {
            source,
            window: [0; WINDOW],
            next: 0,
            stop: 0,
            filled: 0,
            base: 0,
            end: u32::MAX,
            refused: Stop::UnexpectedEnd,
        }
    }

    /// The offset of the next byte.
    pub(crate) const fn offset(&self) -> u32 {
        self.base.wrapping_add(self.next as u32)
    }

    /// Bytes that are left before the end.
    pub(crate) const fn left(&self) -> u32 {
        self.end.saturating_sub(self.offset())
    }

    /// Sets the offset that must not be read over, and returns the earlier one.
    pub(crate) fn set_end(&mut self, end: u32) -> u32 {
        let before = core::mem::replace(&mut self.end, end);
        self.stop = self.filled.min(end.saturating_sub(self.base) as usize).max(self.next);
        before
    }

    /// Passes over bytes. The last one is read, so that a stream that is cut short is found.
    pub(crate) fn skip(&mut self, len: u32) -> Res<()> {
        if len > 0 {
            self.seek(self.offset() + len - 1)?;
            self.u8()?;
        }
        Ok(())
    }

    /// Continues at another offset.
    pub(crate) fn seek(&mut self, offset: u32) -> Res<()> {
        let ahead = offset.wrapping_sub(self.base) as usize;
        if offset >= self.base && ahead <= self.filled {
            self.next = ahead;
        } else {
            self.source.seek(offset)?;
            (self.base, self.next, self.filled) = (offset, 0, 0);
        }
        self.set_end(self.end);
        Ok(())
    }

    /// Refills the window; whether there is a byte to read.
    fn refill(&mut self) -> Res<bool> {
        let offset = self.offset();
        if offset >= self.end {
            return Ok(false);
        }
        if self.next == self.filled {
            (self.base, self.next) = (offset, 0);
            self.filled = self.source.read(&mut self.window)?.min(WINDOW);
            if self.base.checked_add(WINDOW as u32).is_none() {
                return Err(Stop::LengthOutOfBounds);
            }
        }
        self.set_end(self.end);
        Ok(self.next < self.stop)
    }

    /// Whether the source has no byte left before the end.
    pub(crate) fn at_end(&mut self) -> Res<bool> {
        Ok(self.next >= self.stop && !self.refill()?)
    }

    #[cold]
    fn refilled_u8(&mut self) -> Res<u8> {
        if !self.refill()? {
            return Err(Stop::UnexpectedEnd);
        }
        self.u8()
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> Res<u8> {
        if self.next >= self.stop {
            return self.refilled_u8();
        }
        match self.window.get(self.next) {
            Some(&byte) => {
                self.next += 1;
                Ok(byte)
            }
            None => self.refilled_u8(),
        }
    }

    #[inline(always)]
    pub(crate) fn u32(&mut self) -> Res<u32> {
        self.read_word().ok_or(self.refused)
    }

    #[inline]
    fn read_word(&mut self) -> Option<u32> {
        self.kept(Self::read_u32)
    }

    /// Keeps the reason why there is no number, which then is given in two registers and not through memory; callers read
    /// the reason from one place.
    #[inline]
    fn kept(&mut self, read: impl FnOnce(&mut Self) -> Res<u32>) -> Option<u32> {
        read(self).map_err(|stop| self.refused = stop).ok()
    }

    #[inline]
    fn read_u32(&mut self) -> Res<u32> {
        let byte = self.u8()?;
        if byte < 0x80 { Ok(u32::from(byte)) } else { Ok(self.leb(byte, 32, false)? as u32) }
    }

    #[inline]
    pub(crate) fn i32(&mut self) -> Res<i32> {
        let byte = self.u8()?;
        if byte < 0x80 { Ok((i32::from(byte) << 25) >> 25) } else { Ok(self.leb(byte, 32, true)? as i32) }
    }

    pub(crate) fn i64(&mut self) -> Res<i64> {
        let byte = self.u8()?;
        Ok(self.leb(byte, 64, true)? as i64)
    }

    /// A 33-bit signed integer: a block type.
    pub(crate) fn i33(&mut self) -> Res<i64> {
        let byte = self.u8()?;
        Ok(self.leb(byte, 33, true)? as i64)
    }

    /// LEB128 of at most `bits` bits whose first byte was read (specification section 5.2.2).
    fn leb(&mut self, first: u8, bits: u32, signed: bool) -> Res<u64> {
        let mut byte = first;
        let mut value = u64::from(byte & 0x7f);
        let mut shift = 7;
        while byte & 0x80 != 0 {
            if shift >= bits {
                return Err(Stop::IntegerTooLong);
            }
            byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        if shift > bits {
            // The last byte has bits beyond the type: they must be zeros, or copies of the sign.
            let used = bits + 7 - shift;
            let over = (byte & 0x7f) >> if signed { used - 1 } else { used };
            let ones = 0x7f >> if signed { used - 1 } else { used };
            if over != 0 && !(signed && over == ones) {
                return Err(Stop::IntegerTooLarge);
            }
        }
        if signed && shift < 64 && byte & 0x40 != 0 {
            value |= u64::MAX << shift;
        }
        Ok(value)
    }

    pub(crate) fn u32_fixed(&mut self) -> Res<u32> {
        let mut bytes = [0; 4];
        self.bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    pub(crate) fn u64_fixed(&mut self) -> Res<u64> {
        let mut bytes = [0; 8];
        self.bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    pub(crate) fn bytes(&mut self, to: &mut [u8]) -> Res<()> {
        let mut to = to;
        while !to.is_empty() {
            let chunk = self.chunk(to.len() as u32)?;
            let n = chunk.len();
            let (head, rest) = to.split_at_mut(n);
            head.copy_from_slice(chunk);
            to = rest;
        }
        Ok(())
    }

    /// The next 1 to `most` bytes, as many as the window has.
    pub(crate) fn chunk(&mut self, most: u32) -> Res<&[u8]> {
        if self.next >= self.stop && !self.refill()? {
            return Err(Stop::UnexpectedEnd);
        }
        let from = self.next;
        self.next = self.stop.min(from.saturating_add(most as usize));
        Ok(self.window.get(from..self.next).unwrap_or_default())
    }

    /// A count of things that take at least one byte each, so that a lie is found before memory is taken.
    #[inline(always)]
    pub(crate) fn count(&mut self) -> Res<u32> {
        self.length()
    }

    /// Bytes of a vector, whose length is read.
    #[inline(always)]
    pub(crate) fn length(&mut self) -> Res<u32> {
        self.read_length().ok_or(self.refused)
    }

    fn read_length(&mut self) -> Option<u32> {
        self.kept(|read| {
            let length = read.read_u32()?;
            if length > read.left() { Err(Stop::LengthOutOfBounds) } else { Ok(length) }
        })
    }

    pub(crate) fn val_type(&mut self) -> Res<ValType> {
        let byte = self.u8()?;
        ValType::from_byte(byte).ok_or_else(|| bad_type(byte, Stop::MalformedValueType))
    }

    pub(crate) fn ref_type(&mut self) -> Res<ValType> {
        let byte = self.u8()?;
        match ValType::from_byte(byte) {
            Some(ty) if ty.is_ref() => Ok(ty),
            _ => Err(bad_type(byte, Stop::MalformedReferenceType)),
        }
    }
}

/// The reason to refuse a byte that is no type of ours, by the proposal that it belongs to.
#[cold]
pub(crate) fn bad_type(byte: u8, otherwise: Stop) -> Stop {
    match byte {
        0x7b => Stop::Simd,
        0x63 | 0x64 => Stop::TypedFunctions,
        0x65..=0x6e | 0x71..=0x74 => Stop::GarbageCollection,
        _ => otherwise,
    }
}
