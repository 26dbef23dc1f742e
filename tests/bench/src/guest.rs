//! The guests, by name, with the rounds that make a run long enough to be measured.

use std::path::PathBuf;

/// A guest: `run(rounds)` takes a few tenths of a second in an interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Guest {
    /// The name of its files.
    pub name: &'static str,
    /// The argument of its `run`.
    pub rounds: i32,
}

/// All guests.
pub const GUESTS: &[Guest] = &[
    Guest { name: "fib", rounds: 150 },
    Guest { name: "dispatch", rounds: 400 },
    Guest { name: "queens", rounds: 1_800 },
    Guest { name: "sieve", rounds: 160 },
    Guest { name: "matmul_i32", rounds: 90 },
    Guest { name: "matmul_f64", rounds: 150 },
    Guest { name: "nbody", rounds: 120 },
    Guest { name: "mandelbrot", rounds: 180 },
    Guest { name: "fir", rounds: 450 },
    Guest { name: "crc32", rounds: 900 },
    Guest { name: "sha256", rounds: 220 },
    Guest { name: "siphash", rounds: 3_500 },
    Guest { name: "bigint", rounds: 350 },
    Guest { name: "qsort", rounds: 110 },
    Guest { name: "list", rounds: 220 },
    Guest { name: "state", rounds: 1_000 },
    Guest { name: "search", rounds: 300 },
    Guest { name: "lz", rounds: 180 },
    Guest { name: "hash", rounds: 450 },
    Guest { name: "vm", rounds: 900 },
    Guest { name: "collatz", rounds: 1_000 },
    Guest { name: "pid", rounds: 400 },
    Guest { name: "events", rounds: 300 },
    Guest { name: "spline", rounds: 1_200 },
    Guest { name: "distance", rounds: 200 },
    Guest { name: "json", rounds: 1_200 },
];

/// The folder of the guests and their sources.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("guests")
}
