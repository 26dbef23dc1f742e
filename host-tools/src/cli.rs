//! The command line: which command, and what it works with.

mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::line::BAUD;

use self::words::{Words, split, text};

/// Environment variable that names the port.
pub const PORT_VARIABLE: &str = "WASMOTE_PORT";

/// How long a command on the device may take, where nothing else is said.
const EXEC_TIMEOUT: Duration = Duration::from_secs(300);

/// What `wasmote help` prints.
pub const HELP: &str = "\
usage: wasmote [-p PORT] COMMAND

Commands for a device on PORT, a serial device or a pty (or in WASMOTE_PORT):
  install FILE [--name N]         install a module, checked here and by its SHA-256 there
  install --script FILE [--name N]
                                  install a text of shell commands, which the device's `source` runs
  watch FILE [--name N]           install a module, and again whenever it changes; reloads its instance
  ls                              list the modules
  rm NAME...                      remove modules
  call NAME FUNC [ARG...]         call a function of a loaded module
  shell COMMAND [ARG...]          run a command of the device's shell
  download NAME [-o FILE]         copy a module from the device (-o - for standard output)
  test SCRIPT...                  play sessions on the device, and hold its answers against theirs
  monitor                         talk to the shell; Ctrl-] leaves

Commands that need no device:
  check FILE...                   say whether wasmote runs a module, and what is in it
  run FILE [--invoke FUNC] [ARG...]
                                  run main or _start, or call a function
  strip FILE [-o OUT]             drop names and debug information
  image create -o IMAGE [--size N] FILE...
                                  make a flash image that holds modules
  image ls IMAGE                  list the modules of an image
  image extract IMAGE NAME [-o FILE]

Options:
  -p, --port PORT     the line to the device
  --baud N            its speed (115200)
  --timeout SECONDS   how long a call or shell command may take (300)
  --json              answers for programs (ls, install, check, call, shell, image ls)
  -h, --help          this text
  -V, --version       the version

`call` and `shell` join their words with blanks, as ssh does: quote a word for the device once more. They print when the
command has ended, at most some 1,800 bytes of what it said; `monitor` shows all, and as it comes.

Exit status: 0 success, 1 the device refused or failed, 2 wrong usage, 3 no line or no answer, 4 a file is at
fault. `call` and `shell` exit with the status of the command on the device, `run` with that of the program.
";

/// How to reach the device, and how to answer.
#[derive(Debug, Clone)]
pub struct Options {
    /// Path of the port, if one was given.
    pub port: Option<String>,
    /// Speed of the line in bits per second.
    pub baud: u32,
    /// How long a command on the device may take.
    pub timeout: Duration,
    /// Answers as JSON.
    pub json: bool,
}

/// A command line that was understood.
#[derive(Debug)]
pub struct Invocation {
    /// Its options.
    pub options: Options,
    /// Its command.
    pub command: Command,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Installs `file` as `name`, or by the file's own name.
    Install {
        /// The file.
        file: PathBuf,
        /// The name on the device.
        name: Option<String>,
        /// Whether it is a text of shell commands, not a module.
        script: bool,
    },
    /// Installs `file` whenever it changes.
    Watch {
        /// The file.
        file: PathBuf,
        /// The name on the device.
        name: Option<String>,
    },
    /// Lists the modules of the device.
    List,
    /// Removes modules.
    Remove(Vec<String>),
    /// Runs a shell command.
    Execute(Vec<String>),
    /// Copies the module `name` to a file, by default `NAME.wasm`.
    Download {
        /// The module.
        name: String,
        /// The file; `-` for standard output.
        output: Option<PathBuf>,
    },
    /// Plays sessions.
    Test(Vec<PathBuf>),
    /// Connects the terminal with the line.
    Monitor,
    /// Examines files.
    Check(Vec<PathBuf>),
    /// Runs a module on this computer.
    Run {
        /// The file.
        file: PathBuf,
        /// The function, if it is not the program's entry.
        invoke: Option<String>,
        /// The program's or function's arguments.
        arguments: Vec<String>,
    },
    /// Drops custom sections of `file`, in place unless `output` is given.
    Strip {
        /// The file.
        file: PathBuf,
        /// Where the result goes.
        output: Option<PathBuf>,
    },
    /// Makes a flash image.
    ImageCreate {
        /// The image.
        image: PathBuf,
        /// Its size in bytes, if not the default.
        size: Option<u32>,
        /// The modules.
        files: Vec<PathBuf>,
    },
    /// Lists the modules of an image.
    ImageList(PathBuf),
    /// Copies a module out of an image.
    ImageExtract {
        /// The image.
        image: PathBuf,
        /// The module.
        name: String,
        /// The file; `-` for standard output.
        output: Option<PathBuf>,
    },
    /// Prints the help text.
    Help,
    /// Prints the version.
    Version,
}

/// Understands a command line, without the program's name.
///
/// # Errors
///
/// It is wrong.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation> {
    let words = split(arguments)?;
    let options = Options {
        port: words.port.clone().or_else(|| std::env::var(PORT_VARIABLE).ok()),
        baud: words.baud.unwrap_or(BAUD),
        timeout: words.timeout.unwrap_or(EXEC_TIMEOUT),
        json: words.json,
    };
    Ok(Invocation { options, command: command(words)? })
}

