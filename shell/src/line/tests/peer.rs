//! A board whose console is played by a script, and by a terminal that may answer.

use std::collections::VecDeque;
use std::vec::Vec;

use super::terminal::Terminal;
use crate::board::{Board, HeapStats, Input, StackStats};

/// What the person or program at the other end does next.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Sends bytes at once.
    Send(Vec<u8>),
    /// Does nothing for so many milliseconds.
    Wait(u64),
}

/// The peer; after its last step it is gone.
pub(super) struct Peer {
    steps: VecDeque<Step>,
    now_us: u64,
    /// What the terminal answers queries with, and what it shows; without one the peer is mute.
    pub(super) terminal: Option<Terminal>,
    /// How long an answer takes, milliseconds.
    pub(super) latency_ms: u64,
    pub(super) is_terminal: bool,
    /// Everything written.
    pub(super) written: Vec<u8>,
    pub(super) taken: usize,
}

impl Peer {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            now_us: 0,
            terminal: None,
            latency_ms: 0,
            is_terminal: true,
            written: Vec::new(),
            taken: 0,
        }
    }

    pub(super) fn with_terminal(mut self, columns: usize) -> Self {
        self.terminal = Some(Terminal::new(10, columns));
        self
    }

    pub(super) fn script(mut self) -> Self {
        self.is_terminal = false;
        self
    }

    /// Whether it has done its last step.
    pub(super) fn is_over(&self) -> bool {
        self.steps.is_empty()
    }

    /// Puts an answer behind what was sent before the query.
    fn answer(&mut self, bytes: Vec<u8>) {
        let at = self.steps.iter().position(|step| matches!(step, Step::Wait(_))).unwrap_or(self.steps.len());
        self.steps.insert(at, Step::Send(bytes));
        if self.latency_ms > 0 {
            self.steps.insert(at, Step::Wait(self.latency_ms));
        }
    }
}

impl Board for Peer {
    fn name(&self) -> &'static str {
        "peer"
    }

    fn version(&self) -> &'static str {
        "0"
    }

    fn console_read(&mut self, buf: &mut [u8], timeout_ms: u32) -> Input {
        let mut left = u64::from(timeout_ms);
        loop {
            match self.steps.front_mut() {
                None => return Input::Eof,
                Some(Step::Send(bytes)) if bytes.is_empty() => drop(self.steps.pop_front()),
                Some(Step::Send(bytes)) => {
                    let n = bytes.len().min(buf.len());
                    for (to, from) in buf.iter_mut().zip(bytes.drain(..n)) {
                        *to = from;
                    }
                    self.taken += n;
                    return Input::Bytes(n);
                }
                Some(Step::Wait(ms)) if *ms > left => {
                    *ms -= left;
                    self.now_us += left * 1000;
                    return Input::Timeout;
                }
                Some(Step::Wait(ms)) => {
                    self.now_us += *ms * 1000;
                    left -= *ms;
                    self.steps.pop_front();
                }
            }
        }
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
        let answers = self.terminal.as_mut().map(|terminal| terminal.write(bytes)).unwrap_or_default();
        if !answers.is_empty() {
            self.answer(answers);
        }
    }

    fn console_is_terminal(&self) -> bool {
        self.is_terminal
    }

    fn micros(&self) -> u64 {
        self.now_us
    }

    fn heap(&self) -> HeapStats {
        HeapStats::default()
    }

    fn stack(&self) -> Option<StackStats> {
        None
    }

    fn reset(&mut self) {}
}
