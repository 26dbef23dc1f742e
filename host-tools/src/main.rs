//! The wasmote command.
fn main() {}
