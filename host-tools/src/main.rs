//! The `wasmote` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    wasmote_host::main()
}
