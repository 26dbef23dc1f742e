//! Writes an answer as one line of JSON, without an allocation.

use ufmt::uDisplay;

use crate::output::{Output, Sink, put};

/// A sink that writes bytes as the inside of a JSON string: controls, quotes and backslashes as escapes, and what
/// is not ASCII as it is.
pub struct Escaped<'e> {
    sink: &'e mut dyn Sink,
}

impl<'e> Escaped<'e> {
    /// Writes to `sink`.
    pub fn new(sink: &'e mut dyn Sink) -> Self {
        Self { sink }
    }
}

impl Sink for Escaped<'_> {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'"' => self.sink.write(b"\\\""),
                b'\\' => self.sink.write(b"\\\\"),
                0..=0x1f | 0x7f => {
                    let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' - 10 + n };
                    self.sink.write(b"\\u00");
                    self.sink.write(&[digit(byte >> 4), digit(byte & 15)]);
                }
                _ => self.sink.write(&[byte]),
            }
        }
    }
}

/// A JSON writer; the caller pairs what it begins and ends.
///
/// ```
/// # use wasmote_shell::{json::Json, output::Output};
/// # fn answer(out: &mut Output<'_>) {
/// let mut json = Json::new(out);
/// json.begin('{').key("status").number(0).key("names").begin('[').text("calc").end(']').end('}');
/// json.finish(); // {"status":0,"names":["calc"]}
/// # }
/// ```
pub struct Json<'o, 'a> {
    out: &'o mut Output<'a>,
    comma: bool,
}

impl<'o, 'a> Json<'o, 'a> {
    /// A writer at the start of its line.
    pub fn new(out: &'o mut Output<'a>) -> Self {
        Self { out, comma: false }
    }

    /// Begins an object, `{`, or an array, `[`.
    pub fn begin(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.comma = false;
        put!(self.out, "{}", bracket);
        self
    }

    /// Ends an object, `}`, or an array, `]`.
    pub fn end(&mut self, bracket: char) -> &mut Self {
        self.comma = true;
        put!(self.out, "{}", bracket);
        self
    }

    /// Writes a member's name; its value is next.
    pub fn key(&mut self, name: &str) -> &mut Self {
        self.text(name);
        self.comma = false;
        self.out.text(":");
        self
    }

    /// Writes a string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.out.text("\"");
        Escaped::new(self.out).write(text.as_bytes());
        self.out.text("\"");
        self
    }

    /// Writes a string of what something prints.
    pub fn escaped(&mut self, value: &impl uDisplay) -> &mut Self {
        self.separate();
        self.out.text("\"");
        put!(&mut Output::new(&mut Escaped::new(self.out)), "{}", value);
        self.out.text("\"");
        self
    }

    /// Writes a string of something that prints without quotes, backslashes and controls, such as a value.
    pub fn plain(&mut self, print: impl FnOnce(&mut Output<'a>)) -> &mut Self {
        self.separate();
        self.out.text("\"");
        print(self.out);
        self.out.text("\"");
        self
    }

    /// Writes a number. Programs may read numbers as f64, so those beyond 2^53 should be strings.
    pub fn number(&mut self, number: impl uDisplay) -> &mut Self {
        self.separate();
        put!(self.out, "{}", number);
        self
    }

    /// Writes `true` or `false`.
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.separate();
        self.out.text(if value { "true" } else { "false" });
        self
    }

    /// Writes `null`.
    pub fn null(&mut self) -> &mut Self {
        self.separate();
        self.out.text("null");
        self
    }

    /// Ends the line.
    pub fn finish(self) {
        self.out.text("\n");
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.text(",");
        }
        self.comma = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::printed;

    #[track_caller]
    fn check(write: impl FnOnce(&mut Json<'_, '_>), want: &str) {
        let got = printed(|out| {
            let mut json = Json::new(out);
            write(&mut json);
            json.finish();
        });
        assert_eq!(got, std::format!("{want}\n"));
    }

    #[test]
    fn values_are_separated() {
        let list = |json: &mut Json<'_, '_>| {
            json.begin('[').number(1).begin('{').end('}').begin('[').end(']').null().boolean(true).end(']');
        };
        check(list, "[1,{},[],null,true]");
        let object = |json: &mut Json<'_, '_>| {
            json.begin('{').key("a").text("b").key("c").begin('[').number(-1).number(2).end(']').end('}');
        };
        check(object, r#"{"a":"b","c":[-1,2]}"#);
    }

    #[test]
    fn text_is_escaped() {
        check(|json| _ = json.text("a\"b\\c\n\x1b\x7f é"), "\"a\\\"b\\\\c\\u000a\\u001b\\u007f é\"");
        check(|json| _ = json.plain(|out| out.text("5:i32")), "\"5:i32\"");
    }
}
