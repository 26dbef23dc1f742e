//! Runs the official suite on a Cortex-M4 in QEMU: text and verdicts are this side's, modules the other's.
//!
//! WASMOTE_TARGET names the firmware of `tests/target`; an argument is a part of the names of the files to run.

use std::io::{self, BufReader, ErrorKind, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::Instant;

use wasmote_spec_tests::suite::{self, Plan, Tally};
use wasmote_target_tests::wire::{HELLO, Remote};

/// Files that do not run there, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[];

/// The emulator's standard input and output: the board's line.
struct Line {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Line {
    /// Starts the firmware and waits until it says hello.
    fn start(firmware: &str) -> io::Result<Self> {
        let mut child = Command::new("qemu-system-arm")
            .args(["-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "stdio"])
            .args(["-kernel", firmware])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ErrorKind::BrokenPipe.into());
        };
        let mut line = Self { child, to, from: BufReader::new(from) };
        let mut seen = Vec::new();
        while !seen.ends_with(HELLO) {
            let mut byte = [0];
            line.from.read_exact(&mut byte)?;
            seen.push(byte[0]);
        }
        Ok(line)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl embedded_io::ErrorType for Line {
    type Error = embedded_io::ErrorKind;
}

impl embedded_io::Read for Line {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, embedded_io::ErrorKind> {
        self.from.read(buf).map_err(|_| embedded_io::ErrorKind::Other)
    }
}

impl embedded_io::Write for Line {
    fn write(&mut self, buf: &[u8]) -> Result<usize, embedded_io::ErrorKind> {
        self.to.write(buf).map_err(|_| embedded_io::ErrorKind::Other)
    }

    fn flush(&mut self) -> Result<(), embedded_io::ErrorKind> {
        self.to.flush().map_err(|_| embedded_io::ErrorKind::Other)
    }
}

fn main() -> ExitCode {
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    let Ok(firmware) = std::env::var("WASMOTE_TARGET") else {
        eprintln!("WASMOTE_TARGET does not name the firmware");
        return ExitCode::FAILURE;
    };
    let (start, mut sum, mut count) = (Instant::now(), Tally::default(), 0);
    for file in suite::files() {
        let name = format!("{}/{}", file.parent, file.name);
        let planned = matches!(suite::plan(&file.parent, &file.name), Some(Plan::Run | Plan::Except(..)));
        if !planned || !name.contains(&filter) {
            continue;
        }
        if let Some((_, why)) = LEFT_OUT.iter().find(|(left_out, _)| *left_out == name) {
            println!("{name}: left out: {why}");
            continue;
        }
        count += 1;
        let mut line = match Line::start(&firmware) {
            Ok(line) => line,
            Err(error) => {
                eprintln!("the firmware does not start in QEMU: {error}");
                return ExitCode::FAILURE;
            }
        };
        sum.add(suite::run_on(&file, "on the target", || Remote::new(&mut line)));
    }
    let Tally { passed, reasons, failed, skipped, notes, .. } = &sum;
    notes.iter().for_each(|note| println!("{note}"));
    println!(
        "{count} files on the target: {passed} passed, {reasons} for another reason, {failed} failed, {skipped} \
         skipped, in {} s",
        start.elapsed().as_secs()
    );
    if count > 0 && *failed == 0 && *reasons == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
