//! Bytes are a module exactly if the validator says so, from a slice and from a reader that gives few at a time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmote_spec_tests::feed::Feed;
use wasmote_spec_tests::validity::{self, Agreement};

fuzz_target!(|bytes: &[u8]| {
    for feed in Feed::ALL {
        let agreement = validity::compare(bytes, feed);
        assert!(!matches!(agreement, Agreement::Disagree(_)), "{agreement:?}");
    }
});
