//! Packets of the management protocol: their frames are right, so that headers, CBOR and the groups' commands are
//! reached. An input is packets, each behind its length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmote_fuzz::{flash, session};
use wasmote_shell::smp::{PACKET_SIZE, write_packet};

/// Bytes on their way to the board.
struct Line(Vec<u8>);

impl embedded_io::ErrorType for Line {
    type Error = core::convert::Infallible;
}

impl embedded_io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

fuzz_target!(|input: &[u8]| {
    let mut line = Line(Vec::new());
    let mut rest = input;
    while let [low, high, packets @ ..] = rest {
        let len = usize::from(u16::from_le_bytes([*low, *high])) % PACKET_SIZE;
        let (packet, behind) = packets.split_at(len.min(packets.len()));
        let Ok(()) = write_packet(packet, &mut line);
        rest = behind;
    }
    session(flash(), &line.0).mount().expect("the store mounts");
});
