//! Character classes and case in the "C" locale. What is no ASCII character is in no class.

use crate::host::Failed;

use super::Env;

/// The answer of `class` about a character.
fn is(c: u32, class: fn(&u8) -> bool) -> Result<u32, Failed> {
    Ok(u32::from(u8::try_from(c).is_ok_and(|c| class(&c))))
}

pub(super) fn isupper(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, u8::is_ascii_uppercase)
}

pub(super) fn isalpha(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, u8::is_ascii_alphabetic)
}

pub(super) fn isspace(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, space)
}

pub(super) fn isgraph(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, u8::is_ascii_graphic)
}

pub(super) fn isprint(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, |&c| c == b' ' || c.is_ascii_graphic())
}

pub(super) fn isdigit(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, u8::is_ascii_digit)
}

pub(super) fn isxdigit(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, u8::is_ascii_hexdigit)
}

pub(super) fn isalnum(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    is(c, u8::is_ascii_alphanumeric)
}

pub(super) fn tolower(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    Ok(u8::try_from(c).map_or(c, |c| c.to_ascii_lowercase().into()))
}

pub(super) fn toupper(_: &mut impl Env, c: u32) -> Result<u32, Failed> {
    Ok(u8::try_from(c).map_or(c, |c| c.to_ascii_uppercase().into()))
}

/// White space; unlike Rust's class it has the vertical tab.
pub(super) fn space(c: &u8) -> bool {
    matches!(c, b' ' | b'\t'..=b'\r')
}
