//! Reasons of refusals and traps, compared with the suite's words.

/// Whether the runtime's reason is the one that the suite names: it begins with the suite's text, as the
/// reference interpreter's must, where a number at the suite's end is left out (`unknown global 1`).
pub fn same_reason(suite: &str, ours: &str) -> bool {
    let bare = suite.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    ours.starts_with(suite) || ours.starts_with(bare)
}
