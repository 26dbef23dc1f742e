//! Frames: SMP packets as base64 lines among console text.
//!
//! Decoding is a state machine over single bytes, so a line needs no buffer of its own and a packet lands where it
//! is served. Nothing that the line sends can wedge it: a frame gives up at its first wrong character, at 127
//! characters, or when the caller finds the line idle, and a control character inside a frame (Ctrl-C, say) is
//! handed to the console as usual.

use embedded_io::Write;

use super::MAX_LINE;
use super::crc::crc16;

/// Lead bytes of a packet's first line.
const FIRST: [u8; 2] = [0x06, 0x09];
/// Lead bytes of a packet's other lines.
const NEXT: [u8; 2] = [0x04, 0x14];
/// Bytes that a full line carries: 31 groups of 4 characters.
const LINE_BYTES: usize = 93;
/// Bytes of the CRC behind a packet, over header and body.
const CRC_SIZE: usize = 2;

/// What became of a byte that was fed to a [`Deframer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    /// It belongs to a frame, or is held until the next byte tells.
    Taken,
    /// A byte of console text.
    Text(u8),
    /// Two bytes of console text: the first was held, as it could have begun a frame.
    Pair(u8, u8),
    /// A packet is complete; [`Deframer::packet`] gives it until the next byte is fed.
    Packet,
}

/// Where the decoder is in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In console text.
    Text,
    /// After the first byte of a possible pair of lead bytes.
    Lead(u8),
    /// Among the base64 characters of a line.
    Body,
    /// In the rest of a line that is not to be used.
    Skip,
    /// After a carriage return that ended a line, whose line feed may follow.
    AfterReturn,
}

/// Takes packets of up to `N` bytes, header to CRC, out of a stream of console bytes.
pub struct Deframer<const N: usize> {
    state: State,
    /// A packet has begun and is neither complete nor given up.
    open: bool,
    /// Header, body and CRC received so far.
    buffer: [u8; N],
    /// Bytes decoded so far, the two of the length prefix included.
    decoded: usize,
    /// The length prefix: header, body and CRC.
    length: usize,
    /// Characters of this line so far, lead bytes included.
    line: usize,
    /// Bits of an unfinished group of four characters.
    bits: u32,
    /// Characters of that group.
    group: u8,
    /// `=` signs of that group.
    padding: u8,
}

impl<const N: usize> Deframer<N> {
    /// Returns a decoder in console text.
    pub const fn new() -> Self {
        Self {
            state: State::Text,
            open: false,
            buffer: [0; N],
            decoded: 0,
            length: 0,
            line: 0,
            bits: 0,
            group: 0,
            padding: 0,
        }
    }

    /// Takes the next byte of the line.
    pub fn feed(&mut self, byte: u8) -> Fed {
        match self.state {
            State::Text => self.text(byte),
            State::Lead(lead) => self.lead(lead, byte),
            State::AfterReturn if byte == b'\n' => {
                self.state = State::Text;
                Fed::Taken
            }
            State::AfterReturn => self.text(byte),
            State::Body | State::Skip => match byte {
                b'\n' | b'\r' => self.end_line(byte),
                0..=0x1f | 0x7f => {
                    self.open = false;
                    self.text(byte)
                }
                _ => {
                    self.character(byte);
                    Fed::Taken
                }
            },
        }
    }

    /// Takes a whole line, without its newline; returns whether it completes a packet.
    pub fn line(&mut self, line: &[u8]) -> bool {
        let Some((lead, characters)) = line.split_first_chunk() else { return false };
        if !self.begin(*lead) {
            return false;
        }
        characters.iter().for_each(|byte| self.character(*byte));
        self.end_line(b'\n') == Fed::Packet
    }

    /// Returns the packet that [`Fed::Packet`] announced: header and body, its length and CRC checked.
    pub fn packet(&self) -> &[u8] {
        let end = self.length.saturating_sub(CRC_SIZE);
        self.buffer.get(..end).unwrap_or_default()
    }

    /// Tells that the line was silent for a while (about 100 ms): gives the console back its line.
    ///
    /// Returns the byte that was held back (Ctrl-D and Ctrl-F could begin a frame). A line cut in the middle is
    /// given up; a packet between two of its lines is not.
    pub fn idle(&mut self) -> Option<u8> {
        let held = match self.state {
            State::Lead(byte) => Some(byte),
            State::Body => {
                self.open = false;
                None
            }
            _ => None,
        };
        self.state = State::Text;
        held
    }

    /// Tells whether a line is under way, so that the caller should not write to it or wait long.
    pub fn in_frame(&self) -> bool {
        matches!(self.state, State::Body | State::Skip)
    }

    fn text(&mut self, byte: u8) -> Fed {
        if byte == FIRST[0] || byte == NEXT[0] {
            self.state = State::Lead(byte);
            return Fed::Taken;
        }
        self.state = State::Text;
        Fed::Text(byte)
    }

    fn lead(&mut self, lead: u8, byte: u8) -> Fed {
        if self.begin([lead, byte]) {
            return Fed::Taken;
        }
        match self.text(byte) {
            Fed::Text(byte) => Fed::Pair(lead, byte),
            _ => Fed::Text(lead),
        }
    }

