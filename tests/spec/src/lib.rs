//! The runtime against what others say that it must do: the official specification suite, a validator and an
//! interpreter as oracles, failing allocations, hostile modules and interrupted runs.

pub mod expected;
pub mod feed;
pub mod generate;
pub mod mutate;
pub mod prng;
pub mod reasons;
pub mod script;
pub mod spectest;
pub mod suite;
pub mod validity;
pub mod widen;
