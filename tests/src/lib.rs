//! Tests over the whole of wasmote: an expect harness on a serial line, sample guests, and scripts.
//!
//! A [`Session`](session::Session) is a running [`Board`](board::Board) with a [`Terminal`](terminal::Terminal) on its
//! line; a [`Script`](script::Script) is what a person types there and sees. The harness knows nothing of the firmware
//! but its prompt, so the same scripts hold for every board that can be started by a command.

pub mod bench;
pub mod board;
pub mod generated;
pub mod guests;
pub mod host;
pub mod play;
mod pty;
pub mod session;
pub mod terminal;
pub mod wire;

pub use wasmote_host::script;
