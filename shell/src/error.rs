//! Why a command failed, and the one place that prints it.

use wasmote_runtime::ValType;

use crate::answer::Answer;
use crate::args::number::Fault;
use crate::limits::{ARGS_LIMIT, AUTOSTART_STEADY_MS, AUTOSTART_TRIES, LINE_LIMIT, NUMBER_LIMIT};
use crate::output::Output;
use crate::packed::{Packed, packed, unpack};

/// Makes the errors and what they say from the same rows: behind each error its code, a colon, and a form.
macro_rules! errors {
    ($(
        $(#[$about:meta])*
        $name:ident $(($($part:ty),+))? $({$($(#[$what:meta])* $field:ident: $ty:ty,)+})?: $says:literal,
    )+) => {
        /// Why a command failed. Texts borrow from the command line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Error<'a> {
            $($(#[$about])* $name $(($($part),+))? $({$($(#[$what])* $field: $ty,)+})?,)+
        }

        /// What errors say, a line each.
        const SAYS: Packed = packed!(concat!($($says, "\n"),+));

        impl Error<'_> {
            /// What the error says. Codes are for programs, and stay when the text changes.
            fn says(&self) -> Packed {
                enum Row {
                    $($name),+
                }
                let row = match self {
                    $(Self::$name { .. } => Row::$name),+
                };
                SAYS.line(row as usize)
            }
        }
    };
}
errors! {
    /// The line is longer than [`LINE_LIMIT`].
    LineTooLong: "LINE:the line is longer than {} bytes; shorten it",
    /// The line has more words than [`ARGS_LIMIT`].
    TooManyWords: "LINE:the line has more than {} words; shorten it",
    /// A quote of this kind is not closed.
    OpenQuote(char): "LINE:a quote is not closed; add a {}",
    /// The line ends with a backslash.
    OpenEscape: "LINE:the line ends with a backslash; write \\\\ for one",
    /// This character means nothing after a backslash.
    BadEscape(char): "LINE:\\{} is not an escape; write \\\\ for a backslash",
    /// A line that `source` runs is no UTF-8.
    NotText: "LINE:the line is no UTF-8; source takes a text",
    /// The option lacks its value.
    NoValue(&'static str): "OPTION:{} lacks its value; write {} N",
    /// An option's value is not a number that it takes.
    Number {
        /// The option.
        option: &'static str,
        /// Its value.
        text: &'a str,
        /// The largest number it takes.
        max: u64,
    }: "OPTION:{}: {} is not a number of 0..{}",
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
    }: "ARGUMENT:{}: ",
    /// The count of arguments is not the function's.
    ArgumentCount {
        /// The function.
        name: &'a str,
        /// The count it takes.
        takes: usize,
        /// The count given.
        given: usize,
    }: "ARGUMENT:{} takes {} argument~, not {}; see exports",
    /// There is no such command.
    UnknownCommand(&'a str): "COMMAND:no command {}; help lists them",
    /// The words do not fit the command; this is how it is written.
    Usage(Packed): "USAGE:the words do not fit; write ",
    /// `source` in a file that `source` runs, too often.
    SourceDepth: "USAGE:files that source each other too deeply; flatten them",
    /// The store failed.
    Store(wasmote_fs::Error): "",
    /// The store failed for this name.
    StoreName(wasmote_fs::Error, &'a str): "",
    /// So many modules on flash are damaged.
    Damaged(u32): "CORRUPT:damaged modules: {}; install them again, or remove them",
    /// No instance has this name.
    NotLoaded(&'a str): "NOTLOADED:{} is not loaded; load it, or see ps",
    /// An instance has this name already.
    Loaded(&'a str): "LOADED:{} is loaded; unload it, or load as another name",
    /// The instance is running.
    Running(&'a str): "BUSY:{} is running; wait for it, or stop it with Ctrl-C",
    /// Too many are running already.
    Nested: "BUSY:two calls are running; wait for one",
    /// The instance or module has no such export of this kind.
    NoExport {
        /// The module or instance.
        module: &'a str,
        /// What was looked for: `function` or `global`.
        kind: &'static str,
        /// Its name.
        name: &'a str,
    }: "EXPORT:{} exports no {} {}; see exports {}",
    /// `run` found neither `main` nor `_start` of a fitting type.
    NoMain(&'a str): "EXPORT:{} exports neither main(i32, i32) nor _start(); call a function by name",
    /// What a module imports is unknown, or of another type than what is there.
    Import {
        /// The import's module.
        module: &'a str,
        /// Its name.
        name: &'a str,
        /// Whether it is there.
        defined: bool,
    }: "IMPORT:import {}.{} {}; see imports",
    /// The global cannot be set.
    Immutable(&'a str): "IMMUTABLE:{} is immutable; only a mutable global can be set",
    /// The heap is full.
    Memory: "MEMORY:the heap is full; unload a module, or take a smaller one",
    /// The runtime failed.
    Runtime(wasmote_runtime::Error): "",
    /// Ctrl-C stopped the call.
    Interrupted: "INTERRUPTED:stopped by Ctrl-C; call again",
    /// The call used this much fuel, which was all.
    FuelLimit(u64): "FUEL:stopped after {} fuel; raise --fuel",
    /// The call took this many milliseconds, which was all.
    TimeLimit(u64): "TIME:stopped after {} ms; raise --time",
    /// The autostart of these words failed too often.
    GivenUp(&'a str): "AUTOSTART:{} failed {} times within {} s of boot and is turned off; \
        mend it, then autostart it again",
}

impl Error<'_> {
    /// Prints `error[CODE]: what is wrong; what to do` as a line.
    pub fn print(&self, out: &mut Output<'_>) {
        Answer::new(Output::new(out), false, false).fail(self);
    }

    /// Says what is wrong, and with what.
    pub(crate) fn tell(&self, answer: &mut Answer<'_>) {
        let says = match *self {
            Self::Store(error) | Self::StoreName(error, _) => store_code(error),
            Self::Runtime(wasmote_runtime::Error::OutOfMemory) => Self::Memory.says(),
            Self::Runtime(error) => return runtime(answer, error),
            _ => self.says(),
        };
        answer.failure(says);
        match *self {
            Self::LineTooLong => answer.number(LINE_LIMIT),
            Self::TooManyWords => answer.number(ARGS_LIMIT),
            Self::OpenQuote(c) | Self::BadEscape(c) => answer.text(c.encode_utf8(&mut [0; 4])),
            Self::NoValue(option) => answer.text(option).text(option),
            Self::Number { option, text, max } => answer.text(option).text(text).number(max),
            Self::Argument { position, text, ty, fault } => {
                argument(answer.number(position), text, ty, fault)
            }
            Self::ArgumentCount { name, takes, given } => answer.text(name).number(takes).number(given),
            Self::UnknownCommand(name)
            | Self::NotLoaded(name)
            | Self::Loaded(name)
            | Self::Running(name)
            | Self::NoMain(name)
            | Self::Immutable(name) => answer.text(name),
            Self::Usage(usage) => answer.form(usage),
            Self::Store(error) => answer.form(store_says(error as u8)),
            Self::StoreName(error, name) => {
                answer.form(packed!("{}: ")).text(name).form(store_says(error as u8))
            }
            Self::Damaged(count) => answer.number(count),
            Self::NoExport { module, kind, name } => answer.text(module).text(kind).text(name).text(module),
            Self::Import { module, name, defined } => {
                answer.text(module).text(name).text(if defined { "has another type" } else { "is unknown" })
            }
            Self::FuelLimit(limit) | Self::TimeLimit(limit) => answer.number(limit),
            Self::GivenUp(words) => {
                answer.text(words).number(AUTOSTART_TRIES).number(AUTOSTART_STEADY_MS / 1000)
            }
            _ => answer,
        };
    }
}

/// What the store's errors say, a line each.
const STORE_SAYS: Packed = packed!(wasmote_fs::Error::MESSAGES);

/// What the store's error of a number says.
pub(crate) fn store_says(number: u8) -> Packed {
    STORE_SAYS.line(number.into())
}

/// The code of a store's error.
fn store_code(error: wasmote_fs::Error) -> Packed {
    use wasmote_fs::Error as E;
    const CODES: Packed =
        packed!("NOTFOUND:\nEXISTS:\nFULL:\nCORRUPT:\nUNFORMATTED:\nNAME:\nMEMORY:\nFLASH:\n");
    let code = match error {
        E::NotFound => 0,
        E::Exists => 1,
        E::Full => 2,
        E::Corrupt | E::HashMismatch => 3,
        E::Unformatted | E::Geometry => 4,
        E::NameInvalid => 5,
        E::OutOfMemory => 6,
        _ => 7,
    };
    CODES.line(code)
}

/// Says why the runtime failed.
fn runtime(answer: &mut Answer<'_>, error: wasmote_runtime::Error) {
    use wasmote_runtime::{Error as E, Reason, Trap};
    /// What its errors say, a line each.
    const SAYS: Packed = packed!(
        "MALFORMED:{} at byte {}; install the file again\n\
         INVALID:{} at byte {}; build the module anew\n\
         UNSUPPORTED:{} at byte {}; build the module without it\n\
         LIMIT:over the limit of {}; make the module smaller\n\
         LIMIT:its memory is over --max-memory; raise that\n\
         IMPORT:import {} is unknown; see imports\n\
         IMPORT:import {} has another type; see imports\n\
         FLASH:the flash does not read; check the module\n\
         CALL:the values do not fit; see exports\n\
         CALL:the call is not possible; reload the module\n\
         EXIT:exit with status {}\n\
         TRAP:\n"
    );
    const TRAPS: Packed = packed!(Trap::TEXTS);
    let (row, reason, number) = match error {
        E::Malformed(reason) => (0, Some(reason), Some(reason.offset())),
        E::Invalid(reason) => (1, Some(reason), Some(reason.offset())),
        E::Unsupported(reason) => (2, Some(reason), Some(reason.offset())),
        E::Limit(Reason::MEMORY_BYTES) => (4, None, None),
        E::Limit(limit) => (3, Some(limit), None),
        E::UnknownImport { index } => (5, None, Some(index)),
        E::IncompatibleImport { index } => (6, None, Some(index)),
        E::Read => (7, None, None),
        E::Signature => (8, None, None),
        E::Trap(Trap::Exit(_)) => (10, None, None),
        E::Trap(_) => (11, None, None),
        _ => (9, None, None),
    };
    answer.failure(SAYS.line(row));
    if let Some(reason) = reason {
        answer.with(|out| unpack(reason.text().0, out));
    }
    if let Some(number) = number {
        answer.number(number);
    }
    if let E::Trap(trap) = error {
        match (trap, trap.text()) {
            (Trap::Exit(status), _) => answer.with(|out| out.signed(status.into())),
            (_, Ok(n)) => answer.form(TRAPS.line(n)),
            (_, Err(text)) => answer.prose(text),
        };
        if trap == Trap::StackOverflow {
            answer.form(packed!("; load it with more --stack"));
        }
    }
}

/// Says what is wrong with an argument.
fn argument<'a, 'o>(answer: &'a mut Answer<'o>, text: &str, ty: ValType, fault: Fault) -> &'a mut Answer<'o> {
    /// What faults say, a line each.
    const SAYS: Packed = packed!(
        "an empty word is no {}; \n\
         {} is no {}; \n\
         {} does not fit {} (\n\
         {} has {} left over after the {}; \n\
         {} has no payload that fits {} (0x1..0x{})\n\
         {} is longer than {} bytes; round it\n"
    );
    let row = match fault {
        Fault::NoValue if text.is_empty() => 0,
        Fault::NoValue => 1,
        Fault::Range => 2,
        Fault::LeftOver { .. } => 3,
        Fault::Payload => 4,
        Fault::TooLong => 5,
    };
    answer.form(SAYS.line(row));
    if row > 0 {
        answer.text(text);
    }
    if let Fault::LeftOver { bytes } = fault {
        answer.text(text.get(text.len().saturating_sub(bytes)..).unwrap_or_default());
    }
    match fault {
        Fault::TooLong => return answer.number(NUMBER_LIMIT),
        _ => answer.text(ty.as_str()),
    };
    match fault {
        Fault::Range => answer.form(range(ty)).prose(")"),
        Fault::Payload => answer.text(if ty == ValType::F32 { "7fffff" } else { "fffffffffffff" }),
        _ => answer.form(hint(ty)),
    }
}

const fn hint(ty: ValType) -> Packed {
    match ty {
        ValType::I32 | ValType::I64 => packed!("write it like -5, 0xff or 1_000"),
        ValType::F32 | ValType::F64 => packed!("write it like 1.5, -1e-3, inf, nan or nan:0x123"),
        ValType::FuncRef => packed!("write null"),
        ValType::ExternRef => packed!("write null or a number"),
    }
}

const fn range(ty: ValType) -> Packed {
    match ty {
        ValType::I32 => packed!("-2147483648..4294967295"),
        ValType::I64 => packed!("-9223372036854775808..18446744073709551615"),
        ValType::F32 => packed!("-3.4028235e38..3.4028235e38"),
        ValType::F64 => packed!("-1.7976931348623157e308..1.7976931348623157e308"),
        ValType::FuncRef | ValType::ExternRef => packed!("0..4294967294"),
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
        let long = "1".repeat(NUMBER_LIMIT + 1);
        let want = std::format!("ARGUMENT]: 1: {}... is longer than 128 bytes; round it", "1".repeat(40));
        check(1, &long, ValType::F32, &want);
    }

    #[test]
    fn a_failure_of_the_runtime_says_what_to_do() {
        use wasmote_runtime::{Engine, Error as E, Module, Reason, Trap};
        let check = |error: E, want| check(Error::Runtime(error), want);
        let refused = |sections: &[u8]| {
            let module = [b"\0asm\x01\0\0\0", sections].concat();
            Module::new(&Engine::DEFAULT, &module).err().unwrap()
        };
        let malformed = "MALFORMED]: unexpected end at byte 9; install the file again";
        check(refused(b"\x01"), malformed);
        let invalid = "INVALID]: unknown function at byte 11; build the module anew";
        check(refused(b"\x08\x01\x00"), invalid);
        let unsupported = "UNSUPPORTED]: memory64 at byte 12; build the module without it";
        check(refused(b"\x05\x03\x01\x04\x01"), unsupported);
        let limit = "LIMIT]: its memory is over --max-memory; raise that";
        check(E::Limit(Reason::MEMORY_BYTES), limit);
        check(E::Limit(Reason::TABLES), "LIMIT]: over the limit of tables; make the module smaller");
        check(E::UnknownImport { index: 2 }, "IMPORT]: import 2 is unknown; see imports");
        check(E::OutOfMemory, "MEMORY]: the heap is full; unload a module, or take a smaller one");
        check(E::Suspended, "CALL]: the call is not possible; reload the module");
        check(E::Trap(Trap::Exit(-1)), "EXIT]: exit with status -1");
        check(E::Trap(Trap::StackOverflow), "TRAP]: call stack exhausted; load it with more --stack");
        check(E::Trap(Trap::OutOfMemory), "TRAP]: out of memory");
        check(E::Trap(Trap::Host(&"no room")), "TRAP]: no room");
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
