//! Benchmarks of the runtime beside its peers: what runs a guest, and the guests.

pub mod engine;
pub mod guest;
#[cfg(feature = "peers")]
mod peers;
pub mod table;
