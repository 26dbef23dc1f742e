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

/// The number of a block that is none.
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

/// Checks every directory of the file system of `block_count` blocks of `block_size` bytes.
///
/// Fails with [`Error::Unformatted`] on an entry that cannot be. What else is wrong is left to littlefs to find.
pub(crate) fn check<F: NorFlash>(flash: &mut F, block_size: u32, block_count: u32) -> Result<(), Error> {
    let mut pair = Some([0, 1]);
    // Tails that lead in a circle are found by littlefs.
    for _ in 0..block_count {
        let Some(blocks) = pair.filter(|pair| pair.iter().all(|block| *block < block_count)) else {
            return Ok(());
        };
        pair = check_pair(flash, block_size, blocks)?;
    }
    Ok(())
}

/// Checks the block of a pair that counts, and gives the next pair.
fn check_pair<F: NorFlash>(flash: &mut F, block_size: u32, pair: Pair) -> Result<Option<Pair>, Error> {
    let mut revisions = [0; 2];
    for (revision, number) in revisions.iter_mut().zip(pair) {
        *revision = Block::new(flash, number, block_size).word(0)?.map_or(0, u32::from_le_bytes);
    }
    let [first, second] = pair;
    let newer_second = revisions[1].wrapping_sub(revisions[0]).cast_signed() > 0;
    for number in if newer_second { [second, first] } else { [first, second] } {
        if let Some(tail) = Block::new(flash, number, block_size).check()? {
            return Ok(tail);
        }
    }
    Ok(None)
}

/// A block, read through a window.
struct Block<'a, F> {
    flash: &'a mut F,
    start: u32,
    size: u32,
    window: [u8; CACHE_SIZE],
    /// Where in the block the window begins.
    at: Option<u32>,
}

impl<'a, F: NorFlash> Block<'a, F> {
    fn new(flash: &'a mut F, number: u32, size: u32) -> Self {
        Self { flash, start: number.saturating_mul(size), size, window: [0; CACHE_SIZE], at: None }
    }

    /// The byte at `offset`, or `None` past the end of the block.
    fn byte(&mut self, offset: u32) -> Result<Option<u8>, Error> {
        const WINDOW: u32 = CACHE_SIZE as u32;
        if offset >= self.size {
            return Ok(None);
        }
        let from = offset / WINDOW * WINDOW;
        if self.at != Some(from) {
            self.at = None;
            let read = self.flash.read(self.start.saturating_add(from), &mut self.window);
            read.map_err(|_| Error::Flash)?;
            self.at = Some(from);
        }
        let index = usize::try_from(offset.saturating_sub(from)).unwrap_or(usize::MAX);
        Ok(self.window.get(index).copied())
    }

    /// The four bytes at `offset`, or `None` if they go past the end of the block.
    fn word(&mut self, offset: u32) -> Result<Option<[u8; 4]>, Error> {
        let mut word = [0; 4];
        for (at, to) in (offset..).zip(&mut word) {
            let Some(byte) = self.byte(at)? else { return Ok(None) };
            *to = byte;
        }
        Ok(Some(word))
    }

    /// Checks the entries of all whole commits and gives the pair that follows; `None` if no commit is whole.
    fn check(&mut self) -> Result<Option<Option<Pair>>, Error> {
        let Some(revision) = self.word(0)? else { return Ok(None) };
        let mut crc = Crc(u32::MAX);
        crc.update(&revision);
        let (mut offset, mut previous) = (4u32, u32::MAX);
        // Of whole commits, and of all tags so far.
        let (mut committed, mut tail) = (None, None);
        let mut strange = false;
        while let Some(word) = self.word(offset)? {
            crc.update(&word);
            let tag = Tag(u32::from_be_bytes(word) ^ previous);
            let next = offset.saturating_add(tag.size());
            if !tag.is_valid() || next > self.size {
                break;
            }
            previous = tag.0;
            let data = offset.saturating_add(4);
            if tag.is_checksum() {
                if self.word(data)?.map(u32::from_le_bytes) != Some(crc.0) {
                    break;
                }
                if strange {
                    return Err(Error::Unformatted);
                }
                // The lowest bit of the type says what the next tag's validity is.
                previous ^= tag.kind() << 31;
                committed = Some(tail);
                crc = Crc(u32::MAX);
            } else {
                for at in data..next {
                    crc.update(self.byte(at)?.as_slice());
                }
                strange |= tag.is_strange();
                if tag.is_tail() {
                    tail = self.pair(data)?;
                }
            }
            offset = next;
        }
        Ok(committed)
    }

    fn pair(&mut self, offset: u32) -> Result<Option<Pair>, Error> {
        let (first, second) = (self.word(offset)?, self.word(offset.saturating_add(4))?);
        let pair = first.zip(second).map(|(first, second)| [first, second].map(u32::from_le_bytes));
        Ok(pair.filter(|pair| !pair.contains(&NULL)))
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
