//! Console bytes on their way in: frames are set apart, keys wait in the queue.

use super::demux::Demux;
use super::keys::{CTRL_C, Keys};
use super::queue::Queue;
use crate::board::{self, Board};
use crate::console::Console;
use crate::limits::READ_CHUNK;

/// What a look at the console brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pumped {
    /// Bytes were taken; there may be keys now.
    Bytes,
    /// A frame is whole.
    Frame,
    /// Ctrl-C came while [`Ctrl::Interrupts`]. What was typed before it is forgotten, as terminals do.
    Interrupt,
    /// Nothing came.
    Timeout,
    /// The queue is full and the console was left alone.
    Full,
    /// The peer is gone.
    Eof,
}

/// What Ctrl-C does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ctrl {
    /// It waits in the queue like any key.
    IsKey,
    /// It is told at once.
    Interrupts,
}

/// The way in.
pub(crate) struct Input {
    demux: Demux,
    pub(crate) keys: Keys,
    /// Keys that nobody took yet.
    pub(crate) queue: Queue,
    chunk: [u8; READ_CHUNK],
    next: usize,
    len: usize,
    /// When the newest bytes came, milliseconds of the board's clock.
    last_ms: u32,
    eof: bool,
}

impl Input {
    pub(crate) const fn new() -> Self {
        Self {
            demux: Demux::new(),
            keys: Keys::new(),
            queue: Queue::new(),
            chunk: [0; READ_CHUNK],
            next: 0,
            len: 0,
            last_ms: 0,
            eof: false,
        }
    }

    /// The frame of the last [`Pumped::Frame`], without its newline.
    pub(crate) fn frame(&self) -> &[u8] {
        self.demux.frame()
    }

    /// Whether nothing has come behind the key that was taken last.
    pub(crate) fn is_quiet(&self) -> bool {
        self.queue.is_empty() && self.demux.is_idle()
    }

    /// Forgets that the peer was gone: it may come back.
    pub(crate) fn reopen(&mut self) {
        self.eof = false;
    }

    /// Takes what the console has, waiting at most `timeout_ms` milliseconds.
    pub(crate) fn pump<B: Board>(&mut self, console: &mut Console<B>, timeout_ms: u32, ctrl: Ctrl) -> Pumped {
        if self.next >= self.len
            && let Some(pumped) = self.fill(console, timeout_ms, ctrl)
        {
            return pumped;
        }
        while self.next < self.len
            && let Some(&byte) = self.chunk.get(self.next)
        {
            self.next = self.next.wrapping_add(1);
            let Self { demux, keys, queue, .. } = self;
            let mut interrupted = false;
            if demux.push(byte, |byte| interrupted |= typed(keys, queue, byte, ctrl)) {
                return Pumped::Frame;
            }
            if interrupted {
                return Pumped::Interrupt;
            }
        }
        Pumped::Bytes
    }

    /// Reads a chunk; an answer means that there is none.
    fn fill<B: Board>(&mut self, console: &mut Console<B>, timeout_ms: u32, ctrl: Ctrl) -> Option<Pumped> {
        if self.eof {
            return Some(Pumped::Eof);
        }
        if !self.queue.has_room() {
            return Some(Pumped::Full);
        }
        let left = |input: &Self, now: u32| {
            let silent = now.wrapping_sub(input.last_ms);
            input.demux.patience().map(|patience| patience.saturating_sub(silent))
        };
        let now = console.board().millis() as u32;
        let wait = left(self, now).map_or(timeout_ms, |left| left.min(timeout_ms));
        let came = console.read(&mut self.chunk, wait);
        let now = console.board().millis() as u32;
        match came {
            board::Input::Bytes(n) => {
                (self.next, self.len, self.last_ms) = (0, n.min(READ_CHUNK), now);
                None
            }
            board::Input::Timeout if left(self, now) != Some(0) => Some(Pumped::Timeout),
            board::Input::Timeout | board::Input::Eof => {
                self.eof = came == board::Input::Eof;
                let interrupted = self
                    .demux
                    .expire()
                    .is_some_and(|byte| typed(&mut self.keys, &mut self.queue, byte, ctrl));
                Some(if interrupted { Pumped::Interrupt } else { Pumped::Bytes })
            }
        }
    }
}

/// Takes a byte that is not a frame's; `true` says that it interrupts.
fn typed(keys: &mut Keys, queue: &mut Queue, byte: u8, ctrl: Ctrl) -> bool {
    let Some(key) = keys.push(byte) else { return false };
    let interrupts = ctrl == Ctrl::Interrupts && key.first() == CTRL_C;
    if interrupts {
        queue.clear();
    } else {
        queue.push(key);
    }
    interrupts
}
