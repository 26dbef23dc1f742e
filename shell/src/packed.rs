//! Packed texts, written to where output goes.

pub(crate) use wasmote_packed::{Packed, packed, part, pieces};

use crate::output::Sink;

/// Writes what packed bytes stand for.
pub(crate) fn unpack(packed: &[u8], out: &mut dyn Sink) {
    pieces(packed).for_each(|piece| out.write(piece));
}

/// How many bytes a text has when it is unpacked.
pub(crate) fn unpacked_len(packed: &[u8]) -> usize {
    pieces(packed).map(<[u8]>::len).sum()
}
