//! Unexpected ends: signals, panics and aborts leave the terminal as it was.

#![expect(unsafe_code, reason = "a signal handler")]

use std::{panic, process, thread};

use nix::libc::c_int;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};

use crate::{heap, terminal};

/// The status after a panic, as Rust programs have it.
const PANICKED: i32 = 101;

/// The signals that end a process and that it can outlive for a moment.
const ENDING: [Signal; 4] = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM];

/// Prepares for every end. Called before other threads start: they inherit the mask of signals.
pub(crate) fn prepare() -> std::io::Result<()> {
    panic::set_hook(Box::new(|panic| {
        // The heap's lock is free: its owner never panics.
        heap::leave_device();
        terminal::restore();
        let what = panic.payload_as_str().unwrap_or("panic");
        match panic.location() {
            Some(place) => eprintln!("wasmote-native: the firmware panicked at {place}: {what}"),
            None => eprintln!("wasmote-native: the firmware panicked: {what}"),
        }
        process::exit(PANICKED);
    }));

    let restoring = SigAction::new(SigHandler::Handler(on_abort), SaFlags::SA_RESETHAND, SigSet::empty());
    // SAFETY: the handler only makes system calls that are allowed in one.
    unsafe { sigaction(Signal::SIGABRT, &restoring)? };

    let ending = SigSet::from_iter(ENDING);
    ending.thread_block()?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        let Ok(signal) = ending.wait() else { return };
        terminal::restore();
        // The process ends by the signal itself, so that whoever waits for it sees which, also under nohup.
        let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
        // SAFETY: no handler is installed.
        let _ = unsafe { sigaction(signal, &default) };
        let _ = ending.thread_unblock();
        let _ = raise(signal);
    })?;
    Ok(())
}

/// Runs at an abort, which is also how a stack overflow and an allocation that may not fail end.
extern "C" fn on_abort(_: c_int) {
    terminal::restore();
    // It was handled for this once only, so now it ends the process.
    let _ = raise(Signal::SIGABRT);
}
