//! The output of an executed command: bounded text inside the response.

use core::convert::Infallible;

use crate::output::{Output as Text, Sink};

/// Room for the note that output was cut, in bytes.
const NOTE: usize = 40;

/// Takes the output of a command line. What does not fit is counted, and a last line tells how much is missing.
pub struct Output<'a> {
    buffer: &'a mut [u8],
    /// Bytes that commands may use: the rest is for the note.
    limit: usize,
    used: usize,
    lost: u32,
}

impl<'a> Output<'a> {
    /// Returns an empty output over `buffer`.
    pub fn new(buffer: &'a mut [u8]) -> Self {
        let limit = buffer.len().saturating_sub(NOTE);
        Self { buffer, limit, used: 0, lost: 0 }
    }

    /// Adds bytes. They should be UTF-8; each byte that is not becomes `?` in the end.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = self.buffer.get_mut(self.used..self.limit).unwrap_or_default();
        let (fit, rest) = bytes.split_at(bytes.len().min(room.len()));
        room.iter_mut().zip(fit).for_each(|(to, from)| *to = *from);
        self.used = self.used.saturating_add(fit.len());
        self.lost = self.lost.saturating_add(u32::try_from(rest.len()).unwrap_or(u32::MAX));
    }

    /// Whether something did not fit.
    pub(super) fn is_cut(&self) -> bool {
        self.lost > 0
    }

    /// Forgets what was written.
    pub(super) fn clear(&mut self) {
        (self.used, self.lost) = (0, 0);
    }

    /// Ends the output and returns its length, in bytes; they are UTF-8.
    pub fn finish(&mut self) -> usize {
        self.make_utf8();
        if self.lost > 0 {
            let lost = u64::from(self.lost);
            self.limit = self.buffer.len();
            let mut note = Text::new(self);
            note.text("\n[");
            note.number(lost);
            note.text(" more bytes do not fit]\n");
        }
        self.used
    }

    fn make_utf8(&mut self) {
        let mut at = 0usize;
        while let Some(rest) = self.buffer.get_mut(at..self.used) {
            let Err(error) = core::str::from_utf8(rest) else {
                return;
            };
            let bad = error.valid_up_to();
            at = at.saturating_add(bad);
            if error.error_len().is_none() && self.lost > 0 {
                // The cut went through a character.
                self.used = at;
                return;
            }
            if let Some(byte) = rest.get_mut(bad) {
                *byte = b'?';
            }
        }
    }
}

impl Sink for Output<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.push(bytes);
    }
}

impl embedded_io::ErrorType for Output<'_> {
    type Error = Infallible;
}

impl embedded_io::Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
