//! The line: what comes over the console, as events.
//!
//! | the peer | mode | what it sees |
//! |---|---|---|
//! | a terminal that answers a cursor query within 300 ms | ansi | prompt, full editing by noline, recall |
//! | a terminal that does not | plain | prompt, echo, erasing at the end; no escape sequence after the query |
//! | not a terminal (pipe, file) | script | neither prompt nor echo; every LF or CR ends a line, so does the end |
//!
//! The terminal is asked once, when a prompt is due and nothing is typed ahead. An answer that comes later turns
//! ansi on at the next prompt. [`Line::set_term`] asks again, or fixes the mode.
//!
//! Keys that come while nobody reads wait in a bounded queue; when it is full the console is not read. Frames never
//! wait there: they are told as soon as they are whole, also in the middle of a half-typed line.

mod cooked;
pub mod demux;
mod editor;
mod history;
mod input;
mod keys;
mod queue;
#[cfg(feature = "wasi")]
mod read;
mod screen;
#[cfg(test)]
mod tests;

use heapless::Vec;
use noline::history::NoHistory;
use noline::line_buffer::LineBuffer;
use noline::sync_editor::Editor;

use crate::board::Board;
use crate::console::Console;
use crate::limits::{FRAME_QUIET_MS, HISTORY_BYTES, LINE_CAPACITY, LINE_LIMIT, QUERY_MS};
use crate::output::characters;
pub(crate) use cooked::BELL;
use editor::{EditorIo, Stop};
use history::History;
use input::{Ctrl, Input, Pumped};
#[cfg(feature = "wasi")]
pub use read::Read;

/// The prompt.
pub const PROMPT: &str = "> ";

/// Widths that are believed, columns. noline panics on 0, and a prompt must fit.
const COLUMNS: core::ops::RangeInclusive<u16> = 16..=500;

/// The width of a terminal that does not say, columns.
const DEFAULT_COLUMNS: u16 = 80;

/// Asks for the width: to the far corner, report, and back.
const QUERY: &[u8] = b"\x1b7\x1b[999;999H\x1b[6n\x1b8";

/// What happened on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A command line was entered; it may be empty.
    Line(&'a str),
    /// A line above [`LINE_LIMIT`] was entered, and is gone.
    TooLong,
    /// An SMP frame came, marker included, newline not. Its prompt is drawn again by and by.
    Frame(&'a [u8]),
    /// Tab asks what the line could go on with: [`Line::typed`] has it, [`Line::append`] completes it. The prompt is gone
    /// from the terminal, and is drawn again by and by.
    Tab,
    /// Ctrl-C gave up the line.
    Interrupt,
    /// Ctrl-D on an empty line, nothing at once behind it, or the peer is gone. The line can go on all the same.
    Eof,
}

/// What happened on the line while a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Nothing that concerns the command.
    Idle,
    /// Ctrl-C, or the terminal is gone: the command should stop. What was typed ahead is forgotten.
    Interrupt,
    /// An SMP frame came; [`Line::frame`] has it until the line is used again.
    Frame,
}

/// How the line treats a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// By its answer to a cursor query.
    Auto,
    /// Without escape sequences.
    Plain,
    /// With noline's editing, whether the terminal answers or not.
    Ansi,
}

/// A line's text: whole characters of UTF-8.
type Text = Vec<u8, LINE_CAPACITY>;

/// The memory of a [`Line`], which it and noline borrow.
pub struct LineBuffers {
    edited: [u8; LINE_CAPACITY],
    history: [u8; HISTORY_BYTES],
    input: Input,
}

impl LineBuffers {
    /// Empty buffers.
    pub const fn new() -> Self {
        Self { edited: [0; LINE_CAPACITY], history: [0; HISTORY_BYTES], input: Input::new() }
    }
}

impl Default for LineBuffers {
    fn default() -> Self {
        Self::new()
    }
}

