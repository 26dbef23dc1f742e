//! Runs the official suite, from a slice and through a reader, and prints what passed, by file and in sum.
//!
//! An argument is a part of the names of the files to run: `cargo test -p wasmote-spec-tests --test suite -- i64`.

use std::process::ExitCode;

use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::suite::{self, Tally};

fn main() -> ExitCode {
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    let mut sum = Tally::default();
    println!(
        "{:52} {:>7} {:>5} {:>7} {:>7} {:>7} {:>7}",
        "file", "passed", "text", "equiv.", "reason", "failed", "skipped"
    );
    let files = suite::files();
    let stale = suite::stale(&files);
    for file in files {
        let name = format!("{}/{}", file.parent, file.name);
        if !name.contains(&filter) {
            continue;
        }
        let mut tally = Tally::default();
        for feed in Feed::ALL {
            tally.add(suite::run(&file, feed));
        }
        line(&name, &tally);
        sum.add(tally);
    }
    line("all, each from a slice and through a reader", &sum);
    for note in &sum.notes {
        println!("{note}");
    }
    for entry in &stale {
        println!("{entry}: the list has an entry that no file matches");
    }
    if stale.is_empty() && sum.failed == 0 && sum.reasons == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn line(name: &str, tally: &Tally) {
    let Tally { passed, text, equivalent, reasons, failed, skipped, .. } = tally;
    println!("{name:52} {passed:7} {text:5} {equivalent:7} {reasons:7} {failed:7} {skipped:7}");
}
