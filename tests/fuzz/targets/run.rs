//! A module's exports give in slices of fuel what they give at once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmote_spec_tests::slices;

fuzz_target!(|bytes: &[u8]| {
    slices::check("the input", bytes);
});
