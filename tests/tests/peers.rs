//! Other people's programs: stock SMP clients at the board's line, and littlefs-python on its flash.
//!
//! Each is installed in a folder of its own below the target folder, in the version that is named here. Where that
//! cannot be done, as without a network, its tests are counted as ignored, and standard error says what they lack.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use wasmote_tests::bench::{self, Bench, Place};
use wasmote_tests::host::{Outcome, PORT};
use wasmote_tests::script::Flash;
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner;

/// The Python packages, and the module that shows that one is there.
const SMPCLIENT: (&str, &str) = ("smpclient[serial]==7.3.0", "smpclient");
const LITTLEFS: (&str, &str) = ("littlefs-python==0.19.0", "littlefs");

/// The stock client of the Rust registry.
const MCUMGRCTL: &str = "mcumgrctl@0.20.0";

/// A test's name, and the test of a peer's program.
type Test = (&'static str, fn(&Bench, &Path));

/// A program of other people.
struct Peer {
    find: fn(&Bench) -> Result<PathBuf, String>,
    tests: &'static [Test],
}

const PEERS: [Peer; 3] = [
    Peer {
        find: |bench| python(bench, SMPCLIENT),
        tests: &[("smpclient_uploads_downloads_hashes_and_runs_commands", smpclient_runs)],
    },
    Peer {
        find: mcumgrctl,
        tests: &[("mcumgrctl_uploads_downloads_hashes_and_runs_commands", mcumgrctl_runs)],
    },
    Peer {
        find: |bench| python(bench, LITTLEFS),
        tests: &[
            ("littlefs_python_reads_an_image_of_ours", littlefs_python_reads),
            ("the_board_boots_an_image_of_littlefs_python", littlefs_python_writes),
        ],
    },
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let bench = Arc::new(Bench::built().unwrap());
    let mut trials = Vec::new();
    for Peer { find, tests } in PEERS {
        let wanted = |name: &str| arguments.filter.as_deref().is_none_or(|filter| name.contains(filter));
        // Nothing is installed for tests that do not run.
        if arguments.list || !tests.iter().any(|(name, _)| wanted(name)) {
            trials.extend(tests.iter().map(|(name, _)| Trial::test(*name, || Ok(()))));
            continue;
        }
        let found = find(&bench);
        if let Err(why) = &found {
            bench::skipped(why);
        }
        for &(name, test) in tests {
            let (bench, found) = (Arc::clone(&bench), found.clone());
            let missing = found.is_err();
            let run = move || found.map(|program| test(&bench, &program)).map_err(Into::into);
            trials.push(Trial::test(name, run).with_ignored_flag(missing));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The folder for other people's programs.
fn folder(bench: &Bench) -> PathBuf {
    bench.programs.parent().unwrap().join("peers")
}

/// A Python that has a package, installed if it must be; else why it cannot be.
fn python(bench: &Bench, (package, module): (&str, &str)) -> Result<PathBuf, String> {
    let venv = folder(bench).join(module);
    let python = venv.join("bin/python");
    let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let has_it = || done(Command::new(&python).args(["-c", &format!("import {module}")]));
    let installed = has_it()
        || done(Command::new("python3").args(["-m", "venv"]).arg(&venv))
            && done(Command::new(&python).args(["-m", "pip", "install", "--quiet", package]))
            && has_it();
    if !installed {
        return Err(format!("{package} cannot be installed; it needs python3 with venv, and a network"));
    }
    Ok(python)
}

/// The stock client; installed by the command that the error tells, which takes minutes: so not here.
fn mcumgrctl(bench: &Bench) -> Result<PathBuf, String> {
    let root = folder(bench);
    let program = root.join("bin/mcumgrctl");
    if !program.is_file() {
        let root = root.display();
        return Err(format!(
            "`cargo install {MCUMGRCTL} --locked --no-default-features --root {root}` installs the client"
        ));
    }
    Ok(program)
}

fn peer(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

fn start(bench: &Bench, place: &Place) -> Session {
    let mut session = Session::start(&bench.board, &place.flash(), Manner::Mute).unwrap();
    session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    session
}

fn succeeded(outcome: &Outcome) {
    assert!(outcome.status.success(), "{}", outcome.printed);
    println!("{}", outcome.printed.trim_end());
}

fn smpclient_runs(bench: &Bench, python: &Path) {
    let place = bench.place(Flash::Guests).unwrap();
    let mut session = start(bench, &place);
    for file in ["tiny.wasm", "code10k.wasm"] {
        let mut command = Command::new("sh");
        let script = format!("exec \"$0\" \"$1\" \"${PORT}\" \"$2\"");
        command.args(["-c", &script]).arg(python).arg(peer("stock.py")).arg(file).current_dir(place.folder());
        succeeded(&session.host(command).unwrap());
    }
}

fn mcumgrctl_runs(bench: &Bench, program: &Path) {
    let place = bench.place(Flash::Guests).unwrap();
    let mut session = start(bench, &place);
    for (arguments, expected) in [
        ("fs upload code10k.wasm /lfs/stock.wasm", ""),
        ("fs download /lfs/stock.wasm stock.back", ""),
        ("fs checksum /lfs/stock.wasm sha256", "  /lfs/stock.wasm"),
        ("shell load stock", "stock: 1 export"),
        ("shell nonsense", "error[COMMAND]: no command nonsense"),
    ] {
        let mut command = Command::new("sh");
        let script = format!("exec \"$0\" --serial \"${PORT}\" {arguments}");
        command.args(["-c", &script]).arg(program).current_dir(place.folder());
        let outcome = session.host(command).unwrap();
        succeeded(&outcome);
        assert!(outcome.printed.contains(expected), "{arguments}: {}", outcome.printed);
    }
    let read = |name: &str| fs::read(place.folder().join(name)).unwrap();
    assert!(read("stock.back") == read("code10k.wasm"));
}

fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {printed}");
    printed
}

fn littlefs_python_reads(bench: &Bench, python: &Path) {
    let place = bench.place(Flash::Guests).unwrap();
    // One that the board has written as well.
    let mut session = start(bench, &place);
    let rows = session.command("mv calc adder").unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(rows, <[&str; 0]>::default());
    session.kill();
    print!(
        "{}",
        run(Command::new(python).arg(peer("image.py")).arg("read").arg(place.flash()).arg(place.folder()))
    );
    let read = |name: &str| fs::read(place.folder().join(name)).unwrap();
    for (back, original) in
        [("adder.back", "calc.wasm"), ("report.back", "report.wasm"), ("tiny.back", "tiny.wasm")]
    {
        assert!(read(back) == read(original), "{back}");
    }
}

fn littlefs_python_writes(bench: &Bench, python: &Path) {
    let place = bench.place(Flash::None).unwrap();
    let files = ["calc.wasm", "report.wasm", "big100k.wasm"];
    let mut command = Command::new(python);
    command.arg(peer("image.py")).arg("write").arg(place.flash()).args(files).current_dir(place.folder());
    print!("{}", run(&mut command));
    let mut session = start(bench, &place);
    let mut check = |line: &str, expected: &str| {
        let rows = session.command(line).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(
            expected.is_empty() == rows.is_empty()
                && (rows.is_empty() || rows.iter().any(|row| row.contains(expected))),
            "{line}: {rows:?}"
        );
    };
    // There is no hash to check such a module by.
    check("fsck", "calc: 433 B, unrecorded");
    check("fsck", "3 modules, 0 damaged; ");
    check("load calc", "calc: 12 exports");
    check("call calc add 40 2", "42:i32");
    check("run report 3 3", "error[");
    // What the board writes there stays.
    check("rm big100k report", "");
    check("mv calc adder", "");
    check("fsck", "adder: 433 B");
    check("fsck", "1 module, 0 damaged; ");
}
