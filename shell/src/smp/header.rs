//! The header of an SMP packet: eight bytes before its CBOR body.

/// What a request wants, or what a response answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A read request (0); its response is 1.
    Read,
    /// A write request (2); its response is 3.
    Write,
    /// A response, or a code without meaning: nothing that a server carries out.
    Other,
}

/// The header of an SMP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What is asked.
    pub op: Op,
    /// Version on the wire: 0 for SMP version 1, 1 for version 2, which reports errors by group.
    pub version: u8,
    /// Length of the body, in bytes.
    pub length: u16,
    /// Group of the command.
    pub group: u16,
    /// Number that the response repeats.
    pub sequence: u8,
    /// Command within the group.
    pub command: u8,
}

impl Header {
    /// Length of a header, in bytes.
    pub const SIZE: usize = 8;
    /// The newest version on the wire that the server speaks.
    pub const NEWEST: u8 = 1;

    /// Splits a packet into its header and what follows; `None` if it is too short for a header.
    pub fn split(packet: &[u8]) -> Option<(Self, &[u8])> {
        let (&[op, _flags, l1, l0, g1, g0, sequence, command], rest) =
            packet.split_first_chunk::<{ Self::SIZE }>()?;
        let header = Self {
            op: match op & 7 {
                0 => Op::Read,
                2 => Op::Write,
                _ => Op::Other,
            },
            version: op >> 3 & 3,
            length: u16::from_be_bytes([l1, l0]),
            group: u16::from_be_bytes([g1, g0]),
            sequence,
            command,
        };
        Some((header, rest))
    }

    /// Returns the header of the response with a body of `length` bytes.
    pub fn response(&self, length: u16) -> [u8; Self::SIZE] {
        let op = match self.op {
            Op::Read => 1,
            Op::Write | Op::Other => 3,
        };
        let [l1, l0] = length.to_be_bytes();
        let [g1, g0] = self.group.to_be_bytes();
        let version = self.version.min(Self::NEWEST);
        [op | version << 3, 0, l1, l0, g1, g0, self.sequence, self.command]
    }
}
