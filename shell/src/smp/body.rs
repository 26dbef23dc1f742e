//! CBOR bodies: a request's map is searched in place, a response's is written into a fixed buffer.

use wasmote_fs::Name;

use super::cbor::{self, Cursor};
use super::fault::{Fault, Rc};
use super::files::module_name;
use super::{Digest, Refusal};
use crate::output::Sink;
use crate::packed::{Packed, unpack, unpacked_len};

/// The first byte of a text whose length takes two more.
const TEXT16: u8 = cbor::TEXT << 5 | 25;

/// The response does not fit its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The body of a request: one map with text keys. A key has the same type in all commands; each takes those it knows,
/// and keys that none knows are passed over, as Zephyr does.
#[derive(Clone, Copy, Default)]
pub(super) struct Fields<'a> {
    /// Text to be sent back.
    pub(super) d: Option<&'a str>,
    /// The module that a path means, or none if it means none; see [`module_name`].
    pub(super) name: Option<Option<Name>>,
    /// The name of a hash, `type`.
    pub(super) kind: Option<&'a str>,
    /// An offset, in bytes. Files are below 4 GiB, so a larger one is malformed.
    pub(super) off: Option<u32>,
    /// A length, in bytes.
    pub(super) len: Option<u32>,
    /// The first of a list's entries.
    pub(super) from: Option<u32>,
    /// Bytes of a file.
    pub(super) data: Option<&'a [u8]>,
    /// The SHA-256 of a file.
    pub(super) sha256: Option<&'a Digest>,
    /// The place of a list of words.
    pub(super) argv: Option<Cursor<'a>>,
}

impl<'a> Fields<'a> {
    /// Reads a body; `None` if it is not a map with text keys, is cut short, or a value is not of its key's type.
    // Not inlined, so that the fields are filled where they are.
    #[inline(never)]
    pub(super) fn read(&mut self, body: &'a [u8]) -> Option<()> {
        if body.is_empty() {
            return Some(());
        }
        let mut cursor = Cursor(body);
        let mut pairs = cursor.enter(cbor::MAP)?;
        while cursor.more(&mut pairs) {
            match cursor.text()? {
                "d" => self.d = Some(cursor.text()?),
                "name" => self.name = Some(module_name(cursor.text()?)),
                "type" => self.kind = Some(cursor.text()?),
                "off" => self.off = Some(cursor.number()?),
                "len" => self.len = Some(cursor.number()?),
                "from" => self.from = Some(cursor.number()?),
                "data" => self.data = Some(cursor.bytes()?),
                "sha256" => self.sha256 = Some(cursor.bytes()?.try_into().ok()?),
                key => {
                    if key == "argv" {
                        self.argv = Some(cursor);
                    }
                    cursor.skip()?;
                }
            }
        }
        Some(())
    }

    /// Returns the module that the key `name` means.
    pub(super) fn module(&self) -> Result<&Name, Fault> {
        needed(self.name.as_ref())?.as_ref().ok_or(Fault::Refused(Refusal::InvalidName))
    }
}

/// Returns what must be there and well formed.
pub(super) fn needed<T>(value: Option<T>) -> Result<T, Fault> {
    value.ok_or(Fault::Request(Rc::Invalid))
}

/// The body of a response, in a buffer of fixed size. What does not fit is left out, and [`whole`](Self::whole) says so.
pub(super) struct Body<'a> {
    buffer: &'a mut [u8],
    len: usize,
    full: bool,
}

