//! The firmware on a terminal: every key reaches it, and the terminal is as before when it ends.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use common::{End, Place, Running};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{InputModes, LocalModes, OutputModes, tcgetattr};

/// A person's terminal, and the firmware on it.
struct Terminal {
    near: End,
    far: File,
    firmware: Running,
    _place: Place,
}

type Modes = (InputModes, OutputModes, LocalModes);

fn modes(terminal: &File) -> Modes {
    let modes = tcgetattr(terminal).unwrap();
    (modes.input_modes, modes.output_modes, modes.local_modes)
}

impl Terminal {
    /// Starts the firmware on a fresh terminal; gives the terminal's modes from before.
    fn start() -> (Self, Modes) {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&near).unwrap();
        unlockpt(&near).unwrap();
        let path = ptsname(&near, Vec::new()).unwrap().into_string().unwrap();
        let far = End::open(&path).unwrap().0;
        let before = modes(&far);
        let place = Place::new();
        let end = || far.try_clone().unwrap();
        let firmware = place.firmware(&[]).stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let terminal = Self { near: End(near.into()), far, firmware: Running(firmware), _place: place };
        terminal.near.until("> ");
        (terminal, before)
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.firmware.0.id().cast_signed()).unwrap()
    }
}

#[test]
fn keys_arrive_as_they_are_and_ctrl_d_ends_the_firmware() {
    let (mut terminal, before) = Terminal::start();
    let (_, _, local) = modes(&terminal.far);
    assert!(!local.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG), "{local:?}");
    terminal.near.send(b"echo \x03echo on\r");
    terminal.near.until("\non\r\n");
    terminal.near.send(b"\x04");
    assert_eq!(terminal.firmware.status().code(), Some(0));
    assert_eq!(modes(&terminal.far), before);
}

#[test]
fn a_reboot_starts_over_on_the_same_terminal() {
    let (mut terminal, _) = Terminal::start();
    terminal.near.send(b"reboot\r");
    terminal.near.until("wasmote 0.");
    terminal.near.until("> ");
    terminal.near.send(b"echo on\r");
    terminal.near.until("\non\r\n");
}

#[test]
fn a_signal_ends_the_firmware_and_restores_the_terminal() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT, Signal::ABORT] {
        let (mut terminal, before) = Terminal::start();
        assert_ne!(modes(&terminal.far), before);
        kill_process(terminal.pid(), signal).unwrap();
        assert_eq!(terminal.firmware.status().signal(), Some(signal.as_raw()));
        assert_eq!(modes(&terminal.far), before, "{signal:?}");
    }
}

#[test]
fn a_terminal_that_is_gone_ends_the_firmware() {
    let (terminal, _) = Terminal::start();
    let Terminal { near, far, mut firmware, _place } = terminal;
    drop(far);
    drop(near);
    assert_eq!(firmware.status().code(), Some(0));
}

#[test]
fn silence_costs_nothing() {
    let (terminal, _) = Terminal::start();
    let before = terminal.firmware.ticks();
    std::thread::sleep(Duration::from_secs(1));
    assert!(terminal.firmware.ticks() - before < 10);
}
