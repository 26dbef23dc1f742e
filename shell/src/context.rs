//! What a command works with: the session, and where its answer goes.

use ufmt::uDisplay;

use crate::answer::{Answer, escape};
use crate::board::{Board, HeapStats};
use crate::error::Error;
use crate::output::{Output, Sink, put};
use crate::session::Session;

/// Where a command prints.
pub(crate) enum Target<'t> {
    /// To the console.
    Console,
    /// To a buffer that a management response carries away.
    Buffer(&'t mut dyn Sink),
}

/// A command's session and output.
pub(crate) struct Context<'c, 't, 'a, B, F> {
    pub(crate) session: &'c mut Session<'a, B, F>,
    target: Target<'t>,
    /// Whether the answer is one line of JSON.
    pub(crate) json: bool,
    /// Whether a JSON answer has begun: with what a guest printed.
    begun: bool,
    /// Whether a guest's text has left the cursor within a line.
    pub(crate) midline: bool,
}

impl<'c, 't, 'a, B: Board, F> Context<'c, 't, 'a, B, F> {
    pub(crate) fn new(session: &'c mut Session<'a, B, F>, target: Target<'t>) -> Self {
        Self { session, target, json: false, begun: false, midline: false }
    }

    /// Where the command prints.
    pub(crate) fn out(&mut self) -> Output<'_> {
        match &mut self.target {
            Target::Console => Output::new(&mut self.session.console),
            Target::Buffer(sink) => Output::new(*sink),
        }
    }

    /// The store, and where the command prints.
    pub(crate) fn store_and_out(&mut self) -> (&mut wasmote_fs::ModuleStore<F>, Output<'_>) {
        let out = match &mut self.target {
            Target::Console => Output::new(&mut self.session.console),
            Target::Buffer(sink) => Output::new(*sink),
        };
        (self.session.store, out)
    }

    /// Where a command run by this one prints.
    pub(crate) fn target(&mut self) -> (&mut Session<'a, B, F>, Target<'_>) {
        let target = match &mut self.target {
            Target::Console => Target::Console,
            Target::Buffer(sink) => Target::Buffer(*sink),
        };
        (self.session, target)
    }

    /// Whether a guest may read the console: the command prints there, and what is typed may appear among it.
    #[cfg(feature = "wasi")]
    pub(crate) fn has_input(&self) -> bool {
        matches!(self.target, Target::Console) && !self.json
    }

    /// The heap now.
    pub(crate) fn heap(&self) -> HeapStats {
        self.session.console.board().heap()
    }

    /// Prints bytes of a guest: as they are, or inside the JSON answer.
    pub(crate) fn guest_output(&mut self, bytes: &[u8]) {
        if !self.json {
            self.midline = bytes.last().is_some_and(|byte| *byte != b'\n');
            return self.out().bytes(bytes);
        }
        if !self.begun {
            self.begun = true;
            self.out().text("{\"output\":\"");
        }
        escape(&mut self.out(), bytes);
    }

    /// Begins an answer.
    pub(crate) fn begin(&mut self) -> Answer<'_> {
        self.store_and_answer().1
    }

    /// The store, and a command's answer.
    pub(crate) fn store_and_answer(&mut self) -> (&mut wasmote_fs::ModuleStore<F>, Answer<'_>) {
        let (json, begun) = (self.json, core::mem::take(&mut self.begun));
        let (store, mut out) = self.store_and_out();
        if json {
            out.text(if begun { "\"" } else { "{" });
        }
        (store, Answer::new(out, json, begun))
    }

    /// Ends a command that has nothing to say.
    pub(crate) fn done(&mut self) {
        self.begin().end(0);
    }

    /// Prints why the command failed.
    pub(crate) fn report(&mut self, error: &Error<'_>) {
        if *error != Error::Reported {
            self.report_as(error.code(), error);
        }
    }

    /// Prints a failure with a code and a text of its own.
    pub(crate) fn report_as(&mut self, code: &str, text: &impl uDisplay) {
        let mut answer = self.begin();
        answer.form("error[{error}]: {message}\n").text(code).with(|out| put!(out, "{}", text)).end(1);
    }
}