/// The line of a console.
pub struct Line<'a> {
    /// What noline edits in.
    edited: &'a mut [u8],
    history: History<'a>,
    input: &'a mut Input,
    term: Term,
    asked: bool,
    text: Text,
    /// Set while `text` is a line that a frame cut: how many characters were after the cursor.
    cut: Option<usize>,
    /// A frame was the last thing on the line.
    framed: bool,
    /// Set while `text` is a line that was ended for a program: how many bytes of it the program has read.
    #[cfg(feature = "wasi")]
    read: Option<usize>,
}

impl<'a> Line<'a> {
    /// A line whose terminal was not asked yet.
    pub fn new(buffers: &'a mut LineBuffers) -> Self {
        Self {
            edited: &mut buffers.edited,
            history: History::new(&mut buffers.history),
            input: &mut buffers.input,
            term: Term::Auto,
            asked: false,
            text: Text::new(),
            cut: None,
            framed: false,
            #[cfg(feature = "wasi")]
            read: None,
        }
    }

    /// How a terminal is treated.
    pub fn term(&self) -> Term {
        self.term
    }

    /// Changes how a terminal is treated, and asks it again unless the mode is plain.
    pub fn set_term(&mut self, term: Term) {
        self.term = term;
        self.asked = false;
        self.input.keys.report = None;
    }

    /// The frame of the last [`Event::Frame`] or [`Activity::Frame`].
    pub fn frame(&self) -> &[u8] {
        self.input.frame()
    }

    /// The lines entered at a terminal, oldest first, each as its bytes of UTF-8.
    pub fn history(&self) -> impl Iterator<Item = &[u8]> {
        self.history.lines()
    }

    /// What is typed so far, after [`Event::Tab`]: whole characters of UTF-8.
    pub fn typed(&self) -> &[u8] {
        &self.text
    }

