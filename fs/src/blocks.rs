//! Where the bytes of a file lie in littlefs's blocks.
//!
//! A file is a list of blocks in which block n > 0 begins with a pointer of 4 bytes for each power of two
//! that divides n, and one more (littlefs `SPEC.md`, "CTZ skip-lists"). Writing in steps that end where a
//! block ends is what keeps an upload at one erase a block: littlefs copies a block that is only partly
//! filled when a file is opened again and grows.

/// The index of the block that holds byte `position` of a file, and the bytes from there to its end.
///
/// `block_size` is at least 128 bytes, as littlefs demands.
fn locate(mut position: u32, block_size: u32) -> (u32, u32) {
    let (mut index, mut room) = (0u32, block_size);
    while let Some(behind) = position.checked_sub(room) {
        position = behind;
        index = index.saturating_add(1);
        let pointers = index.trailing_zeros().saturating_add(1);
        room = block_size.saturating_sub(pointers.saturating_mul(4));
    }
    (index, room.saturating_sub(position))
}

/// Returns how many bytes fit from byte `position` of a file to the end of the block it lies in.
pub(crate) fn room(position: u32, block_size: u32) -> u32 {
    locate(position, block_size).1
}

/// Returns how many blocks a file of `len` bytes takes, 0 for none.
pub(crate) fn count(len: u32, block_size: u32) -> u32 {
    len.checked_sub(1).map_or(0, |last| locate(last, block_size).0.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_agree_with_the_specification() {
        for block_size in [128, 4096] {
            let mut position = 0;
            for index in 0u32..300 {
                let pointers = if index == 0 { 0 } else { 4 * (index.trailing_zeros() + 1) };
                for offset in pointers..block_size {
                    assert_eq!(locate(position, block_size), (index, block_size - offset), "{position}");
                    position += 1;
                    assert_eq!(count(position, block_size), index + 1);
                }
            }
        }
        assert_eq!(count(0, 4096), 0);
    }
}
