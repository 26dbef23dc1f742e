//! What a guest prints, as the inside of a JSON string: text in UTF-8, whatever the bytes are.

use heapless::Vec;

use crate::answer::escape;
use crate::output::Output;

/// The bytes of a character that has not come whole, which goes on with what is printed next.
#[derive(Default)]
pub(crate) struct Printed(Vec<u8, 4>);

impl Printed {
    /// Takes the next byte, and writes the character that it ends. What cannot become one is U+FFFD, as decoders of
    /// UTF-8 have it (Unicode 16, section 3.9).
    pub(crate) fn byte(&mut self, byte: u8, out: &mut Output<'_>) {
        let begun = !self.0.is_empty();
        // There is room: no four bytes are the beginning of a character.
        let _ = self.0.push(byte);
        match core::str::from_utf8(&self.0).map_err(|error| error.error_len()) {
            Ok(_) => {
                escape(out, &self.0);
                self.0.clear();
            }
            Err(None) => {}
            Err(Some(_)) => {
                self.end(out);
                if begun {
                    self.byte(byte, out);
                }
            }
        }
    }

    /// Ends the text, also in the middle of a character.
    pub(crate) fn end(&mut self, out: &mut Output<'_>) {
        if !self.0.is_empty() {
            out.text("\\ufffd");
            self.0.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::printed;
    use std::string::String;

    /// Holds bytes, however they are cut, against what the standard library makes of them.
    #[track_caller]
    fn check(bytes: &[u8]) {
        let got = printed(|out| {
            let mut text = Printed::default();
            bytes.iter().for_each(|byte| text.byte(*byte, out));
            text.end(out);
        });
        assert_eq!(got, String::from_utf8_lossy(bytes).replace('\u{fffd}', "\\ufffd"), "{bytes:x?}");
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        check("a é € 😂 \u{fffe}".as_bytes());
        check(b"\xff\xc3\x28");
        check(b"\xe2\x82");
        check(b"\xe2\x82\xc3\xa9\x80\xf0\x9f\x98a");
        check(b"\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xf0\x80\x80\x80");
        for first in 0x80..=0xff {
            for second in [b'a', 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xff] {
                for third in [b'a', 0x80, 0xbf, 0xc2, 0xf0] {
                    check(&[first, second, third, 0x80, b'z']);
                }
            }
        }
    }
}
