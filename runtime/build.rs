//! Chooses the interpreter's back end: `cfg(wasmote_threaded)` when calls at a function's end become jumps.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(wasmote_threaded)");
    let is = |name: &str, values: &[&str]| env::var(name).is_ok_and(|value| values.contains(&value.as_str()));
    // On Thumb and RISC-V the loop is smaller, and on Thumb faster too; below level 2 calls stay calls.
    // Windows passes too few arguments in registers.
    let threaded = is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"])
        && env::var_os("CARGO_CFG_WINDOWS").is_none()
        && is("OPT_LEVEL", &["2", "3", "s", "z"])
        && env::var_os("CARGO_CFG_MIRI").is_none()
        && env::var_os("CARGO_FEATURE_LOOP_DISPATCH").is_none();
    if threaded {
        println!("cargo::rustc-cfg=wasmote_threaded");
    }
}
