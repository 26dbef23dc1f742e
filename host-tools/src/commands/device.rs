//! Commands for a device: install, ls, rm, call and shell, download.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serialport::SerialPort;

use super::{Row, load_module, load_script, name_of, print, print_json, print_rows, save, tell};
use crate::cli::{Options, PORT_VARIABLE};
use crate::client::{Client, hex, interrupt};
use crate::error::{EXIT_DEVICE, EXIT_INTERRUPTED, EXIT_OK, Error, Result};
use crate::line::{self, ANSWER_TIMEOUT, Line};
use crate::progress::Progress;

/// Returns the port that the options name.
pub(super) fn port_of(options: &Options) -> Result<&str> {
    let missing = || Error::Argument(format!("no port; give one with -p PORT or in {PORT_VARIABLE}"));
    options.port.as_deref().ok_or_else(missing)
}

pub(super) fn connect(options: &Options) -> Result<Client> {
    let port = port_of(options)?;
    client(line::open(port, options.baud)?, port)
}

fn client(opened: Box<dyn SerialPort>, port: &str) -> Result<Client> {
    let client = Client::new(Line::new(opened), port);
    client.greet()?;
    Ok(client)
}

/// Installs a file, a module or a script. It is checked before the port is opened.
pub(super) fn install(options: &Options, file: &Path, name: Option<&str>, script: bool) -> Result<u8> {
    port_of(options)?;
    let name = name.map_or_else(|| name_of(file, "name it with --name"), |name| Ok(name.to_owned()))?;
    let bytes = if script { load_script(file)? } else { load_module(file)? };
    let (sha256, seconds) = deliver(&connect(options)?, &name, &bytes)?;
    let (sha256, len) = (hex(&sha256), bytes.len());
    if options.json {
        return print_json(&serde_json::json!({"name": name, "len": len, "sha256": sha256}));
    }
    print(&format!("{name}: {len} B, sha256 {sha256}, {seconds:.1} s\n"))
}

/// Installs bytes under a progress bar, and returns their SHA-256 and the seconds that it took.
pub(super) fn deliver(client: &Client, name: &str, bytes: &[u8]) -> Result<([u8; 32], f64)> {
    let mut progress = Progress::new(bytes.len());
    let installed = client.install(name, bytes, &mut |done| progress.update(done, bytes.len()));
    Ok((installed?, progress.seconds()))
}

/// Lists the modules.
pub(super) fn list(options: &Options) -> Result<u8> {
    let modules = connect(options)?.list()?;
    let row = |module: crate::protocol::Listing| Row {
        name: module.name,
        len: module.len,
        sha256: module.sha256.map(|hash| hex(&hash)),
        damaged: None,
    };
    print_rows(&modules.into_iter().map(row).collect::<Vec<_>>(), options.json)
}

/// Removes modules; one that fails does not keep the others.
pub(super) fn remove(options: &Options, names: &[String]) -> Result<u8> {
    let client = connect(options)?;
    let mut status = EXIT_OK;
    for name in names {
        match client.delete(name) {
            Err(Error::Device(text)) => {
                tell(&format!("wasmote: {text}"));
                status = EXIT_DEVICE;
            }
            other => other?,
        }
    }
    Ok(status)
}

/// Runs a command of the shell; Ctrl-C stops it on the device.
pub(super) fn execute(options: &Options, argv: &[String]) -> Result<u8> {
    let port = port_of(options)?;
    let stop = Stop::new()?;
    let done =
        stop.connect(options, port)?.execute(argv, options.timeout).map_err(|error| stop.after(error))?;
    if options.json {
        print_json(&serde_json::json!({"output": done.output, "status": done.status}))?;
    } else {
        print(&done.output)?;
    }
    Ok(match u8::try_from(done.status) {
        Ok(status) => status,
        Err(_) => EXIT_DEVICE,
    })
}

/// The line whose device is to stop what it runs on Ctrl-C, while there is one.
pub(super) struct Stop(Arc<Mutex<Option<Box<dyn SerialPort>>>>);

impl Stop {
    /// Makes Ctrl-C, a hang-up and a termination stop the device's command, whose answer then ends this program; without
    /// one it ends soon all the same.
    pub(super) fn new() -> Result<Self> {
        let stop = Self(Arc::default());
        let handler = Self(Arc::clone(&stop.0));
        let ended = move || {
            if handler.device() {
                std::thread::sleep(ANSWER_TIMEOUT);
            }
            std::process::exit(EXIT_INTERRUPTED.into());
        };
        ctrlc::set_handler(ended).map_err(|error| Error::Usage(format!("cannot handle Ctrl-C: {error}")))?;
        Ok(stop)
    }

    /// Connects to the device that is to be stopped from now on.
    pub(super) fn connect(&self, options: &Options, port: &str) -> Result<Client> {
        let opened = line::open(port, options.baud)?;
        self.set(Some(opened.try_clone().map_err(|error| Error::Line(error.to_string()))?));
        client(opened, port)
    }

    /// Lets the line go, for others.
    pub(super) fn disconnect(&self) {
        self.set(None);
    }

    fn set(&self, line: Option<Box<dyn SerialPort>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// Stops what the device runs; whether it was told.
    fn device(&self) -> bool {
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.as_mut().is_some_and(|line| interrupt(line).is_ok())
    }

    /// The error of a command, which is stopped if it goes on: it would keep the device from answering the next.
    pub(super) fn after(&self, error: Error) -> Error {
        match error {
            Error::Line(text) if self.device() => Error::Line(format!("{text}; the device was told to stop")),
            error => error,
        }
    }
}

/// Copies a module to this computer.
pub(super) fn download(options: &Options, name: &str, output: Option<&Path>) -> Result<u8> {
    let client = connect(options)?;
    let mut progress = Progress::new(0);
    let bytes = client.download(name, &mut |done, total| progress.update(done, total));
    drop(progress);
    let default = PathBuf::from(format!("{name}.wasm"));
    save(&bytes?, output.unwrap_or(&default))?;
    Ok(EXIT_OK)
}
