//! The wasmote firmware as a Linux process.
fn main() {}
