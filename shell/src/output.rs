//! Where commands print: text through ufmt into any sink.

use core::convert::Infallible;

use ufmt::uWrite;

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

/// Prints to an [`Output`] as `ufmt::uwrite!` does; writing cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = ::ufmt::uwrite!($out, $($arg)*);
    }};
}

/// Prints a line to an [`Output`] as `ufmt::uwriteln!` does; writing cannot fail.
macro_rules! putln {
    ($out:expr, $($arg:tt)*) => {{
        let _ = ::ufmt::uwriteln!($out, $($arg)*);
    }};
}

pub(crate) use {put, putln};

/// Text from outside, made safe to print: controls as escapes, cut after 40 characters.
pub struct Shown<'a>(pub &'a str);

impl ufmt::uDisplay for Shown<'_> {
    fn fmt<W: uWrite + ?Sized>(&self, f: &mut ufmt::Formatter<'_, W>) -> Result<(), W::Error> {
        const LIMIT: usize = 40;
        for (n, c) in self.0.chars().enumerate() {
            if n == LIMIT {
                return f.write_str("...");
            }
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_control() => ufmt::uwrite!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::printed;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(printed(|out| put!(out, "{}", Shown(text))), want);
    }

    #[test]
    fn text_from_outside_cannot_move_the_cursor() {
        check("calc", "calc");
        check("héllo", "héllo");
        check("a\x1b[2Jb\n", "a\\u{1b}[2Jb\\n");
        check(&"x".repeat(41), &("x".repeat(40) + "..."));
    }
}
