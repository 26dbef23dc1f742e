//! What littlefs2 takes for granted about a directory, checked before it sees one.
//!
//! littlefs trusts whatever has a right checksum, and littlefs2 trusts littlefs: an entry of a type that is neither
//! file nor directory is a panic there, a name of 256 bytes is read past its end, and a tag that moves entries by another
//! number than one carries over from an entry's number into its type. An image that somebody made so has right checksums. So all directories are walked once, as littlefs walks them when it mounts (`SPEC.md`,
//! "Metadata pairs"; `lfs_dir_fetchmatch`), and a flash with such an entry is not mounted. What the store writes
//! later has no such entries.

use embedded_storage::nor_flash::NorFlash;

use crate::Error;
use crate::volume::CACHE_SIZE;

/// The types of entries that there are (`lfs.h`, `enum lfs_type`).
const FILE: u32 = 0x001;
const DIRECTORY: u32 = 0x002;

/// The tags that insert an entry before others, and that remove one (`lfs.h`, `LFS_TYPE_SPLICE`).
const CREATE: u32 = 0x401;
const DELETE: u32 = 0x4ff;

/// The longest name of an entry, bytes (`LFS_NAME_MAX`).
const NAME_MAX: u32 = 255;

/// The length in a tag that stands for a deletion.
const DELETED: u32 = 0x3ff;

/// The number of a block that is none, which is behind all that there are.
const NULL: u32 = u32::MAX;

/// A tag: validity, type, entry and length of what follows it.
#[derive(Clone, Copy)]
struct Tag(u32);

impl Tag {
    fn is_valid(self) -> bool {
        self.0 >> 31 == 0
    }

    fn kind(self) -> u32 {
        self.0 >> 20 & 0x7ff
    }

    fn len(self) -> u32 {
        self.0 & 0x3ff
    }

    /// The bytes of the tag and of what follows it.
    fn size(self) -> u32 {
        if self.len() == DELETED { 4 } else { self.len().saturating_add(4) }
    }

    fn is_checksum(self) -> bool {
        self.kind() & 0x780 == 0x500
    }

    fn is_tail(self) -> bool {
        self.kind() & 0x700 == 0x600
    }

    fn is_splice(self) -> bool {
        self.kind() & 0x700 == 0x400
    }

    /// Whether it names an entry that littlefs2 cannot stand, or moves entries in another way than littlefs does.
    fn is_strange(self) -> bool {
        let is_name = self.kind() & 0x780 == 0;
        is_name
            && (!matches!(self.kind(), FILE | DIRECTORY) || self.len() > NAME_MAX && self.len() != DELETED)
            || self.is_splice() && !(matches!(self.kind(), CREATE | DELETE) && self.len() == 0)
    }
}

/// The pair of blocks that a directory, or a part of one, is kept in.
type Pair = [u32; 2];

/// The pair that follows the last one.
const NO_PAIR: Pair = [NULL; 2];

/// Checks every directory of the file system of `block_count` blocks of `block_size` bytes.
///
/// Fails with [`Error::Unformatted`] on an entry that cannot be. What else is wrong is left to littlefs to find.
pub(crate) fn check<F: NorFlash>(flash: &mut F, block_size: u32, block_count: u32) -> Result<(), Error> {
    let mut blocks = Blocks { flash, size: block_size, window: [0; CACHE_SIZE], at: NULL, found: Ok(()) };
    let mut pair = [0, 1];
    // Tails that lead in a circle are found by littlefs.
    for _ in 0..block_count {
        if pair.iter().any(|block| *block >= block_count) {
            break;
        }
        pair = blocks.check_pair(pair);
        blocks.found?;
    }
    Ok(())
}

/// The blocks, read through a window.
struct Blocks<'a, F> {
    flash: &'a mut F,
    /// The bytes of a block.
    size: u32,
    window: [u8; CACHE_SIZE],
    /// The address of the window.
    at: u32,
    /// What was found first that is wrong.
    found: Result<(), Error>,
}

impl<F: NorFlash> Blocks<'_, F> {
    /// The byte at `offset` of a block: a zero past its end, and where the flash does not read.
    fn byte(&mut self, block: u32, offset: u32) -> u8 {
        const WINDOW: u32 = CACHE_SIZE as u32;
        if offset >= self.size {
            return 0;
        }
        let address = block.saturating_mul(self.size).saturating_add(offset);
        let index = address % WINDOW;
        let at = address.saturating_sub(index);
        if self.at != at {
            self.at = at;
            if self.flash.read(at, &mut self.window).is_err() {
                self.found = self.found.and(Err(Error::Flash));
            }
        }
        self.window.get(index as usize).copied().unwrap_or_default()
    }

    /// The number in the four bytes at `offset` of a block.
    fn word(&mut self, block: u32, offset: u32) -> u32 {
        (0..4).fold(0, |word, n| u32::from(self.byte(block, offset.saturating_add(n))) << (8 * n) | word)
    }

    /// Checks the block of a pair that counts, and gives the next pair.
    fn check_pair(&mut self, [first, second]: Pair) -> Pair {
        let newer_second = self.word(second, 0).wrapping_sub(self.word(first, 0)).cast_signed() > 0;
        let (newer, older) = if newer_second { (second, first) } else { (first, second) };
        self.check(newer).or_else(|| self.check(older)).unwrap_or(NO_PAIR)
    }

    /// Checks the entries of all whole commits of a block and gives the pair that follows; `None` if no commit is whole.
    fn check(&mut self, block: u32) -> Option<Pair> {
        let mut crc = Crc(u32::MAX);
        crc.update(&self.word(block, 0).to_le_bytes());
        let (mut offset, mut previous) = (4u32, u32::MAX);
        // Of whole commits, and of all tags so far.
        let (mut committed, mut tail) = (None, NO_PAIR);
        let mut strange = false;
        loop {
            let word = self.word(block, offset);
            crc.update(&word.to_le_bytes());
            let tag = Tag(word.swap_bytes() ^ previous);
            let next = offset.saturating_add(tag.size());
            if !tag.is_valid() || next > self.size {
                return committed;
            }
            previous = tag.0;
            let data = offset.saturating_add(4);
            if tag.is_checksum() {
                if self.word(block, data) != crc.0 {
                    return committed;
                }
                if strange {
                    self.found = self.found.and(Err(Error::Unformatted));
                }
                // The lowest bit of the type says what the next tag's validity is.
                previous ^= tag.kind() << 31;
                committed = Some(tail);
                crc = Crc(u32::MAX);
            } else {
                for at in data..next {
                    crc.update(&[self.byte(block, at)]);
                }
                strange |= tag.is_strange();
                if tag.is_tail() {
                    tail = [data, data.saturating_add(4)].map(|at| self.word(block, at));
                }
            }
            offset = next;
        }
    }
}

/// The checksum of commits: CRC-32 without its last inversion (`lfs_crc`).
struct Crc(u32);

impl Crc {
    fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 ^= u32::from(byte);
            for _ in 0..8 {
                let reduce = (self.0 & 1).wrapping_neg() & 0xedb8_8320;
                self.0 = self.0 >> 1 ^ reduce;
            }
        }
    }
}

#[cfg(test)]
mod tests;
