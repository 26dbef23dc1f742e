//! Holds the runtime against both oracles for a chosen time or count.
//!
//!     cargo run --release -p wasmote-spec-tests --bin fuzz -- [--seconds N] [--count N] [--seed S] [--keep FOLDER]
//!
//! Prints the seed that it starts from; modules count upwards from it. A module that shows a difference is
//! written to the folder, and the exit status is 1. `fuzz --replay FILE [--seed S]` runs one such
//! module, and `fuzz --seed S --write FILE` writes the one that is run for a seed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::generate::{self, Purpose};
use wasmote_spec_tests::mutate::mutate;
use wasmote_spec_tests::prng::Prng;
use wasmote_spec_tests::validity::Agreement;
use wasmote_spec_tests::{execution, validity};

/// Edited copies of each module that is loaded.
const EDITED: usize = 4;
/// Modules between two lines of progress.
const PROGRESS: u64 = 10_000;

struct Options {
    time: Duration,
    count: u64,
    seed: u64,
    keep: PathBuf,
    replay: Option<PathBuf>,
    write: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut options = Options {
        time: Duration::from_secs(60),
        count: u64::MAX,
        seed: clock.as_nanos() as u64,
        keep: PathBuf::from("target/fuzz"),
        replay: None,
        write: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name}: {value} is no number"));
        match name.as_str() {
            "--seconds" => options.time = Duration::from_secs(number()?),
            "--count" => (options.count, options.time) = (number()?, Duration::MAX),
            "--seed" => options.seed = number()?,
            "--replay" => options.replay = Some(PathBuf::from(value)),
            "--write" => options.write = Some(PathBuf::from(value)),
            "--keep" => options.keep = PathBuf::from(value),
            _ => return Err(format!("unknown option {name}")),
        }
    }
    Ok(options)
}

#[derive(Default)]
struct Sum {
    /// Modules run on both interpreters, and calls of them.
    run: u64,
    calls: u64,
    /// Modules loaded, edited ones included.
    valid: u64,
    invalid: u64,
    limits: u64,
    not_run: u64,
    differences: u64,
}

impl Sum {
    fn print(&self, modules: u64) {
        let Self { run, calls, valid, invalid, limits, not_run, differences } = self;
        println!(
            "{modules} seeds: {run} modules run alike in {calls} calls, {valid} valid and {invalid} invalid to \
             both, {limits} at a limit, {not_run} not run, {differences} differences"
        );
    }
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(path) = &options.replay {
        return replay(path, options.seed);
    }
    if let Some(path) = &options.write {
        let module = generate::module(options.seed, Purpose::Running).unwrap_or_default();
        return match std::fs::write(path, module) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                ExitCode::FAILURE
            }
        };
    }
    println!("seed {}", options.seed);
    let start = Instant::now();
    let mut sum = Sum::default();
    let mut done = 0;
    while done < options.count && start.elapsed() < options.time {
        let seed = options.seed.wrapping_add(done);
        execute(seed, &mut sum, &options);
        validate(seed, &mut sum, &options);
        done += 1;
        if done % PROGRESS == 0 {
            sum.print(done);
        }
    }
    sum.print(done);
    if sum.differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs and loads one module.
fn replay(path: &Path, seed: u64) -> ExitCode {
    let module = match std::fs::read(path) {
        Ok(module) => module,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    };
    let run = execution::compare(&module, seed);
    let loaded = validity::compare(&module, Feed::Reader);
    println!("run: {run:?}\nload: {loaded:?}");
    let differs = matches!(run, execution::Comparison::Differ(_)) || matches!(loaded, Agreement::Disagree(_));
    if differs { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn execute(seed: u64, sum: &mut Sum, options: &Options) {
    let Some(module) = generate::module(seed, Purpose::Running) else { return };
    match execution::compare(&module, seed) {
        execution::Comparison::Equal(calls) => {
            sum.run += 1;
            sum.calls += calls as u64;
        }
        execution::Comparison::Limit => sum.limits += 1,
        execution::Comparison::NotRun(_) => sum.not_run += 1,
        execution::Comparison::Differ(text) => keep(options, sum, &format!("run-{seed}"), &module, &text),
    }
}

fn validate(seed: u64, sum: &mut Sum, options: &Options) {
    let Some(module) = generate::module(seed, Purpose::Loading) else { return };
    let mut random = Prng::new(seed);
    for copy in 0..=EDITED {
        let edited = if copy == 0 { module.clone() } else { mutate(&module, &mut random) };
        let feed = if random.one_in(2) { Feed::Slice } else { Feed::Reader };
        match validity::compare(&edited, feed) {
            Agreement::Valid => sum.valid += 1,
            Agreement::Invalid => sum.invalid += 1,
            Agreement::Limit => sum.limits += 1,
            Agreement::Disagree(text) => keep(options, sum, &format!("load-{seed}-{copy}"), &edited, &text),
        }
    }
}

fn keep(options: &Options, sum: &mut Sum, name: &str, module: &[u8], text: &str) {
    sum.differences += 1;
    let path = options.keep.join(format!("{name}.wasm"));
    let written = std::fs::create_dir_all(&options.keep).and_then(|()| std::fs::write(&path, module));
    println!("{}: {text}", path.display());
    if let Err(error) = written {
        println!("it could not be written: {error}");
    }
}
