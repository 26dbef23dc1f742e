//! Plays expect scripts against a board: `expect [--board "COMMAND"] SCRIPT...`.

use std::path::Path;
use std::process::ExitCode;

use wasmote_tests::bench::{Bench, build_programs, native};
use wasmote_tests::script::Script;

const USAGE: &str = "usage: expect [--board \"COMMAND with {flash}\"] SCRIPT...";

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("expect: {why}");
            ExitCode::from(2)
        }
    }
}

/// Plays the scripts and gives the number of failures.
fn run() -> Result<u32, String> {
    let mut words = std::env::args().skip(1);
    let mut board = None;
    let mut scripts = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--board" => board = Some(words.next().ok_or(USAGE)?),
            "--help" => return Err(USAGE.to_owned()),
            option if option.starts_with('-') => return Err(format!("{option}? {USAGE}")),
            _ => scripts.push(word),
        }
    }
    if scripts.is_empty() {
        return Err(USAGE.to_owned());
    }
    let programs = build_programs().map_err(|error| error.to_string())?;
    let board = board.unwrap_or_else(|| native(&programs));
    let bench = Bench::new(&board, programs).map_err(|error| error.to_string())?;
    let mut failures = 0;
    for name in scripts {
        let text = std::fs::read_to_string(Path::new(&name)).map_err(|error| format!("{name}: {error}"))?;
        let script = Script::parse(&text).map_err(|why| format!("{name}:{why}"))?;
        for &manner in &script.manners {
            match bench.play(&script, &name, manner) {
                Ok(()) => println!("ok      {name} ({manner:?})"),
                Err(failure) => {
                    failures += 1;
                    println!("FAILED  {name} ({manner:?})\n{failure}");
                }
            }
        }
    }
    Ok(failures)
}
