//! Random byte edits.

use crate::prng::Prng;

/// Most edits of one module.
const EDITS: usize = 8;

/// Makes 1 to 8 edits: a byte replaced, a bit flipped, a byte added or taken away, or the end cut off.
pub fn mutate(module: &[u8], random: &mut Prng) -> Vec<u8> {
    let mut bytes = module.to_vec();
    for _ in 0..=random.below(EDITS) {
        let at = random.below(bytes.len() + 1);
        match (random.below(16), bytes.get_mut(at)) {
            (0..=4, Some(byte)) => *byte = random.bits() as u8,
            (5..=7, Some(byte)) => *byte ^= 1 << random.below(8),
            (8..=10, Some(byte)) => *byte = byte.wrapping_add(1),
            (11..=12, Some(_)) => drop(bytes.remove(at)),
            (13, Some(_)) => bytes.truncate(at),
            _ => bytes.insert(at, random.bits() as u8),
        }
    }
    bytes
}
