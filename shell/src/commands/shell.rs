//! `help version echo history source term reboot`: the shell itself.

use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::Name;

use super::{USAGES, about, find};
use crate::answer::{Failed, Outcome};
use crate::args::Args;
use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::limits::{LINE_LIMIT, SOURCE_DEPTH};
use crate::line::Term;
use crate::packed::{Packed, packed, unpack};

/// What `help` says behind the commands.
const HELP: Packed = packed!("help COMMAND explains one; -j gives an answer as JSON; Ctrl-C stops a call\n");

pub(super) fn help<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    match (args.get(0), args.len()) {
        (None, _) => {
            let out = &mut context.out();
            out.text(USAGES);
            unpack(HELP.0, out);
        }
        (Some(word), 1) => {
            let Some((n, usage)) = find(word) else {
                return Err(context.fail(&Error::UnknownCommand(word)));
            };
            let out = &mut context.out();
            for line in [usage, about(n)] {
                unpack(line.0, out);
                out.text("\n");
            }
        }
        _ => return Err(context.misused()),
    }
    Ok(())
}

pub(super) fn version<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    context.none(args)?;
    let board = context.session.console.board();
    let (version, board, reset) = (board.version(), board.name(), board.reset_cause());
    let mut answer = context.begin();
    answer.form(packed!("wasmote {version} on {board}\n")).text(version).text(board);
    if let Some(cause) = reset {
        answer.form(packed!("last reset: {reset}\n")).with(|out| cause.print(out));
    }
    answer.end(0);
    Ok(())
}

pub(super) fn echo<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let out = &mut context.out();
    for (i, word) in args.iter().enumerate() {
        out.text(if i == 0 { "" } else { " " });
        out.text(word);
    }
    out.text("\n");
    Ok(())
}

pub(super) fn history<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    context.none(args)?;
    let (parts, mut out) = context.parts();
    for (i, entry) in parts.line.history().enumerate() {
        out.number(i.saturating_add(1) as u64);
        out.text("  ");
        out.bytes(entry);
        out.text("\n");
    }
    Ok(())
}

pub(super) fn source<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    let word = context.only(args)?;
    let file = context.name(word)?;
    if context.session.depth >= SOURCE_DEPTH {
        return Err(context.fail(&Error::SourceDepth));
    }
    let mut at = 0u32;
    loop {
        let mut line = Args::new();
        let taken = read_line(context, word, &file, at, &mut line)?;
        if taken == 0 {
            return Ok(());
        }
        at = at.saturating_add(taken);
        let (session, target) = context.target();
        session.depth = session.depth.saturating_add(1);
        let done = session.run(&mut line, target);
        session.depth = session.depth.saturating_sub(1);
        if !done {
            // The line has said why.
            return Err(Failed);
        }
        if session.resetting {
            return Ok(());
        }
    }
}

/// Reads the words of a file's line at `at`; gives the bytes that it takes, 0 at the file's end. The file is closed while
/// a line runs, which may use the store itself, and what was read is off the stack.
#[inline(never)]
fn read_line<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    word: &str,
    file: &Name,
    at: u32,
    words: &mut Args,
) -> Result<u32, Failed> {
    let mut buffer = [0; LINE_LIMIT + 1];
    let read = context.session.store.read_at(file, at, &mut buffer);
    let read = read.map_err(|error| context.refused(error, word))?;
    let text = buffer.get(..read).unwrap_or_default();
    let (line, taken) = match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => (text.get(..end).unwrap_or_default(), end.saturating_add(1)),
        None if text.len() > LINE_LIMIT => return Err(context.fail(&Error::LineTooLong)),
        None => (text, read),
    };
    let line = core::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line));
    let line = line.map_err(|_| context.fail(&Error::NotText))?;
    words.split(line).map_err(|error| context.fail(&error))?;
    Ok(u32::try_from(taken).unwrap_or(u32::MAX))
}

pub(super) fn term<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    const MODES: [(&str, Term); 3] = [("plain", Term::Plain), ("ansi", Term::Ansi), ("auto", Term::Auto)];
    match (args.get(0), args.len()) {
        (None, _) => {
            let mode = context.session.line.term();
            let name = MODES.iter().find(|(_, m)| *m == mode).map_or("auto", |(name, _)| *name);
            let out = &mut context.out();
            out.text(name);
            out.text("\n");
            Ok(())
        }
        (Some(word), 1) => match MODES.iter().find(|(name, _)| *name == word) {
            Some((_, mode)) => {
                context.session.line.set_term(*mode);
                Ok(())
            }
            None => Err(context.misused()),
        },
        _ => Err(context.misused()),
    }
}

pub(super) fn reboot<B: Board, F: NorFlash>(
    context: &mut Context<'_, '_, '_, B, F>,
    args: &mut Args,
) -> Outcome {
    context.none(args)?;
    context.session.resetting = true;
    context.done();
    Ok(())
}
