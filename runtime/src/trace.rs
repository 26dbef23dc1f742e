//! Backtraces: which functions were running when a call trapped.

/// Frames that a backtrace holds; outer ones beyond it are left out.
pub(crate) const MAX_FRAMES: usize = 16;

/// A function that was running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The index of its instance in the store.
    pub instance: u32,
    /// Its index in the module, imported functions counted.
    pub func: u32,
    /// Where in its internal code, in units of 2 bytes.
    pub offset: u32,
}

/// The functions that were running, innermost first.
#[derive(Default)]
pub(crate) struct Trace {
    frames: [Frame; MAX_FRAMES],
    /// The frames that were met: one more than there are places where some are left out.
    len: usize,
}

impl Trace {
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    pub(crate) fn push(&mut self, frame: Frame) {
        if let Some(place) = self.frames.get_mut(self.len) {
            *place = frame;
        }
        self.len += 1;
    }

    /// Whether frames are left out.
    pub(crate) fn is_cut(&self) -> bool {
        self.len > MAX_FRAMES
    }

    pub(crate) fn frames(&self) -> &[Frame] {
        self.frames.get(..self.len).unwrap_or(&self.frames)
    }
}
