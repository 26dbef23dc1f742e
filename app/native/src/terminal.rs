//! The terminal on standard input: raw while the firmware runs, as it was before whenever that ends.

use std::io;
use std::sync::OnceLock;

use rustix::stdio::{stdin, stdout};
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

/// The terminal's modes from before.
static BEFORE: OnceLock<Termios> = OnceLock::new();

/// Whether a person is at both ends: keys come from a terminal, and output goes to one.
pub(crate) fn is_there() -> bool {
    isatty(stdin()) && isatty(stdout())
}

/// Hands every key to the firmware as it is typed, Ctrl-C too. What was typed before stays.
pub(crate) fn make_raw() -> io::Result<()> {
    let mut modes = tcgetattr(stdin())?;
    BEFORE.get_or_init(|| modes.clone());
    modes.make_raw();
    Ok(tcsetattr(stdin(), OptionalActions::Now, &modes)?)
}

/// Makes the terminal as it was, if it was changed. Allowed in a signal handler.
pub(crate) fn restore() {
    if let Some(modes) = BEFORE.get() {
        // There is nobody left to tell of a failure: it is the terminal that is gone.
        let _ = tcsetattr(stdin(), OptionalActions::Now, modes);
    }
}
