//! A command line's words.
//!
//! Words are separated by blanks. `'...'` is literal; in `"..."` and outside of quotes a backslash makes `\n \t \r`,
//! and takes a quote, a blank, `#` or another backslash as it is. `#` at the start of a word begins a comment.

pub mod float;
pub mod number;
mod scan;

use heapless::{String, Vec};

use crate::error::Error;
use crate::limits::{ARGS_LIMIT, LINE_LIMIT};

/// A word's place in its [`Args`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    start: u16,
    end: u16,
}

/// The words of a line, quotes and escapes resolved: 400 bytes, which are filled where they are.
pub struct Args {
    text: String<LINE_LIMIT>,
    words: Vec<Word, ARGS_LIMIT>,
}

impl Args {
    /// No words.
    pub const fn new() -> Self {
        Self { text: String::new(), words: Vec::new() }
    }

    /// Splits a line and adds its words.
    ///
    /// # Errors
    ///
    /// A quote stays open, an escape is not known, the line is above [`LINE_LIMIT`] bytes or has above
    /// [`ARGS_LIMIT`] words.
    pub fn split<'l>(&mut self, line: &'l str) -> Result<(), Error<'l>> {
        let mut rest = line.chars();
        loop {
            rest = rest.as_str().trim_ascii_start().chars();
            if rest.as_str().is_empty() || rest.as_str().starts_with('#') {
                return Ok(());
            }
            let start = self.end();
            self.word(&mut rest)?;
            let word = Word { start, end: self.end() };
            self.words.push(word).map_err(|_| Error::TooManyWords)?;
        }
    }

    /// Where the text ends.
    fn end(&self) -> u16 {
        const { assert!(LINE_LIMIT <= u16::MAX as usize) };
        self.text.len() as u16
    }

    /// Takes one word off `rest`.
    fn word<'a>(&mut self, rest: &mut core::str::Chars<'a>) -> Result<(), Error<'a>> {
        let mut quote = None;
        while let Some(c) = rest.next() {
            let c = match (c, quote) {
                (c, Some(open)) if c == open => {
                    quote = None;
                    continue;
                }
                ('\'' | '"', None) => {
                    quote = Some(c);
                    continue;
                }
                ('\\', None | Some('"')) => escape(rest.next())?,
                (c, None) if c.is_ascii_whitespace() => return Ok(()),
                (c, _) => c,
            };
            self.text.push(c).map_err(|_| Error::LineTooLong)?;
        }
        quote.map_or(Ok(()), |open| Err(Error::OpenQuote(open)))
    }

    /// How many words are left.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether no word is left.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Word number `n`, counted from 0.
    pub fn get(&self, n: usize) -> Option<&str> {
        self.words.get(n).map(|&word| self.text(word))
    }

    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.words.iter().map(|&word| self.text(word))
    }

    /// A word's text.
    pub fn text(&self, word: Word) -> &str {
        self.text.get(usize::from(word.start)..usize::from(word.end)).unwrap_or_default()
    }

    /// Takes the first word off.
    pub fn shift(&mut self) -> Option<Word> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// Takes the flag `name` off, wherever it stands before a `--`, and says whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        self.position(name).map(|at| self.words.remove(at)).is_some()
    }

    /// Takes the option `name` and its value off, wherever it stands before a `--`.
    ///
    /// # Errors
    ///
    /// The option is the last word.
    pub fn option(&mut self, name: &'static str) -> Result<Option<Word>, Error<'static>> {
        let Some(at) = self.position(name) else { return Ok(None) };
        self.words.remove(at);
        if at < self.words.len() { Ok(Some(self.words.remove(at))) } else { Err(Error::NoValue(name)) }
    }

    /// Takes the first `--` off: what follows it are words, however they look.
    pub fn end_options(&mut self) {
        self.flag("--");
    }

    /// The place of a word before the first `--`, or of that.
    fn position(&self, name: &str) -> Option<usize> {
        for (at, word) in self.iter().enumerate() {
            if word == name {
                return Some(at);
            }
            if word == "--" {
                break;
            }
        }
        None
    }
}

fn escape<'a>(c: Option<char>) -> Result<char, Error<'a>> {
    match c {
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some('r') => Ok('\r'),
        Some(c @ ('\\' | '\'' | '"' | ' ' | '#')) => Ok(c),
        Some(c) => Err(Error::BadEscape(c)),
        None => Err(Error::OpenEscape),
    }
}

impl Default for Args {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::vec::Vec;

    #[track_caller]
    fn check(line: &str, want: Result<&[&str], Error<'_>>) {
        let mut args = Args::new();
        let got = args.split(line).map(|()| args.iter().collect::<Vec<_>>());
        assert_eq!(got.as_deref(), want.as_ref().map(|w| *w), "{line}");
    }

    #[test]
    fn lines_split_into_words() {
        check("", Ok(&[]));
        check("  ls   -l ", Ok(&["ls", "-l"]));
        check(r#"run hello "big bob" 'a\n' """#, Ok(&["run", "hello", "big bob", r"a\n", ""]));
        check(r#"a"b 'c"d e\ f \"g"#, Ok(&["ab 'cd", "e f", "\"g"]));
        check("echo a#b # c \"", Ok(&["echo", "a#b"]));
        check(r"\# \\ \n", Ok(&["#", "\\", "\n"]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        check("echo \"a", Err(Error::OpenQuote('"')));
        check("echo 'a", Err(Error::OpenQuote('\'')));
        check("echo \\", Err(Error::OpenEscape));
        check("echo \\q", Err(Error::BadEscape('q')));
        check(&"a ".repeat(ARGS_LIMIT + 1), Err(Error::TooManyWords));
        check(&"a".repeat(LINE_LIMIT + 1), Err(Error::LineTooLong));
    }

    #[test]
    fn options_are_found_before_the_double_dash() {
        let mut args = Args::new();
        args.split("call calc --fuel 5 add -j 1 -- --fuel -j").unwrap();
        let fuel = args.option("--fuel").unwrap().unwrap();
        assert_eq!(args.text(fuel), "5");
        assert_eq!(args.option("--fuel"), Ok(None));
        assert!(args.flag("-j"));
        assert!(!args.flag("-j"));
        args.end_options();
        let call = args.shift().unwrap();
        assert_eq!(args.text(call), "call");
        assert_eq!(args.iter().collect::<Vec<_>>(), ["calc", "add", "1", "--fuel", "-j"]);
        let mut args = Args::new();
        args.split("load a --heap").unwrap();
        assert_eq!(args.option("--heap"), Err(Error::NoValue("--heap")));
    }
}
