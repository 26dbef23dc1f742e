//! What a command works with: the session, and where its answer goes.

use wasmote_fs::{Error as StoreError, ModuleStore, Name};
use wasmote_runtime::Error as RuntimeError;

use crate::answer::{Answer, Failed, Outcome};
use crate::args::{Args, number};
use crate::board::{Board, HeapStats};
use crate::error::Error;
use crate::escape::Escape;
use crate::instances::{Instances, Loaded};
use crate::line::Line;
use crate::output::{Output, Sink};
use crate::packed::{Packed, packed};
use crate::session::Session;

/// Where a command prints.
pub(crate) enum Target<'t> {
    /// To the console.
    Console,
    /// To a buffer that a management response carries away.
    Buffer(&'t mut dyn Sink),
}

/// What a command works with while it prints.
pub(crate) struct Parts<'p, 'a, F> {
    pub(crate) store: &'p mut ModuleStore<F>,
    pub(crate) line: &'p Line<'a>,
    pub(crate) instances: &'p Instances,
}

/// A command's session and output.
pub(crate) struct Context<'c, 't, 'a, B, F> {
    pub(crate) session: &'c mut Session<'a, B, F>,
    target: Target<'t>,
    /// Whether the answer is one line of JSON.
    pub(crate) json: bool,
    /// Whether a JSON answer has begun: with what a guest printed.
    begun: bool,
    /// What a guest prints, in a JSON answer.
    printed: Escape,
    /// Whether a guest's text has left the cursor within a line.
    pub(crate) midline: bool,
    /// How the command is written.
    pub(crate) usage: Packed,
}

impl<'c, 't, 'a, B: Board, F> Context<'c, 't, 'a, B, F> {
    pub(crate) fn new(session: &'c mut Session<'a, B, F>, target: Target<'t>) -> Self {
        Self {
            session,
            target,
            json: false,
            begun: false,
            printed: Escape::default(),
            midline: false,
            usage: packed!(""),
        }
    }

    /// Where the command prints.
    pub(crate) fn out(&mut self) -> Output<'_> {
        self.parts().1
    }

    /// The session's parts, and where the command prints.
    pub(crate) fn parts(&mut self) -> (Parts<'_, 'a, F>, Output<'_>) {
        let Session { console, store, line, instances, .. } = &mut *self.session;
        let out = match &mut self.target {
            Target::Console => Output::new(console),
            Target::Buffer(sink) => Output::new(*sink),
        };
        (Parts { store, line, instances }, out)
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
        let mut printed = self.printed;
        printed.write(&mut self.out(), bytes);
        self.printed = printed;
    }

    /// Begins an answer.
    pub(crate) fn begin(&mut self) -> Answer<'_> {
        self.begin_with().1
    }

    /// Begins an answer from the session's parts.
    pub(crate) fn begin_with(&mut self) -> (Parts<'_, 'a, F>, Answer<'_>) {
        let (json, begun) = (self.json, core::mem::take(&mut self.begun));
        let mut printed = core::mem::take(&mut self.printed);
        let (parts, mut out) = self.parts();
        if json {
            printed.end(&mut out);
            out.text(if begun { "\"" } else { "{" });
        }
        (parts, Answer::new(out, json, begun))
    }

    /// Ends a command that has nothing to say.
    pub(crate) fn done(&mut self) {
        self.begin().end(0);
    }

    /// Ends a command with why it failed.
    pub(crate) fn fail(&mut self, error: &Error<'_>) -> Failed {
        self.begin().fail(error)
    }

    /// Ends a command whose words do not fit.
    pub(crate) fn misused(&mut self) -> Failed {
        self.fail(&Error::Usage(self.usage))
    }

    /// Ends a command for a failure of the store.
    pub(crate) fn unstored(&mut self, error: StoreError) -> Failed {
        self.fail(&Error::Store(error))
    }

    /// Ends a command for a failure of the store with what a word names.
    pub(crate) fn refused(&mut self, error: StoreError, word: &str) -> Failed {
        self.fail(&Error::StoreName(error, word))
    }

    /// Ends a command for a failure of the runtime.
    pub(crate) fn broken(&mut self, error: RuntimeError) -> Failed {
        self.fail(&Error::Runtime(error))
    }

    /// The single word that a command takes.
    pub(crate) fn only<'e>(&mut self, args: &'e mut Args) -> Outcome<&'e str> {
        args.end_options();
        match (args.get(0), args.len()) {
            (Some(word), 1) => Ok(word),
            _ => Err(self.misused()),
        }
    }

    /// Checks that a command got no words.
    pub(crate) fn none(&mut self, args: &Args) -> Outcome {
        if args.is_empty() { Ok(()) } else { Err(self.misused()) }
    }

    /// Sets a number to what an option was given, at most `max`, if it was.
    pub(crate) fn option(
        &mut self,
        args: &mut Args,
        option: &'static str,
        max: u64,
        number: &mut u64,
    ) -> Outcome {
        let given = match args.option(option) {
            Ok(None) => return Ok(()),
            Ok(Some(word)) => number::unsigned(option, args.text(word), max),
            Err(error) => Err(error),
        };
        *number = given.map_err(|error| self.fail(&error))?;
        Ok(())
    }

    /// A module's checked name.
    pub(crate) fn name(&mut self, word: &str) -> Outcome<Name> {
        Name::new(word).map_err(|error| self.refused(error, word))
    }

    /// The instance of a name, unless it is running.
    pub(crate) fn loaded(&mut self, alias: &str) -> Outcome<&mut Loaded> {
        if let Err(why) = self.session.instances.get(alias) {
            return Err(self.fail(&why.error(alias)));
        }
        // It was there a moment ago.
        self.session.instances.get(alias).map_err(|_| Failed)
    }
}
