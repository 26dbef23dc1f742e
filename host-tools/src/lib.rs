//! The host tool of wasmote: the `wasmote` command as a library, so that tests can use its parts.
//!
//! [`cli`] reads the command line; [`commands`] holds one file a command. Those that need a device talk to it
//! through [`Client`], over SMP (the protocol of Zephyr's mcumgr) on the serial line that its shell uses too. The
//! others know no device. Nothing here prints but [`commands`] and [`progress`].

pub mod cli;
pub mod client;
pub mod commands;
pub mod error;
pub mod line;
pub mod module;
mod pace;
pub mod progress;
pub mod protocol;
pub mod script;

pub use client::Client;
pub use error::Error;

use std::process::ExitCode;

/// Runs the command line of the process and returns its exit status.
pub fn main() -> ExitCode {
    let status = match cli::parse(std::env::args_os().skip(1)) {
        Ok(invocation) => commands::run(&invocation),
        Err(error) => Err(error),
    };
    match status {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            commands::tell(&format!("wasmote: {error}"));
            ExitCode::from(error.exit_status())
        }
    }
}
