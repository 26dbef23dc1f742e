//! Reasons of refusals and traps, compared with the suite's words.

/// Pairs of a reason of the suite's and one of the runtime's that is right for the same module, with why they
/// differ.
const EQUIVALENT: &[(&str, &str, &str)] = &[
    // The reference decoder reads over the end of a section or function and reports what it finds behind it;
    // the runtime stops at the end.
    ("END opcode expected", "unexpected end", "stops at the function's end"),
    ("illegal opcode", "unexpected end", "stops at the function's end"),
    ("section size mismatch", "unexpected end", "stops at the function's end"),
    ("unexpected end of section or function", "unexpected end", "the same in fewer words"),
    ("unexpected end of section or function", "length out of bounds", "a count is held against what is left"),
    ("length out of bounds", "unexpected end", "what is cut short is found where it ends"),
    ("integer representation too long", "unexpected end", "the section ends within the integer"),
    ("integer representation too long", "malformed function type", "a type's form is one byte"),
    ("integer representation too long", "malformed limits flags", "flags are one byte"),
    ("integer too large", "malformed limits flags", "flags are one byte"),
    ("illegal opcode ff", "illegal opcode", "the byte is at the error's offset"),
    // The order of checks.
    (
        "unexpected content after last section",
        "function and code section have inconsistent lengths",
        "counts are compared before the next section is read",
    ),
    // Text that the parser lets through, and that the binary format has no such reason for.
    ("i32 constant", "integer too large", "a limit or an offset that is too large in text"),
    ("memory size must be at most", "integer too large", "a limit that is too large in text"),
    ("multiple start sections", "unexpected content after last section", "two sections in the binary"),
    // Named refusals of what later proposals gave a meaning.
    ("integer too large", "threads", "limits flag 2 is shared memory"),
    ("malformed import kind", "exception handling", "import kind 4 is a tag"),
    ("malformed memop flags", "multiple memories", "memory argument flag 6 is a memory index"),
];

/// How a reason compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It begins with the suite's text, as the reference interpreter's must. A number at that text's end
    /// (`unknown global 1`) is left out.
    Same,
    /// It stands in the list of equivalent reasons.
    Equivalent,
    /// It is another one.
    Other,
}

/// Compares the suite's reason with ours.
pub fn compare(suite: &str, ours: &str) -> Comparison {
    let bare = suite.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    if ours.starts_with(suite) || ours.starts_with(bare) {
        return Comparison::Same;
    }
    let equivalent = EQUIVALENT.iter().any(|(theirs, mine, _)| suite.starts_with(theirs) && ours == *mine);
    if equivalent { Comparison::Equivalent } else { Comparison::Other }
}
