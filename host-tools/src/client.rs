//! The device as the commands see it: SMP with its errors put into words.

use std::io::Write;
use std::time::{Duration, Instant};

use mcumgr_toolkit::MCUmgrClient;
use mcumgr_toolkit::client::MCUmgrClientError;
use mcumgr_toolkit::commands::McuMgrCommand;
use mcumgr_toolkit::connection::ExecuteError;
use mcumgr_toolkit::smp_errors::DeviceError;
use mcumgr_toolkit::transport::ReceiveError;
use serde_bytes::{ByteBuf, Bytes};
use sha2::{Digest, Sha256};
use wasmote_shell::smp::MAX_COMMAND;

use crate::error::{Error, Result};
use crate::line::{ANSWER_TIMEOUT, Line, Port};
use crate::pace::Pace;
use crate::protocol::{
    Commit, Delete, GROUP, List, Listing, NAME_RULE, Resume, UPLOAD_OVERHEAD, Upload, WRONG_OFFSET, is_name,
    refusal,
};

/// How often a request is sent again when its answer does not come.
const RETRIES: u8 = 6;
/// How often the first request is, and how long its answer may take: a dead line is told soon.
const GREETING_RETRIES: u8 = 3;
const GREETING_TIMEOUT: Duration = Duration::from_secs(1);
/// How often an upload may begin anew before it is given up.
const UPLOAD_ROUNDS: u32 = 3;
/// Bytes of a packet buffer that framing takes.
const FRAMING: usize = 4;
/// Zephyr's code for an unknown file, in the FS group and for every group.
const FS_NOT_FOUND: (u16, i32) = (8, 3);

/// What a command line printed and its status.
#[derive(Debug)]
pub struct Executed {
    /// Its output.
    pub output: String,
    /// Its status; 0 is success.
    pub status: i32,
}

/// A device on a line.
pub struct Client {
    smp: MCUmgrClient,
    /// The name of the port, for messages.
    port: String,
}

