//! The second oracle: wasmi says what a module does.

use crate::outcome::{Difference, Outcome, difference};
use crate::{ours, theirs};

/// What the two say of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// All is equal; so many calls were made.
    Equal(usize),
    /// Equal up to a limit that the two need not share.
    Limit,
    /// One of them does not take the module or what it imports; which modules are valid is the first oracle's.
    NotRun(String),
    /// They differ, in these words.
    Differ(String),
}

/// Runs a module on both, with calls and arguments from a seed.
pub fn compare(module: &[u8], seed: u64) -> Comparison {
    let ours: Outcome = match ours::run(module, seed) {
        Ok(outcome) => outcome,
        Err(error) => return Comparison::NotRun(format!("the runtime: {error}")),
    };
    let theirs = match theirs::run(module, seed) {
        Ok(outcome) => outcome,
        Err(error) => return Comparison::NotRun(format!("wasmi: {error}")),
    };
    match difference(&ours, &theirs) {
        Difference::None => Comparison::Equal(ours.steps.len() - 1),
        Difference::Limit => Comparison::Limit,
        Difference::Found(text) => Comparison::Differ(text),
    }
}
