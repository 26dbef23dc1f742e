//! The wasmote module store.
#![no_std]