fn command(words: Words) -> Result<Command> {
    if words.help {
        return Ok(Command::Help);
    }
    if words.version {
        return Ok(Command::Version);
    }
    let mut rest = words.words.into_iter();
    let verb = rest.next().map(text).transpose()?;
    let verb = verb.ok_or_else(|| Error::Usage("a command is missing".to_owned()))?;
    let mut rest: Vec<OsString> = rest.collect();
    let options: [(&str, bool, &[&str]); 7] = [
        ("--name", words.name.is_some(), &["install", "watch"]),
        ("--script", words.script, &["install"]),
        ("--size", words.size.is_some(), &["image"]),
        ("--invoke", words.invoke.is_some(), &["run"]),
        ("--output", words.output.is_some(), &["download", "image", "strip"]),
        ("--json", words.json, &["call", "check", "image", "install", "ls", "shell"]),
        ("--timeout", words.timeout.is_some(), &["call", "shell", "test", "watch"]),
    ];
    let verb_takes = |users: &[&str]| users.contains(&verb.as_str());
    if let Some((option, ..)) = options.iter().find(|(_, given, users)| *given && !verb_takes(users)) {
        return Err(Error::Usage(format!("{option} does not belong to `{verb}`")));
    }
    Ok(match verb.as_str() {
        "install" => Command::Install {
            file: one(&verb, rest, "FILE")?.into(),
            name: words.name,
            script: words.script,
        },
        "watch" => Command::Watch { file: one(&verb, rest, "FILE")?.into(), name: words.name },
        "ls" => none(&verb, &rest, Command::List)?,
        "rm" => Command::Remove(texts(some(&verb, rest, "NAME")?)?),
        "call" => {
            let mut line = vec![verb];
            line.extend(texts(rest)?);
            if line.len() < 3 {
                return Err(Error::Usage("`call` needs NAME and FUNC".to_owned()));
            }
            Command::Execute(line)
        }
        "shell" => Command::Execute(texts(some(&verb, rest, "COMMAND")?)?),
        "download" => Command::Download { name: text(one(&verb, rest, "NAME")?)?, output: words.output },
        "test" => Command::Test(paths(some(&verb, rest, "SCRIPT")?)),
        "monitor" => none(&verb, &rest, Command::Monitor)?,
        "check" => Command::Check(paths(some(&verb, rest, "FILE")?)),
        "run" => {
            let mut rest = some(&verb, rest, "FILE")?;
            let file = rest.remove(0).into();
            Command::Run { file, invoke: words.invoke, arguments: texts(rest)? }
        }
        "strip" => Command::Strip { file: one(&verb, rest, "FILE")?.into(), output: words.output },
        "image" => {
            if rest.is_empty() {
                return Err(Error::Usage("`image` needs create, ls or extract".to_owned()));
            }
            let action = text(rest.remove(0))?;
            image(&action, rest, words.output, words.size)?
        }
        "help" => Command::Help,
        "version" => Command::Version,
        other => return Err(Error::Usage(format!("there is no command `{other}`"))),
    })
}

fn image(
    action: &str,
    mut rest: Vec<OsString>,
    output: Option<PathBuf>,
    size: Option<u32>,
) -> Result<Command> {
    match action {
        "create" => {
            let image = output.ok_or_else(|| Error::Usage("`image create` needs -o IMAGE".to_owned()))?;
            Ok(Command::ImageCreate { image, size, files: paths(rest) })
        }
        "ls" => Ok(Command::ImageList(one("image ls", rest, "IMAGE")?.into())),
        "extract" if rest.len() == 2 => {
            let name = text(rest.remove(1))?;
            Ok(Command::ImageExtract { image: rest.remove(0).into(), name, output })
        }
        "extract" => Err(Error::Usage("`image extract` needs IMAGE and NAME".to_owned())),
        other => Err(Error::Usage(format!("there is no `image {other}`"))),
    }
}

fn one(verb: &str, mut rest: Vec<OsString>, what: &str) -> Result<OsString> {
    match (rest.pop(), rest.is_empty()) {
        (Some(word), true) => Ok(word),
        _ => Err(Error::Usage(format!("`{verb}` needs one {what}"))),
    }
}

fn some(verb: &str, rest: Vec<OsString>, what: &str) -> Result<Vec<OsString>> {
    if rest.is_empty() {
        return Err(Error::Usage(format!("`{verb}` needs {what}")));
    }
    Ok(rest)
}

fn none(verb: &str, rest: &[OsString], command: Command) -> Result<Command> {
    if rest.is_empty() { Ok(command) } else { Err(Error::Usage(format!("`{verb}` takes no arguments"))) }
}

fn paths(words: Vec<OsString>) -> Vec<PathBuf> {
    words.into_iter().map(PathBuf::from).collect()
}

fn texts(words: Vec<OsString>) -> Result<Vec<String>> {
    words.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests;