impl Client {
    /// Returns the client of the device on `line`; `port` names the line in messages.
    pub fn new<P: Port + 'static>(line: Line<P>, port: &str) -> Self {
        let smp = MCUmgrClient::new_from_serial(line);
        smp.set_retries(RETRIES);
        Self { smp, port: port.to_owned() }
    }

    /// Checks that a device answers, so that a dead line is told at once and not after every retry.
    ///
    /// # Errors
    ///
    /// The line is dead.
    pub fn greet(&self) -> Result<()> {
        self.patiently(GREETING_RETRIES, GREETING_TIMEOUT, MCUmgrClient::check_connection)?
            .map_err(|error| self.explain(error))
    }

    /// Sends requests with a patience of their own.
    fn patiently<T>(
        &self,
        retries: u8,
        timeout: Duration,
        send: impl FnOnce(&MCUmgrClient) -> T,
    ) -> Result<T> {
        self.smp.set_retries(retries);
        self.smp.set_timeout(timeout).map_err(|error| self.explain(error))?;
        let sent = send(&self.smp);
        self.smp.set_retries(RETRIES);
        self.smp.set_timeout(ANSWER_TIMEOUT).map_err(|error| self.explain(error))?;
        Ok(sent)
    }

    /// Returns the modules on the device.
    ///
    /// # Errors
    ///
    /// The line or the store fails.
    pub fn list(&self) -> Result<Vec<Listing>> {
        let mut modules = Vec::new();
        loop {
            let from = u32::try_from(modules.len()).unwrap_or(u32::MAX);
            let page = self.ask(&List { from })?;
            let progress = !page.modules.is_empty();
            modules.extend(page.modules);
            if !page.more || !progress {
                return Ok(modules);
            }
        }
    }

    /// Tells whether the device has exactly these bytes as the module `name`, by the SHA-256 that it recorded.
    ///
    /// # Errors
    ///
    /// The line or the store fails.
    pub fn has(&self, name: &str, bytes: &[u8]) -> Result<bool> {
        Ok(self.recorded(name)?.is_some_and(|recorded| *recorded == *Sha256::digest(bytes)))
    }

    /// The SHA-256 that the device recorded of a module, if it has both.
    fn recorded(&self, name: &str) -> Result<Option<ByteBuf>> {
        Ok(self.list()?.into_iter().find(|module| module.name == name).and_then(|module| module.sha256))
    }

    /// Deletes a module.
    ///
    /// # Errors
    ///
    /// There is no such module, it is in use, or the line fails.
    pub fn delete(&self, name: &str) -> Result<()> {
        self.ask(&Delete { name }).map(drop).map_err(|error| about(name, error))
    }

    /// Installs `bytes` as the module `name`, checked by its SHA-256, and returns that. An interrupted upload of
    /// the same bytes goes on where it was. `progress` gets the bytes that have arrived.
    ///
    /// # Errors
    ///
    /// The device refuses the module, or the line fails: then the upload can be resumed by another call.
    pub fn install(&self, name: &str, bytes: &[u8], progress: &mut dyn FnMut(usize)) -> Result<[u8; 32]> {
        if !is_name(name) {
            return Err(Error::Argument(format!("`{name}` cannot be a module's name; it has {NAME_RULE}")));
        }
        let len =
            u32::try_from(bytes.len()).map_err(|_| Error::File("a module is below 4 GiB".to_owned()))?;
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let room = self.packet_size()?.checked_sub(UPLOAD_OVERHEAD + name.len()).filter(|room| *room > 0);
        let room = room.ok_or_else(|| Error::Line("the device's packets are too small".to_owned()))?;
        let mut off = self.begin(name, bytes, len, &sha256)?;
        let mut rounds = 1;
        let mut pace = Pace::new(room);
        progress(off);
        while off < bytes.len() {
            let end = bytes.len().min(off.saturating_add(pace.size()));
            let data = bytes.get(off..end).unwrap_or_default();
            let chunk = Upload { off: offset(off), data: Bytes::new(data), name, len: None, sha256: None };
            let began = Instant::now();
            off = match self.patiently(0, pace.wait(), |smp| smp.raw_command(&chunk))? {
                Ok(reached) => {
                    pace.answered(began.elapsed());
                    usize::try_from(reached.off).unwrap_or(usize::MAX)
                }
                Err(error) if is_lost(&error) && pace.lost() => off,
                // The device restarted, or somebody else began an upload.
                Err(error)
                    if device_code(&error) == Some((GROUP, WRONG_OFFSET)) && rounds < UPLOAD_ROUNDS =>
                {
                    rounds += 1;
                    self.begin(name, bytes, len, &sha256)?
                }
                Err(error) => return Err(about(name, self.explain(error))),
            };
            progress(off.min(bytes.len()));
        }
        let commit = Commit { name, len, sha256: Bytes::new(&sha256) };
        self.ask(&commit).map_err(|error| about(name, error))?;
        Ok(sha256)
    }

    /// Begins an upload and returns the offset to go on from.
    fn begin(&self, name: &str, bytes: &[u8], len: u32, sha256: &[u8; 32]) -> Result<usize> {
        let first =
            Upload { off: 0, data: Bytes::new(&[]), name, len: Some(len), sha256: Some(Bytes::new(sha256)) };
        let begin = || self.ask(&first).map_err(|error| about(name, error));
        let off = usize::try_from(begin()?.off).unwrap_or(usize::MAX);
        if off == 0 {
            return Ok(0);
        }
        let there = self.ask(&Resume { name })?;
        let prefix = bytes.get(..off).map(Sha256::digest);
        if there.off == offset(off)
            && prefix.as_deref() == there.sha256.as_deref().map(|hash| hash.as_slice())
        {
            return Ok(off);
        }
        // What is there is not the start of this file: it goes, and the upload begins at 0.
        self.smp.fs_file_close().map_err(|error| self.explain(error))?;
        Ok(usize::try_from(begin()?.off).unwrap_or(0))
    }

    /// Reads a module, checked by its SHA-256: that of what the device reads, and the one that it recorded when the
    /// module was installed.
    ///
    /// # Errors
    ///
    /// There is no such module, it is damaged on flash, or the line fails.
    pub fn download(&self, name: &str, progress: &mut dyn FnMut(usize, usize)) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut tell = |done, total| {
            progress(usize::try_from(done).unwrap_or(0), usize::try_from(total).unwrap_or(0));
            true
        };
        let explain = |error| about(name, self.explain(error));
        self.smp.fs_file_download(name, &mut bytes, Some(&mut tell)).map_err(explain)?;
        let there = self.smp.fs_file_checksum(name, Some("sha256"), 0, None).map_err(explain)?;
        let here = Sha256::digest(&bytes);
        if there.output.hex() != hex(&here) {
            return Err(Error::Line(format!(
                "{name}: the SHA-256 differs from the device's; download again"
            )));
        }
        if self.recorded(name)?.is_some_and(|recorded| *recorded != *here) {
            return Err(Error::Device(format!("{name}: the module is damaged on flash; install it again")));
        }
        Ok(bytes)
    }

    /// Runs a command line on the device. It is sent once, never again, so it does not run twice.
    ///
    /// # Errors
    ///
    /// The line is too long for the device, the device does not answer within `timeout`, or refuses to run the
    /// line. What did not answer may go on: [`interrupt`] stops it.
    pub fn execute(&self, argv: &[String], timeout: Duration) -> Result<Executed> {
        let len = argv.join(" ").len();
        if len > MAX_COMMAND {
            return Err(Error::Argument(format!(
                "the command line has {len} bytes; the device takes {MAX_COMMAND} at most"
            )));
        }
        self.smp.set_timeout(timeout).map_err(|error| self.explain(error))?;
        let (status, output) = self.smp.shell_execute(argv, false).map_err(|error| match error {
            error if is_silence(&error) => {
                let seconds = timeout.as_secs_f64();
                Error::Line(format!("no answer within {seconds} s, which --timeout raises"))
            }
            error => self.explain(error),
        })?;
        Ok(Executed { output, status })
    }

    /// Returns how many bytes a request may have, header included.
    fn packet_size(&self) -> Result<usize> {
        let parameters = self.smp.os_mcumgr_parameters().map_err(|error| self.explain(error))?;
        let size = usize::try_from(parameters.buf_size).unwrap_or(0);
        Ok(size.min(usize::from(u16::MAX)).saturating_sub(FRAMING))
    }

    fn ask<C: McuMgrCommand>(&self, command: &C) -> Result<C::Response> {
        self.smp.raw_command(command).map_err(|error| self.explain(error))
    }

    /// Puts an error into words.
    fn explain(&self, error: MCUmgrClientError) -> Error {
        let port = &self.port;
        match &error {
            MCUmgrClientError::ExecuteError(ExecuteError::ErrorResponse(device)) => {
                Error::Device(match (device, device_code(&error)) {
                    (_, Some((GROUP, code))) => refusal(code).to_owned(),
                    (_, Some(FS_NOT_FOUND)) => refusal(3).to_owned(),
                    (DeviceError::V2 { group: 9, rc: 2 }, _) => "the command line is too long".to_owned(),
                    (DeviceError::V1 { rc: 8, .. }, _) => "the device does not know this request".to_owned(),
                    _ => format!("the device answers {device}"),
                })
            }
            _ if is_lost(&error) && !is_silence(&error) => Error::Line(format!(
                "the line {port} loses or changes bytes; use a shorter cable or a lower speed, and try again"
            )),
            _ => {
                let cause = deepest(&error);
                if cause.contains("timeout occurred") || cause.contains("timed out") {
                    return Error::Line(format!(
                        "no answer on {port}; is wasmote running there, with no other program on the line and no \
                         call under way (Ctrl-C in `wasmote monitor` stops one)?"
                    ));
                }
                Error::Line(format!("the line {port} failed: {cause}; is the board connected?"))
            }
        }
    }
}

