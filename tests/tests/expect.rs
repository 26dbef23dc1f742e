//! Plays every script in `tests/expect/` with each of its terminals: one test each.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use wasmote_tests::bench::Bench;
use wasmote_tests::script::Script;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials(arguments.list) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("expect: {error}");
            ExitCode::FAILURE
        }
    }
}

fn trials(only_list: bool) -> io::Result<Vec<Trial>> {
    let bench = if only_list { None } else { Some(Arc::new(Bench::built()?)) };
    let mut trials = Vec::new();
    let mut paths = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("expect"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let script = Script::parse(&fs::read_to_string(&path)?)
            .map_err(|why| io::Error::other(format!("{}:{why}", path.display())))?;
        let script = Arc::new(script);
        for &manner in &script.manners {
            let (script, bench) = (Arc::clone(&script), bench.clone());
            let file = format!("tests/expect/{name}.exp");
            trials.push(Trial::test(format!("{name} ({manner:?})"), move || {
                let bench = bench.ok_or("no bench to run on")?;
                bench.play(&script, &file, manner).map_err(Into::into)
            }));
        }
    }
    Ok(trials)
}
