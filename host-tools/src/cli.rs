//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::error::{Error, Result};
use crate::line::BAUD;

/// Environment variable that names the port.
pub const PORT_VARIABLE: &str = "WASMOTE_PORT";

/// How long a command on the device may take, where nothing else is said.
const EXEC_TIMEOUT: Duration = Duration::from_secs(300);

/// What `wasmote help` prints.
pub const HELP: &str = "\
usage: wasmote [-p PORT] COMMAND

Commands for a device on PORT, a serial device or a pty (or in WASMOTE_PORT):
  install FILE [--name N]         install a module, checked here and by its SHA-256 there
  ls                              list the modules
  rm NAME...                      remove modules
  call NAME FUNC [ARG...]         call a function of a loaded module
  shell COMMAND [ARG...]          run a command of the device's shell
  download NAME [-o FILE]         copy a module from the device (-o - for standard output)
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
  --json              answers for programs (ls, check, call, shell, image ls)
  -h, --help          this text
  -V, --version       the version

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

/// Options and words of a command line before the words are judged.
#[derive(Default)]
struct Words {
    port: Option<String>,
    baud: Option<u32>,
    timeout: Option<Duration>,
    json: bool,
    name: Option<String>,
    output: Option<PathBuf>,
    size: Option<u32>,
    invoke: Option<String>,
    words: Vec<OsString>,
    help: bool,
    version: bool,
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

/// Splits a command line. What follows `call` or `shell` belongs to the device, options included; what follows the
/// file of `run` belongs to the program, but for an `--invoke` at its start.
fn split(arguments: impl IntoIterator<Item = OsString>) -> Result<Words> {
    let usage = |error: lexopt::Error| Error::Usage(error.to_string());
    let mut words = Words::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Short('p') | Long("port") => words.port = Some(text(parser.value().map_err(usage)?)?),
            Long("baud") => words.baud = Some(parser.value().and_then(|value| value.parse()).map_err(usage)?),
            Long("timeout") => {
                let seconds: f64 = parser.value().and_then(|value| value.parse()).map_err(usage)?;
                let timeout = Duration::try_from_secs_f64(seconds);
                words.timeout = Some(timeout.map_err(|error| Error::Usage(format!("--timeout: {error}")))?);
            }
            Long("json") => words.json = true,
            Long("name") => words.name = Some(text(parser.value().map_err(usage)?)?),
            Short('o') | Long("output") => words.output = Some(parser.value().map_err(usage)?.into()),
            Long("size") => words.size = Some(size(&text(parser.value().map_err(usage)?)?)?),
            Long("invoke") => words.invoke = Some(text(parser.value().map_err(usage)?)?),
            Short('h') | Long("help") => words.help = true,
            Short('V') | Long("version") => words.version = true,
            Value(word) => {
                let first = words.words.first().map_or(&word, |verb| verb);
                let ends = match words.words.len() {
                    0 => first == "call" || first == "shell",
                    1 => first == "run",
                    _ => false,
                };
                words.words.push(word);
                if ends {
                    let mut rest: Vec<OsString> = parser.raw_args().map_err(usage)?.collect();
                    if words.words.len() == 2 && rest.first().is_some_and(|word| word == "--invoke") {
                        rest.remove(0);
                        let missing = || Error::Usage("--invoke needs FUNC".to_owned());
                        words.invoke = Some(text(
                            if rest.is_empty() { None } else { Some(rest.remove(0)) }.ok_or_else(missing)?,
                        )?);
                    }
                    words.words.extend(rest);
                }
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(words)
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
    let unused = [
        ("--name", words.name.is_some(), "install"),
        ("--size", words.size.is_some(), "image"),
        ("--invoke", words.invoke.is_some(), "run"),
    ];
    if let Some((option, ..)) = unused.iter().find(|(_, given, user)| *given && *user != verb) {
        return Err(Error::Usage(format!("{option} does not belong to `{verb}`")));
    }
    Ok(match verb.as_str() {
        "install" => Command::Install { file: one(&verb, rest, "FILE")?.into(), name: words.name },
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
        "monitor" => none(&verb, &rest, Command::Monitor)?,
        "check" => Command::Check(some(&verb, rest, "FILE")?.into_iter().map(PathBuf::from).collect()),
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
            Ok(Command::ImageCreate { image, size, files: rest.into_iter().map(PathBuf::from).collect() })
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

fn text(word: OsString) -> Result<String> {
    word.into_string().map_err(|word| Error::Usage(format!("{} is not UTF-8", word.display())))
}

fn texts(words: Vec<OsString>) -> Result<Vec<String>> {
    words.into_iter().map(text).collect()
}

/// Understands a size in bytes: `65536`, `64K`, `1M`.
fn size(text: &str) -> Result<u32> {
    let (digits, unit) = match text.to_ascii_uppercase().strip_suffix(['K', 'M']) {
        Some(_) if text.ends_with(['k', 'K']) => (&text[..text.len() - 1], 1024),
        Some(_) => (&text[..text.len() - 1], 1024 * 1024),
        None => (text, 1),
    };
    let size = digits.parse::<u32>().ok().and_then(|size| size.checked_mul(unit));
    size.ok_or_else(|| Error::Usage(format!("--size: `{text}` is no size; 65536, 64K and 1M are")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Invocation> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn command_lines_are_understood() {
        let check = |line: &str, expected: Command| match parsed(line) {
            Ok(invocation) => assert_eq!(invocation.command, expected, "{line}"),
            Err(error) => assert_eq!(line, error.to_string()),
        };
        check(
            "-p tty install a.wasm --name b",
            Command::Install { file: "a.wasm".into(), name: Some("b".into()) },
        );
        check("ls --json", Command::List);
        check("rm a b", Command::Remove(strings(&["a", "b"])));
        check(
            "call calc add -5 --fuel 7",
            Command::Execute(strings(&["call", "calc", "add", "-5", "--fuel", "7"])),
        );
        check("shell ls -l", Command::Execute(strings(&["ls", "-l"])));
        let run = |invoke: Option<&str>, arguments: &[&str]| Command::Run {
            file: "a.wasm".into(),
            invoke: invoke.map(str::to_owned),
            arguments: strings(arguments),
        };
        check("run a.wasm -x --help", run(None, &["-x", "--help"]));
        check("run a.wasm --invoke add -7 2", run(Some("add"), &["-7", "2"]));
        check("run --invoke add a.wasm -7", run(Some("add"), &["-7"]));
        check("download a -o -", Command::Download { name: "a".into(), output: Some("-".into()) });
        check(
            "image create -o f.bin --size 64K a.wasm",
            Command::ImageCreate { image: "f.bin".into(), size: Some(65536), files: vec!["a.wasm".into()] },
        );
        check(
            "image extract f.bin a",
            Command::ImageExtract { image: "f.bin".into(), name: "a".into(), output: None },
        );
    }

    #[test]
    fn wrong_command_lines_say_what_is_wrong() {
        for (line, expected) in [
            ("", "a command is missing"),
            ("fly", "there is no command `fly`"),
            ("install", "`install` needs one FILE"),
            ("install a b", "`install` needs one FILE"),
            ("ls a", "`ls` takes no arguments"),
            ("ls --name x", "--name does not belong to `ls`"),
            ("call calc", "`call` needs NAME and FUNC"),
            ("image", "`image` needs create, ls or extract"),
            ("image create a.wasm", "`image create` needs -o IMAGE"),
            ("image create -o i --size 5G a", "--size: `5G` is no size; 65536, 64K and 1M are"),
            ("--what ls", "invalid option '--what'"),
        ] {
            let error = parsed(line).map(|_| ()).map_err(|error| error.to_string());
            assert_eq!(error, Err(format!("{expected}; `wasmote help` shows the commands")), "{line:?}");
        }
    }
}
