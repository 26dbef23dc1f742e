//! The wasmote shell.
#![no_std]
