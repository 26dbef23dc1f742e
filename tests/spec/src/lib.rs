//! The runtime against what others say that it must do: the official specification suite, a validator and an
//! interpreter as oracles, failing allocations, hostile modules and interrupted runs.

pub use wasmote_target_tests::feed;

pub mod execution;
pub mod expected;
pub mod generate;
pub mod mutate;
pub mod ours;
pub mod outcome;
pub mod plan;
pub mod prng;
pub mod reasons;
pub mod rewrite;
pub mod script;
pub mod shapes;
pub mod slices;
pub mod suite;
pub mod theirs;
pub mod validity;
