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

/// The long forms of `funcref` and `externref`, which the validator takes without the proposal that brought them
/// (typed function references): the 2.0 set's binary format has no such bytes.
const LONG_FORMS: [[u8; 2]; 2] = [[0x63, 0x70], [0x63, 0x6f]];

/// Whether a module was refused where it has one of these.
fn at_long_form(module: &[u8], error: Error) -> bool {
    let Error::Unsupported(reason) = error else { return false };
    // The offset is behind the first byte.
    let place = (reason.offset() as usize).checked_sub(1).and_then(|first| module.get(first..));
    place.is_some_and(|place| LONG_FORMS.iter().any(|form| place.starts_with(form)))
}

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
        (Err(Error::Limit(_)), _) => Agreement::Limit,
        (Err(_), Err(_)) => Agreement::Invalid,
        (Err(error), Ok(_)) if at_long_form(module, error) => Agreement::Limit,
        (Ok(_), Err(error)) => Agreement::Disagree(format!("accepted, but: {error}")),
        (Err(error), Ok(_)) => Agreement::Disagree(format!("{error}, but valid")),
    }
}