impl<'a> Body<'a> {
    /// Returns an empty body.
    pub(super) fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0, full: false }
    }

    /// Returns the length so far, in bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns how many more bytes fit.
    pub(super) fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.len)
    }

    /// Fails if something did not fit.
    pub(super) fn whole(&self) -> Result<(), Full> {
        if self.full { Err(Full) } else { Ok(()) }
    }

    /// Drops what was written.
    pub(super) fn clear(&mut self) {
        self.len = 0;
        self.full = false;
    }

    /// Begins a map of `pairs` pairs.
    pub(super) fn map(&mut self, pairs: u32) -> &mut Self {
        self.head(cbor::MAP, pairs.into())
    }

    /// Begins a map that [`end`](Self::end) closes.
    pub(super) fn open_map(&mut self) -> &mut Self {
        self.write(&[cbor::MAP << 5 | cbor::INDEFINITE])
    }

    /// Begins an array that [`end`](Self::end) closes.
    pub(super) fn open_array(&mut self) -> &mut Self {
        self.write(&[cbor::ARRAY << 5 | cbor::INDEFINITE])
    }

    /// Closes the innermost open map or array.
    pub(super) fn end(&mut self) -> &mut Self {
        self.write(&[cbor::BREAK])
    }

    /// Writes a key; its value follows.
    pub(super) fn key(&mut self, key: &str) -> &mut Self {
        self.text(key)
    }

    /// Writes a pair of a key and a number.
    pub(super) fn number(&mut self, key: &str, number: u32) -> &mut Self {
        self.key(key).uint(number.into())
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.string(cbor::TEXT, text.as_bytes())
    }

    /// Writes a packed text as what it stands for.
    pub(super) fn packed(&mut self, text: Packed) -> &mut Self {
        self.head(cbor::TEXT, unpacked_len(text.0) as u64);
        unpack(text.0, self);
        self
    }

    /// Writes a byte string.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.string(cbor::BYTES, bytes)
    }

    /// Writes an unsigned number.
    pub(super) fn uint(&mut self, number: u64) -> &mut Self {
        self.head(cbor::UNSIGNED, number)
    }

    /// Writes a signed number.
    pub(super) fn int(&mut self, number: i32) -> &mut Self {
        match u64::try_from(number) {
            Ok(number) => self.head(cbor::UNSIGNED, number),
            // -1 is 0 there, -2 is 1.
            Err(_) => self.head(cbor::NEGATIVE, i64::from(number).unsigned_abs().saturating_sub(1)),
        }
    }

    /// Writes a truth value.
    pub(super) fn bool(&mut self, value: bool) -> &mut Self {
        self.write(&[if value { cbor::TRUE } else { cbor::FALSE }])
    }

    /// Writes a byte string of `len` bytes and returns its place, for the caller to fill.
    pub(super) fn reserve_bytes(&mut self, len: usize) -> Result<&mut [u8], Full> {
        self.head(cbor::BYTES, u64::try_from(len).map_err(|_| Full)?).place(len).ok_or(Full)
    }

    /// Begins a text of unknown length, and returns the room for it: all but `spare` bytes. [`end_text`](Self::end_text)
    /// says how long it is.
    pub(super) fn begin_text(&mut self, spare: usize) -> Result<&mut [u8], Full> {
        self.write(&[TEXT16, 0, 0]);
        let end = self.buffer.len().saturating_sub(spare);
        self.buffer.get_mut(self.len..end).ok_or(Full)
    }

    /// Ends the text that was begun, after `len` bytes, which must be UTF-8.
    pub(super) fn end_text(&mut self, len: usize) {
        let (head, text) = self.buffer.split_at_mut_checked(self.len).unwrap_or_default();
        // A body is below 64 KB.
        let len = len.min(text.len()).min(u16::MAX.into());
        if let Some(place) = head.last_chunk_mut() {
            *place = (len as u16).to_be_bytes();
        }
        self.len = self.len.saturating_add(len);
    }

    /// Writes an item's first bytes, as few as will do.
    fn head(&mut self, major: u8, value: u64) -> &mut Self {
        let bytes = value.to_be_bytes();
        let (info, skip) = match value {
            0..=23 => (bytes[7], 8),
            24..=0xff => (24, 7),
            0x100..=0xffff => (25, 6),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 0),
        };
        self.write(&[major << 5 | info]).write(bytes.get(skip..).unwrap_or_default())
    }

    fn string(&mut self, major: u8, bytes: &[u8]) -> &mut Self {
        // A length is below 2^64.
        self.head(major, u64::try_from(bytes.len()).unwrap_or(u64::MAX)).write(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> &mut Self {
        if let Some(place) = self.place(bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self
    }

    /// Takes the place of the next `len` bytes; none when they do not fit, or something did not before.
    fn place(&mut self, len: usize) -> Option<&mut [u8]> {
        let place = self.buffer.get_mut(self.len..).and_then(|room| room.get_mut(..len));
        if self.full || place.is_none() {
            self.full = true;
            return None;
        }
        self.len = self.len.saturating_add(len);
        place
    }
}

impl Sink for Body<'_> {
    fn write(&mut self, bytes: &[u8]) {
        Body::write(self, bytes);
    }
}
