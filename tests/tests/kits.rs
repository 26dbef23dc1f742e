//! The guest kits: each builds by its command, has the size that is promised, and does what its README shows. One whose
//! compiler is not here is skipped, and says so.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use wasmote_tests::bench::{self, Bench};
use wasmote_tests::guests;
use wasmote_tests::play::{Setting, play};
use wasmote_tests::script::Script;
use wasmote_tests::terminal::Manner;

/// Runs a command line in a folder, out of reach of the build that runs this test; whether it succeeded.
fn run(folder: &Path, line: &str) -> bool {
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", line]).stdout(Stdio::null());
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS", "MAKEFLAGS", "MFLAGS"] {
        command.env_remove(name);
    }
    command.status().is_ok_and(|status| status.success())
}

/// Copies a folder without what is built in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if entry.file_type().unwrap().is_dir() {
            if name != "target" && name != "node_modules" {
                copy(&entry.path(), &to.join(name));
            }
        } else if name != "module.wasm" {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

/// The bytes that the list of kits promises.
fn promised(kit: &str) -> u64 {
    let list = fs::read_to_string(guests::folder().join("kits/README.md")).unwrap();
    let row = list.lines().find(|line| line.starts_with(&format!("| [{kit}]"))).unwrap();
    let size = row.rsplit('|').nth(1).unwrap().trim().split(' ').next().unwrap();
    size.parse().unwrap()
}

/// The session that a README shows, as an expect script: what differs from run to run is left open.
fn session(readme: &str) -> String {
    let (_, shown) = readme.split_once("## At the prompt\n").unwrap();
    let mut script = String::new();
    for line in shown.lines().filter_map(|line| line.strip_prefix("    ")) {
        script += match line.split(' ').next() {
            Some("fuel") => "fuel {num}, {any}",
            Some("module:") => "module: {any}",
            _ => line,
        };
        script.push('\n');
    }
    script
}

/// A kit with its commands.
struct Kit {
    name: &'static str,
    /// Fails where its compiler is not there.
    needs: &'static str,
    build: &'static str,
    /// What is built.
    module: &'static str,
}

const C: Kit = Kit {
    name: "c",
    needs: "make --version && clang --version && wasm-ld --version",
    build: "make",
    module: "module.wasm",
};

const RUST: Kit = Kit {
    name: "rust",
    needs: "cargo --version && test -d \"$(rustc --print target-libdir --target wasm32-unknown-unknown)\"",
    build: "cargo build --release --quiet",
    module: "target/wasm32-unknown-unknown/release/module.wasm",
};

/// npm fetches the compiler, which not every machine may.
const ASSEMBLYSCRIPT: Kit = Kit {
    name: "assemblyscript",
    needs: "npm install --no-audit --no-fund --silent",
    build: "npm run --silent build",
    module: "module.wasm",
};

/// Builds a copy of a kit after `change`; `None` where its compiler is not there.
fn build(kit: &Kit, change: impl FnOnce(&Path)) -> Option<TempDir> {
    let scratch = tempfile::tempdir().unwrap();
    copy(&guests::folder().join("kits").join(kit.name), scratch.path());
    if !run(scratch.path(), kit.needs) {
        bench::skipped(&format!("the kit {}, as `{}` fails here", kit.name, kit.needs));
        return None;
    }
    change(scratch.path());
    assert!(run(scratch.path(), kit.build), "{}: `{}` fails", kit.name, kit.build);
    Some(scratch)
}

/// Plays a session on a board that has the module.
fn play_with(kit: &Kit, module: &Path, session: &str) {
    let script = format!("@flash empty\n$ wasmote install module.wasm\n{{...}}\n{session}");
    let script = Script::parse(&script).unwrap();
    let bench = Bench::shared().unwrap();
    let place = bench.place(script.flash).unwrap();
    fs::copy(module, place.folder().join("module.wasm")).unwrap();
    let setting = Setting {
        board: &bench.board,
        flash: &place.flash(),
        folder: place.folder(),
        programs: Some(&bench.programs),
    };
    play(&script, kit.name, &setting, Manner::Answering).unwrap_or_else(|why| panic!("{}", why.text));
}

fn check(kit: &Kit) {
    let Some(folder) = build(kit, |_| {}) else { return };
    let module = folder.path().join(kit.module);
    let (size, promised) = (fs::metadata(&module).unwrap().len(), promised(kit.name));
    assert!(size <= promised + promised / 4, "{}: {size} B, and {promised} B are promised", kit.name);
    let readme = fs::read_to_string(folder.path().join("README.md")).unwrap();
    play_with(kit, &module, &session(&readme));
}

#[test]
fn c() {
    check(&C);
}

#[test]
fn rust() {
    check(&RUST);
}

#[test]
fn assemblyscript() {
    check(&ASSEMBLYSCRIPT);
}

/// A module that imports all of them loads, so that each has the type that the device's has.
#[test]
fn the_headers_of_c_declare_what_the_device_has() {
    let every_function = |folder: &Path| {
        let mut source = String::new();
        for header in fs::read_dir(folder.join("include")).unwrap() {
            source += &format!("#include <{}>\n", header.unwrap().file_name().display());
        }
        source += "typedef void (*function)(void);\nfunction all[] = {";
        for name in fs::read_to_string(folder.join("imports.syms")).unwrap().lines() {
            source += &format!("(function){name}, ");
        }
        source += "};\nEXPORT(has) int has(int i) { return all[i] != 0; }\n";
        fs::write(folder.join("module.c"), source).unwrap();
    };
    let Some(folder) = build(&C, every_function) else { return };
    let session = "> load module\nmodule: {any}\n> call module has 0\n1:i32\n{...}\n";
    play_with(&C, &folder.path().join(C.module), session);
}
