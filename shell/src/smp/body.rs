//! CBOR bodies: a request's map is searched in place, a response's is written into a fixed buffer.

use minicbor::decode::Decoder;
use minicbor::encode::{Encoder, Write};

use super::Digest;
use super::fault::{Fault, Rc};

/// The response does not fit its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The body of a request: one map with text keys. Unknown keys are passed over, as Zephyr does.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// Returns a decoder at the value of `key`, or `None` if the map lacks it.
    ///
    /// # Errors
    ///
    /// The body is not a map with text keys, or is cut short before the key is found.
    pub(super) fn find(self, key: &str) -> Result<Option<Decoder<'a>>, Fault> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut decoder = Decoder::new(self.0);
        let mut left = decoder.map().map_err(malformed)?;
        loop {
            match &mut left {
                Some(0) => return Ok(None),
                Some(count) => *count = count.saturating_sub(1),
                None if decoder.datatype().map_err(malformed)? == minicbor::data::Type::Break => {
                    return Ok(None);
                }
                None => {}
            }
            if decoder.str().map_err(malformed)? == key {
                return Ok(Some(decoder));
            }
            decoder.skip().map_err(malformed)?;
        }
    }

    /// Returns the text of `key`.
    pub(super) fn text(self, key: &str) -> Result<Option<&'a str>, Fault> {
        self.find(key)?.map(|mut at| at.str().map_err(malformed)).transpose()
    }

    /// Returns the bytes of `key`.
    pub(super) fn bytes(self, key: &str) -> Result<Option<&'a [u8]>, Fault> {
        self.find(key)?.map(|mut at| at.bytes().map_err(malformed)).transpose()
    }

    /// Returns the SHA-256 of the key of that name.
    pub(super) fn sha256(self) -> Result<Option<&'a Digest>, Fault> {
        let bytes = self.bytes("sha256")?;
        bytes.map(|bytes| bytes.try_into().map_err(|_| Fault::Request(Rc::Invalid))).transpose()
    }

    /// Returns the unsigned number of `key`. Files are below 4 GiB, so a larger one is malformed.
    pub(super) fn number(self, key: &str) -> Result<Option<u32>, Fault> {
        self.find(key)?.map(|mut at| at.u32().map_err(malformed)).transpose()
    }
}

/// Returns the value of a key that must be there.
pub(super) fn needed<T>(value: Option<T>) -> Result<T, Fault> {
    value.ok_or(Fault::Request(Rc::Invalid))
}

/// Turns a decoding error into the answer to it.
pub(super) fn malformed(_: minicbor::decode::Error) -> Fault {
    Fault::Request(Rc::Invalid)
}

/// The body of a response, in a buffer of fixed size.
pub(super) struct Body<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> Body<'a> {
    /// Returns an empty body.
    pub(super) fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// Returns the length so far, in bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns how many more bytes fit.
    pub(super) fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.len)
    }

    /// Drops what was written.
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    /// Begins a map of `pairs` pairs.
    pub(super) fn map(&mut self, pairs: u64) -> Result<&mut Self, Full> {
        self.encode(|encoder| encoder.map(pairs).map(drop))?;
        Ok(self)
    }

    /// Begins a map that [`end`](Self::end) closes.
    pub(super) fn open_map(&mut self) -> Result<&mut Self, Full> {
        self.encode(|encoder| encoder.begin_map().map(drop))?;
        Ok(self)
    }

    /// Begins an array that [`end`](Self::end) closes.
    pub(super) fn open_array(&mut self) -> Result<(), Full> {
        self.encode(|encoder| encoder.begin_array().map(drop))
    }

    /// Closes the innermost open map or array.
    pub(super) fn end(&mut self) -> Result<(), Full> {
        self.encode(|encoder| encoder.end().map(drop))
    }

    /// Writes a key; its value follows.
    pub(super) fn key(&mut self, key: &str) -> Result<&mut Self, Full> {
        self.text(key)?;
        Ok(self)
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Full> {
        self.encode(|encoder| encoder.str(text).map(drop))
    }

    /// Writes a byte string.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.encode(|encoder| encoder.bytes(bytes).map(drop))
    }

    /// Writes an unsigned number.
    pub(super) fn uint(&mut self, number: u64) -> Result<(), Full> {
        self.encode(|encoder| encoder.u64(number).map(drop))
    }

    /// Writes a signed number.
    pub(super) fn int(&mut self, number: i32) -> Result<(), Full> {
        self.encode(|encoder| encoder.i32(number).map(drop))
    }

    /// Writes a truth value.
    pub(super) fn bool(&mut self, value: bool) -> Result<(), Full> {
        self.encode(|encoder| encoder.bool(value).map(drop))
    }

    /// Writes a byte string of `len` bytes and returns its place, for the caller to fill.
    pub(super) fn reserve_bytes(&mut self, len: usize) -> Result<&mut [u8], Full> {
        let size = u64::try_from(len).map_err(|_| Full)?;
        self.encode(|encoder| encoder.bytes_len(size).map(drop))?;
        let end = self.len.checked_add(len).ok_or(Full)?;
        let place = self.buffer.get_mut(self.len..end).ok_or(Full)?;
        self.len = end;
        Ok(place)
    }

    /// Writes a text of unknown length: `fill` gets all room but `spare` bytes and returns how many it used, which
    /// must be UTF-8.
    pub(super) fn text_with<T>(
        &mut self,
        spare: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, T),
    ) -> Result<T, Full> {
        /// A text whose length takes two bytes.
        const TEXT16: u8 = 0x79;
        let head = self.len;
        let start = head.checked_add(3).ok_or(Full)?;
        let end = self.buffer.len().checked_sub(spare).ok_or(Full)?;
        let place = self.buffer.get_mut(start..end).ok_or(Full)?;
        let (used, result) = fill(place);
        let used = used.min(place.len());
        let [high, low] = u16::try_from(used).map_err(|_| Full)?.to_be_bytes();
        let prefix = self.buffer.get_mut(head..start).ok_or(Full)?;
        prefix.copy_from_slice(&[TEXT16, high, low]);
        self.len = start.saturating_add(used);
        Ok(result)
    }

    fn encode(
        &mut self,
        write: impl FnOnce(&mut Encoder<&mut Self>) -> Result<(), minicbor::encode::Error<Full>>,
    ) -> Result<(), Full> {
        write(&mut Encoder::new(self)).map_err(|_| Full)
    }
}

impl Write for Body<'_> {
    type Error = Full;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Full> {
        let end = self.len.checked_add(bytes.len()).ok_or(Full)?;
        self.buffer.get_mut(self.len..end).ok_or(Full)?.copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }
}
