//! Running guest code in slices of fuel, so that the line stays alive.

use embedded_storage::nor_flash::NorFlash;
use wasmote_fs::Name;
use wasmote_runtime::{CallStatus, Error as RuntimeError, Func, Store, Trap, Val};

use crate::answer::Outcome;
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

/// What a call may use, and what it has used.
pub(crate) struct Meter {
    /// The most fuel, or [`UNLIMITED`].
    pub(crate) fuel: u64,
    /// The most milliseconds, or [`UNLIMITED`].
    pub(crate) time_ms: u64,
    pub(crate) used_fuel: u64,
    pub(crate) used_micros: u64,
}

impl Meter {
    /// A call that has used nothing yet, and may take as long as it wants.
    pub(crate) const fn new(fuel: u64) -> Self {
        Self { fuel, time_ms: UNLIMITED, used_fuel: 0, used_micros: 0 }
    }
}

/// How a call ended well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It returned.
    Returned,
    /// The guest ended itself with status 0.
    Exited,
}

impl<B: Board, F: NorFlash> Context<'_, '_, '_, B, F> {
    /// Calls a function of a module's instance with its arguments, or goes on with what is suspended in the store, and
    /// runs it to its end; says why it failed.
    ///
    /// Between slices its output is printed, management frames are served, and Ctrl-C is looked for. Whatever
    /// the end, nothing stays suspended in the store.
    pub(crate) fn drive(
        &mut self,
        module: &Name,
        store: &mut Store<Guest>,
        meter: &mut Meter,
        mut call: Option<(Func, &[Val])>,
        results: &mut [Val],
    ) -> Outcome<Ended> {
        #[cfg(feature = "wasi")]
        if self.has_input() {
            self.session.line.forget_read();
        }
        let started = self.session.console.board().micros();
        let outcome = loop {
            // No slice uses more than is left.
            let slice = meter.fuel.wrapping_sub(meter.used_fuel).min(SLICE_FUEL);
            store.set_fuel(slice);
            let status = match call.take() {
                Some((func, args)) => func.call_resumable(&mut *store, args, results),
                None => store.resume(results),
            };
            meter.used_fuel = meter.used_fuel.wrapping_add(slice.wrapping_sub(store.fuel()));
            self.drain(store);
            match status {
                Ok(CallStatus::Finished) => break Ok(Ended::Returned),
                Ok(CallStatus::OutOfFuel) if meter.used_fuel >= meter.fuel => {
                    break Err(Error::FuelLimit(meter.used_fuel));
                }
                // A host function waits for room in its output, which is empty now, or for an answer.
                Ok(CallStatus::OutOfFuel | CallStatus::Waiting) => {}
                // It has done what it was to do.
                Err(RuntimeError::Trap(Trap::Exit(0))) => break Ok(Ended::Exited),
                Err(error) => break Err(Error::Runtime(error)),
            }
            self.session.autostart_may_be_steady();
            if self.serve(store.data_mut()) {
                self.session.interrupted = true;
                break Err(Error::Interrupted);
            }
            let elapsed = self.session.console.board().micros().wrapping_sub(started);
            // What is unlimited stays beyond what clocks show.
            if elapsed >= meter.time_ms.wrapping_mul(1000) {
                break Err(Error::TimeLimit(meter.time_ms));
            }
        };
        meter.used_micros = self.session.console.board().micros().wrapping_sub(started);
        // What the shell says stands in lines of its own.
        if core::mem::take(&mut self.midline) {
            self.out().text("\n");
        }
        if outcome != Ok(Ended::Returned) {
            store.cancel();
            store.data_mut().forget_call();
        }
        outcome.map_err(|error| self.stopped(&error, module, store))
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
