//! Memory, string, number and character functions against what C says.

use alloc::vec::Vec;

use super::World;
use crate::Trap;
use crate::host::{Failed, HostError};
use crate::libc::{Env, ctype, number, search, string};
use crate::memory::{LinearMemory, MemoryType};

const A: u32 = 64;
const B: u32 = 512;
const END: u32 = 65536;

fn world(a: &str, b: &str) -> World {
    let mut world = World::new();
    world.string(A, a.as_bytes());
    world.string(B, b.as_bytes());
    world
}

#[test]
fn compares() {
    let check = |a, b, n, memory: i32, strings: i32, up_to: i32, no_case: i32| {
        let mut w = world(a, b);
        assert_eq!(string::memcmp(&mut w, A, B, n).map(u32::cast_signed).map(i32::signum), Ok(memory));
        assert_eq!(string::strcmp(&mut w, A, B).map(u32::cast_signed).map(i32::signum), Ok(strings));
        assert_eq!(string::strncmp(&mut w, A, B, n).map(u32::cast_signed).map(i32::signum), Ok(up_to));
        assert_eq!(string::strncasecmp(&mut w, A, B, n).map(u32::cast_signed).map(i32::signum), Ok(no_case));
    };
    check("abc", "abc", 3, 0, 0, 0, 0);
    check("abc", "abd", 2, 0, -1, 0, 0);
    check("abc", "abd", 3, -1, -1, -1, -1);
    check("abc", "ab", 3, 1, 1, 1, 1);
    check("ABC", "abc", 3, -1, -1, -1, 0);
    check("", "a", 9, -1, -1, -1, -1);
    check("é", "z", 1, 1, 1, 1, 1);
    check("ab\0c", "ab\0d", 4, -1, 0, 0, 0);
    check("x", "y", 0, 0, -1, 0, 0);
    check("a rather long text of one", "a rather long text of two", 30, -1, -1, -1, -1);
}

#[test]
fn finds() {
    let mut w = world("a needle in a haystack", "needle");
    let at = |offset: u32| Ok(A + offset);
    assert_eq!(string::strlen(&mut w, A), Ok(22));
    assert_eq!(string::strchr(&mut w, A, 'n' as u32), at(2));
    assert_eq!(string::strchr(&mut w, A, 0x100 | 'n' as u32), at(2));
    assert_eq!(string::strchr(&mut w, A, 0), at(22));
    assert_eq!(string::strchr(&mut w, A, 'z' as u32), Ok(0));
    assert_eq!(string::memchr(&mut w, A, 'h' as u32, 14), Ok(0));
    assert_eq!(string::memchr(&mut w, A, 'h' as u32, 15), at(14));
    assert_eq!(search::strstr(&mut w, A, B), at(2));
    assert_eq!(search::strstr(&mut w, B, A), Ok(0));
    let mut check = |haystack: &str, needle: &str, want: u32| {
        w.string(A, haystack.as_bytes());
        w.string(B, needle.as_bytes());
        assert_eq!(search::strstr(&mut w, A, B), Ok(want), "{needle} in {haystack}");
    };
    check("aaab", "aab", A + 1);
    check("abc", "", A);
    check("", "", A);
    check("", "a", 0);
    check("abc", "abcd", 0);
    check("abc", "c", A + 2);

    let mut check = |s: &str, set: &str, within, without| {
        w.string(0, set.as_bytes());
        w.string(A, s.as_bytes());
        assert_eq!(string::strspn(&mut w, A, 0), Ok(within), "{s} of {set}");
        assert_eq!(string::strcspn(&mut w, A, 0), Ok(without), "{s} of {set}");
    };
    check("123abc", "0123456789", 3, 0);
    check("abc123", "321", 0, 3);
    check("abc", "", 0, 3);
    check("", "abc", 0, 0);
}

