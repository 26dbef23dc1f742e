//! Plain programs for WASI, as rustc builds them with the standard library, run by the host tool on the device's runtime.
//! Where rustc has no `wasm32-wasip1`, they are skipped, which is said.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use wasmote_tests::bench::{self, Bench};

/// All that such a program can ask of a console: words, input, clocks, a sleep, random keys of a map, and a status.
const SOURCE: &str = r#"
use std::{collections::HashMap, env, io, process, thread, time::{Duration, Instant, SystemTime}};

fn main() {
    let began = (Instant::now(), SystemTime::now());
    let words: Vec<String> = env::args().skip(1).collect();
    let mut lengths = HashMap::new();
    for line in io::stdin().lines() {
        let line = line.unwrap();
        lengths.insert(line.clone(), line.len());
    }
    let mut lengths: Vec<_> = lengths.into_iter().collect();
    lengths.sort();
    println!("{words:?} {lengths:?} {:?}", env::var("HOME").is_err());
    thread::sleep(Duration::from_millis(20));
    thread::yield_now();
    assert!(began.0.elapsed() >= Duration::from_millis(20));
    assert!(began.1.elapsed().unwrap() >= Duration::from_millis(20));
    eprintln!("{}", f64::from(words.len() as u32) / 3.0);
    process::exit(words.len() as i32);
}
"#;

#[test]
fn a_rust_program_with_its_standard_library() {
    let library =
        Command::new("rustc").args(["--print", "target-libdir", "--target", "wasm32-wasip1"]).output();
    let library = library.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    if !library.is_ok_and(|folder| Path::new(&folder).is_dir()) {
        bench::skipped("Rust programs for WASI, as rustc has no library for wasm32-wasip1 here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("program.rs"), SOURCE).unwrap();
    let arguments = ["--target", "wasm32-wasip1", "--edition", "2024", "-O", "-Cstrip=symbols", "program.rs"];
    let built = Command::new("rustc").current_dir(folder.path()).args(arguments).status().unwrap();
    assert!(built.success());

    let bench = Bench::shared().unwrap();
    let mut command = Command::new(bench.programs.join("wasmote"));
    command.current_dir(folder.path()).args(["run", "program.wasm", "one", "two words"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("ä\nlast".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = "[\"one\", \"two words\"] [(\"last\", 4), (\"ä\", 2)] true\n0.6666666666666666\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), printed);
    assert_eq!(output.status.code(), Some(2));
}