/// Returns group and code of an error of the device.
fn device_code(error: &MCUmgrClientError) -> Option<(u16, i32)> {
    match error {
        MCUmgrClientError::ExecuteError(ExecuteError::ErrorResponse(DeviceError::V2 { group, rc })) => {
            Some((*group, *rc))
        }
        _ => None,
    }
}

/// Tells whether a request may have been answered, or its answer damaged, and is worth sending again.
fn is_lost(error: &MCUmgrClientError) -> bool {
    use ReceiveError::{Base64DecodeError, FrameTooBig, UnexpectedResponse};
    match error {
        MCUmgrClientError::ExecuteError(ExecuteError::ReceiveFailed(
            UnexpectedResponse | FrameTooBig | Base64DecodeError(_),
        )) => true,
        _ => is_silence(error),
    }
}

/// Tells whether no answer came in time.
fn is_silence(error: &MCUmgrClientError) -> bool {
    matches!(error, MCUmgrClientError::ExecuteError(ExecuteError::ReceiveFailed(ReceiveError::Timeout)))
}

/// Puts a name before the message of a device's error.
fn about(name: &str, error: Error) -> Error {
    match error {
        Error::Device(text) => Error::Device(format!("{name}: {text}")),
        other => other,
    }
}

/// Returns the innermost cause of an error, in words.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().to_lowercase()
}

fn offset(off: usize) -> u32 {
    u32::try_from(off).unwrap_or(u32::MAX)
}

/// Returns bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends Ctrl-C to the device, so that it stops what it runs.
///
/// # Errors
///
/// Those of the port.
pub fn interrupt(port: &mut dyn Write) -> std::io::Result<()> {
    port.write_all(b"\x03")?;
    port.flush()
}
