//! The host protocol: SMP over console.
//!
//! SMP is the management protocol of Zephyr and Mynewt. Its console framing shares a text line: a packet
//! travels as lines of at most 127 bytes that begin 06 09 or 04 14, and every other byte stays the terminal's.
//! The stock clients (mcumgrctl, smpmgr, AuTerm) therefore work beside a person at the prompt.
//!
//! | group | commands |
//! |---|---|
//! | OS (0) | echo, task statistics, reset, parameters |
//! | FS (8) | upload, download, status, hash or checksum, supported types, close |
//! | shell (9) | execute a command line |
//! | modules (64) | list, commit, delete, resume state, upload |
//!
//! The module does no I/O and takes no heap: [`Server`] takes lines, calls a [`Device`] and writes frames to an
//! `embedded_io::Write`. All of its memory is in the `Server` value, [`RAM_BUDGET`] bytes at most.
//!
//! A file upload by a stock client to `/NAME`, `/lfs/NAME` or `NAME.wasm` installs the module NAME when its last
//! byte arrives. The host tool uploads through group 64, which leaves the last word to its commit command: that
//! names the SHA-256, so that a file that was damaged on its way never becomes a module.
//!
//! Source of the protocol: Zephyr's "SMP over console" (`smp_transport`, `serial_util.c`) and its SMP groups.

mod body;
mod cbor;
mod crc;
mod device;
mod exchange;
mod exec;
mod fault;
mod files;
mod frame;
mod header;
mod modules;
mod os;
mod output;
mod server;
#[cfg(test)]
mod tests;
mod upload;

pub use device::{Device, Digest, Module, Task};
pub use fault::Refusal;
pub use frame::{Deframer, write_packet};
pub use header::{Header, Op};
pub use output::Output;
pub use server::{After, Server};

/// Memory of the whole server, in bytes: the limit that a test holds [`Server`] to.
pub const RAM_BUDGET: usize = 4096;

/// Longest line on the wire, lead bytes and newline included (Zephyr's `MCUMGR_SERIAL_MAX_FRAME`).
pub const MAX_LINE: usize = 127;

/// Largest packet with its length prefix and CRC, in bytes: the `buf_size` that the parameters command announces.
///
/// 20 full lines of 93 bytes. At 115,200 baud such a packet takes 221 ms; the answer, the turn of the line and
/// the flash write come to some 40 ms, so a stop-and-wait upload stays near 1.2 times the bare line time.
pub const PACKET_SIZE: usize = 20 * 93;

/// Longest command line that the execute command takes, in bytes.
pub const MAX_COMMAND: usize = 256;

/// Group of the OS commands.
pub const GROUP_OS: u16 = 0;
/// Group of the file commands.
pub const GROUP_FS: u16 = 8;
/// Group of the shell commands.
pub const GROUP_SHELL: u16 = 9;
/// Group of our module commands: the first that SMP leaves to applications.
pub const GROUP_MODULES: u16 = 64;
