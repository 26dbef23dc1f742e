//! What WASI asks of the shell for a guest.

use wasmote_runtime::HostError;
use wasmote_runtime::wasi::{WasiHost, WasiState};

use super::{Guest, Question};
use crate::board::Board;
use crate::limits::GUEST_OUTPUT;
use crate::random::Random;

impl WasiHost for Guest {
    fn wasi(&mut self) -> &mut WasiState {
        &mut self.wasi
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, HostError> {
        self.ask(Question::Input(buf.len().min(GUEST_OUTPUT)))?;
        Ok(self.take_bytes(buf))
    }

    fn random(&mut self, buf: &mut [u8]) -> Result<(), HostError> {
        self.ask(Question::Random(buf.len().min(GUEST_OUTPUT)))?;
        self.take_bytes(buf);
        Ok(())
    }

    fn unix_micros(&mut self) -> Result<u64, HostError> {
        self.ask(Question::Calendar)
    }

    fn sleep(&mut self, nanos: u64) -> Result<(), HostError> {
        // A millisecond that is begun is slept through, and one more, because the shell's clock, which has whole ones,
        // may show the next at once.
        let ms = u32::try_from(nanos.saturating_sub(1) / 1_000_000).unwrap_or(u32::MAX);
        self.sleep(ms.saturating_add(2))
    }
}

impl Guest {
    /// Takes the bytes of an answer, which fit, and gives how many.
    fn take_bytes(&mut self, buf: &mut [u8]) -> usize {
        let count = self.output.len().min(buf.len());
        for (place, &byte) in buf.iter_mut().zip(&self.output) {
            *place = byte;
        }
        self.output.clear();
        count
    }

    /// Answers with bytes, at most as many as were asked for.
    pub(crate) fn answer_bytes(&mut self, bytes: &[u8]) {
        self.output.clear();
        // No more than the buffer holds are asked for.
        let _ = self.output.extend_from_slice(bytes);
        self.answer(0);
    }

    /// Answers with random bytes of the board, or else of the generator.
    pub(crate) fn answer_random<B: Board>(&mut self, count: usize, board: &mut B, generator: &mut Random) {
        let mut bytes = [0; GUEST_OUTPUT];
        let bytes = bytes.get_mut(..count).unwrap_or_default();
        if !board.entropy(bytes) {
            generator.fill(board.micros(), bytes);
        }
        self.answer_bytes(bytes);
    }
}
