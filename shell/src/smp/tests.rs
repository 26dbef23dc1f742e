//! The server against known frames, lost answers and hostile lines.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

extern crate std;

mod fake;
mod groups;
mod hostile;
mod uploads;
mod wire;

use std::string::String;
use std::vec::Vec;

use super as smp;
use crate::line::demux::Demux;
use fake::FakeDevice;
use smp::{After, Deframer, Header, Server, write_packet};

/// A server, its device, and what a client sees of them.
struct Bench {
    demux: Demux,
    server: Server,
    device: FakeDevice,
    /// Text that went to the console.
    console: Vec<u8>,
    after: After,
}

impl Bench {
    fn new() -> Self {
        Self {
            demux: Demux::new(),
            server: Server::new(),
            device: FakeDevice::default(),
            console: Vec::new(),
            after: After::Continue,
        }
    }

    /// Sends bytes and returns those that come back.
    fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut line = Vec::new();
        for byte in bytes {
            let framed = self.demux.push(*byte, |byte| self.console.push(byte));
            if framed && self.server.frame(self.demux.frame()) {
                self.after = self.server.serve(&mut self.device, &mut Sink(&mut line)).unwrap();
            }
        }
        line
    }

    /// Sends a request of version 2 and returns the body of its response in diagnostic notation.
    fn ask(&mut self, op: u8, group: u16, command: u8, body: &[u8]) -> String {
        self.ask_version(1, op, group, command, body)
    }

    fn ask_version(&mut self, version: u8, op: u8, group: u16, command: u8, body: &[u8]) -> String {
        let answer = self.send(&frames(&packet(version, op, group, command, body)));
        let packets = packets(&answer);
        assert_eq!(packets.len(), 1, "one response");
        let (header, body) = packets[0].split_at(Header::SIZE);
        let (response, _) = Header::split(&packets[0]).unwrap();
        assert_eq!(header[0], (op | 1) | version.min(1) << 3);
        assert_eq!((response.group, response.command, response.sequence), (group, command, 7));
        assert_eq!(usize::from(response.length), body.len());
        let mut text = String::new();
        diagnose(&mut minicbor::Decoder::new(body), &mut text);
        text
    }
}

/// Collects what the server writes.
struct Sink<'a>(&'a mut Vec<u8>);

impl embedded_io::ErrorType for Sink<'_> {
    type Error = core::convert::Infallible;
}

impl embedded_io::Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Returns a request with the sequence number 7.
fn packet(version: u8, op: u8, group: u16, command: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = Vec::from([op | version << 3, 0]);
    packet.extend((body.len() as u16).to_be_bytes());
    packet.extend(group.to_be_bytes());
    packet.extend([7, command]);
    packet.extend(body);
    packet
}

fn frames(packet: &[u8]) -> Vec<u8> {
    let mut line = Vec::new();
    write_packet(packet, &mut Sink(&mut line)).unwrap();
    line
}

/// Returns the packets in a stream of bytes.
fn packets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut demux, mut deframer) = (Demux::new(), Deframer::<4096>::new());
    let mut found = Vec::new();
    for byte in bytes {
        if demux.push(*byte, |_| {}) && deframer.line(demux.frame()) {
            found.push(deframer.packet().to_vec());
        }
    }
    found
}

/// Returns CBOR: `cbor(|e| { e.map(1)?.str("d")?.str("x")?; Ok(()) })`.
type CborResult = Result<(), minicbor::encode::Error<minicbor::encode::write::EndOfSlice>>;
fn cbor(
    write: impl FnOnce(&mut minicbor::Encoder<minicbor::encode::write::Cursor<&mut [u8]>>) -> CborResult,
) -> Vec<u8> {
    let mut buffer = [0; 4096];
    let mut encoder = minicbor::Encoder::new(minicbor::encode::write::Cursor::new(buffer.as_mut_slice()));
    write(&mut encoder).unwrap();
    let len = encoder.writer().position();
    buffer[..len].to_vec()
}

/// Writes the next value in diagnostic notation.
fn diagnose(value: &mut minicbor::Decoder<'_>, text: &mut String) {
    use minicbor::data::Type;
    use std::fmt::Write as _;
    let open = match value.datatype().unwrap() {
        Type::Map | Type::MapIndef => Some((value.map().unwrap().map(|pairs| pairs * 2), ["{", "}"])),
        Type::Array | Type::ArrayIndef => Some((value.array().unwrap(), ["[", "]"])),
        Type::Bytes => {
            let hex: String = value.bytes().unwrap().iter().map(|byte| std::format!("{byte:02x}")).collect();
            write!(text, "h'{hex}'").unwrap();
            None
        }
        Type::String => {
            write!(text, "{:?}", value.str().unwrap()).unwrap();
            None
        }
        Type::Bool => {
            write!(text, "{}", value.bool().unwrap()).unwrap();
            None
        }
        _ => {
            write!(text, "{}", value.int().unwrap()).unwrap();
            None
        }
    };
    let Some((count, [left, right])) = open else { return };
    text.push_str(left);
    for index in 0.. {
        if count == Some(index) || (count.is_none() && value.datatype().unwrap() == Type::Break) {
            break;
        }
        match (index, left) {
            (0, _) => {}
            (index, "{") if index % 2 == 1 => text.push_str(": "),
            _ => text.push_str(", "),
        }
        diagnose(value, text);
    }
    if count.is_none() {
        value.set_position(value.position() + 1);
    }
    text.push_str(right);
}

/// Returns `{name: name}`.
fn named(name: &str) -> Vec<u8> {
    cbor(|e| e.map(1)?.str("name")?.str(name)?.ok())
}

/// A small generator (xorshift64*), so that random tests repeat.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

#[test]
fn the_server_keeps_its_ram_budget() {
    std::println!("a server has {} bytes", size_of::<Server>());
    assert!(size_of::<Server>() <= smp::RAM_BUDGET);
}
