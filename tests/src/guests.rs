//! The sample guests: how each is built from its source, and whether what is built is current.
//!
//! The built modules are kept in the tree, so that neither clang nor a wasm target is needed to test. Beside them,
//! `BUILT` records for each guest the hash of its recipe (source and command), the hash of the module, and the tool.
//! Another version of a tool may give other bytes, so a module is only rebuilt for comparison with the recorded tool.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::bench::succeed;

/// A guest in `tests/guests/`.
#[derive(Debug)]
pub struct Guest {
    /// Name of the module.
    pub name: &'static str,
    /// The language of its source.
    pub language: Language,
}

/// What a guest is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// WebAssembly text.
    Wat,
    /// C, built by clang and lld.
    C,
    /// C on wasi-libc, built by clang and lld.
    Wasi,
    /// Rust, built by rustc.
    Rust,
}

/// All guests.
pub const ALL: &[Guest] = &[
    Guest { name: "alloc", language: Language::C },
    Guest { name: "blink", language: Language::Wat },
    Guest { name: "calc", language: Language::Wat },
    Guest { name: "digest", language: Language::C },
    Guest { name: "files", language: Language::Wat },
    Guest { name: "globals", language: Language::Wat },
    Guest { name: "hello", language: Language::C },
    Guest { name: "report", language: Language::Rust },
    Guest { name: "rusty", language: Language::Rust },
    Guest { name: "spin", language: Language::Wat },
    Guest { name: "startspin", language: Language::Wat },
    Guest { name: "tiny", language: Language::Wat },
    Guest { name: "trap", language: Language::Wat },
    Guest { name: "wasi", language: Language::Wasi },
];

/// The flags of RIOT's sample, without link-time optimisation and with names kept for backtraces.
const CLANG: &[&str] = &[
    "--target=wasm32-unknown-unknown",
    "-std=c11",
    "-Wall",
    "-Os",
    "-nostdlib",
    "-ffreestanding",
    "-fvisibility=hidden",
    "-ffunction-sections",
    "-fdata-sections",
    "-Wl,-z,stack-size=4096",
    "-Wl,--export-if-defined=main",
    "-Wl,--export=__heap_base",
    "-Wl,--export=__data_end",
    "-Wl,--allow-undefined",
    "-Wl,--export-dynamic",
    "-Wl,--gc-sections",
    "-Wl,--initial-memory=65536",
    "-Wl,--no-entry",
];

/// As any program for WASI is built, for size.
const CLANG_WASI: &[&str] = &["--target=wasm32-wasi", "-std=gnu11", "-Wall", "-Oz", "-Wl,--strip-all"];

/// Nothing about memory or exports: these guests show what rustc links by default. The debug information of `core`,
/// 600 KB, is left out.
const RUSTC: &[&str] = &[
    "--target=wasm32-unknown-unknown",
    "--edition=2024",
    "--crate-type=cdylib",
    "-Copt-level=s",
    "-Cpanic=abort",
    "-Ccodegen-units=1",
    "-Cstrip=debuginfo",
];

/// Text of the file that records the builds, above its lines.
const RECORD: &str =
    "# name, SHA-256 of source and flags, SHA-256 of the module, tool; written by `make guests`\n";

impl Guest {
    /// File name of the source.
    pub fn source(&self) -> String {
        let extension = match self.language {
            Language::Wat => "wat",
            Language::C | Language::Wasi => "c",
            Language::Rust => "rs",
        };
        format!("{}.{extension}", self.name)
    }

    /// File name of the built module.
    pub fn built(&self) -> String {
        format!("{}.wasm", self.name)
    }

    fn flags(&self) -> &'static [&'static str] {
        match self.language {
            Language::Wat => &[],
            Language::C => CLANG,
            Language::Wasi => CLANG_WASI,
            Language::Rust => RUSTC,
        }
    }

    /// Hash of everything that is ours in the build.
    fn recipe(&self) -> io::Result<String> {
        let source = fs::read(folder().join(self.source()))?;
        Ok(hash(&[&source, self.flags().join(" ").as_bytes()].concat()))
    }

    /// The first line of what the tool says about its version; `None` when it is not there.
    fn tool(&self) -> Option<String> {
        let tool = match self.language {
            Language::Wat => return Some("wat".to_owned()),
            Language::C | Language::Wasi => "clang",
            Language::Rust => "rustc",
        };
        let output = Command::new(tool).arg("--version").output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned())
    }

    /// Builds the module into a file.
    fn build(&self, output: &Path) -> io::Result<()> {
        let source = self.source();
        let tool = match self.language {
            Language::Wat => {
                let binary = wat::parse_file(folder().join(source)).map_err(io::Error::other)?;
                return fs::write(output, binary);
            }
            Language::C | Language::Wasi => "clang",
            Language::Rust => "rustc",
        };
        let mut command = Command::new(tool);
        succeed(command.current_dir(folder()).args(self.flags()).arg("-o").arg(output).arg(source))
    }
}

/// The folder of the guests.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guests")
}

/// Builds every guest, and records the builds.
///
/// # Errors
/// The first guest whose tool is missing or fails.
pub fn build_all() -> io::Result<()> {
    let mut record = RECORD.to_owned();
    for guest in ALL {
        let built = folder().join(guest.built());
        guest.build(&built)?;
        // Linkers mark what they write as executable.
        fs::set_permissions(&built, fs::Permissions::from_mode(0o644))?;
        let module = hash(&fs::read(&built)?);
        let tool = guest.tool().unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = writeln!(record, "{} {} {module} {tool}", guest.name, guest.recipe()?);
    }
    fs::write(folder().join("BUILT"), record)
}

/// How far a built guest could be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Rebuilding gives the same bytes.
    Rebuilt,
    /// The record fits source, flags and module; the recorded tool is not here to build it again.
    Recorded,
}

/// Checks that a built guest is what its source gives.
///
/// # Errors
/// What is not current, and what to do.
pub fn check(guest: &Guest, scratch: &Path) -> Result<Checked, String> {
    let stale = |what: &str| format!("{}: {what}; run `make guests` and commit the result", guest.name);
    let read = |name: &str| fs::read(folder().join(name)).map_err(|error| stale(&format!("{name}: {error}")));
    let record = String::from_utf8(read("BUILT")?).map_err(|_| stale("BUILT is no text"))?;
    let line = record.lines().find(|line| line.split(' ').next() == Some(guest.name));
    let mut fields = line.ok_or_else(|| stale("not in BUILT"))?.splitn(4, ' ').skip(1);
    let mut field = || fields.next().unwrap_or_default();
    let module = read(&guest.built())?;
    if field() != guest.recipe().map_err(|error| stale(&error.to_string()))? {
        return Err(stale("its source or flags have changed since it was built"));
    }
    if field() != hash(&module) {
        return Err(stale("the module is not the one that was recorded"));
    }
    if guest.tool().as_deref() != Some(field()) {
        return Ok(Checked::Recorded);
    }
    let again = scratch.join(guest.built());
    if guest.build(&again).is_err() {
        // The tool is there, but not all that it needs: a linker, or the standard library of the target.
        return Ok(Checked::Recorded);
    }
    match fs::read(&again) {
        Ok(again) if again == module => Ok(Checked::Rebuilt),
        Ok(_) => Err(stale("building it again gives other bytes")),
        Err(error) => Err(stale(&error.to_string())),
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
