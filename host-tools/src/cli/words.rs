//! A command line's options, and its words before they are judged.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::{Long, Short, Value};

use crate::error::{Error, Result};

/// Options and words of a command line before the words are judged.
#[derive(Default)]
pub(super) struct Words {
    pub(super) port: Option<String>,
    pub(super) baud: Option<u32>,
    pub(super) timeout: Option<Duration>,
    pub(super) json: bool,
    pub(super) script: bool,
    pub(super) name: Option<String>,
    pub(super) output: Option<PathBuf>,
    pub(super) size: Option<u32>,
    pub(super) invoke: Option<String>,
    pub(super) words: Vec<OsString>,
    pub(super) help: bool,
    pub(super) version: bool,
}

/// Splits a command line. What follows `call` or `shell` belongs to the device, options included; what follows the
/// file of `run` belongs to the program, but for an `--invoke` at its start.
pub(super) fn split(arguments: impl IntoIterator<Item = OsString>) -> Result<Words> {
    let usage = |error: lexopt::Error| Error::Usage(error.to_string());
    let mut words = Words::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Short('p') | Long("port") => words.port = Some(text(parser.value().map_err(usage)?)?),
            Long("baud") => words.baud = Some(baud(&text(parser.value().map_err(usage)?)?)?),
            Long("timeout") => words.timeout = Some(timeout(&text(parser.value().map_err(usage)?)?)?),
            Long("json") => words.json = true,
            Long("script") => words.script = true,
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
                    let mut rest: VecDeque<OsString> = parser.raw_args().map_err(usage)?.collect();
                    if words.words.len() == 2 {
                        words.invoke = invoke(&mut rest)?.or(words.invoke);
                    }
                    words.words.extend(rest);
                }
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(words)
}

/// Takes an `--invoke FUNC` or `--invoke=FUNC` off the front.
fn invoke(rest: &mut VecDeque<OsString>) -> Result<Option<String>> {
    let first = rest.front().and_then(|word| word.to_str()).unwrap_or_default();
    let Some(value) = first.strip_prefix("--invoke") else { return Ok(None) };
    let func = value.strip_prefix('=').map(str::to_owned);
    if func.is_none() && !value.is_empty() {
        return Ok(None);
    }
    rest.pop_front();
    if func.is_some() {
        return Ok(func);
    }
    let missing = || Error::Usage("--invoke needs FUNC".to_owned());
    rest.pop_front().ok_or_else(missing).and_then(text).map(Some)
}

/// The word as UTF-8.
pub(super) fn text(word: OsString) -> Result<String> {
    word.into_string().map_err(|word| Error::Usage(format!("{} is not UTF-8", word.display())))
}

/// Understands a speed in bits per second.
fn baud(text: &str) -> Result<u32> {
    let speed = text.parse().ok().filter(|speed| *speed > 0);
    speed.ok_or_else(|| Error::Argument(format!("--baud: `{text}` is no speed; 9600 and 115200 are")))
}

/// Understands a time in seconds, up to a day.
fn timeout(text: &str) -> Result<Duration> {
    const DAY: f64 = 24.0 * 60.0 * 60.0;
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= DAY);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| {
        Error::Argument(format!("--timeout: `{text}` is no time in seconds, up to a day; 0.5 and 300 are"))
    })
}

/// Understands a size in bytes: `65536`, `64K`, `1M`.
fn size(text: &str) -> Result<u32> {
    let (digits, unit) = match text.to_ascii_uppercase().strip_suffix(['K', 'M']) {
        Some(_) if text.ends_with(['k', 'K']) => (&text[..text.len() - 1], 1024),
        Some(_) => (&text[..text.len() - 1], 1024 * 1024),
        None => (text, 1),
    };
    let size = digits.parse::<u32>().ok().and_then(|size| size.checked_mul(unit));
    size.ok_or_else(|| Error::Argument(format!("--size: `{text}` is no size; 65536, 64K and 1M are")))
}
