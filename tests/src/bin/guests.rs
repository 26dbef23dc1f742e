//! Builds the sample guests from their sources.

use std::process::ExitCode;

fn main() -> ExitCode {
    match wasmote_tests::guests::build_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "guests: {error}; C guests need clang and lld, Rust guests `rustup target add wasm32-unknown-unknown`"
            );
            ExitCode::FAILURE
        }
    }
}
