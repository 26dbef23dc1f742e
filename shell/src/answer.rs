//! Answers of commands, each described once for people and for programs.
//!
//! A *form* is text with named places. As text, the values stand in their places; as JSON (`-j`), each value is a
//! member of that name, and the text between is left out:
//!
//! | in a form | as text | as JSON |
//! |---|---|---|
//! | `{used}` | the next value | `"used":` and the next value |
//! | `{}` | the next value | the next value, as an array's element |
//! | `<"heap":{>` | nothing | `"heap":{`, what groups members |
//! | `~` | `s`, unless the number before it is 1 | nothing |
//! | anything else | itself | nothing |
//!
//! Commas are set where JSON has them, and nothing is allocated. A form's own text has no `{`, `<` and `~`; it is
//! [`packed`](crate::packed) in flash.

use crate::error::Error;
use crate::escape::Escape;
use crate::output::{Output, Sink, digit};
use crate::packed::{Packed, packed, unpack};

/// A command failed, and has said why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed;

/// What a command comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failed>;

/// An answer that is being written.
pub(crate) struct Answer<'o> {
    out: Output<'o>,
    /// Whether it is one line of JSON.
    pub(crate) json: bool,
    /// Whether a comma goes before JSON's next member or element.
    comma: bool,
    /// Whether a failure's message is written, within its string.
    message: bool,
    /// Whether the newest number is 1, so that what it counts is singular.
    one: bool,
    /// What is left of the form, packed.
    form: &'static [u8],
}

impl<'o> Answer<'o> {
    /// An answer as text, or as the inside of a JSON object of which `begun` says whether it has a member.
    pub(crate) fn new(out: Output<'o>, json: bool, begun: bool) -> Self {
        Self { out, json, comma: begun, message: false, one: false, form: &[] }
    }

    /// Ends the form before and begins another; a value for each of its places follows.
    #[inline(never)]
    pub(crate) fn form(&mut self, form: Packed) -> &mut Self {
        self.advance();
        self.form = form.0;
        self
    }

    /// Puts a number into the next place. Programs may read numbers as f64, and so lose what is beyond 2^53.
    pub(crate) fn number(&mut self, number: impl Number) -> &mut Self {
        self.wide(number.wide())
    }

    fn wide(&mut self, number: u64) -> &mut Self {
        self.advance();
        self.one = number == 1;
        self.out.number(number);
        self
    }

    /// Puts a time into the next place: microseconds for programs, milliseconds and their tenths for people.
    pub(crate) fn millis(&mut self, micros: u64) -> &mut Self {
        if self.json {
            return self.wide(micros);
        }
        let tenths = micros.saturating_add(50) / 100;
        self.wide(tenths / 10);
        self.out.text(".");
        self.out.number(tenths % 10);
        self
    }

    /// Puts a text into the next place: whole for programs, but made safe for people.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        let whole = self.members();
        self.with(|out| if whole { out.text(text) } else { out.shown(text) })
    }

    /// Puts bytes into the next place, as hexadecimal digits.
    pub(crate) fn hex(&mut self, bytes: &[u8]) -> &mut Self {
        self.with(|out| bytes.iter().for_each(|byte| out.bytes(&[digit(byte >> 4), digit(byte & 15)])))
    }

    /// Puts what `print` prints into the next place, a string for programs.
    pub(crate) fn with(&mut self, print: impl FnOnce(&mut Output<'_>)) -> &mut Self {
        self.advance();
        self.quote();
        print(&mut Output::new(self));
        self.quote();
        self
    }

    /// Puts `yes` or `no` into the next place, for programs `true` or `false`.
    pub(crate) fn choice(&mut self, choice: bool, yes: &str, no: &str) -> &mut Self {
        self.advance();
        let (yes, no) = if self.json { ("true", "false") } else { (yes, no) };
        self.out.text(if choice { yes } else { no });
        self
    }

    /// Prints blanks between columns, for people.
    pub(crate) fn pad(&mut self, blanks: usize) -> &mut Self {
        if !self.json {
            for _ in 0..blanks {
                self.out.text(" ");
            }
        }
        self
    }

    /// Puts a text as it is into the next place or behind what is printed: for people, and in a failure's message for
    /// programs too.
    pub(crate) fn prose(&mut self, text: &str) -> &mut Self {
        self.advance();
        if !self.members() {
            self.write(text.as_bytes());
        }
        self
    }

    /// Begins what says that a command failed. Its form begins with a code and a colon; the rest, and what follows, is
    /// a message, which for programs is a text like any other.
    pub(crate) fn failure(&mut self, form: Packed) -> &mut Self {
        self.advance();
        self.form = form.0;
        let code = self.until(|byte| byte == b':');
        let message = core::mem::replace(&mut self.form, packed!("error[{error}]: {message}").0);
        self.with(|out| unpack(code, out)).advance();
        self.quote();
        self.message = true;
        self.form = message.get(1..).unwrap_or_default();
        self
    }

    /// Ends the answer with a failure.
    pub(crate) fn fail(&mut self, error: &Error<'_>) -> Failed {
        self.refuse(error).end(1);
        Failed
    }

    /// Says what failed, in a line of its own; more may follow.
    pub(crate) fn refuse(&mut self, error: &Error<'_>) -> &mut Self {
        error.tell(self);
        self.advance();
        // The message's string ends here.
        self.message = false;
        self.quote();
        self.form(packed!("\n"))
    }

    /// Ends the answer.
    pub(crate) fn end(&mut self, status: u8) {
        self.form(packed!("<\"status\":>")).advance();
        if self.json {
            self.out.number(status.into());
            self.out.text("}\n");
        }
    }

    /// Goes on to the value of the next place, or to the form's end.
    fn advance(&mut self) {
        loop {
            let text = self.until(|byte| matches!(byte, b'{' | b'<' | b'~'));
            if !self.members() {
                unpack(text, self);
            }
            let Some((&mark, rest)) = self.form.split_first() else { return };
            self.form = rest;
            if mark == b'~' {
                if !self.members() && !self.one {
                    self.write(b"s");
                }
                continue;
            }
            let place = mark == b'{';
            let piece = self.until(|byte| byte == if place { b'}' } else { b'>' });
            self.form = self.form.get(1..).unwrap_or_default();
            if self.members() {
                self.piece(piece, place);
            }
            if place {
                return;
            }
        }
    }

    /// Takes the form's bytes up to one.
    fn until(&mut self, stop: impl Fn(u8) -> bool) -> &'static [u8] {
        let end = self.form.iter().position(|&byte| stop(byte)).unwrap_or(self.form.len());
        let (before, rest) = self.form.split_at_checked(end).unwrap_or_default();
        self.form = rest;
        before
    }

    /// Writes a member's name, or JSON as it is.
    fn piece(&mut self, piece: &[u8], place: bool) {
        let closes = matches!(piece.first(), Some(b']' | b'}'));
        if self.comma && !closes {
            self.out.text(",");
        }
        let named = place && !piece.is_empty();
        if named {
            self.out.text("\"");
        }
        unpack(piece, &mut self.out);
        if named {
            self.out.text("\":");
        }
        self.comma = !matches!(piece.last(), Some(b'[' | b'{'));
    }

    /// Whether members are written, and nothing between them.
    fn members(&self) -> bool {
        self.json && !self.message
    }

    fn quote(&mut self) {
        if self.members() {
            self.out.text("\"");
        }
    }
}

