//! Where commands print: text through ufmt into any sink.

use core::convert::Infallible;

use ufmt::uWrite;

/// The characters of a text from outside that are shown.
pub(crate) const SHOWN: usize = 40;

/// A destination of text: the console, or a buffer that a management frame carries away.
pub trait Sink {
    /// Takes all bytes. A sink that is full or gone drops them; it says so by its own means.
    fn write(&mut self, bytes: &[u8]);
}

/// The output of a command: ufmt's writer over a sink, lines ended by LF.
pub struct Output<'a> {
    sink: &'a mut dyn Sink,
}

impl<'a> Output<'a> {
    /// An output into `sink`.
    pub fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink }
    }

    /// The same output, for a shorter time.
    #[cfg(test)]
    pub(crate) fn reborrow(&mut self) -> Output<'_> {
        Output::new(self.sink)
    }

    /// Writes bytes as they are, such as a guest's.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.sink.write(bytes);
    }

    /// Writes text from outside, made safe: what [moves or hides](is_hidden) as escapes, cut after [`SHOWN`] characters.
    pub(crate) fn shown(&mut self, text: &str) {
        for (n, c) in text.chars().enumerate() {
            if n == SHOWN {
                return self.text("...");
            }
            match c {
                '\n' => self.text("\\n"),
                '\r' => self.text("\\r"),
                '\t' => self.text("\\t"),
                c if is_hidden(c) => {
                    self.text("\\u{");
                    self.hex(u32::from(c).into());
                    self.text("}");
                }
                c => self.text(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// Writes a number's hexadecimal digits.
    pub(crate) fn hex(&mut self, number: u64) {
        if number > 15 {
            self.hex(number >> 4);
        }
        self.bytes(&[digit(number as u8 & 15)]);
    }

    /// Writes a number in decimal.
    #[inline(never)]
    pub fn number(&mut self, number: u64) {
        // Writing cannot fail.
        let _ = ufmt::uwrite!(self, "{}", number);
    }

    /// Writes a number in decimal, with its sign if it is negative.
    pub(crate) fn signed(&mut self, number: i64) {
        if number < 0 {
            self.text("-");
        }
        self.number(number.unsigned_abs());
    }

    /// Writes text as it is.
    pub fn text(&mut self, text: &str) {
        self.sink.write(text.as_bytes());
    }
}

impl Sink for Output<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.sink.write(bytes);
    }
}

impl uWrite for Output<'_> {
    type Error = Infallible;

    fn write_str(&mut self, s: &str) -> Result<(), Infallible> {
        self.text(s);
        Ok(())
    }

    // The default implementation starts from uninitialised memory.
    fn write_char(&mut self, c: char) -> Result<(), Infallible> {
        self.text(c.encode_utf8(&mut [0; 4]));
        Ok(())
    }
}

/// The hexadecimal digit of a number below 16.
pub(crate) const fn digit(n: u8) -> u8 {
    if n < 10 { b'0'.wrapping_add(n) } else { (b'a' - 10).wrapping_add(n) }
}

/// Whether a terminal shows a character as nothing of its own: controls, what turns the direction of text, line
/// separators, and Unicode's `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`).
pub fn is_hidden(c: char) -> bool {
    /// The first and the last of each range.
    const RANGES: [(u16, u16); 16] = [
        (0x00, 0x1f),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
    ];
    match u16::try_from(u32::from(c)) {
        Ok(c) => RANGES.iter().any(|&(first, last)| (first..=last).contains(&c)),
        // Musical and shorthand controls, tags and variation selectors.
        Err(_) => {
            matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        }
    }
}

/// How many characters a text has.
pub(crate) fn characters(text: &str) -> usize {
    // All bytes but those that continue a character.
    text.bytes().filter(|byte| byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use crate::testing::printed;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(printed(|out| out.shown(text)), want);
    }

    #[test]
    fn text_from_outside_cannot_move_the_cursor() {
        check("calc", "calc");
        check("héllo", "héllo");
        check("a\x1b[2Jb\n", "a\\u{1b}[2Jb\\n");
        check("trusted\u{202e}detsurt\u{2069}", "trusted\\u{202e}detsurt\\u{2069}");
        check(
            "a\u{200b}b\u{ad}c\u{feff}\u{2028}\u{e0041}",
            "a\\u{200b}b\\u{ad}c\\u{feff}\\u{2028}\\u{e0041}",
        );
        check("\u{9b}2J \u{a0}ä٣あ😂\u{d7ff}\u{fffc}", "\\u{9b}2J \u{a0}ä٣あ😂\u{d7ff}\u{fffc}");
        check(&"x".repeat(41), &("x".repeat(40) + "..."));
    }
}
