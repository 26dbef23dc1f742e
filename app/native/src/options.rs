//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use lexopt::Arg;
use wasmote_fs::FileFlash;

/// The device's RAM where `--ram` does not say, bytes.
pub(crate) const DEFAULT_RAM: usize = 64 * 1024;

/// The sizes of RAM that make sense, bytes.
const RAM_MIN: usize = 4 * 1024;
const RAM_MAX: usize = 1024 * 1024 * 1024;

/// The smallest flash that holds a file system, bytes.
const FLASH_MIN: u32 = 32 * 1024;

/// The flash file where `--flash` does not say.
const DEFAULT_FLASH: &str = "flash.bin";

/// What `--help` prints.
pub(crate) const HELP: &str = "\
The wasmote firmware as a Linux process: a shell that runs WebAssembly modules.

usage: wasmote-native [--flash FILE] [--flash-size N] [--ram N] [--pty]

  --flash FILE     the flash; made, erased, where it does not exist (flash.bin)
  --flash-size N   its size: a new flash gets it, another must have it (1M for a new one)
  --ram N          the heap that the firmware has (64K)
  --pty            talk on a pseudo-terminal of its own, and print its path
  -h, --help       print this
  -V, --version    print the version

N is in bytes, or with K or M behind it. A file system spans the largest of 32K, 48K, 64K,
96K, 128K, 192K, 256K, 384K, 512K, 768K, 1M, 1536K, 2M, 4M, 8M and 16M that fits the flash;
what the flash has above that is not used, and `df` does not count it.

On a terminal Ctrl-D on an empty line ends the firmware. From a pipe or a file it runs line
by line: status 0, or 1 if a command failed.
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run the firmware.
    Run(Options),
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// How to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// The flash file.
    pub(crate) flash: PathBuf,
    /// Its size if it was said, bytes: a positive multiple of a sector.
    pub(crate) flash_size: Option<u32>,
    /// The device's RAM, bytes.
    pub(crate) ram: usize,
    /// Whether to open a pseudo-terminal.
    pub(crate) pty: bool,
}

/// Reads the command line, the program's name left out.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Action, lexopt::Error> {
    let mut options = Options { flash: DEFAULT_FLASH.into(), flash_size: None, ram: DEFAULT_RAM, pty: false };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("flash") => options.flash = parser.value()?.into(),
            Arg::Long("flash-size") => options.flash_size = Some(flash_size(&parser.value()?)?),
            Arg::Long("ram") => options.ram = ram(&parser.value()?)?,
            Arg::Long("pty") => options.pty = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Action::Help),
            Arg::Long("version") | Arg::Short('V') => return Ok(Action::Version),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Action::Run(options))
}

fn flash_size(value: &OsStr) -> Result<u32, String> {
    size(value)
        .and_then(|size| u32::try_from(size).ok())
        .filter(|&size| size >= FLASH_MIN && (size as usize).is_multiple_of(FileFlash::SECTOR_SIZE))
        .ok_or_else(|| {
            format!("--flash-size {}: give a multiple of 4K from 32K to 4095M, such as 1M", value.display())
        })
}

fn ram(value: &OsStr) -> Result<usize, String> {
    size(value)
        .and_then(|size| usize::try_from(size).ok())
        .filter(|size| (RAM_MIN..=RAM_MAX).contains(size))
        .ok_or_else(|| format!("--ram {}: give a size from 4K to 1024M, such as 64K", value.display()))
}

/// Reads a number of bytes, `K` or `M` behind it.
fn size(value: &OsStr) -> Option<u64> {
    let text = value.to_str()?;
    let (digits, unit) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1024),
        None => match text.strip_suffix(['m', 'M']) {
            Some(digits) => (digits, 1024 * 1024),
            None => (text, 1),
        },
    };
    // A sign is no digit, although `parse` takes one.
    let number: u64 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::{Action, DEFAULT_RAM, Options, parse};

    fn check(arguments: &str, expected: Result<(&str, Option<u32>, usize, bool), &str>) {
        let found = parse(arguments.split_whitespace().map(Into::into)).map_err(|error| error.to_string());
        let expected = expected.map(|(flash, flash_size, ram, pty)| {
            Action::Run(Options { flash: flash.into(), flash_size, ram, pty })
        });
        assert_eq!(found, expected.map_err(str::to_owned), "{arguments}");
    }

    #[test]
    fn options() {
        check("", Ok(("flash.bin", None, DEFAULT_RAM, false)));
        check("--flash a.img --pty", Ok(("a.img", None, DEFAULT_RAM, true)));
        check("--flash=a.img --flash-size=512K --ram 1m", Ok(("a.img", Some(512 << 10), 1 << 20, false)));
        check("--flash-size 32768 --ram 5000", Ok(("flash.bin", Some(32768), 5000, false)));
    }

    #[test]
    fn refusals() {
        for size in [
            "0",
            "1",
            "28K",
            "50000",
            "4096M",
            "99999999999999999999",
            "18446744073709551615M",
            "-4096",
            "+4K",
            "K",
            "1.5M",
            "4KB",
        ] {
            check(
                &format!("--flash-size={size}"),
                Err(&format!("--flash-size {size}: give a multiple of 4K from 32K to 4095M, such as 1M")),
            );
        }
        for size in ["0", "4095", "1025M", "64x"] {
            check(
                &format!("--ram {size}"),
                Err(&format!("--ram {size}: give a size from 4K to 1024M, such as 64K")),
            );
        }
        check("--flash", Err("missing argument for option '--flash'"));
        check("--heap 1", Err("invalid option '--heap'"));
        check("flash.bin", Err("unexpected argument \"flash.bin\""));
        check("--pty=1", Err("unexpected argument for option '--pty': \"1\""));
    }
}
