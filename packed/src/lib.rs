//! Texts in fewer bytes: what many of them have in common is kept once.
//!
//! Flash is what a microcontroller has least of, and a tenth of the shell's was its texts. [`packed!`] packs one when the
//! firmware is built: a byte from 80 (hexadecimal) on stands for a fragment, others for themselves. No fragment has a
//! bracket, a colon, a quotation mark, a tilde or a line's end: who looks for one of these reads packed text like any other.

#![cfg_attr(not(test), no_std)]

use core::fmt::{self, Write};

/// What bytes from 80 on stand for, in their order, each with [`END`] behind it. Those with the same first character stand
/// together, the longest first. Which pay was found by counting over the texts that are packed; others do no harm: a text is
/// longer then, and says the same.
const FRAGMENTS: &[u8] = concat!(
    " again| and | kind| is | of | a | ha| it|  | B|, or |, |..429496729|4028235e38|65,535 |976931348623157e3|",
    "; help list|; install |; raise |; see |; |Ctrl-C|LINE|PORT|RRUPT|autostart|after |an |at |a |ad|al|an|ar|as|",
    "at|byte|command|ction|call|code|ch|ck|co|declared|damage|data |d |element|expecte|export|ed |er |es |e |ed|",
    "en|er|ex|file system|function|flash|from |fail|free|fuel|for|fi|global|heap|instance|import|ing|in|it|large|",
    "line|load|len|le|lo|malformed |memory|module|mutab|max_|ma|me|mo|nounc|name|not |null|no |other |of |off|",
    "on |one|o |or|ot|peak|re|segment|sha256|stack|stopp|size|s |se|st|the |type|t |ta|th|ultiple memories|",
    "unknown |upload|un|us|valid custom pag|version|value|write |with|y |",
)
.as_bytes();

/// What ends a fragment.
const END: u8 = b'|';

/// A text as [`packed!`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(pub &'static [u8]);

impl Packed {
    /// Line `n` of texts that were packed together, each with a line's end behind it; an empty one if there is none.
    #[must_use]
    pub fn line(self, n: usize) -> Self {
        Self(part(self.0, b'\n', n).unwrap_or_default())
    }
}

/// Packs a text, a constant of ASCII characters, when the firmware is built.
#[macro_export]
macro_rules! packed {
    ($text:expr) => {{
        const TEXT: &[u8] = $text.as_bytes();
        const BYTES: [u8; $crate::size(TEXT)] = $crate::pack(TEXT);
        $crate::Packed(&BYTES)
    }};
}

/// How many bytes a text takes when it is packed.
#[doc(hidden)]
pub const fn size(text: &[u8]) -> usize {
    let (mut at, mut size) = (0, 0);
    while at < text.len() {
        at += next(text, at).1;
        size += 1;
    }
    size
}

/// Packs a text into the bytes that it takes.
#[doc(hidden)]
pub const fn pack<const SIZE: usize>(text: &[u8]) -> [u8; SIZE] {
    let mut packed = [0; SIZE];
    let (mut from, mut to) = (0, 0);
    while to < SIZE {
        let (byte, taken) = next(text, from);
        packed[to] = byte;
        from += taken;
        to += 1;
    }
    packed
}

/// Where the fragments begin that have a first character: in [`FRAGMENTS`], and the byte of the first one.
const FIRST: [(usize, usize); 0x80] = {
    let mut first = [(FRAGMENTS.len(), 0); 0x80];
    let (mut at, mut code, mut last) = (0, 0x80, 0);
    while at < FRAGMENTS.len() {
        let character = FRAGMENTS[at] as usize;
        if character != last {
            assert!(first[character].1 == 0, "fragments with the same first character stand together");
            first[character] = (at, code);
            last = character;
        }
        while FRAGMENTS[at] != END {
            at += 1;
        }
        at += 1;
        code += 1;
    }
    assert!(code <= 0x100, "a byte stands for each fragment");
    first
};

/// The byte for what a text goes on with, and how many of the text's bytes it stands for. Only ASCII can be packed.
const fn next(text: &[u8], from: usize) -> (u8, usize) {
    let (mut at, mut code) = FIRST[text[from] as usize];
    while at < FRAGMENTS.len() && FRAGMENTS[at] == text[from] {
        let start = at;
        while FRAGMENTS[at] != END
            && from + at - start < text.len()
            && FRAGMENTS[at] == text[from + at - start]
        {
            at += 1;
        }
        if FRAGMENTS[at] == END {
            return (code as u8, at - start);
        }
        while FRAGMENTS[at] != END {
            at += 1;
        }
        at += 1;
        code += 1;
    }
    (text[from], 1)
}

/// What each packed byte stands for, in turn.
pub fn pieces(packed: &[u8]) -> impl Iterator<Item = &[u8]> {
    packed.iter().map(meaning)
}

impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pieces(self.0).flatten().try_for_each(|&byte| f.write_char(byte.into()))
    }
}

/// What a packed byte stands for.
fn meaning(byte: &u8) -> &[u8] {
    let fragment = byte.checked_sub(0x80).and_then(|code| part(FRAGMENTS, END, code.into()));
    fragment.unwrap_or(core::slice::from_ref(byte))
}

/// Part `n` of a table whose parts are ended by a byte.
pub fn part(table: &[u8], end: u8, n: usize) -> Option<&[u8]> {
    table.split(|byte| *byte == end).nth(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds a packed text against what it says, and how many bytes it may take.
    #[track_caller]
    fn check(packed: Packed, text: &str, most: usize) {
        assert_eq!(packed.to_string(), text);
        assert!(packed.0.len() <= most, "{} bytes", packed.0.len());
    }

    #[test]
    fn a_packed_text_says_the_same_in_fewer_bytes() {
        check(packed!(""), "", 0);
        check(packed!("LINE:the line is longer"), "LINE:the line is longer", 12);
        check(packed!("<\"heap\":{>{free}\n"), "<\"heap\":{>{free}\n", 12);
        check(packed!("qQ|~\x7f"), "qQ|~\x7f", 5);
    }

    #[test]
    fn a_line_of_packed_texts_is_a_packed_text() {
        let texts = packed!("the first\nthe second\n");
        check(texts.line(0), "the first", 9);
        check(texts.line(1), "the second", 10);
        check(texts.line(2), "", 0);
        check(texts.line(9), "", 0);
    }

    #[test]
    fn no_fragment_has_what_is_looked_for() {
        assert!(!FRAGMENTS.iter().any(|byte| b"{}<>[]:~\"\n".contains(byte)));
    }
}
