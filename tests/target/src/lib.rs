//! The part of the specification suite's runner that runs modules: it works in the process of the tests, and as
//! firmware at the end of a serial line, which shows that the runtime is right on a 32-bit processor too.
#![cfg_attr(target_os = "none", no_std)]

extern crate alloc;

pub mod feed;
pub mod machine;
pub mod spectest;
pub mod wire;
