//! Tests over the whole of wasmote.