    /// Types bytes behind it, as many as a line may have.
    pub fn append(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.text.len() < LINE_LIMIT {
                // There is room for a character beyond the limit.
                let _ = self.text.push(*byte);
            }
        }
    }

    /// Waits for something to happen on the line, prompting a terminal.
    // In a frame of its own, which is gone when a command runs.
    #[inline(never)]
    pub fn next<B: Board>(&mut self, console: &mut Console<B>) -> Event<'_> {
        let back = self.cut.take().unwrap_or_else(|| {
            self.text.clear();
            0
        });
        if self.framed && self.another_frame(console) {
            return self.cut_by_frame(back);
        }
        self.framed = false;
        let terminal = console.board().console_is_terminal();
        if self.must_ask(terminal) && self.ask(console) {
            return self.cut_by_frame(back);
        }
        if terminal {
            console.raw(PROMPT.as_bytes());
        }
        match self.columns(terminal) {
            Some(columns) => self.read_ansi(console, columns, back),
            None => self.read_plain(console, terminal),
        }
    }

    /// Looks at the line while a command runs; never waits. A script is not read ahead.
    pub fn poll<B: Board>(&mut self, console: &mut Console<B>) -> Activity {
        self.wait(console, 0)
    }

    /// As [`Line::poll`], but waits for at most `timeout_ms` milliseconds for something to come.
    pub fn wait<B: Board>(&mut self, console: &mut Console<B>, timeout_ms: u32) -> Activity {
        /// Chunks taken at once, so that a peer that floods the line cannot keep the command from running.
        const CHUNKS: usize = 4;
        if console.board_mut().interrupted() {
            self.input.queue.clear();
            return Activity::Interrupt;
        }
        if !console.board().console_is_terminal() {
            return Activity::Idle;
        }
        for chunk in 0..CHUNKS {
            let timeout_ms = if chunk == 0 { timeout_ms } else { 0 };
            match self.input.pump(console, timeout_ms, Ctrl::Interrupts) {
                Pumped::Bytes => {}
                Pumped::Frame => {
                    self.framed = true;
                    return Activity::Frame;
                }
                Pumped::Interrupt | Pumped::Eof => return Activity::Interrupt,
                Pumped::Timeout | Pumped::Full => break,
            }
        }
        Activity::Idle
    }

    /// Waits, before a prompt is drawn again, until a client has sent its frames; `true` if one came.
    fn another_frame<B: Board>(&mut self, console: &mut Console<B>) -> bool {
        while self.input.queue.is_empty() {
            match self.input.pump(console, FRAME_QUIET_MS, Ctrl::IsKey) {
                Pumped::Frame => return true,
                Pumped::Bytes => {}
                Pumped::Interrupt | Pumped::Timeout | Pumped::Full | Pumped::Eof => break,
            }
        }
        false
    }

    fn must_ask(&self, terminal: bool) -> bool {
        terminal && !self.asked && self.term != Term::Plain && self.input.queue.is_empty()
    }

    /// Asks the terminal for its width and waits for the answer; `true` if a frame came first.
    fn ask<B: Board>(&mut self, console: &mut Console<B>) -> bool {
        self.asked = true;
        console.raw(QUERY);
        let start = console.board().millis() as u32;
        while self.input.keys.report.is_none() {
            let waited = (console.board().millis() as u32).wrapping_sub(start);
            let left = QUERY_MS.saturating_sub(waited);
            if left == 0 {
                break;
            }
            match self.input.pump(console, left, Ctrl::IsKey) {
                Pumped::Frame => return true,
                Pumped::Full | Pumped::Eof => break,
                Pumped::Bytes | Pumped::Interrupt | Pumped::Timeout => {}
            }
        }
        false
    }

    /// The terminal's width, or `None` for a plain line.
    fn columns(&self, terminal: bool) -> Option<u16> {
        let report =
            self.input.keys.report.map(|[_, columns]| columns.clamp(*COLUMNS.start(), *COLUMNS.end()));
        match self.term {
            _ if !terminal => None,
            Term::Plain => None,
            Term::Auto => report,
            Term::Ansi => Some(report.unwrap_or(DEFAULT_COLUMNS)),
        }
    }

    fn read_ansi<B: Board>(&mut self, console: &mut Console<B>, columns: u16, back: usize) -> Event<'_> {
        let mut io = EditorIo::new(console, self.input, columns, &self.history, &self.text, back);
        let buffer = LineBuffer::from_slice(self.edited);
        // It cannot fail; without an editor the line would be a plain one.
        let Ok(mut editor) = Editor::new(buffer, NoHistory::new(), &mut io) else {
            return self.read_plain(console, true);
        };
        // The prompt is the screen's.
        let read = editor.readline(core::iter::empty::<&str>(), &mut io);
        let (stop, offset) = io.end();
        self.text.clear();
        let Ok(line) = read else {
            if stop == Some(Stop::Interrupt) {
                return Event::Interrupt;
            }
            self.input.reopen();
            return Event::Eof;
        };
        // As large as noline's buffer.
        let _ = self.text.extend_from_slice(line.as_bytes());
        if stop == Some(Stop::Tab) {
            self.cut = Some(0);
            return Event::Tab;
        }
        if stop == Some(Stop::Frame) {
            let back = characters(line).saturating_sub(offset);
            return self.cut_by_frame(back);
        }
        self.entered(true)
    }

    fn cut_by_frame(&mut self, back: usize) -> Event<'_> {
        self.cut = Some(back);
        self.framed = true;
        Event::Frame(self.input.frame())
    }

    fn entered(&mut self, terminal: bool) -> Event<'_> {
        if self.text.len() > LINE_LIMIT {
            return Event::TooLong;
        }
        if terminal && !self.text.is_empty() {
            self.history.add(&self.text);
        }
        // Keys are whole characters.
        Event::Line(core::str::from_utf8(&self.text).unwrap_or_default())
    }
}
