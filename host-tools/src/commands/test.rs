//! `test`: sessions that are played on a device, whose answers are held against them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::device::{Stop, port_of};
use super::{load, print};
use crate::cli::{Options, PORT_VARIABLE};
use crate::client::Client;
use crate::error::{EXIT_DEVICE, EXIT_OK, Error, Result};
use crate::script::pattern::Captures;
use crate::script::{Action, Script, Step, difference, host_lines};

/// Plays scripts in their order; the exit status tells whether all passed.
pub(super) fn run(options: &Options, files: &[PathBuf]) -> Result<u8> {
    let port = port_of(options)?;
    let scripts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let mut device = Device { options, port, stop: Stop::new()?, client: None };
    let mut status = EXIT_OK;
    for (file, script) in files.iter().zip(&scripts) {
        let file = file.display();
        match play(&mut device, script)? {
            None => print(&format!("ok      {file}\n"))?,
            Some((at, wrong)) => {
                status = EXIT_DEVICE;
                print(&format!("FAILED  {file}:{at}: {wrong}\n"))?
            }
        };
    }
    Ok(status)
}

/// Reads a script and checks that it can be played here.
fn read(file: &Path) -> Result<Script> {
    let text = String::from_utf8_lossy(&load(file)?).into_owned();
    let wrong = |why: String| Error::File(format!("{}:{why}", file.display()));
    let script = Script::parse(&text).map_err(wrong)?;
    let bench = script.steps.iter().find_map(|step| Some((step.at, needs_bench(step)?)));
    match bench {
        Some((at, what)) => Err(wrong(format!("{at}: `{what}` needs a bench that starts its boards"))),
        None => Ok(script),
    }
}

/// What a step is called that a device at the end of its line cannot be put through.
fn needs_bench(step: &Step) -> Option<&'static str> {
    match step.action {
        // Line 0: the start that each script has.
        Action::Start => (step.at > 0).then_some("@start"),
        Action::TypeOn(_) => Some(">>"),
        Action::Send(_) => Some("@send"),
        Action::CtrlC(_) => Some("@ctrl-c"),
        Action::Eof => Some("@eof"),
        Action::Restart => Some("@restart"),
        Action::Kill => Some("@kill"),
        Action::Type(_) | Action::Host(_) | Action::Wait(_) | Action::Patience(_) => None,
    }
}

/// Plays a script up to what is not as expected: its line there, and what came instead.
fn play(device: &mut Device<'_>, script: &Script) -> Result<Option<(usize, String)>> {
    let mut captures = Captures::new();
    let mut patience = device.options.timeout;
    for step in &script.steps {
        let (typed, rows) = match &step.action {
            Action::Type(line) => (format!("> {line}"), device.execute(line, patience)?),
            Action::Host(command) => (format!("$ {command}"), device.host(command)?),
            Action::Wait(time) => {
                std::thread::sleep(*time);
                continue;
            }
            Action::Patience(time) => {
                patience = *time;
                continue;
            }
            // The script has no others.
            _ => continue,
        };
        if let Some((at, wrong)) = difference(step, &rows, &mut captures) {
            return Ok(Some((at, format!("{wrong}\n---- {typed}\n{}\n----", rows.join("\n")))));
        }
    }
    Ok(None)
}

/// The device, and the line to it, which commands of the host have for themselves.
struct Device<'o> {
    options: &'o Options,
    port: &'o str,
    stop: Stop,
    client: Option<Client>,
}

impl Device<'_> {
    /// Runs a line of the device's shell, and gives what it printed.
    fn execute(&mut self, line: &str, timeout: Duration) -> Result<Vec<String>> {
        // The protocol has no empty line.
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            return Ok(Vec::new());
        }
        let client = match self.client.take() {
            Some(client) => client,
            None => self.stop.connect(self.options, self.port)?,
        };
        let done = client.execute(&[line.to_owned()], timeout).map_err(|error| self.stop.after(error))?;
        self.client = Some(client);
        Ok(done.output.lines().map(str::to_owned).collect())
    }

    /// Runs a command of this computer, and gives what it printed.
    fn host(&mut self, command: &str) -> Result<Vec<String>> {
        self.client = None;
        self.stop.disconnect();
        let failed = |error: std::io::Error| Error::File(format!("cannot run `{command}`: {error}"));
        let (mut output, sink) = std::io::pipe().map_err(failed)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env(PORT_VARIABLE, self.port).stdin(Stdio::null());
        let child = shell.stdout(sink.try_clone().map_err(failed)?).stderr(sink).spawn();
        // It holds the pipe's writing end, which must close for the reader to end.
        drop(shell);
        let mut child = child.map_err(failed)?;
        let mut printed = Vec::new();
        output.read_to_end(&mut printed).map_err(failed)?;
        let status = child.wait().map_err(failed)?;
        Ok(host_lines(&String::from_utf8_lossy(&printed), status))
    }
}
