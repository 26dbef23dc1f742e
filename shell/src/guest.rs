//! What host functions work with: the C library, and those that a board adds.
//!
//! A board's functions are a table in flash, which [`Board::functions`] gives:
//!
//! ```
//! use wasmote_runtime::{Caller, HostTable, host_funcs};
//! use wasmote_shell::guest::Guest;
//!
//! static FUNCTIONS: HostTable<Guest> = host_funcs! {
//!     "env";
//!     "led_set" = |on: i32| { /* write a register */ };
//!     "sleep_ms" = |caller: &mut Caller<'_, Guest>, ms: u32| caller.data_mut().sleep(ms);
//! };
//! ```

#[cfg(feature = "wasi")]
mod wasi;

use wasmote_runtime::libc::{self, LibcHost, LibcState};
#[cfg(feature = "wasi")]
use wasmote_runtime::wasi::WasiState;
use wasmote_runtime::{Engine, HostError, Linker, Result};

use crate::board::Board;
use crate::limits::GUEST_OUTPUT;

/// A guest, as the host functions that it calls see it.
///
/// A host function that needs the shell to wait or to look asks for it and suspends; it is called again when the answer
/// is there. So it may ask for one thing in a call.
pub struct Guest {
    libc: LibcState,
    #[cfg(feature = "wasi")]
    wasi: WasiState,
    /// What it printed and nobody has taken yet. When it is full, the guest waits. An answer of bytes is here too: the
    /// output was taken by then.
    pub(crate) output: heapless::Vec<u8, GUEST_OUTPUT>,
    exchange: Exchange,
}

/// What a guest may ask of the shell.
#[derive(Clone, Copy)]
pub(crate) enum Question {
    /// To sleep for so many milliseconds.
    Sleep(u32),
    /// To sleep since the board's clock showed this, for so long, milliseconds.
    SleepSince(u32, u32),
    /// What the board's clock shows, microseconds.
    Clock,
    /// What the board's calendar shows, microseconds.
    #[cfg(feature = "wasi")]
    Calendar,
    /// So many bytes of console input at most.
    #[cfg(feature = "wasi")]
    Input(usize),
    /// So many random bytes.
    #[cfg(feature = "wasi")]
    Random(usize),
}

/// A question and its answer.
#[derive(Clone, Copy)]
enum Exchange {
    Nothing,
    Asked(Question),
    /// The guest does not know the answer yet.
    Answered(u64),
}

impl Guest {
    /// A guest whose `malloc` has `heap` bytes.
    pub(crate) fn new(heap: u32) -> Self {
        Self {
            libc: LibcState::with_heap(heap),
            #[cfg(feature = "wasi")]
            wasi: WasiState::default(),
            output: heapless::Vec::new(),
            exchange: Exchange::Nothing,
        }
    }

    /// Gives a program that begins its name and arguments.
    ///
    /// # Errors
    /// `OutOfMemory`.
    #[cfg_attr(not(feature = "wasi"), expect(unused_variables, clippy::unnecessary_wraps))]
    pub(crate) fn begin<'w>(&mut self, words: impl Iterator<Item = &'w str> + Clone) -> Result<()> {
        #[cfg(feature = "wasi")]
        {
            self.wasi = WasiState::new(words)?;
        }
        Ok(())
    }

    /// Takes them back when the program has ended, and their heap.
    pub(crate) fn end(&mut self) {
        #[cfg(feature = "wasi")]
        {
            self.wasi = WasiState::default();
        }
    }

    /// Suspends the guest for some milliseconds; the line is served meanwhile, and Ctrl-C ends the call.
    ///
    /// # Errors
    /// `Suspend` until the time is over: the host function, which is then called again, passes it on.
    pub fn sleep(&mut self, ms: u32) -> Result<(), HostError> {
        self.ask(Question::Sleep(ms)).map(drop)
    }

    /// Prints a text whole, as the guest's own output.
    ///
    /// # Errors
    /// `Suspend` when there is no room for it now, as for [`Guest::sleep`]; a text that is longer than
    /// [`GUEST_OUTPUT`] bytes is cut.
    pub fn print(&mut self, text: &str) -> Result<(), HostError> {
        let bytes = text.as_bytes().get(..GUEST_OUTPUT).unwrap_or(text.as_bytes());
        self.output.extend_from_slice(bytes).map_err(|_| HostError::Suspend)
    }

    /// Asks, or takes the answer to what was asked before.
    fn ask(&mut self, question: Question) -> Result<u64, HostError> {
        match self.exchange {
            Exchange::Answered(answer) => {
                self.exchange = Exchange::Nothing;
                Ok(answer)
            }
            Exchange::Nothing => {
                self.exchange = Exchange::Asked(question);
                Err(HostError::Suspend)
            }
            Exchange::Asked(_) => Err(HostError::Suspend),
        }
    }

    /// What the guest asks.
    pub(crate) fn asked(&self) -> Option<Question> {
        match self.exchange {
            Exchange::Asked(question) => Some(question),
            Exchange::Nothing | Exchange::Answered(_) => None,
        }
    }

    /// Answers what the guest asks.
    pub(crate) fn answer(&mut self, answer: u64) {
        self.exchange = Exchange::Answered(answer);
    }

    /// The milliseconds that the guest is still to sleep, when the board's clock shows `now`, of which the higher bits may
    /// be missing.
    pub(crate) fn sleeps(&mut self, now: u32) -> u32 {
        let (begin, ms) = match self.asked() {
            Some(Question::Sleep(ms)) => (now, ms),
            Some(Question::SleepSince(begin, ms)) => (begin, ms),
            _ => return 0,
        };
        let left = ms.saturating_sub(now.wrapping_sub(begin));
        let asleep = Exchange::Asked(Question::SleepSince(begin, ms));
        self.exchange = if left == 0 { Exchange::Answered(0) } else { asleep };
        left
    }

    /// Forgets what a call that was given up has printed and asked.
    pub(crate) fn forget_call(&mut self) {
        self.output.clear();
        self.libc.reset_output();
        #[cfg(feature = "wasi")]
        self.wasi.forget_call();
        self.exchange = Exchange::Nothing;
    }
}

/// A linker with all that modules may import on a board.
///
/// # Errors
/// `OutOfMemory`.
pub(crate) fn linker<B: Board>(engine: &Engine) -> Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    linker.functions(libc::functions())?.functions(B::functions())?;
    #[cfg(feature = "wasi")]
    linker.functions(wasmote_runtime::wasi::functions())?;
    Ok(linker)
}

impl LibcHost for Guest {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.libc
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        let room = self.output.capacity().saturating_sub(self.output.len());
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        // `taken` fits.
        let _ = self.output.extend_from_slice(taken);
        taken.len()
    }

    fn micros(&mut self) -> core::result::Result<u64, HostError> {
        self.ask(Question::Clock)
    }
}
