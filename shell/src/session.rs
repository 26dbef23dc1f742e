//! A session: the line, the store and the instances of one board, from boot to reset or end of input.

use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::ModuleStore;

use crate::answer::Answer;
use crate::args::Args;
use crate::board::Board;
use crate::commands;
use crate::console::Console;
use crate::context::{Context, Target};
use crate::error::Error;
use crate::instances::Instances;
use crate::line::{Event, Line, LineBuffers};
use crate::output::Output;
use crate::packed::packed;
#[cfg(feature = "wasi")]
use crate::random::Random;
use crate::smp::{After, Server};

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The input ended.
    Eof {
        /// Whether a command of a script failed; never for a terminal.
        failed: bool,
    },
    /// The device is to be reset.
    Reset,
}

/// What a session works with.
pub(crate) struct Session<'a, B, F> {
    pub(crate) console: Console<B>,
    pub(crate) line: Line<'a>,
    /// Away while it serves a packet.
    server: Option<&'a mut Server>,
    pub(crate) store: &'a mut ModuleStore<F>,
    pub(crate) instances: Instances,
    /// Nested executions: `source` and the management protocol.
    pub(crate) depth: u8,
    pub(crate) failed: bool,
    pub(crate) resetting: bool,
    /// Ctrl-C stopped the last call.
    pub(crate) interrupted: bool,
    /// How often in a row the autostart failed, while it runs.
    pub(crate) boot_failures: u8,
    /// What guests' random bytes come from on a board that has none.
    #[cfg(feature = "wasi")]
    pub(crate) random: Random,
}

/// What is left to do after an event of the line.
enum Handled {
    Done,
    /// A frame of the management protocol is to be served.
    Frame,
    /// The line is to be completed.
    Tab,
    Eof,
}

/// The memory of a session whose size does not change, some 7 KB: a small device keeps it off its stack.
pub struct Memory {
    line: LineBuffers,
    server: Server,
}

impl Memory {
    /// Memory for a session.
    pub const fn new() -> Self {
        Self { line: LineBuffers::new(), server: Server::new() }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a board's shell until its input ends or it is to be reset, with its memory on the stack.
///
/// The store is checked first; when it does not mount the session says so, and goes on for `format`.
pub fn run<B: Board, F: NorFlash>(board: B, store: &mut ModuleStore<F>) -> Ended {
    run_in(&mut Memory::new(), board, store)
}

/// As [`run`], in memory that the board gives, and that no session has used.
pub fn run_in<B: Board, F: NorFlash>(memory: &mut Memory, board: B, store: &mut ModuleStore<F>) -> Ended {
    let mut session = Session {
        console: Console::new(board),
        line: Line::new(&mut memory.line),
        server: Some(&mut memory.server),
        store,
        instances: Instances::new(),
        depth: 0,
        failed: false,
        resetting: false,
        interrupted: false,
        boot_failures: 0,
        #[cfg(feature = "wasi")]
        random: Random::new(),
    };
    session.boot();
    let ended = session.events();
    session.instances.clear();
    session.console.flush();
    ended
}

impl<B: Board, F: NorFlash> Session<'_, B, F> {
    // In a frame of its own: what it takes is free when the first line is read.
    #[inline(never)]
    fn boot(&mut self) {
        let (name, version) = (self.console.board().name(), self.console.board().version());
        if self.console.board().console_is_terminal() {
            let mut answer = self.answer();
            answer
                .form(packed!("wasmote {} on {}; help lists the commands\n"))
                .text(version)
                .text(name)
                .end(0);
        }
        match self.store.mount() {
            Ok(()) => self.autostart(),
            Err(error) => self.fail(&Error::Store(error)),
        }
    }

    /// Begins what the session itself has to say.
    pub(crate) fn answer(&mut self) -> Answer<'_> {
        Answer::new(Output::new(&mut self.console), false, false)
    }

    /// Prints what failed beside a command.
    pub(crate) fn fail(&mut self, error: &Error<'_>) {
        self.answer().fail(error);
    }

    fn events(&mut self) -> Ended {
        loop {
            if self.resetting {
                self.console.flush();
                return Ended::Reset;
            }
            match self.event() {
                Handled::Done => {}
                Handled::Frame => self.frame(),
                Handled::Tab => self.complete(),
                // A person has seen what failed; a script's caller is told.
                Handled::Eof => {
                    let failed = self.failed && !self.console.board().console_is_terminal();
                    return Ended::Eof { failed };
                }
            }
        }
    }

    /// Waits for something to happen on the line, and runs it if it is a command.
    // In a frame of its own: a command's words are not below what the management protocol runs.
    #[inline(never)]
    fn event(&mut self) -> Handled {
        let error = match self.line.next(&mut self.console) {
            Event::Line(line) => {
                let mut args = Args::new();
                match args.split(line) {
                    Ok(()) => {
                        self.run(&mut args, Target::Console);
                        return Handled::Done;
                    }
                    Err(error) => error,
                }
            }
            Event::TooLong => Error::LineTooLong,
            Event::Frame(_) => return Handled::Frame,
            Event::Tab => return Handled::Tab,
            Event::Interrupt => return Handled::Done,
            Event::Eof => return Handled::Eof,
        };
        self.failed = true;
        error.print(&mut Output::new(&mut self.console));
        Handled::Done
    }

    /// Serves the line's newest frame of the management protocol, unless it came while another is served.
    pub(crate) fn frame(&mut self) {
        let Some(server) = self.server.take() else { return };
        if server.frame(self.line.frame()) {
            let sent = server.serve_with(self, |session, line| {
                session.console.frame(line);
                Ok::<(), core::convert::Infallible>(())
            });
            self.resetting |= sent == Ok(After::Reset);
        }
        self.server = Some(server);
    }

    /// Runs the command of a line and what is in front of it; whether it succeeded.
    pub(crate) fn execute<'l>(&mut self, verb: &'l str, line: &'l str, target: Target<'_>) -> bool {
        let mut args = Args::new();
        match args.split(verb).and_then(|()| args.split(line)) {
            Ok(()) => self.run(&mut args, target),
            Err(error) => {
                Context::new(self, target).fail(&error);
                self.failed = true;
                false
            }
        }
    }

    /// Runs the command of a line's words; whether it succeeded.
    pub(crate) fn run(&mut self, args: &mut Args, target: Target<'_>) -> bool {
        let mut context = Context::new(self, target);
        context.json = args.flag("-j");
        let done = commands::dispatch(&mut context, args).is_ok();
        self.failed |= !done;
        done
    }
}
