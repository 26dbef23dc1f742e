//! Frames: SMP packets as base64 lines among console text.
//!
//! Which lines are frames is told where the console's bytes come in (see [`Demux`](crate::line::demux::Demux)); here they
//! become packets. Nothing that a line has can wedge that: a packet is given up at its first wrong character, and the
//! next line that begins one is taken.

use embedded_io::Write;

use super::MAX_LINE;
use super::crc::crc16;

/// Lead bytes of a packet's first line.
const FIRST: [u8; 2] = [0x06, 0x09];
/// Lead bytes of a packet's other lines.
const NEXT: [u8; 2] = [0x04, 0x14];
/// Bytes of a full line without its newline: the lead and 31 groups of 4 characters.
const FULL_LINE: usize = 2 + 31 * 4;
/// Bytes of the length in front of a packet.
const LENGTH_SIZE: usize = 2;
/// Bytes of the CRC behind a packet, over header and body.
const CRC_SIZE: usize = 2;

/// Takes packets of up to `N` bytes, header to CRC, out of frame lines.
pub struct Deframer<const N: usize> {
    /// A packet has begun and is neither complete nor given up.
    open: bool,
    /// Header, body and CRC received so far.
    buffer: [u8; N],
    /// Bytes decoded so far, those of the length in front included.
    decoded: usize,
    /// The length in front: header, body and CRC.
    length: usize,
}

impl<const N: usize> Deframer<N> {
    /// Returns a decoder without a packet.
    pub const fn new() -> Self {
        Self { open: false, buffer: [0; N], decoded: 0, length: 0 }
    }

    /// Takes a line, without its newline; returns whether it completes a packet, which [`packet`](Self::packet) gives
    /// until the next line.
    pub fn line(&mut self, line: &[u8]) -> bool {
        let Some((&lead, characters)) = line.split_first_chunk() else { return false };
        match lead {
            FIRST => (self.open, self.decoded, self.length) = (true, 0, 0),
            NEXT => {}
            _ => return false,
        }
        self.open &=
            line.len() < MAX_LINE && self.decode(characters).is_some() && self.decoded >= LENGTH_SIZE;
        if !self.open || self.decoded < self.length.saturating_add(LENGTH_SIZE) {
            return false;
        }
        self.open = false;
        // The sum of bytes and their sum is 0.
        self.buffer.get(..self.length).is_some_and(|bytes| crc16(bytes) == 0)
    }

    /// Returns the packet that is complete: header and body, its length and CRC checked.
    pub fn packet(&self) -> &[u8] {
        let end = self.length.saturating_sub(CRC_SIZE);
        self.buffer.get(..end).unwrap_or_default()
    }

    /// Decodes a line's characters; `None` if they are no whole groups of base64 or too many. Padding ends a line.
    fn decode(&mut self, characters: &[u8]) -> Option<()> {
        let padded = characters.strip_suffix(b"==").or(characters.strip_suffix(b"="));
        let (mut bits, mut count) = (0u32, 0u32);
        for &character in padded.unwrap_or(characters) {
            bits = bits << 6 | sextet(character)?;
            count = count.saturating_add(6);
            if let Some(left) = count.checked_sub(8) {
                count = left;
                self.push((bits >> left) as u8)?;
            }
        }
        characters.len().is_multiple_of(4).then_some(())
    }

    /// Stores a decoded byte; `None` if the packet is longer than it said or than the buffer.
    fn push(&mut self, byte: u8) -> Option<()> {
        match self.decoded.checked_sub(LENGTH_SIZE) {
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
    // It has room for a lead, 31 groups and a newline: pushing cannot fail.
    let mut line = heapless::Vec::<u8, MAX_LINE>::new();
    let _ = line.extend_from_slice(&FIRST);
    let (mut bits, mut count) = (0u32, 0u32);
    for part in [&length.to_be_bytes(), packet, &crc16(packet).to_be_bytes()] {
        for &byte in part {
            if line.len() == FULL_LINE {
                let _ = line.push(b'\n');
                send(&line)?;
                line.clear();
                let _ = line.extend_from_slice(&NEXT);
            }
            bits = bits << 8 | u32::from(byte);
            count = count.saturating_add(8);
            while let Some(left) = count.checked_sub(6) {
                count = left;
                let _ = line.push(letter(bits >> left));
            }
        }
    }
    if count > 0 {
        let _ = line.push(letter(bits << 6u32.saturating_sub(count)));
    }
    while line.len() % 4 != FULL_LINE % 4 {
        let _ = line.push(b'=');
    }
    let _ = line.push(b'\n');
    send(&line)
}

/// The characters of base64, in the order of the six bits that they stand for.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Returns the base64 character of the low six bits.
fn letter(bits: u32) -> u8 {
    let index = usize::try_from(bits & 63).unwrap_or(0);
    ALPHABET.get(index).copied().unwrap_or(b'=')
}

/// Returns the six bits of a base64 character.
fn sextet(character: u8) -> Option<u32> {
    (0..).zip(ALPHABET).find_map(|(bits, letter)| (*letter == character).then_some(bits))
}
