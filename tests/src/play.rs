//! Plays a script against a board and holds what comes back against what the script expects.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::board::Board;
use crate::script::pattern::Captures;
use crate::script::{Action, Lines, Script, Step, describe, difference, host_lines};
use crate::session::{Failure, PATIENCE, PROMPT, Session};
use crate::terminal::Manner;

/// Where a script is played.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The board.
    pub board: &'a Board,
    /// Its flash file.
    pub flash: &'a Path,
    /// The folder in which host commands run.
    pub folder: &'a Path,
    /// A folder in which host commands find programs first.
    pub programs: Option<&'a Path>,
}

impl Setting<'_> {
    /// A shell command on the host.
    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder);
        if let Some(programs) = self.programs {
            let mut path = OsString::from(programs);
            if let Some(rest) = std::env::var_os("PATH") {
                path.push(":");
                path.push(rest);
            }
            shell.env("PATH", path);
        }
        shell
    }
}

/// Why a script does not pass.
#[derive(Debug)]
pub struct Unexpected {
    /// The line of the script, what is not as expected there, and the whole transcript.
    pub text: String,
    /// Whether all is as expected but the time that it took.
    pub late: bool,
}

/// Plays a script.
///
/// # Errors
/// The first line that is not as expected.
pub fn play(script: &Script, name: &str, setting: &Setting<'_>, manner: Manner) -> Result<(), Unexpected> {
    let session = Session::start(setting.board, setting.flash, manner);
    let session = session.map_err(|error| Unexpected { text: format!("{name}: {error}"), late: false })?;
    let mut player = Player { session, setting: *setting, captures: Captures::new(), patience: PATIENCE };
    for step in &script.steps {
        player.step(step).map_err(|(at, failure)| Unexpected {
            late: failure.late,
            text: format!("{name}:{at}: {failure}"),
        })?;
    }
    Ok(())
}

struct Player<'a> {
    session: Session,
    setting: Setting<'a>,
    captures: Captures,
    patience: Duration,
}

/// What has to follow the expected lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// A prompt, and nothing before it.
    Prompt,
    /// Anything: the step is over when its lines are there.
    Open,
    /// The board's end.
    Exit,
}

/// A failure and the line of the script that it belongs to.
type Failed = (usize, Failure);

impl Player<'_> {
    fn step(&mut self, step: &Step) -> Result<(), Failed> {
        let fail = |failure| (step.at, failure);
        match &step.action {
            Action::Start => self.expect(step, End::Prompt, self.patience),
            Action::Type(line) => {
                self.type_line(line).map_err(fail)?;
                self.expect(step, End::Prompt, self.patience)
            }
            Action::TypeOn(line) => {
                self.type_line(line).map_err(fail)?;
                self.expect(step, End::Open, self.patience)
            }
            Action::Send(bytes) => {
                self.session.send(bytes);
                self.expect(step, End::Open, self.patience)
            }
            Action::Host(command) => self.host(step, command),
            Action::CtrlC(limit) => self.ctrl_c(step, *limit),
            Action::Eof => {
                self.session.send(b"\x04");
                self.expect(step, End::Exit, self.patience)
            }
            Action::Restart => {
                let restarted = self.session.restart();
                restarted.map_err(|error| fail(self.session.failure(error.to_string())))?;
                self.expect(step, End::Prompt, self.patience)
            }
            Action::Kill => {
                self.session.kill();
                Ok(())
            }
            Action::Wait(time) => {
                let until = Instant::now() + *time;
                while Instant::now() < until {
                    let flowed = self.session.flow(until);
                    flowed.map_err(|error| fail(self.session.failure(error.to_string())))?;
                }
                Ok(())
            }
            Action::Patience(patience) => {
                self.patience = *patience;
                Ok(())
            }
        }
    }

    /// Types Ctrl-C, and notes when the prompt is not back in time.
    fn ctrl_c(&mut self, step: &Step, limit: Option<Duration>) -> Result<(), Failed> {
        let began = Instant::now();
        self.session.send(b"\x03");
        self.expect(step, End::Prompt, self.patience)?;
        let took = began.elapsed();
        match limit {
            Some(limit) if took > limit => {
                let message = format!("the prompt came after {took:?}, not within {limit:?}");
                Err((step.at, Failure { late: true, ..self.session.failure(message) }))
            }
            _ => Ok(()),
        }
    }

    fn type_line(&mut self, line: &str) -> Result<(), Failure> {
        self.session.send(line.as_bytes());
        self.session.send(b"\r");
        self.session.echo(line, self.patience)
    }

    /// Waits for the step's lines and its end.
    fn expect(&mut self, step: &Step, end: End, patience: Duration) -> Result<(), Failed> {
        let mut lines = Lines::of(step);
        let mut wrong = None;
        let captures = &mut self.captures;
        let found = self.session.wait(patience, |session| {
            while !(end == End::Open && lines.is_done()) {
                let Some(row) = session.next_row() else { break };
                if end == End::Exit && row == PROMPT.trim_end() {
                    // The prompt at which the end was typed.
                    continue;
                }
                if let Err(failed) = lines.take(&row, captures) {
                    wrong = Some((failed, row));
                    return Some(());
                }
            }
            let over = match end {
                End::Prompt => session.at_prompt(),
                End::Open => lines.is_done(),
                End::Exit => session.hung_up(),
            };
            over.then_some(())
        });
        let found = found.map_err(|error| (step.at, self.session.failure(error.to_string())))?;
        if let Some(((at, text), row)) = wrong {
            let message = format!("expected `{text}`\nprinted  `{row}`");
            return Err((at.unwrap_or(step.at), self.session.failure(message)));
        }
        if let Some((at, text)) = lines.missing() {
            let printed = if found.is_some() || self.session.hung_up() {
                "nothing more was printed".to_owned()
            } else {
                format!("nothing more was printed within {patience:?}")
            };
            return Err((at, self.session.failure(format!("expected `{text}`\n{printed}"))));
        }
        if found.is_none() {
            let what = match end {
                End::Exit => format!("the board did not end within {patience:?}"),
                _ if self.session.hung_up() => "the board ended".to_owned(),
                _ => format!("no prompt within {patience:?}"),
            };
            return Err((step.at, self.session.failure(what)));
        }
        if end == End::Exit {
            return self.exit(step.at);
        }
        Ok(())
    }

    /// The board has closed its end of the line: it must also end well.
    fn exit(&mut self, at: usize) -> Result<(), Failed> {
        let status = self.session.wait_exit(self.patience);
        match status.map_err(|error| (at, self.session.failure(error.to_string())))? {
            Some(status) if status.success() => Ok(()),
            Some(status) => {
                Err((at, self.session.failure(format!("the board ended with {}", describe(status)))))
            }
            None => Err((at, self.session.failure("the board closed its line and did not end"))),
        }
    }

    fn host(&mut self, step: &Step, command: &str) -> Result<(), Failed> {
        let outcome = self.session.host(self.setting.shell(command));
        self.session.reconnect(&format!("$ {command}"));
        let outcome = outcome.map_err(|error| (step.at, self.session.failure(error.to_string())))?;
        let rows = host_lines(&outcome.printed, outcome.status);
        self.session.reconnect(&rows.join("\n"));
        if let Some((at, message)) = difference(step, &rows, &mut self.captures) {
            return Err((at, self.session.failure(message)));
        }
        // The terminal is back on the line, and has missed what the board last showed.
        self.session.resync(self.patience).map_err(|failure| (step.at, failure))
    }
}