#[test]
fn copies() {
    let mut w = world("abcdef", "");
    assert_eq!(string::memcpy(&mut w, A + 2, A, 4), Ok(A + 2));
    assert_eq!(w.bytes(A, 7), b"ababcd\0");
    assert_eq!(string::memset(&mut w, A, 0x141, 3), Ok(A));
    assert_eq!(w.bytes(A, 7), b"AAAbcd\0");
    assert_eq!(string::strcpy(&mut w, B, A), Ok(B));
    assert_eq!(w.bytes(B, 7), b"AAAbcd\0");
    w.memory.fill(B.into(), 10, b'#').unwrap();
    assert_eq!(string::strncpy(&mut w, B, A, 3), Ok(B));
    assert_eq!(w.bytes(B, 4), b"AAA#");
    assert_eq!(string::strncpy(&mut w, B, A, 9), Ok(B));
    assert_eq!(w.bytes(B, 10), b"AAAbcd\0\0\0#");
    let copy = string::strdup(&mut w, A).unwrap();
    assert_eq!(w.bytes(copy, 7), b"AAAbcd\0");
    assert_eq!(string::strdup(&mut w, 0), Ok(0));
}

#[test]
fn hostile_addresses_trap() {
    let mut w = world("y", "");
    w.memory.fill(u64::from(END) - 5, 5, b'x').unwrap();
    let mut traps = |call: &dyn Fn(&mut World) -> Result<u32, Failed>| {
        assert_eq!(w.call(call), Err(HostError::Trap(Trap::MemoryOutOfBounds)));
    };
    for s in [END - 5, END, u32::MAX] {
        traps(&|w| string::strlen(w, s));
        traps(&|w| string::strchr(w, s, 0));
        traps(&|w| string::strcpy(w, B, s));
        traps(&|w| string::strcmp(w, s, s));
        traps(&|w| string::strdup(w, s));
        traps(&|w| search::strstr(w, s, A));
        if s != END - 5 {
            traps(&|w| number::atoi(w, s));
        }
        traps(&|w| string::memcpy(w, s, 0, 6));
        traps(&|w| string::memset(w, s, 0, u32::MAX));
        traps(&|w| string::memcmp(w, s, s, 6));
    }
    assert_eq!(number::atoi(&mut w, END - 5), Ok(0));
    assert_eq!(string::memcpy(&mut w, u32::MAX, u32::MAX, 0), Ok(u32::MAX), "no bytes, no trap");
}

#[test]
fn strstr_finds_what_a_plain_search_finds() {
    let mut w = World::new();
    let text = |bits: u32, len: u32| (0..len).map(|i| b'a' + (bits >> i & 1) as u8).collect::<Vec<u8>>();
    for needle_len in 1..=7 {
        for needle_bits in 0..1 << needle_len {
            let needle = text(needle_bits, needle_len);
            w.string(B, &needle);
            // Bits that hold all sorts of repetitions.
            for seed in 0..40u32 {
                let haystack = text(seed.wrapping_mul(0x9e37_79b1) ^ needle_bits << 5, 20);
                w.string(A, &haystack);
                let found = haystack.windows(needle.len()).position(|part| part == needle);
                let want = found.map_or(0, |at| A + at as u32);
                let shown = core::str::from_utf8(&needle);
                assert_eq!(search::strstr(&mut w, A, B), Ok(want), "{shown:?} in {haystack:?}");
            }
        }
    }
}

#[test]
fn time_is_linear_in_what_was_written() {
    const HALF: u32 = 30_000;
    let mut w = World::new();
    // Each would take billions of steps the obvious way.
    w.fill(A, HALF, b'a').unwrap();
    w.fill(HALF + A + 1, HALF / 2, b'a').unwrap();
    w.string(HALF + A + 1 + HALF / 2, b"b");
    assert_eq!(search::strstr(&mut w, A, HALF + A + 1), Ok(0));
    assert_eq!(string::strspn(&mut w, A, HALF + A + 1), Ok(HALF));
    assert_eq!(string::strcspn(&mut w, A, HALF + A + 1 + HALF / 2), Ok(HALF));
    let ty = MemoryType { min: 0x1_0000, max: None, page_log2: 16 };
    w.memory = LinearMemory::new(ty, u64::MAX).unwrap();
    assert_eq!(string::memchr(&mut w, A, 1, u32::MAX - A), Ok(0));
    assert_eq!(string::memchr(&mut w, 0, 1, u32::MAX), Ok(0));
    assert_eq!(string::memcmp(&mut w, A, B, u32::MAX - B), Ok(0));
    w.string(0xf000_0000, b"x");
    assert_eq!(string::memchr(&mut w, A, 'x' as u32, u32::MAX - A), Ok(0xf000_0000));
    assert_eq!(string::memcmp(&mut w, A, B, u32::MAX - B), Ok((-i32::from(b'x')) as u32));
    assert_eq!(string::memchr(&mut w, A, 0, 5), Ok(A));
}

