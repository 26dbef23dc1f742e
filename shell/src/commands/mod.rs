//! The commands: one table, one function each.

mod autostart;
mod call;
mod fsck;
mod globals;
mod inspect;
mod load;
mod shell;
mod stats;
mod store;
#[cfg(test)]
mod tests;

use core::marker::PhantomData;

use crate::answer::Outcome;
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::packed::{Packed, packed, part};
use embedded_storage::nor_flash::NorFlash;

/// What a command does with its words; the command's own name is taken off.
type Handler<B, F> = fn(&mut Context<'_, '_, '_, B, F>, &mut Args) -> Outcome;

/// Makes the texts that `help` shows and the functions behind them from the same rows.
macro_rules! commands {
    ($($usage:literal, $about:literal, $run:path;)*) => {
        /// How the commands are written, their names first: a line each, in the order of `help`.
        pub(crate) const USAGES: &str = concat!($($usage, "\n"),*);

        /// What they do: a line each, in the same order.
        const ABOUTS: Packed = packed!(concat!($($about, "\n"),*));

        /// Their functions, in the same order.
        struct Handlers<B, F>(PhantomData<(B, F)>);

        impl<B: Board, F: NorFlash> Handlers<B, F> {
            const ALL: [Handler<B, F>; [$($usage),*].len()] = [$($run),*];
        }
    };
}
commands! {
    "help [COMMAND]", "lists the commands, or explains one", shell::help;
    "version", "the firmware's version and board", shell::version;
    "ls [-l]", "the modules on flash", store::ls;
    "df", "how full the flash is", store::df;
    "rm NAME...", "removes modules from flash", store::rm;
    "mv OLD NEW", "renames a module on flash", store::mv;
    "check NAME", "verifies a module's hash and code without loading it", store::check;
    "fsck", "reads everything on flash and reports damage; changes nothing", fsck::fsck;
    "format", "makes an empty file system, erasing all modules", store::format;
    "exports NAME", "what a module offers, with types", inspect::exports;
    "imports NAME | --available", "what a module needs, and whether it is there; what there is", inspect::imports;
    "load NAME [as ALIAS] [--stack N] [--heap N] [--max-memory N] [--fuel N]", "makes an instance; sizes in bytes", load::load;
    "unload NAME", "ends an instance and gives its heap back", load::unload;
    "reload NAME", "loads an instance anew from flash", load::reload;
    "call NAME FUNC [ARG...] [--fuel N] [--time MS]", "calls an exported function; Ctrl-C stops it", call::call;
    "run NAME [ARG...]", "runs main(argc, argv) or _start, loading the module if it must", call::run;
    "get NAME GLOBAL", "reads an exported global", globals::get;
    "set NAME GLOBAL VALUE", "writes an exported global", globals::set;
    "ps", "the instances, their fuel, stack and memory", stats::ps;
    "mem [NAME]", "heap and stack, or an instance's memory", stats::mem;
    "autostart [NAME [FUNC [ARG...]] | off]", "what runs at boot: shows it, sets it, or turns it off", autostart::autostart;
    "echo [WORD...]", "prints its words", shell::echo;
    "history", "the lines typed", shell::history;
    "source FILE", "runs a stored file's lines as commands", shell::source;
    "term [plain|ansi|auto]", "how the terminal is treated", shell::term;
    "reboot", "restarts the device", shell::reboot;
}

/// How the commands are written, in the order of the tables.
fn usages() -> impl Iterator<Item = &'static [u8]> {
    USAGES.as_bytes().split(|byte| *byte == b'\n').filter(|usage| !usage.is_empty())
}

/// The names of the commands.
pub(crate) fn names() -> impl Iterator<Item = &'static [u8]> {
    usages().filter_map(|usage| part(usage, b' ', 0))
}

/// The place of a command in the tables, and how it is written.
fn find(name: &str) -> Option<(usize, Packed)> {
    let n = names().position(|found| found == name.as_bytes())?;
    Some((n, Packed(usages().nth(n)?)))
}

/// What a command does, by its place in the tables.
fn about(n: usize) -> Packed {
    ABOUTS.line(n)
}

/// Runs the command that the first word names; a line without words does nothing.
pub(crate) fn dispatch<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let Some(word) = args.shift() else { return Ok(()) };
    let name = args.text(word);
    let found = find(name).and_then(|(n, usage)| Some((usage, Handlers::ALL.get(n)?)));
    let Some((usage, run)) = found else {
        return Err(context.fail(&Error::UnknownCommand(name)));
    };
    context.usage = usage;
    run(context, args)
}