impl Sink for Answer<'_> {
    /// Writes whole characters of a value, within a string of JSON as [`Escape`] does.
    fn write(&mut self, bytes: &[u8]) {
        if self.json { Escape::default().write(&mut self.out, bytes) } else { self.out.bytes(bytes) }
    }
}

/// What can be put into a place as a number.
pub(crate) trait Number {
    /// The number in the width that all have in common.
    fn wide(self) -> u64;
}

impl Number for u64 {
    fn wide(self) -> u64 {
        self
    }
}

impl Number for u32 {
    fn wide(self) -> u64 {
        self.into()
    }
}

impl Number for u8 {
    fn wide(self) -> u64 {
        self.into()
    }
}

impl Number for usize {
    fn wide(self) -> u64 {
        self as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::printed;

    /// Holds an answer against what people and what programs see.
    #[track_caller]
    fn check(write: impl Fn(&mut Answer<'_>), text: &str, json: &str) {
        assert_eq!(printed(|out| write(&mut Answer::new(out.reborrow(), false, false))), text);
        let line = printed(|out| write(&mut Answer::new(out.reborrow(), true, false)));
        assert_eq!(line, json);
    }

    #[test]
    fn one_form_is_text_and_members() {
        check(
            |a| a.form(packed!("free {free} of {total} B\n")).number(5u32).number(9usize).end(0),
            "free 5 of 9 B\n",
            "\"free\":5,\"total\":9,\"status\":0}\n",
        );
        for (count, text) in [(0u8, "0 parts"), (1, "1 part"), (2, "2 parts")] {
            let json = std::format!("\"count\":{count},\"status\":0}}\n");
            check(|a| a.form(packed!("{count} part~")).number(count).end(0), text, &json);
        }
        check(
            |a| a.form(packed!("{us} ms\n")).millis(1250).end(1),
            "1.3 ms\n",
            "\"us\":1250,\"status\":1}\n",
        );
        check(
            |a| a.form(packed!("{known}")).choice(false, "", "unknown").end(0),
            "unknown",
            "\"known\":false,\"status\":0}\n",
        );
        check(
            |a| a.form(packed!("{hash}")).hex(&[0x0f, 0xa0]).end(0),
            "0fa0",
            "\"hash\":\"0fa0\",\"status\":0}\n",
        );
        check(|a| a.end(0), "", "\"status\":0}\n");
    }

    #[test]
    fn groups_are_programs_and_blanks_are_peoples() {
        let list = |answer: &mut Answer<'_>| {
            answer.form(packed!("<\"list\":[>title\n"));
            for (name, len) in [("a", 1u8), ("b", 2)] {
                answer.form(packed!("<{>{name}{len}<}>\n")).text(name).pad(2).number(len);
            }
            answer
                .form(packed!("<],\"names\":[>"))
                .form(packed!("{}"))
                .text("c")
                .form(packed!("{},"))
                .text("d")
                .form(packed!("<],\"none\":null>"))
                .end(0);
        };
        let json =
            r#""list":[{"name":"a","len":1},{"name":"b","len":2}],"names":["c","d"],"none":null,"status":0}"#;
        check(list, "title\na  1\nb  2\ncd,", &std::format!("{json}\n"));
    }

    #[test]
    fn text_from_outside_cannot_leave_its_place() {
        let text = "a\"b\\c\n\x1b\x7f é";
        let json = "\"text\":\"a\\\"b\\\\c\\u000a\\u001b\\u007f é\",\"status\":0}\n";
        check(|a| a.form(packed!("{text}")).text(text).end(0), "a\"b\\c\\n\\u{1b}\\u{7f} é", json);
    }
}
