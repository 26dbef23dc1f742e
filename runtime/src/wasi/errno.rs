//! The error numbers that are given, as WASI preview 1 (`typenames.witx`) numbers them.

/// The call did what it was to do.
pub(super) const SUCCESS: u32 = 0;
/// The descriptor is none, or not for that.
pub(super) const BADF: u32 = 8;
/// An argument is not valid.
pub(super) const INVAL: u32 = 28;
/// What is asked for is not supported.
pub(super) const NOTSUP: u32 = 58;
/// The descriptor cannot be sought in.
pub(super) const SPIPE: u32 = 70;
