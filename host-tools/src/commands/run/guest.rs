//! What host functions work with: this computer's streams, clocks and random bytes, none of which a guest waits for.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wasmote_runtime::libc::{LibcHost, LibcState};
use wasmote_runtime::wasi::{WasiHost, WasiState};
use wasmote_runtime::{HostError, Trap};

/// Bytes of `malloc`'s heap: what a module can want on any board.
const HEAP: u32 = 1 << 20;

/// A guest of the host tool.
pub(super) struct Guest {
    libc: LibcState,
    /// The program and its arguments.
    pub(super) wasi: WasiState,
}

impl Default for Guest {
    fn default() -> Self {
        Self { libc: LibcState::with_heap(HEAP), wasi: WasiState::default() }
    }
}

impl LibcHost for Guest {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.libc
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        // Output that nobody reads is lost, as on a serial line.
        let _ = std::io::stdout().write_all(bytes);
        bytes.len()
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        Ok(micros(START.elapsed()))
    }
}

impl WasiHost for Guest {
    fn wasi(&mut self) -> &mut WasiState {
        &mut self.wasi
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, HostError> {
        // What the program has printed so far may ask for the input.
        let _ = std::io::stdout().flush();
        std::io::stdin().read(buf).map_err(|_| HostError::Trap(Trap::Host(&"the input cannot be read")))
    }

    fn random(&mut self, buf: &mut [u8]) -> Result<(), HostError> {
        let filled = File::open("/dev/urandom").and_then(|mut file| file.read_exact(buf));
        filled.map_err(|_| HostError::Trap(Trap::Host(&"this computer has no /dev/urandom")))
    }

    fn unix_micros(&mut self) -> Result<u64, HostError> {
        Ok(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros))
    }

    fn sleep(&mut self, nanos: u64) -> Result<(), HostError> {
        let _ = std::io::stdout().flush();
        thread::sleep(Duration::from_nanos(nanos));
        Ok(())
    }
}

/// A duration in microseconds.
fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
