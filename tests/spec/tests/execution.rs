//! Generated modules do the same as on wasmi: results, traps, memories, tables and globals.

use wasmote_spec_tests::execution::{Comparison, compare};
use wasmote_spec_tests::generate::{self, Purpose};

/// Modules that are run.
const MODULES: u64 = 2_000;

#[test]
fn does_what_wasmi_does() {
    let (mut equal, mut calls, mut limits) = (0, 0, 0);
    let mut not_run = Vec::new();
    let mut differences = Vec::new();
    for seed in 0..MODULES {
        let Some(module) = generate::module(seed, Purpose::Running) else { continue };
        match compare(&module, seed) {
            Comparison::Equal(count) => {
                equal += 1;
                calls += count;
            }
            Comparison::Limit => limits += 1,
            Comparison::NotRun(text) => not_run.push(format!("seed {seed}: {text}")),
            Comparison::Differ(text) => differences.push(format!("seed {seed}: {text}")),
        }
    }
    println!("{equal} equal with {calls} calls, {limits} to a limit, {} not run", not_run.len());
    for text in not_run.iter().take(20) {
        println!("{text}");
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