#[test]
fn numbers() {
    let check = |text: &str, base, long: i32, unsigned: u32, len: u32| {
        let mut w = world(text, "");
        assert_eq!(number::strtol(&mut w, A, B, base).map(u32::cast_signed), Ok(long), "{text:?}");
        assert_eq!(w.word(B), A + len, "{text:?}");
        assert_eq!(number::strtoul(&mut w, A, B, base), Ok(unsigned), "{text:?}");
        assert_eq!(w.word(B), A + len, "{text:?}");
        assert_eq!(number::strtol(&mut w, A, 0, base).map(u32::cast_signed), Ok(long), "{text:?}");
    };
    check("42", 10, 42, 42, 2);
    check(" \t\n\x0b\x0c\r-42x", 10, -42, -42i32 as u32, 9);
    check("+7 ", 10, 7, 7, 2);
    check("", 10, 0, 0, 0);
    check("-", 10, 0, 0, 0);
    check("abc", 10, 0, 0, 0);
    check("0x1F", 0, 31, 31, 4);
    check("0X1fg", 16, 31, 31, 4);
    check("0x", 16, 0, 0, 1);
    check("0xg", 0, 0, 0, 1);
    check("017", 0, 15, 15, 3);
    check("08", 0, 0, 0, 1);
    check("0", 0, 0, 0, 1);
    check("z", 36, 35, 35, 1);
    check("102", 2, 2, 2, 2);
    check("12", 1, 0, 0, 0);
    check("12", 37, 0, 0, 0);
    check("2147483648", 10, i32::MAX, 2_147_483_648, 10);
    check("-2147483649", 10, i32::MIN, 2_147_483_647, 11);
    check("99999999999999999999999", 10, i32::MAX, u32::MAX, 23);
    check("-99999999999999999999999", 10, i32::MIN, u32::MAX, 24);
    let mut w = world(" -12abc", "");
    assert_eq!(number::atoi(&mut w, A).map(u32::cast_signed), Ok(-12));
}

#[test]
fn classes() {
    let mut w = World::new();
    for c in 0..=300u32 {
        let byte = u8::try_from(c).unwrap_or(0xff);
        let check = |got: Result<u32, Failed>, want: bool| assert_eq!(got, Ok(want.into()), "{c}");
        check(ctype::isupper(&mut w, c), byte.is_ascii_uppercase());
        check(ctype::isalpha(&mut w, c), byte.is_ascii_alphabetic());
        check(ctype::isspace(&mut w, c), b" \t\n\x0b\x0c\r".contains(&byte));
        check(ctype::isgraph(&mut w, c), byte.is_ascii_graphic());
        check(ctype::isprint(&mut w, c), (b' '..=b'~').contains(&byte));
        check(ctype::isdigit(&mut w, c), byte.is_ascii_digit());
        check(ctype::isxdigit(&mut w, c), byte.is_ascii_hexdigit());
        check(ctype::isalnum(&mut w, c), byte.is_ascii_alphanumeric());
    }
    for (c, lower, upper) in [('a', 'a', 'A'), ('Z', 'z', 'Z'), ('1', '1', '1'), ('é', 'é', 'é')] {
        assert_eq!(ctype::tolower(&mut w, c.into()), Ok(lower.into()));
        assert_eq!(ctype::toupper(&mut w, c.into()), Ok(upper.into()));
    }
    assert_eq!(ctype::tolower(&mut w, u32::MAX), Ok(u32::MAX), "EOF stays");
}
