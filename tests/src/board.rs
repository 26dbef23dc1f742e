//! A board as the tests see it: a command whose standard input and output are the serial line.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command};

/// Stands for the flash file's path in a board's command.
pub const FLASH: &str = "{flash}";

/// How to start a board.
#[derive(Clone, Debug)]
pub struct Board {
    words: Vec<String>,
}

impl Board {
    /// Takes a command line of words separated by blanks, in which `{flash}` stands for the flash file.
    ///
    /// # Errors
    /// The command is empty, or names no flash file.
    pub fn parse(command: &str) -> Result<Self, String> {
        let words: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        if words.iter().any(|word| word.contains(FLASH)) {
            Ok(Self { words })
        } else {
            Err(format!("the board command `{command}` does not say where {FLASH} goes"))
        }
    }

    /// The same board with more arguments.
    #[must_use]
    pub fn with(&self, arguments: &[&str]) -> Self {
        let mut board = self.clone();
        board.words.extend(arguments.iter().map(|&argument| argument.to_owned()));
        board
    }

    /// The command that starts the board on a flash file.
    pub fn command(&self, flash: &Path) -> Command {
        let mut words = self.words.iter().map(|word| word.replace(FLASH, &flash.to_string_lossy()));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }

    /// Starts the board with its console on `line`.
    pub(crate) fn start(&self, flash: &Path, line: &File) -> io::Result<Child> {
        self.command(flash)
            .stdin(line.try_clone()?)
            .stdout(line.try_clone()?)
            .stderr(line.try_clone()?)
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("cannot start {:?}: {error}", self.words)))
    }
}
