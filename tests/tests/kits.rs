//! The guest kits: each builds by its command, has the size that is promised, and does what its README shows. One whose
//! compiler is not here is skipped, and says so.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;

use wasmote_tests::bench::Bench;
use wasmote_tests::guests;
use wasmote_tests::play::{Setting, play};
use wasmote_tests::script::Script;
use wasmote_tests::terminal::Manner;

/// Runs a command line in a folder, out of reach of the build that runs this test; whether it succeeded.
fn run(folder: &Path, line: &str) -> bool {
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", line]);
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
fn promised(kits: &Path, kit: &str) -> u64 {
    let list = fs::read_to_string(kits.join("README.md")).unwrap();
    let row = list.lines().find(|line| line.starts_with(&format!("| [{kit}]"))).unwrap();
    let size = row.rsplit('|').nth(1).unwrap().trim().split(' ').next().unwrap();
    size.parse().unwrap()
}

/// The session that a README shows, as an expect script: what differs from run to run is left open.
fn session(readme: &str) -> String {
    let (_, shown) = readme.split_once("## At the prompt\n").unwrap();
    let mut script = "@flash empty\n$ wasmote install module.wasm\n{...}\n".to_owned();
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

/// Builds a kit and plays its session. `needs` fails where its compiler is not there.
fn check(kit: &str, needs: &str, build: &str, module: &str) {
    let kits = guests::folder().join("kits");
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join(kit);
    copy(&kits.join(kit), &folder);
    if !run(&folder, needs) {
        eprintln!("{kit}: skipped, as `{needs}` fails here");
        return;
    }
    assert!(run(&folder, build), "{kit}: `{build}` fails");
    let module = folder.join(module);
    let (size, promised) = (fs::metadata(&module).unwrap().len(), promised(&kits, kit));
    assert!(size <= promised + promised / 4, "{kit}: {size} B, and {promised} B are promised");

    let script = Script::parse(&session(&fs::read_to_string(folder.join("README.md")).unwrap())).unwrap();
    let bench = Bench::shared().unwrap();
    let place = bench.place(script.flash).unwrap();
    fs::copy(&module, place.folder().join("module.wasm")).unwrap();
    let setting = Setting {
        board: &bench.board,
        flash: &place.flash(),
        folder: place.folder(),
        programs: Some(&bench.programs),
    };
    play(&script, kit, &setting, Manner::Answering).unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn c() {
    check("c", "make --version && clang --version && wasm-ld --version", "make", "module.wasm");
}

#[test]
fn rust() {
    let needs =
        "cargo --version && test -d \"$(rustc --print target-libdir --target wasm32-unknown-unknown)\"";
    let module = "target/wasm32-unknown-unknown/release/module.wasm";
    check("rust", needs, "cargo build --release --quiet", module);
}

/// npm fetches the compiler, which not every machine may.
#[test]
fn assemblyscript() {
    check(
        "assemblyscript",
        "npm install --no-audit --no-fund --silent",
        "npm run --silent build",
        "module.wasm",
    );
}