    /// Begins a line, if these are a line's lead bytes.
    fn begin(&mut self, lead: [u8; 2]) -> bool {
        match lead {
            FIRST => {
                self.open = true;
                self.decoded = 0;
                self.length = 0;
            }
            NEXT => {}
            _ => return false,
        }
        self.state = if self.open { State::Body } else { State::Skip };
        self.line = FIRST.len();
        self.bits = 0;
        self.group = 0;
        self.padding = 0;
        true
    }

    /// Takes a printable character of a line.
    fn character(&mut self, byte: u8) {
        if self.state == State::Skip {
            return;
        }
        self.line = self.line.saturating_add(1);
        if self.line >= MAX_LINE || self.base64(byte).is_none() {
            self.open = false;
            self.state = State::Skip;
        }
    }

    /// Decodes a character; `None` if it has no place there.
    fn base64(&mut self, byte: u8) -> Option<()> {
        let value = if byte == b'=' {
            if self.group < 2 {
                return None;
            }
            self.padding = self.padding.saturating_add(1);
            0
        } else if self.padding > 0 {
            return None;
        } else {
            sextet(byte)?
        };
        self.bits = self.bits << 6 | u32::from(value);
        self.group = self.group.saturating_add(1);
        if self.group == 4 {
            let [_, bytes @ ..] = self.bits.to_be_bytes();
            let count = bytes.len().saturating_sub(usize::from(self.padding));
            for byte in bytes.iter().take(count) {
                self.push(*byte)?;
            }
            self.bits = 0;
            self.group = 0;
        }
        Some(())
    }

    /// Stores a decoded byte; `None` if the packet is longer than it said or than the buffer.
    fn push(&mut self, byte: u8) -> Option<()> {
        match self.decoded.checked_sub(2) {
            None => {
                self.length = self.length << 8 | usize::from(byte);
                if self.decoded == 1 && (self.length <= CRC_SIZE || self.length > N) {
                    return None;
                }
            }
            Some(at) if at < self.length => *self.buffer.get_mut(at)? = byte,
            Some(_) => return None,
        }
        self.decoded = self.decoded.saturating_add(1);
        Some(())
    }

    fn end_line(&mut self, byte: u8) -> Fed {
        let whole = self.state == State::Body && self.group == 0;
        self.state = if byte == b'\r' { State::AfterReturn } else { State::Text };
        self.open &= whole && self.decoded >= 2;
        if !self.open || self.decoded < self.length.saturating_add(2) {
            return Fed::Taken;
        }
        self.open = false;
        let sum = self.buffer.get(self.packet().len()..self.length);
        if sum == Some(crc16(self.packet()).to_be_bytes().as_slice()) { Fed::Packet } else { Fed::Taken }
    }
}

impl<const N: usize> Default for Deframer<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes a packet (header and body) as frame lines.
///
/// # Errors
///
/// Those of the writer. A packet of more than 65,533 bytes has no encoding and writes nothing.
pub fn write_packet<W: Write>(packet: &[u8], out: &mut W) -> Result<(), W::Error> {
    send_packet(packet, |line| out.write_all(line))
}

/// Frames a packet and gives its lines to `send`, newline included.
// In a frame of its own: its lines are not below what a request runs.
#[inline(never)]
pub(super) fn send_packet<E>(packet: &[u8], mut send: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let Ok(length) = u16::try_from(packet.len().saturating_add(CRC_SIZE)) else {
        return Ok(());
    };
    let mut lead = FIRST;
    let mut bytes = heapless::Vec::<u8, LINE_BYTES>::new();
    for part in [&length.to_be_bytes(), packet, &crc16(packet).to_be_bytes()] {
        for &byte in part {
            if bytes.is_full() {
                send(&line(lead, &bytes))?;
                lead = NEXT;
                bytes.clear();
            }
            // There is room now.
            let _ = bytes.push(byte);
        }
    }
    send(&line(lead, &bytes))
}

/// A line of at most [`LINE_BYTES`] bytes. It has room for its lead, 31 groups and a newline: pushing cannot fail.
fn line(lead: [u8; 2], bytes: &[u8]) -> heapless::Vec<u8, MAX_LINE> {
    let mut line = heapless::Vec::new();
    let _ = line.extend_from_slice(&lead);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << 24usize.saturating_sub(group.len().saturating_mul(8));
        for (i, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let _ = line.push(if i > group.len() { b'=' } else { letter(bits >> shift) });
        }
    }
    let _ = line.push(b'\n');
    line
}

/// Returns the base64 character of the low six bits.
fn letter(bits: u32) -> u8 {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let index = usize::try_from(bits & 63).unwrap_or(0);
    ALPHABET.get(index).copied().unwrap_or(b'=')
}

/// Returns the six bits of a base64 character.
fn sextet(character: u8) -> Option<u8> {
    let (first, value) = match character {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    Some(character.wrapping_sub(first).wrapping_add(value))
}
