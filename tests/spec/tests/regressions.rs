//! Modules that once showed a difference to one of the oracles, as they are and with wide frames.
//!
//! A file in `regressions/` says in its first line what was wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use wasmote_spec_tests::execution::{self, Comparison};
use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::rewrite::widen;
use wasmote_spec_tests::validity::{self, Agreement};

/// Choices of calls and arguments that each module is run with.
const SEEDS: u64 = 20;

fn check(name: &str, module: &[u8]) {
    for feed in Feed::ALL {
        let agreement = validity::compare(module, feed);
        assert!(!matches!(agreement, Agreement::Disagree(_)), "{name}: {agreement:?}");
    }
    for seed in 0..SEEDS {
        let comparison = execution::compare(module, seed);
        assert!(!matches!(comparison, Comparison::Differ(_)), "{name}, seed {seed}: {comparison:?}");
    }
}

#[test]
fn differences_stay_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let module = wat::parse_file(entry.path()).unwrap();
        check(&name, &module);
        if let Some(wide) = widen(&module) {
            check(&format!("{name}, widened"), &wide);
        }
        count += 1;
    }
    assert!(count > 0, "no regressions in {}", folder.display());
}
