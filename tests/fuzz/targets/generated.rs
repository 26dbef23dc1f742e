//! Valid modules, made of the input: they do in both interpreters the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmote_spec_tests::execution::{self, Comparison};
use wasmote_spec_tests::generate::{self, Purpose};
use wasmote_spec_tests::prng::Prng;

fuzz_target!(|input: (u64, &[u8])| {
    let (seed, bytes) = input;
    if let Some(module) = generate::module_of(bytes, &mut Prng::new(seed), Purpose::Running) {
        let comparison = execution::compare(&module, seed);
        assert!(!matches!(comparison, Comparison::Differ(_)), "{comparison:?}");
    }
});
