//! Running guest code in slices of fuel, so that the line stays alive.

use embedded_storage::nor_flash::NorFlash;
use wasmote_runtime::{CallStatus, Error as RuntimeError, Func, Store, Trap, Val};

use crate::board::Board;
use crate::context::Context;
use crate::error::Error;
use crate::guest::{Guest, Question};
use crate::limits::{IDLE_MS, SLICE_FUEL};
use crate::line::Activity;
#[cfg(feature = "wasi")]
use crate::line::Read;

/// As much fuel or time as it takes.
pub(crate) const UNLIMITED: u64 = u64::MAX;

/// What a call may use.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    /// Fuel, or [`UNLIMITED`].
    pub(crate) fuel: u64,
    /// Milliseconds, or [`UNLIMITED`].
    pub(crate) time_ms: u64,
}

/// What a call used.
#[derive(Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) fuel: u64,
    pub(crate) micros: u64,
}

/// Why a call ended without results.
pub(crate) enum Stopped {
    /// It failed: a trap above all.
    Runtime(RuntimeError),
    /// Ctrl-C.
    Interrupted,
    /// Its fuel is used up.
    Fuel(u64),
    /// Its time is over.
    Time(u64),
}

impl Stopped {
    /// The shell's error, which carries no backtrace.
    pub(crate) fn error(&self) -> Error<'static> {
        match *self {
            Self::Runtime(error) => Error::Runtime(error),
            Self::Interrupted => Error::Interrupted,
            Self::Fuel(limit) => Error::FuelLimit(limit),
            Self::Time(limit) => Error::TimeLimit(limit),
        }
    }

    /// Whether functions were running that are worth naming.
    pub(crate) fn is_trap(&self) -> bool {
        matches!(self, Self::Runtime(RuntimeError::Trap(trap)) if !matches!(trap, Trap::Exit(_)))
    }
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Calls a function with its arguments, or goes on with what is suspended in the store, and runs it to its end.
    ///
    /// Between slices its output is printed, management frames are served, and Ctrl-C is looked for. Whatever
    /// the end, nothing stays suspended in the store.
    pub(crate) fn drive(
        &mut self,
        store: &mut Store<Guest>,
        budget: Budget,
        mut call: Option<(Func, &[Val])>,
        results: &mut [Val],
    ) -> (Used, Result<(), Stopped>) {
        #[cfg(feature = "wasi")]
        if self.has_input() {
            self.session.line.forget_read();
        }
        let started = self.session.console.board().micros();
        let mut used = Used::default();
        let outcome = loop {
            let slice = budget.fuel.saturating_sub(used.fuel).min(SLICE_FUEL);
            store.set_fuel(slice);
            let status = match call.take() {
                Some((func, args)) => func.call_resumable(&mut *store, args, results),
                None => store.resume(results),
            };
            used.fuel = used.fuel.saturating_add(slice.wrapping_sub(store.fuel()));
            self.drain(store);
            match status {
                Ok(CallStatus::Finished) => break Ok(()),
                Ok(CallStatus::OutOfFuel) if used.fuel >= budget.fuel => {
                    break Err(Stopped::Fuel(used.fuel));
                }
                // A host function waits for room in its output, which is empty now, or for an answer.
                Ok(CallStatus::OutOfFuel | CallStatus::Waiting) => {}
                Err(error) => break Err(Stopped::Runtime(error)),
            }
            self.session.autostart_may_be_steady();
            if self.serve(store.data_mut()) {
                self.session.interrupted = true;
                break Err(Stopped::Interrupted);
            }
            let elapsed = self.session.console.board().micros().wrapping_sub(started);
            if elapsed >= budget.time_ms.saturating_mul(1000) {
                break Err(Stopped::Time(budget.time_ms));
            }
        };
        used.micros = self.session.console.board().micros().wrapping_sub(started);
        // What the shell says stands in lines of its own.
        if core::mem::take(&mut self.midline) {
            self.out().text("\n");
        }
        if outcome.is_err() {
            store.cancel();
            store.data_mut().forget_call();
        }
        (used, outcome)
    }

    /// Prints what a guest has printed.
    fn drain(&mut self, store: &mut Store<Guest>) {
        let output = &mut store.data_mut().output;
        if !output.is_empty() {
            self.guest_output(output);
            output.clear();
        }
    }

    /// Serves the line while a guest runs or waits, and answers what it asks; whether Ctrl-C came.
    // In a frame of its own, which is gone while the guest runs.
    #[inline(never)]
    fn serve(&mut self, guest: &mut Guest) -> bool {
        let sleeps = guest.sleeps(self.session.console.board().millis() as u32);
        let activity = match guest.asked() {
            #[cfg(feature = "wasi")]
            Some(Question::Input(most)) => self.input(guest, most),
            _ => self.session.line.wait(&mut self.session.console, sleeps.min(IDLE_MS)),
        };
        let session = &mut *self.session;
        let interrupted = match activity {
            Activity::Idle => false,
            Activity::Interrupt => true,
            Activity::Frame => {
                session.frame();
                session.resetting
            }
        };
        // Last, so that the time is that at which the guest goes on.
        let board = session.console.board_mut();
        match guest.asked() {
            Some(Question::Clock) => guest.answer(board.micros()),
            #[cfg(feature = "wasi")]
            Some(Question::Calendar) => {
                guest.answer(board.unix_micros().unwrap_or_else(|| board.micros()));
            }
            #[cfg(feature = "wasi")]
            Some(Question::Random(count)) => guest.answer_random(count, board, &mut session.random),
            _ => {}
        }
        interrupted
    }

    /// Answers a guest that reads the console, or serves the line until there is an answer. A command that a program
    /// reads, in JSON or as a management response, has no input.
    #[cfg(feature = "wasi")]
    fn input(&mut self, guest: &mut Guest, most: usize) -> Activity {
        let has_input = self.has_input();
        let session = &mut *self.session;
        if !has_input {
            guest.answer_bytes(&[]);
            // It may read again and again.
            return session.line.wait(&mut session.console, 0);
        }
        let terminal = session.console.board().console_is_terminal();
        match session.line.read(&mut session.console, IDLE_MS, most) {
            Read::Text(text) => {
                // The newline that ended it was shown.
                self.midline &= !terminal || text.is_empty();
                guest.answer_bytes(text);
                Activity::Idle
            }
            Read::Nothing(activity) => {
                self.midline &= !matches!(activity, Activity::Interrupt);
                activity
            }
        }
    }
}
