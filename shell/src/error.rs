//! Why a command failed, and the one place that prints it.

use ufmt::{Formatter, uDisplay, uWrite, uwrite};
use wasmote_runtime::ValType;

use crate::args::number::Fault;
use crate::limits::{ARGS_LIMIT, LINE_LIMIT, NUMBER_LIMIT};
use crate::output::{Output, Shown, putln};

/// Why a command failed. Texts borrow from the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<'a> {
    /// The line is longer than [`LINE_LIMIT`].
    LineTooLong,
    /// The line has more words than [`ARGS_LIMIT`].
    TooManyWords,
    /// A quote of this kind is not closed.
    OpenQuote(char),
    /// The line ends with a backslash.
    OpenEscape,
    /// This character means nothing after a backslash.
    BadEscape(char),
    /// There is no such command.
    UnknownCommand(&'a str),
    /// The words do not fit the command; this is how it is written.
    Usage(&'static str),
    /// The store failed.
    Store(wasmote_fs::Error),
    /// The store failed for this name.
    StoreName(wasmote_fs::Error, &'a str),
    /// So many modules on flash are damaged.
    Damaged(u32),
    /// No instance has this name.
    NotLoaded(&'a str),
    /// An instance has this name already.
    Loaded(&'a str),
    /// The instance is running.
    Running(&'a str),
    /// Too many are running already.
    Nested,
    /// `source` in a file that `source` runs, too often.
    SourceDepth,
    /// The instance or module has no such export of this kind.
    NoExport {
        /// The module or instance.
        module: &'a str,
        /// What was looked for: `function` or `global`.
        kind: &'static str,
        /// Its name.
        name: &'a str,
    },
    /// The global cannot be set.
    Immutable(&'a str),
    /// The count of arguments is not the function's.
    ArgumentCount {
        /// The function.
        name: &'a str,
        /// The count it takes.
        takes: usize,
        /// The count given.
        given: usize,
    },
    /// `run` found neither `main` nor `_start` of a fitting type.
    NoMain(&'a str),
    /// The heap is full.
    Memory,
    /// The runtime failed.
    Runtime(wasmote_runtime::Error),
    /// Ctrl-C stopped the call.
    Interrupted,
    /// The call used this much fuel, which was all.
    FuelLimit(u64),
    /// The call took this many milliseconds, which was all.
    TimeLimit(u64),
    /// The failure has been printed already.
    Reported,
    /// The option lacks its value.
    NoValue(&'static str),
    /// An option's value is not a number that it takes.
    Number {
        /// The option.
        option: &'static str,
        /// Its value.
        text: &'a str,
        /// The largest number it takes.
        max: u64,
    },
    /// An argument is not a value of the type it must have.
    Argument {
        /// Its number among the arguments, from 1.
        position: usize,
        /// The argument.
        text: &'a str,
        /// The type it must have.
        ty: ValType,
        /// What is wrong with it.
        fault: Fault,
    },
}

impl Error<'_> {
    /// The code in `error[CODE]`, for programs; it stays when the text changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LineTooLong
            | Self::TooManyWords
            | Self::OpenQuote(_)
            | Self::OpenEscape
            | Self::BadEscape(_) => "LINE",
            Self::NoValue(_) | Self::Number { .. } => "OPTION",
            Self::Argument { .. } | Self::ArgumentCount { .. } => "ARGUMENT",
            Self::UnknownCommand(_) => "COMMAND",
            Self::Usage(_) | Self::SourceDepth => "USAGE",
            Self::Store(error) | Self::StoreName(error, _) => store_code(*error),
            Self::Damaged(_) => "CORRUPT",
            Self::NotLoaded(_) => "NOTLOADED",
            Self::Loaded(_) => "LOADED",
            Self::Running(_) | Self::Nested => "BUSY",
            Self::NoExport { .. } | Self::NoMain(_) => "EXPORT",
            Self::Immutable(_) => "IMMUTABLE",
            Self::Memory => "MEMORY",
            Self::Runtime(error) => runtime_code(*error),
            Self::Interrupted => "INTERRUPTED",
            Self::FuelLimit(_) => "FUEL",
            Self::TimeLimit(_) => "TIME",
            Self::Reported => "",
        }
    }

    /// Prints `error[CODE]: what is wrong; what to do` as a line.
    pub fn print(&self, out: &mut Output<'_>) {
        putln!(out, "error[{}]: {}", self.code(), self);
    }
}

impl uDisplay for Error<'_> {
    fn fmt<W: uWrite + ?Sized>(&self, f: &mut Formatter<'_, W>) -> Result<(), W::Error> {
        match *self {
            Self::LineTooLong => uwrite!(f, "the line is longer than {} bytes; shorten it", LINE_LIMIT),
            Self::TooManyWords => uwrite!(f, "the line has more than {} words; shorten it", ARGS_LIMIT),
            Self::OpenQuote(quote) => uwrite!(f, "a quote is not closed; add a {}", quote),
            Self::OpenEscape => f.write_str("the line ends with a backslash; write \\\\ for one"),
            Self::BadEscape(c) => {
                uwrite!(
                    f,
                    "\\{} is not an escape; write \\\\ for a backslash",
                    Shown(c.encode_utf8(&mut [0; 4]))
                )
            }
            Self::NoValue(option) => uwrite!(f, "{} lacks its value; write {} N", option, option),
            Self::Number { option, text, max } => {
                uwrite!(f, "{}: {} is not a number of 0..{}", option, Shown(text), max)
            }
            Self::Argument { position, text, ty, fault } => {
                uwrite!(f, "{}: ", position)?;
                argument(f, text, ty, fault)
            }
            Self::UnknownCommand(name) => uwrite!(f, "no command {}; help lists them", Shown(name)),
            Self::Usage(usage) => uwrite!(f, "the words do not fit; write {}", usage),
            Self::Store(error) => f.write_str(error.message()),
            Self::StoreName(error, name) => uwrite!(f, "{}: {}", Shown(name), error.message()),
            Self::Damaged(count) => {
                uwrite!(f, "damaged modules: {}; install them again, or remove them", count)
            }
            Self::NotLoaded(name) => uwrite!(f, "{} is not loaded; load it, or see ps", Shown(name)),
            Self::Loaded(name) => uwrite!(f, "{} is loaded; unload it, or load as another name", Shown(name)),
            Self::Running(name) => {
                uwrite!(f, "{} is running; wait for it, or stop it with Ctrl-C", Shown(name))
            }
            Self::Nested => f.write_str("two calls are running; wait for one"),
            Self::SourceDepth => f.write_str("files that source each other too deeply; flatten them"),
            Self::NoExport { module, kind, name } => {
                uwrite!(
                    f,
                    "{} exports no {} {}; see exports {}",
                    Shown(module),
                    kind,
                    Shown(name),
                    Shown(module)
                )
            }
            Self::Immutable(name) => {
                uwrite!(f, "{} is immutable; only a mutable global can be set", Shown(name))
            }
            Self::ArgumentCount { name, takes, given } => {
                uwrite!(f, "{} takes {} arguments, not {}; see exports", Shown(name), takes, given)
            }
            Self::NoMain(name) => {
                uwrite!(
                    f,
                    "{} exports neither main(i32, i32) nor _start(); call a function by name",
                    Shown(name)
                )
            }
            Self::Memory => f.write_str("the heap is full; unload a module"),
            Self::Runtime(error) => runtime(f, error),
            Self::Interrupted => f.write_str("stopped by Ctrl-C; call again"),
            Self::FuelLimit(fuel) => uwrite!(f, "stopped after {} fuel; raise --fuel", fuel),
            Self::TimeLimit(ms) => uwrite!(f, "stopped after {} ms; raise --time", ms),
            Self::Reported => Ok(()),
        }
    }
}

/// The code of a store's error.
const fn store_code(error: wasmote_fs::Error) -> &'static str {
    use wasmote_fs::Error as E;
    match error {
        E::NotFound => "NOTFOUND",
        E::Exists => "EXISTS",
        E::Full => "FULL",
        E::Corrupt | E::HashMismatch => "CORRUPT",
        E::Unformatted | E::Geometry => "UNFORMATTED",
        E::NameInvalid => "NAME",
        E::OutOfMemory => "MEMORY",
        _ => "FLASH",
    }
}

/// The code of a runtime's error.
const fn runtime_code(error: wasmote_runtime::Error) -> &'static str {
    use wasmote_runtime::Error as E;
    match error {
        E::Malformed { .. } => "MALFORMED",
        E::Invalid { .. } => "INVALID",
        E::Unsupported { .. } => "UNSUPPORTED",
        E::Limit { .. } => "LIMIT",
        E::UnknownImport { .. } | E::IncompatibleImport { .. } => "IMPORT",
        E::OutOfMemory => "MEMORY",
        E::Read => "FLASH",
        E::Trap(wasmote_runtime::Trap::Exit(_)) => "EXIT",
        E::Trap(_) => "TRAP",
        _ => "CALL",
    }
}

fn runtime<W: uWrite + ?Sized>(
    f: &mut Formatter<'_, W>,
    error: wasmote_runtime::Error,
) -> Result<(), W::Error> {
    use wasmote_runtime::{Error as E, Trap};
    match error {
        E::Malformed { reason, offset } => {
            uwrite!(f, "{} at byte {}; install the file again", reason, offset)
        }
        E::Invalid { reason, offset } => uwrite!(f, "{} at byte {}; build the module anew", reason, offset),
        E::Unsupported { feature, offset } => {
            uwrite!(f, "{} at byte {}; build the module without it", feature, offset)
        }
        E::Limit { what } => uwrite!(f, "over the limit of {}; make the module smaller", what),
        E::UnknownImport { index } => uwrite!(f, "import {} is unknown; see imports", index),
        E::IncompatibleImport { index } => uwrite!(f, "import {} has another type; see imports", index),
        E::OutOfMemory => f.write_str("the heap is full; unload a module"),
        E::Read => f.write_str("the flash does not read; check the module"),
        E::Trap(Trap::Exit(status)) => uwrite!(f, "exit with status {}", status),
        E::Trap(trap) => uwrite!(f, "{}", trap.as_str()),
        E::Signature => f.write_str("the values do not fit; see exports"),
        _ => f.write_str("the call is not possible; reload the module"),
    }
}

fn argument<W: uWrite + ?Sized>(
    f: &mut Formatter<'_, W>,
    text: &str,
    ty: ValType,
    fault: Fault,
) -> Result<(), W::Error> {
    let name = ty.as_str();
    match fault {
        Fault::NoValue if text.is_empty() => uwrite!(f, "an empty word is no {}; {}", name, hint(ty)),
        Fault::NoValue => uwrite!(f, "{} is no {}; {}", Shown(text), name, hint(ty)),
        Fault::Range => uwrite!(f, "{} does not fit {} ({})", Shown(text), name, range(ty)),
        Fault::LeftOver { bytes } => {
            let rest = text.get(text.len().saturating_sub(bytes)..).unwrap_or_default();
            uwrite!(f, "{} has {} left over after the {}; {}", Shown(text), Shown(rest), name, hint(ty))
        }
        Fault::Payload => {
            let most = if matches!(ty, ValType::F32) { "0x7fffff" } else { "0xfffffffffffff" };
            uwrite!(f, "{} has no payload that fits {} (0x1..{})", Shown(text), name, most)
        }
        Fault::TooLong => {
            uwrite!(f, "{} is longer than {} bytes; round it", Shown(text), NUMBER_LIMIT)
        }
    }
}

const fn hint(ty: ValType) -> &'static str {
    match ty {
        ValType::I32 | ValType::I64 => "write it like -5, 0xff or 1_000",
        ValType::F32 | ValType::F64 => "write it like 1.5, -1e-3, inf, nan or nan:0x123",
        ValType::FuncRef => "write null",
        ValType::ExternRef => "write null or a number",
    }
}

const fn range(ty: ValType) -> &'static str {
    match ty {
        ValType::I32 => "-2147483648..4294967295",
        ValType::I64 => "-9223372036854775808..18446744073709551615",
        ValType::F32 => "-3.4028235e38..3.4028235e38",
        ValType::F64 => "-1.7976931348623157e308..1.7976931348623157e308",
        ValType::FuncRef | ValType::ExternRef => "0..4294967294",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::args::{Args, number};
    use crate::testing::printed;

    #[track_caller]
    fn check(error: Error<'_>, want: &str) {
        assert_eq!(printed(|out| error.print(out)), std::format!("error[{want}\n"));
    }

    #[test]
    fn an_argument_error_names_it_and_says_what_to_do() {
        let check = |position, text, ty, want| check(number::value(position, text, ty).unwrap_err(), want);
        let fit = "ARGUMENT]: 1: 5000000000 does not fit i32 (-2147483648..4294967295)";
        check(1, "5000000000", ValType::I32, fit);
        check(2, "ten", ValType::I64, "ARGUMENT]: 2: ten is no i64; write it like -5, 0xff or 1_000");
        let left = "ARGUMENT]: 3: 5x has x left over after the i32; write it like -5, 0xff or 1_000";
        check(3, "5x", ValType::I32, left);
        check(
            1,
            "nan:0x0",
            ValType::F32,
            "ARGUMENT]: 1: nan:0x0 has no payload that fits f32 (0x1..0x7fffff)",
        );
        check(1, "", ValType::FuncRef, "ARGUMENT]: 1: an empty word is no funcref; write null");
    }

    #[test]
    fn a_line_error_says_what_to_do() {
        check(Error::LineTooLong, "LINE]: the line is longer than 256 bytes; shorten it");
        check(Args::new().split("\"a").err().unwrap(), "LINE]: a quote is not closed; add a \"");
        check(
            Args::new().split("\\\x1b").err().unwrap(),
            "LINE]: \\\\u{1b} is not an escape; write \\\\ for a backslash",
        );
        let number = number::unsigned("--fuel", "-1", 10).unwrap_err();
        check(number, "OPTION]: --fuel: -1 is not a number of 0..10");
    }
}
