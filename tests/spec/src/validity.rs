//! The first oracle: wasmparser's validator says which modules are valid.

use wasmote_runtime::{Engine, Error};
use wasmparser::{Validator, WasmFeatures};

use crate::feed::Feed;

/// The features that the runtime has.
pub fn features() -> WasmFeatures {
    WasmFeatures::WASM2.difference(WasmFeatures::SIMD)
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::CUSTOM_PAGE_SIZES
}

/// Reasons of the validator's that are limits of its own: what it refuses so may be accepted.
const ITS_LIMITS: &[&str] = &[];

/// What the two say of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Both accept it.
    Valid,
    /// Both refuse it.
    Invalid,
    /// One of them has a limit that the other has not: the runtime's are those of its configuration.
    Limit,
    /// They disagree, in these words.
    Disagree(String),
}

/// Holds the runtime against the validator.
pub fn compare(module: &[u8], feed: Feed) -> Agreement {
    let theirs = Validator::new_with_features(features()).validate_all(module);
    let ours = feed.load(&Engine::default(), module);
    match (ours, theirs) {
        (Ok(_), Ok(_)) => Agreement::Valid,
        (Err(Error::Limit { .. }), _) => Agreement::Limit,
        (Err(_), Err(_)) => Agreement::Invalid,
        (Ok(_), Err(error)) if ITS_LIMITS.iter().any(|limit| error.message().contains(limit)) => {
            Agreement::Limit
        }
        (Ok(_), Err(error)) => Agreement::Disagree(format!("accepted, but: {error}")),
        (Err(error), Ok(_)) => Agreement::Disagree(format!("{error}, but valid")),
    }
}
