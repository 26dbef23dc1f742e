//! The commands: one file each, or one for a family.

mod check;
mod device;
mod image;
mod monitor;
mod run;
mod test;
mod watch;

use std::io::Write;
use std::path::Path;

use wasmote_shell::limits::LINE_LIMIT;
use wasmote_shell::output::is_hidden;

use crate::cli::{Command, HELP, Invocation};
use crate::error::{EXIT_OK, Error, Result};

/// Carries a command out and returns the exit status.
///
/// # Errors
///
/// The command failed; nothing more is to be printed than the error.
pub fn run(invocation: &Invocation) -> Result<u8> {
    let options = &invocation.options;
    match &invocation.command {
        Command::Install { file, name, script } => device::install(options, file, name.as_deref(), *script),
        Command::Watch { file, name } => watch::run(options, file, name.as_deref()),
        Command::List => device::list(options),
        Command::Remove(names) => device::remove(options, names),
        Command::Execute(argv) => device::execute(options, argv),
        Command::Download { name, output } => device::download(options, name, output.as_deref()),
        Command::Test(scripts) => test::run(options, scripts),
        Command::Monitor => monitor::run(options),
        Command::Check(files) => check::check(options, files),
        Command::Run { file, invoke, arguments } => run::run(file, invoke.as_deref(), arguments),
        Command::Strip { file, output } => check::strip(file, output.as_deref()),
        Command::ImageCreate { image, size, files } => image::create(image, *size, files),
        Command::ImageList(image) => image::list(options, image),
        Command::ImageExtract { image, name, output } => image::extract(image, name, output.as_deref()),
        Command::Help => print(HELP),
        Command::Version => print(concat!("wasmote ", env!("CARGO_PKG_VERSION"), "\n")),
    }
}

/// Prints text to standard output. A reader that is gone is no error: `wasmote ls | head -1`.
fn print(text: &str) -> Result<u8> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::output(error)),
        _ => Ok(EXIT_OK),
    }
}

/// Prints a line to standard error. That nobody reads it is no error.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A module's own text, with escapes for what would move the terminal's cursor, or hide.
fn shown(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Prints a value as one line of JSON.
fn print_json(value: &impl serde::Serialize) -> Result<u8> {
    let mut text = serde_json::to_string(value).map_err(|error| Error::output(error.into()))?;
    text.push('\n');
    print(&text)
}

/// Writes a module to a file, or to standard output for `-`.
fn save(bytes: &[u8], path: &Path) -> Result<()> {
    if path == Path::new("-") {
        return std::io::stdout().write_all(bytes).map_err(Error::output);
    }
    std::fs::write(path, bytes).map_err(|error| Error::file("write", path, error))
}

/// Reads a file of this computer.
fn load(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::file("read", path, error))
}

/// Reads a module of this computer and checks that the device will take it.
fn load_module(path: &Path) -> Result<Vec<u8>> {
    let bytes = load(path)?;
    match crate::module::check(&bytes) {
        Ok(_) => Ok(bytes),
        Err(wrong) => Err(Error::File(format!("{}: {}", path.display(), shown(&wrong)))),
    }
}

/// Reads a text of shell commands of this computer and checks that the device's `source` can run each line.
fn load_script(path: &Path) -> Result<Vec<u8>> {
    let bytes = load(path)?;
    let wrong = |wrong: &str| Err(Error::File(format!("{}: {wrong}", path.display())));
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return wrong("this is no text in UTF-8");
    };
    if text.trim().is_empty() {
        return wrong("there is no command in it");
    }
    match text.lines().position(|line| line.len() > LINE_LIMIT) {
        Some(line) => wrong(&format!("line {} is longer than {LINE_LIMIT} bytes", line + 1)),
        None if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => {
            wrong("this is no text: it has control characters")
        }
        None => Ok(bytes),
    }
}

/// Returns the module name that a file suggests: its own without `.wasm`; `advice` says what to do if it is none.
fn name_of(path: &Path, advice: &str) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.strip_suffix(".wasm").unwrap_or(name);
    if crate::protocol::is_name(name) {
        return Ok(name.to_owned());
    }
    let rule = crate::protocol::NAME_RULE;
    Err(Error::Argument(format!("`{name}` cannot be a module's name, which has {rule}; {advice}")))
}

/// A module in a list, on a device or in an image.
#[derive(serde::Serialize)]
struct Row {
    name: String,
    len: u32,
    sha256: Option<String>,
    /// Whether the bytes are not those of the hash, where they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    damaged: Option<bool>,
}

/// Prints modules: a table, or JSON.
fn print_rows(rows: &[Row], json: bool) -> Result<u8> {
    if json {
        return print_json(&rows);
    }
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        let sha256 = row.sha256.as_deref().and_then(|hash| hash.get(..12)).unwrap_or("-");
        let damaged = if row.damaged == Some(true) { "  damaged" } else { "" };
        text += &format!("{:<width$} {:>8} B  sha256 {sha256}{damaged}\n", row.name, row.len);
    }
    print(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modules_text_neither_moves_the_cursor_nor_hides() {
        assert_eq!(shown("añ\x1b[2J\u{202e}b\u{200b}"), "añ\\u{1b}[2J\\u{202e}b\\u{200b}");
    }
}
