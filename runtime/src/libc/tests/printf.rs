//! Formats: a table of what C says, and random formats against the host's own `snprintf`.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Random, World};
use crate::Trap;
use crate::host::HostError;
use crate::libc::output;

const FORMAT: u32 = 16;
const ARGS: u32 = 4096;
const TEXT: u32 = 6144;

#[derive(Clone, Copy, Debug)]
enum Arg<'a> {
    I(i32),
    L(i64),
    F(f64),
    S(&'a str),
}
use Arg::{F, I, L, S};

/// Puts a format and its arguments where clang would.
fn place(world: &mut World, format: &str, args: &[Arg<'_>]) {
    world.string(FORMAT, format.as_bytes());
    let (mut at, mut text) = (ARGS, TEXT);
    for arg in args {
        let mut put = |bytes: &[u8]| {
            at = at.next_multiple_of(bytes.len() as u32);
            world.memory.write(at.into(), bytes).unwrap();
            at += bytes.len() as u32;
        };
        match *arg {
            I(x) => put(&x.to_le_bytes()),
            L(x) => put(&x.to_le_bytes()),
            F(x) => put(&x.to_bits().to_le_bytes()),
            S(x) => {
                put(&text.to_le_bytes());
                world.string(text, x.as_bytes());
                text += x.len() as u32 + 1;
            }
        }
    }
}

fn print(format: &str, args: &[Arg<'_>]) -> Result<String, HostError> {
    let mut world = World::new();
    place(&mut world, format, args);
    let count = world.call(|w| output::printf(w, FORMAT, ARGS))?;
    let text = String::from_utf8(world.screen).unwrap();
    assert_eq!(count as usize, text.len(), "{format}");
    Ok(text)
}

#[track_caller]
fn check(format: &str, args: &[Arg<'_>], want: &str) {
    assert_eq!(print(format, args).as_deref(), Ok(want), "{format} {args:?}");
}

#[test]
fn text_and_integers() {
    check("", &[], "");
    check("plain\n", &[], "plain\n");
    check("100%%", &[], "100%");
    check("%d %i %u", &[I(-1), I(i32::MIN), I(-1)], "-1 -2147483648 4294967295");
    check("%x %X %o %#x %#X %#o", &[I(255), I(255), I(8), I(255), I(255), I(8)], "ff FF 10 0xff 0XFF 010");
    check("%#x|%#o|%#.3o|%.0d|%#.0o|%+.0d", &[I(0); 6], "0|0|000||0|+");
    check("%5d|%-5d|%05d|%+d|% d|%+5d", &[I(42); 6], "   42|42   |00042|+42| 42|  +42");
    check("%08.3d|%-08d|%+.5d|%.3d", &[I(-42); 4], "    -042|-42     |-00042|-042");
    check("%*d|%-*d|%*d", &[I(5), I(1), I(5), I(2), I(-5), I(3)], "    1|2    |3    ");
    check("%.*d|%.*d", &[I(3), I(7), I(-1), I(7)], "007|7");
    check("%hhd %hd %hhu %hu", &[I(0x1ff), I(0x1_ffff), I(-1), I(-1)], "-1 -1 255 65535");
    check("%ld %zu %td %lu", &[I(-1), I(-1), I(-2), I(-1)], "-1 4294967295 -2 4294967295");
    check("%lld %llu %jd %llx %llo", &[L(i64::MIN), L(-1), L(-1), L(-1), L(-1)], {
        "-9223372036854775808 18446744073709551615 -1 ffffffffffffffff 1777777777777777777777"
    });
    check("%p %p", &[I(0x400), I(0)], "0x400 0x0");
}

#[test]
fn strings_and_characters() {
    check("%s, %s!", &[S("Hello"), S("world")], "Hello, world!");
    check("%8s|%-8s|%.2s|%8.2s|%.0s|%.9s", &[S("abc"); 6], "     abc|abc     |ab|      ab||abc");
    check("%c%c%3c%-3c|", &[I(72), I(105), I(33), I(46)], "Hi  !.  |");
    check("%c", &[I(0)], "\0");
    check("%s %.3s", &[I(0), I(0)], "(null) (nu");
    check("%y %", &[], "%y ");
}

#[test]
fn arguments_are_where_clang_puts_them() {
    check("%d %lld %d %f", &[I(1), L(2), I(3), F(4.5)], "1 2 3 4.500000");
    check("%c %g %s %lld", &[I(65), F(0.5), S("x"), L(-1)], "A 0.5 x -1");
}

#[test]
fn floats() {
    check("%f %F %e %E %g %G", &[F(1.5); 6], "1.500000 1.500000 1.500000e+00 1.500000E+00 1.5 1.5");
    check("%f %e %g", &[F(0.0); 3], "0.000000 0.000000e+00 0");
    check("%f %e %g", &[F(-0.0); 3], "-0.000000 -0.000000e+00 -0");
    check("%f %E %g %G", &[F(f64::INFINITY), F(f64::INFINITY), F(-f64::INFINITY), F(f64::NAN)], {
        "inf INF -inf NAN"
    });
    check("%05f|%-5f|%+f", &[F(f64::INFINITY); 3], "  inf|inf  |+inf");
    check("%.0f %.0f %.0f %.0f %.0f", &[F(0.5), F(1.5), F(2.5), F(0.51), F(0.49)], "0 2 2 1 0");
    check("%.1f %.1f %.2f %.2f", &[F(0.25), F(0.35), F(1.005), F(9.995)], "0.2 0.3 1.00 9.99");
    check("%.2f %.0e %.3g %g", &[F(9.999), F(9.5), F(999.9), F(999_999.5)], "10.00 1e+01 1e+03 1e+06");
    check("%#.0f %#g %#.0e", &[F(3.0), F(3.0), F(3.0)], "3. 3.00000 3.e+00");
    check("%#.4g %#.4g %#g", &[F(9999.99), F(999.99), F(0.0)], "1.000e+04 1000. 0.00000");
    check(
        "%g %g %g %g",
        &[F(1e-4), F(1e-5), F(123_456.0), F(1_234_567.0)],
        "0.0001 1e-05 123456 1.23457e+06",
    );
    check("%e %e", &[F(1e100), F(5e-324)], "1.000000e+100 4.940656e-324");
    check("%.17g %.17g", &[F(0.1), F(f64::MAX)], "0.10000000000000001 1.7976931348623157e+308");
    check("%.20f", &[F(0.1)], "0.10000000000000000555");
    check("%010.3f|%-10.3f|%+10.3f|% .1f", &[F(2.71649); 4], "000002.716|2.716     |    +2.716| 2.7");
    check("%.3f", &[F(1e22)], "10000000000000000000000.000");
}

#[test]
fn counts_are_written_in_the_size_that_is_asked_for() {
    let check = |format, addr: u32, want: Result<[u8; 9], HostError>| {
        let mut world = World::new();
        super::Env::write(&mut world, 256, &[0xee; 9]).unwrap();
        place(&mut world, format, &[I(addr as i32)]);
        let got = world.call(|w| output::printf(w, FORMAT, ARGS));
        let got = got.map(|_| world.bytes(256, 9).try_into().unwrap());
        assert_eq!(got, want, "{format}");
    };
    const E: u8 = 0xee;
    check("abc%hhnd", 256, Ok([3, E, E, E, E, E, E, E, E]));
    check("abc%hn", 256, Ok([3, 0, E, E, E, E, E, E, E]));
    check("abc%n", 256, Ok([3, 0, 0, 0, E, E, E, E, E]));
    check("%5ln", 256, Ok([0, 0, 0, 0, E, E, E, E, E]));
    check("ab%jn", 256, Ok([2, 0, 0, 0, 0, 0, 0, 0, E]));
    check("%n", 65_533, Err(HostError::Trap(Trap::MemoryOutOfBounds)));
}

#[test]
fn what_is_refused() {
    let check = |format, what: &str| match print(format, &[I(0)]) {
        Err(HostError::Trap(Trap::Host(text))) => assert!(text.contains(what), "{format}: {text}"),
        other => panic!("{format}: {other:?}"),
    };
    for format in ["%a", "%A", "%Lf", "%ls", "%lc"] {
        check(format, "refused");
    }
    check("%2147483648d", "width");
    check("%.99999999999999999999d", "precision");
}

#[test]
fn hostile_addresses_trap() {
    let check = |format_at: u32, args_at: u32, format: &[u8]| {
        let mut world = World::new();
        if let Some(room) = 65536u32.checked_sub(format_at) {
            let len = format.len().min(room as usize);
            world.memory.write(format_at.into(), &format[..len]).unwrap();
        }
        let got = world.call(|w| output::printf(w, format_at, args_at));
        assert_eq!(got, Err(HostError::Trap(Trap::MemoryOutOfBounds)), "{format_at:#x} {args_at:#x}");
    };
    check(65536, ARGS, b"");
    check(u32::MAX, ARGS, b"");
    check(65533, ARGS, b"not terminated");
    check(FORMAT, 65536, b"%d\0");
    check(FORMAT, 65532, b"%d%d\0");
    check(FORMAT, 65533, b"%d\0");
    check(FORMAT, 65532, b"%lld\0");
    check(FORMAT, u32::MAX, b"%d\0");
    check(FORMAT, u32::MAX - 4, b"%f\0");
    check(FORMAT, 65532, b"%*d\0");

    let mut world = World::new();
    place(&mut world, "%s", &[I(-1)]);
    let got = world.call(|w| output::printf(w, FORMAT, ARGS));
    assert_eq!(got, Err(HostError::Trap(Trap::MemoryOutOfBounds)));
}

/// What `snprintf` leaves in a buffer of `size` bytes of `#`, and gives.
#[track_caller]
fn check_string(size: u32, format: &str, args: &[Arg<'_>], want: &str, count: i32) {
    let mut world = World::new();
    place(&mut world, format, args);
    world.memory.fill(2048, 64, b'#').unwrap();
    let got = output::snprintf(&mut world, 2048, size, FORMAT, ARGS).unwrap();
    let text = String::from_utf8(world.bytes(2048, want.len() + 1)).unwrap();
    assert_eq!((text.as_str(), got as i32), (alloc::format!("{want}#").as_str(), count));
}

#[test]
fn strings_are_cut_to_their_size() {
    check_string(64, "%d-%s", &[I(7), S("abc")], "7-abc\0", 5);
    check_string(6, "%d-%s", &[I(7), S("abc")], "7-abc\0", 5);
    check_string(5, "%d-%s", &[I(7), S("abc")], "7-ab\0", 5);
    check_string(1, "%d-%s", &[I(7), S("abc")], "\0", 5);
    check_string(0, "%d-%s", &[I(7), S("abc")], "", 5);
    check_string(9, "%1000000000d", &[I(7)], "        \0", 1_000_000_000);
    check_string(4, "%2147483647d%d", &[I(7), I(8)], "   \0", -1);
    check_string(4, "%.2147483647f", &[F(0.5)], "0.5\0", -1);
    check_string(5, "%.2000000000f", &[F(0.25)], "0.25\0", 2_000_000_002);
    check_string(5, "%.2000000000e", &[F(0.25)], "2.50\0", 2_000_000_006);

    let mut world = World::new();
    place(&mut world, "%d", &[I(12_345)]);
    assert_eq!(output::sprintf(&mut world, 65530, FORMAT, ARGS), Ok(5));
    assert_eq!(world.bytes(65530, 6), b"12345\0");
    let trap = Err(HostError::Trap(Trap::MemoryOutOfBounds));
    assert_eq!(world.call(|w| output::sprintf(w, 65531, FORMAT, ARGS)), trap);
    assert_eq!(world.call(|w| output::snprintf(w, 65531, u32::MAX, FORMAT, ARGS)), trap);
    assert_eq!(output::snprintf(&mut world, u32::MAX, 0, FORMAT, ARGS), Ok(5), "counts only");
    assert_eq!(world.call(|w| output::snprintf(w, u32::MAX, 1, FORMAT, ARGS)), trap);
}

#[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
#[expect(unsafe_code, reason = "the oracle is a variadic C function")]
mod against_the_host {
    use super::*;

    unsafe extern "C" {
        /// The host's own, of the C library that the test program is linked with.
        fn snprintf(buf: *mut u8, size: usize, format: *const u8, ...) -> i32;
    }

    /// What the host prints; arguments are a width, a precision and a value, or the value alone.
    fn host(format: &str, stars: Option<(i32, i32)>, value: Arg<'_>) -> String {
        let format = alloc::ffi::CString::new(format).unwrap();
        let format = format.as_ptr().cast();
        let mut buf = alloc::vec![0u8; 4096];
        let (p, n) = (buf.as_mut_ptr(), buf.len());
        // SAFETY: the format takes exactly these arguments, and the buffer has `n` bytes.
        let len = unsafe {
            match (stars, value) {
                (None, I(x)) => snprintf(p, n, format, x),
                (None, L(x)) => snprintf(p, n, format, x),
                (None, F(x)) => snprintf(p, n, format, x),
                (Some((w, q)), I(x)) => snprintf(p, n, format, w, q, x),
                (Some((w, q)), L(x)) => snprintf(p, n, format, w, q, x),
                (Some((w, q)), F(x)) => snprintf(p, n, format, w, q, x),
                (_, S(_)) => unreachable!(),
            }
        };
        buf.truncate(len as usize);
        String::from_utf8(buf).unwrap()
    }

    /// Doubles of every magnitude, and those that are hard: ties, nines, powers of ten, subnormals.
    fn double(random: &mut Random) -> f64 {
        let x = match random.below(8) {
            0 => f64::from_bits(random.next()),
            1 => f64::from_bits(random.next() >> (12 + random.below(52))),
            2 => random.below(1 << 20) as f64 / (1u64 << random.below(20)) as f64,
            3 => (random.below(100_000) as f64) / 1000.0,
            4 => 10f64.powi(random.below(600) as i32 - 300),
            5 => 10f64.powi(random.below(30) as i32 - 10) * (1.0 - 1e-16 * random.below(40) as f64),
            6 => random.below(1000) as f64 + 0.5,
            _ => random.next() as f64,
        };
        if random.one_in(4) { -x } else { x }
    }

    fn flags(random: &mut Random, allowed: &str) -> String {
        allowed.chars().filter(|_| random.one_in(3)).collect()
    }

    fn check_random(seed: u64, rounds: u32) {
        let mut random = Random(seed);
        for _ in 0..rounds {
            let (flags, length, conversion, value) = match random.below(6) {
                0 => {
                    let length = ["", "h", "hh"][random.below(3) as usize];
                    let conversion = ["d", "i", "u"][random.below(3) as usize];
                    (flags(&mut random, "-+ 0"), length, conversion, I((random.next() >> 32) as i32))
                }
                1 => {
                    let conversion = ["x", "X", "o"][random.below(3) as usize];
                    let value = (random.next() >> (32 + random.below(32))) as i32;
                    (flags(&mut random, "-#0"), "", conversion, I(value))
                }
                2 => {
                    let conversion = ["d", "u", "x", "o"][random.below(4) as usize];
                    let value = (random.next() >> random.below(64)) as i64;
                    (flags(&mut random, "-0"), ["ll", "j"][random.below(2) as usize], conversion, L(value))
                }
                _ => {
                    let conversion = ["f", "F", "e", "E", "g", "G"][random.below(6) as usize];
                    // glibc drops the zeros of %#.4g where rounding makes a power of ten; C keeps them.
                    let allowed = if conversion.eq_ignore_ascii_case("g") { "-+ 0" } else { "-+ #0" };
                    (flags(&mut random, allowed), "", conversion, F(double(&mut random)))
                }
            };
            let width = random.below(30) as i32 - if random.one_in(3) { 20 } else { 0 };
            let most = if random.one_in(20) { 1200 } else { 25 };
            let precision = random.below(most) as i32 - 2;
            let mut args = Vec::from([value]);
            let (format, stars) = match random.below(4) {
                0 => (alloc::format!("%{flags}{length}{conversion}"), None),
                1 => {
                    args = Vec::from([I(width), I(precision), value]);
                    (alloc::format!("%{flags}*.*{length}{conversion}"), Some((width, precision)))
                }
                _ => {
                    let (width, precision) = (width.max(1), precision.max(0));
                    (alloc::format!("%{flags}{width}.{precision}{length}{conversion}"), None)
                }
            };
            check(&format, &args, &host(&format, stars, value));
        }
    }

    #[test]
    fn prints_what_the_host_prints() {
        for seed in 1..5 {
            check_random(seed, 5_000);
        }
    }

    #[test]
    #[ignore = "half a minute: a million formats"]
    fn prints_what_the_host_prints_a_million_times() {
        for seed in 100..120 {
            check_random(seed, 50_000);
        }
    }
}
