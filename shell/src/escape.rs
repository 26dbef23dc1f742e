//! The inside of a JSON string: text in UTF-8, whatever the bytes are.

use core::str::from_utf8;

use crate::output::{Output, digit};

/// A string that is being written: the bytes of a character that has not come whole, the newest lowest.
#[derive(Clone, Copy, Default)]
pub(crate) struct Escape(u32);

impl Escape {
    /// Writes bytes: controls, quotes and backslashes as escapes, other characters as they are. A character may go on
    /// with what is written next; U+FFFD stands for bytes that are none.
    pub(crate) fn write(&mut self, out: &mut Output<'_>, bytes: &[u8]) {
        for &byte in bytes {
            // What is held ends here: the byte begins another character, or four are held.
            if byte & 0xc0 != 0x80 || self.0 >> 24 != 0 {
                self.end(out);
            }
            match byte {
                b'"' | b'\\' => out.bytes(&[b'\\', byte]),
                0..=0x1f | 0x7f => {
                    out.bytes(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
                }
                _ => {
                    self.0 = self.0 << 8 | u32::from(byte);
                    let bytes = self.0.to_be_bytes();
                    let character = bytes.get(self.0.leading_zeros() as usize / 8..).unwrap_or_default();
                    if from_utf8(character).is_ok() {
                        self.0 = 0;
                        out.bytes(character);
                    }
                }
            }
        }
    }

    /// Ends the string, also in the middle of a character.
    pub(crate) fn end(&mut self, out: &mut Output<'_>) {
        if self.0 != 0 {
            self.0 = 0;
            out.text("\\ufffd");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::printed;
    use std::string::String;

    /// Holds bytes against what the standard library makes of them, but for how often it replaces what is no character.
    #[track_caller]
    fn check(bytes: &[u8]) {
        let mut got = printed(|out| {
            let mut escape = Escape::default();
            bytes.iter().for_each(|byte| escape.write(out, &[*byte]));
            escape.end(out);
        });
        let mut want = String::from_utf8_lossy(bytes).replace('\u{fffd}', "\\ufffd").replace('\0', "\\u0000");
        for text in [&mut got, &mut want] {
            while text.contains("\\ufffd\\ufffd") {
                *text = text.replace("\\ufffd\\ufffd", "\\ufffd");
            }
        }
        assert_eq!(got, want, "{bytes:x?}");
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        check("a é € 😂 \u{fffe}".as_bytes());
        check(b"\xff\xc3\x28\0\xc3\0");
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
