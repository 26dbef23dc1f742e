//! The protocol's two checksums, bit by bit: a packet is short, and its line is slow.

/// CRC-16/XMODEM, of a packet.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    let mut sum = 0u16;
    for &byte in bytes {
        sum ^= u16::from(byte) << 8;
        for _ in 0..8 {
            let reduce = (sum >> 15).wrapping_neg() & 0x1021;
            sum = sum << 1 ^ reduce;
        }
    }
    sum
}

/// CRC-32 of IEEE 802.3, of a file that comes in pieces.
pub(super) struct Crc32(u32);

impl Crc32 {
    /// The checksum of nothing.
    pub(super) const fn new() -> Self {
        Self(0)
    }

    /// Adds the next piece.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let mut sum = !self.0;
        for &byte in bytes {
            sum ^= u32::from(byte);
            for _ in 0..8 {
                let reduce = (sum & 1).wrapping_neg() & 0xedb8_8320;
                sum = sum >> 1 ^ reduce;
            }
        }
        self.0 = !sum;
    }

    /// The checksum so far.
    pub(super) const fn sum(&self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds both against another implementation, in one piece and in two.
    #[track_caller]
    fn check(bytes: &[u8]) {
        assert_eq!(crc16(bytes), crc::Crc::<u16>::new(&crc::CRC_16_XMODEM).checksum(bytes));
        let want = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(bytes);
        for at in [0, bytes.len() / 2] {
            let mut sum = Crc32::new();
            sum.update(&bytes[..at]);
            sum.update(&bytes[at..]);
            assert_eq!(sum.sum(), want);
        }
    }

    #[test]
    fn sums_are_those_of_the_catalogue() {
        check(b"");
        check(b"123456789");
        check(&[0; 300]);
        check(&core::array::from_fn::<u8, 256, _>(|n| n as u8));
        // The catalogue's own check values.
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }
}
