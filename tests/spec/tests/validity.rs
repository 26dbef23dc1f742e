//! Generated modules, and the same with random byte edits, are accepted or refused as wasmparser's validator
//! says.

use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::generate::{self, Purpose};
use wasmote_spec_tests::mutate::mutate;
use wasmote_spec_tests::prng::Prng;
use wasmote_spec_tests::validity::{Agreement, compare};

/// Modules that are generated.
const MODULES: u64 = 1_000;
/// Edited copies of each.
const EDITED: usize = 8;

#[test]
fn accepts_and_refuses_as_the_validator() {
    let (mut valid, mut invalid, mut limits) = (0, 0, 0);
    let mut disagreements = Vec::new();
    for seed in 0..MODULES {
        let Some(module) = generate::module(seed, Purpose::Loading) else { continue };
        let mut random = Prng::new(seed);
        let edited = (0..EDITED).map(|_| mutate(&module, &mut random)).collect::<Vec<_>>();
        for module in edited.iter().chain([&module]) {
            for feed in Feed::ALL {
                match compare(module, feed) {
                    Agreement::Valid => valid += 1,
                    Agreement::Invalid => invalid += 1,
                    Agreement::Limit => limits += 1,
                    Agreement::Disagree(text) => disagreements.push(format!("seed {seed} {feed:?}: {text}")),
                }
            }
        }
    }
    println!("{valid} valid, {invalid} invalid, {limits} at a limit");
    assert!(disagreements.is_empty(), "{} disagreements:\n{}", disagreements.len(), disagreements.join("\n"));
}

#[test]
fn long_forms_of_references_are_refused_by_name() {
    let short = b"\0asm\x01\0\0\0\x04\x04\x01\x70\0\x01";
    assert_eq!(compare(short, Feed::Slice), Agreement::Valid);
    for reference in [0x6f, 0x70] {
        let long = [&b"\0asm\x01\0\0\0\x04\x05\x01\x63"[..], &[reference], b"\0\x01"].concat();
        assert_eq!(compare(&long, Feed::Slice), Agreement::Limit);
    }
    let other = b"\0asm\x01\0\0\0\x04\x05\x01\x63\0\0\x01";
    assert_ne!(compare(other, Feed::Slice), Agreement::Limit);
}
