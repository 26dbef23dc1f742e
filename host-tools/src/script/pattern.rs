//! What an expected line says about a printed one: literal text with wildcards.
//!
//! `{num}` is a number, `{hex}` hexadecimal digits in lower case, `{word}` a run without blanks, `{any}` anything,
//! also nothing. `{num:before}` keeps what it matched, and `{before}` in a later line must be the same text.
//! A run of blanks matches any run of blanks, so that column widths are not part of the contract. A brace that does
//! not start one of these is itself, so JSON needs no escaping.

use std::collections::BTreeMap;

/// What the captures of earlier lines matched, by name.
pub type Captures = BTreeMap<String, String>;

/// One expected line.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Blanks,
    Wild(Kind, Option<String>),
    Recall(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Num,
    Hex,
    Word,
    Any,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "num" => Self::Num,
            "hex" => Self::Hex,
            "word" => Self::Word,
            "any" => Self::Any,
            _ => return None,
        })
    }

    fn accepts(self, text: &str) -> bool {
        match self {
            Self::Num => text.parse::<f64>().is_ok() && text.ends_with(|c: char| c.is_ascii_digit()),
            Self::Hex => !text.is_empty() && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')),
            Self::Word => !text.is_empty() && !text.contains(char::is_whitespace),
            Self::Any => true,
        }
    }
}

impl Pattern {
    /// Parses an expected line. `known` holds the names captured so far and takes those of this line.
    pub fn parse(text: &str, known: &mut Vec<String>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.trim_end();
        while let Some(first) = rest.chars().next() {
            if first == ' ' {
                rest = rest.trim_start_matches(' ');
                parts.push(Part::Blanks);
            } else if let Some((name, after)) = braced(rest) {
                parts.push(Self::wildcard(name, known)?);
                rest = after;
            } else {
                let end = rest
                    .char_indices()
                    .skip(1)
                    .find(|&(at, c)| c == ' ' || rest.get(at..).is_some_and(|tail| braced(tail).is_some()))
                    .map_or(rest.len(), |(at, _)| at);
                let (literal, after) = rest.split_at(end);
                parts.push(Part::Text(literal.to_owned()));
                rest = after;
            }
        }
        Ok(Self { text: text.trim_end().to_owned(), parts })
    }

    fn wildcard(name: &str, known: &mut Vec<String>) -> Result<Part, String> {
        let (kind, capture) = match name.split_once(':') {
            Some((kind, capture)) => (kind, Some(capture)),
            None => (name, None),
        };
        match (Kind::named(kind), capture) {
            (Some(_), Some(capture)) if Kind::named(capture).is_some() => {
                Err(format!("`{{{name}}}` captures under the name of a wildcard"))
            }
            (Some(kind), capture) => {
                known.extend(capture.map(str::to_owned));
                Ok(Part::Wild(kind, capture.map(str::to_owned)))
            }
            (None, None) if known.iter().any(|k| k == name) => Ok(Part::Recall(name.to_owned())),
            _ => Err(format!("`{{{name}}}` is neither a wildcard (num, hex, word, any) nor captured before")),
        }
    }

    /// The line as the script has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the printed line is as expected; when it is, its captures join `captures`.
    pub fn matches(&self, line: &str, captures: &mut Captures) -> bool {
        let mut found = captures.clone();
        let matched = match_parts(&self.parts, line.trim_end(), &mut found);
        if matched {
            *captures = found;
        }
        matched
    }
}

/// Splits `{name}tail` or `{kind:name}tail`.
fn braced(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | ':');
    (name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(plain)).then_some((name, after))
}

fn match_parts(parts: &[Part], line: &str, captures: &mut Captures) -> bool {
    let Some((part, rest)) = parts.split_first() else { return line.is_empty() };
    match part {
        Part::Text(text) => {
            line.strip_prefix(text.as_str()).is_some_and(|tail| match_parts(rest, tail, captures))
        }
        Part::Blanks => {
            let tail = line.trim_start_matches(' ');
            tail.len() < line.len() && match_parts(rest, tail, captures)
        }
        Part::Recall(name) => {
            let text = captures.get(name).cloned();
            text.and_then(|text| line.strip_prefix(text.as_str()))
                .is_some_and(|tail| match_parts(rest, tail, captures))
        }
        Part::Wild(kind, capture) => {
            // The longest match is tried first, then shorter ones.
            let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect::<Vec<_>>();
            ends.into_iter().rev().any(|end| {
                let (taken, tail) = line.split_at(end);
                if !kind.accepts(taken) || !match_parts(rest, tail, captures) {
                    return false;
                }
                if let Some(name) = capture {
                    captures.insert(name.clone(), taken.to_owned());
                }
                true
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(pattern: &str, line: &str, expected: bool) {
        let pattern = Pattern::parse(pattern, &mut Vec::new()).unwrap();
        assert_eq!(pattern.matches(line, &mut Captures::new()), expected, "{pattern:?} on {line:?}");
    }

    #[test]
    fn wildcards_match_what_they_name() {
        for (pattern, line, expected) in [
            ("", "", true),
            ("", "x", false),
            ("plain text", "plain text", true),
            ("plain text", "plain  text   ", true),
            ("plain text", "plaintext", false),
            ("plain text", "plain text!", false),
            ("{num} B", "1184 B", true),
            ("{num} B", "-1.5 B", true),
            ("{num} B", " B", false),
            ("{num} B", "inf B", false),
            ("x{hex}...", "x3f9a...", true),
            ("x{hex}...", "x3F9A...", false),
            ("{word}!", "a b!", false),
            ("{any}: {num}", "a: b: 5", true),
            ("fuel {num}, {any}", "fuel 14, 0.1 ms", true),
            ("{\"status\":{num}}", "{\"status\":0}", true),
            ("{}", "{}", true),
        ] {
            check(pattern, line, expected);
        }
    }

    #[test]
    fn captures_hold_later_lines_to_the_same_text() {
        let mut known = Vec::new();
        let mut captures = Captures::new();
        let first = Pattern::parse("heap {num:before} -> {num} B", &mut known).unwrap();
        let second = Pattern::parse("heap {num} -> {before} B", &mut known).unwrap();
        assert!(first.matches("heap 61240 -> 58904 B", &mut captures));
        assert!(second.matches("heap 58904 -> 61240 B", &mut captures));
        assert!(!second.matches("heap 58904 -> 61232 B", &mut captures));
    }

    #[test]
    fn unknown_names_are_errors() {
        for text in ["{after}", "{what:ever}", "{num:any}"] {
            assert!(Pattern::parse(text, &mut Vec::new()).is_err(), "{text}");
        }
    }
}
