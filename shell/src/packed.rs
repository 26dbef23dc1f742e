//! Texts in fewer bytes: what many of them have in common is kept once.
//!
//! Flash is what a microcontroller has least of, and a tenth of the shell's was its texts. [`packed!`] packs one when the
//! firmware is built: a byte from 80 (hexadecimal) on stands for a fragment, others for themselves. What a form's reader
//! looks for (see [`answer`](crate::answer)) is in no fragment, so it reads a packed form like any other.

use crate::output::Sink;

/// What bytes from 80 on stand for, in their order, each with [`END`] behind it. Those with the same first character stand
/// together, the longest first. Which pay was found by counting over the texts that are packed; others do no harm: a text is
/// longer then, and says the same.
const FRAGMENTS: &[u8] = concat!(
    " explains on| module| system| upload| again| devic| first| flash| and | file| has | with| B, | com| is |",
    " of | the| a | an| do| it| li| on|  | B| a| s| t|, or |, |..429496729|..|3.4028235e38|976931348623157|",
    "; install |; see |; |ARGUMENT|COMMAND|Ctrl-C|ED|LINE|MEMORY|OPTION|PORT|RRUPT|autostart|an |a |ar|as|",
    "backsla|board|byte|call|code|ck|declar|damag|export|ed |es |e |ed|er|fail|free|from|fuel|for|glob|hat |",
    "heap|help|h |ha|ho|instance|impor|in|is|it|known|load|le|ll|memory|module|mutab|ma|me|mo|name|not |null|",
    "n |nd|no|of|on|or|pped after |peak|running|remove|re|sha256|stack|s, |sta|s |se|sh|si|the line|ther |",
    "total|type|the|t |te|to|ts|un|us|valu|ver|write |",
)
.as_bytes();

/// What ends a fragment.
const END: u8 = b'|';

/// A text as [`packed!`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(pub(crate) &'static [u8]);

/// Packs a text when the firmware is built.
macro_rules! packed {
    ($text:expr) => {{
        const TEXT: &[u8] = $text.as_bytes();
        const BYTES: [u8; $crate::packed::size(TEXT)] = $crate::packed::pack(TEXT);
        $crate::packed::Packed(&BYTES)
    }};
}

pub(crate) use packed;

/// How many bytes a text takes when it is packed.
pub(crate) const fn size(text: &[u8]) -> usize {
    let (mut at, mut size) = (0, 0);
    while at < text.len() {
        at += next(text, at).1;
        size += 1;
    }
    size
}

/// Packs a text into the bytes that it takes.
pub(crate) const fn pack<const SIZE: usize>(text: &[u8]) -> [u8; SIZE] {
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

/// Writes what packed bytes stand for.
pub(crate) fn unpack(packed: &[u8], out: &mut dyn Sink) {
    packed.iter().for_each(|byte| out.write(meaning(byte)));
}

/// How many bytes a text has when it is unpacked.
pub(crate) fn unpacked_len(packed: &[u8]) -> usize {
    packed.iter().map(|byte| meaning(byte).len()).sum()
}

/// What a packed byte stands for.
fn meaning(byte: &u8) -> &[u8] {
    let fragment = byte.checked_sub(0x80).and_then(|code| part(FRAGMENTS, END, code.into()));
    fragment.unwrap_or(core::slice::from_ref(byte))
}

/// Part `n` of a table whose parts are ended by a byte.
pub(crate) fn part(table: &[u8], end: u8, n: usize) -> Option<&[u8]> {
    table.split(|byte| *byte == end).nth(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::printed;

    /// Holds a packed text against what it says, and how many bytes it may take.
    #[track_caller]
    fn check(packed: Packed, text: &str, most: usize) {
        assert_eq!(printed(|out| unpack(packed.0, out)), text);
        assert_eq!(unpacked_len(packed.0), text.len());
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
    fn no_fragment_has_what_is_looked_for() {
        assert!(!FRAGMENTS.iter().any(|byte| b"{}<>[]:~\"\n".contains(byte)));
    }
}
