//! The runtime against what others say that it must do: the official specification suite, a validator and an
//! interpreter as oracles, failing allocations, hostile modules and interrupted runs.

pub mod expected;
pub mod feed;
pub mod reasons;
pub mod script;
pub mod spectest;
pub mod suite;
