//! Bytes typed at the prompt, frames of the management protocol among them, with a store of sample guests.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmote_fuzz::{flash, session};

fuzz_target!(|bytes: &[u8]| {
    // Whatever was typed, the store is whole.
    session(flash(), bytes).mount().expect("the store mounts");
});
