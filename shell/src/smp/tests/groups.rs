//! What each command answers.

use super::*;

const READ: u8 = 0;
const WRITE: u8 = 2;
const SHA_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn check(bench: &mut Bench, request: (u8, u16, u8, &[u8]), expected: &str) {
    let (op, group, command, body) = request;
    assert_eq!(bench.ask(op, group, command, body), expected, "group {group} command {command}");
}

fn hash_of(name: &str, kind: &str, off: u32, len: u32) -> Vec<u8> {
    cbor(|e| {
        e.map(4)?.str("name")?.str(name)?.str("type")?.str(kind)?;
        e.str("off")?.u32(off)?.str("len")?.u32(len)?.ok()
    })
}

fn argv(arguments: &[&str]) -> Vec<u8> {
    cbor(|e| {
        e.map(1)?.str("argv")?.array(arguments.len() as u64)?;
        arguments.iter().try_for_each(|argument| e.str(argument)?.ok())
    })
}

#[test]
fn every_command_answers_as_zephyr_does() {
    let mut bench = Bench::new();
    bench.device.modules.insert("abc".into(), b"abc".to_vec());
    let b = &mut bench;
    check(b, (READ, 0, 0, &cbor(|e| e.map(1)?.str("d")?.str("hi")?.ok())), r#"{"r": "hi"}"#);
    check(b, (READ, 0, 6, &[0xa0]), r#"{"buf_size": 1860, "buf_count": 1}"#);
    check(b, (READ, 8, 1, &named("/abc")), r#"{"len": 3}"#);
    check(b, (READ, 8, 1, &named("/lfs/abc.wasm")), r#"{"len": 3}"#);
    check(b, (READ, 8, 1, &named("/none")), r#"{"err": {"group": 8, "rc": 3}}"#);
    check(b, (READ, 8, 1, &named("/a/b")), r#"{"err": {"group": 8, "rc": 2}}"#);
    check(b, (READ, 8, 2, &named("abc")), r#"{"type": "crc32", "len": 3, "output": 891568578}"#);
    let sha = std::format!(r#"{{"type": "sha256", "len": 3, "output": h'{SHA_ABC}'}}"#);
    check(b, (READ, 8, 2, &hash_of("abc", "sha256", 0, 99)), &sha);
    check(
        b,
        (READ, 8, 2, &hash_of("abc", "crc32", 1, 1)),
        r#"{"type": "crc32", "off": 1, "len": 1, "output": 1908338681}"#,
    );
    check(b, (READ, 8, 2, &hash_of("abc", "md5", 0, 1)), r#"{"err": {"group": 8, "rc": 13}}"#);
    check(b, (READ, 8, 2, &hash_of("abc", "crc32", 3, 1)), r#"{"err": {"group": 8, "rc": 12}}"#);
    check(
        b,
        (READ, 8, 3, &[0xa0]),
        r#"{"types": {"crc32": {"format": 0, "size": 4}, "sha256": {"format": 1, "size": 32}}}"#,
    );
    let download = |off: u32| cbor(|e| e.map(2)?.str("off")?.u32(off)?.str("name")?.str("/abc")?.ok());
    check(b, (READ, 8, 0, &download(0)), r#"{"off": 0, "data": h'616263', "len": 3}"#);
    check(b, (READ, 8, 0, &download(1)), r#"{"off": 1, "data": h'6263'}"#);
    check(b, (READ, 8, 0, &download(4)), r#"{"err": {"group": 8, "rc": 12}}"#);
    check(b, (WRITE, 8, 4, &[0xa0]), "{}");
    let list = std::format!(
        r#"{{"modules": [{{"name": "abc", "len": 3, "sha256": h'{SHA_ABC}'}}], "more": false}}"#
    );
    check(b, (READ, 64, 0, &[0xa0]), &list);
    check(b, (READ, 64, 3, &named("abc")), r#"{"off": 0}"#);
    check(b, (WRITE, 64, 2, &named("abc")), "{}");
    check(b, (WRITE, 64, 2, &named("abc")), r#"{"err": {"group": 64, "rc": 3}}"#);
    check(b, (READ, 1, 0, &[0xa0]), r#"{"rc": 8}"#);
    check(b, (READ, 8, 4, &[0xa0]), r#"{"rc": 8}"#);
    check(b, (READ, 8, 1, &[0xa0]), r#"{"rc": 3}"#);
}

#[test]
fn commands_run_with_their_output_and_status() {
    let mut bench = Bench::new();
    for (arguments, expected) in [
        (&["echo", "a b", "c"][..], r#"{"o": "a b c\n", "ret": 0}"#),
        (&["fail", "-4"], r#"{"o": "", "ret": -4}"#),
        (&["raw"], r#"{"o": "a?é??", "ret": 0}"#),
        (&[], r#"{"err": {"group": 9, "rc": 3}}"#),
        (&[" "], r#"{"err": {"group": 9, "rc": 3}}"#),
        (&["two\nlines"], r#"{"rc": 3}"#),
        (&[&"x".repeat(257)], r#"{"err": {"group": 9, "rc": 2}}"#),
    ] {
        let answer = bench.ask(WRITE, 9, 0, &argv(arguments));
        assert_eq!(answer, expected, "{arguments:?}");
    }
    assert_eq!(bench.device.lines, ["echo a b c", "fail -4", "raw"]);
}

#[test]
fn output_that_does_not_fit_says_how_much_is_missing() {
    let mut bench = Bench::new();
    let answer = bench.ask(WRITE, 9, 0, &argv(&["flood", "5000"]));
    let shown = answer.matches('x').count();
    assert!(shown > 1700, "{shown}");
    assert!(answer.contains(&std::format!("\\n[{} more bytes do not fit]\\n", 5000 - shown)), "{answer}");
    assert!(answer.ends_with(r#""ret": 0}"#));
    // A program's answer is whole or says that it is not.
    let answer = bench.ask(WRITE, 9, 0, &argv(&["flood", "5000", "-j"]));
    assert!(answer.contains(r#"{\"error\":\"LIMIT\",\"message\":\"the answer does not fit"#), "{answer}");
    assert!(answer.ends_with(r#""ret": 1}"#) && !answer.contains('x'), "{answer}");
    let answer = bench.ask(WRITE, 9, 0, &argv(&["flood", "50", "-j"]));
    assert!(answer.contains(&"x".repeat(50)) && answer.ends_with(r#""ret": 0}"#), "{answer}");
}

#[test]
fn version_1_gets_codes_and_reasons_of_version_1() {
    let mut bench = Bench::new();
    for (version, op, group, command, body, expected) in [
        (0, READ, 8, 1, named("none"), r#"{"rc": 5, "rsn": "no such module; see ls"}"#),
        (0, WRITE, 9, 0, argv(&[]), r#"{"rc": 3}"#),
        (
            0,
            READ,
            8,
            3,
            Vec::new(),
            r#"{"types": {"crc32": {"format": 0, "size": 4}, "sha256": {"format": 1, "size": 32}}}"#,
        ),
        (2, READ, 0, 6, Vec::new(), r#"{"rc": 13}"#),
    ] {
        assert_eq!(bench.ask_version(version, op, group, command, &body), expected);
    }
}

#[test]
fn tasks_are_listed_in_words() {
    let answer = Bench::new().ask(READ, 0, 2, &[0xa0]);
    assert!(
        answer.contains(r#""shell": {"prio": 0, "tid": 0, "state": 0, "stkuse": 250, "stksiz": 1024"#),
        "{answer}"
    );
    assert!(answer.contains(r#""blink": {"prio": 0, "tid": 1, "state": 16"#), "{answer}");
}

#[test]
fn a_reset_is_answered_first() {
    let mut bench = Bench::new();
    assert_eq!(bench.ask(WRITE, 0, 5, &[0xa0]), "{}");
    assert_eq!(bench.after, After::Reset);
}

#[test]
fn a_long_list_comes_in_parts() {
    let mut bench = Bench::new();
    for index in 0..100 {
        bench.device.modules.insert(std::format!("module-{index:02}"), b"x".to_vec());
    }
    let mut names = 0;
    for round in 1.. {
        let answer = bench.ask(READ, 64, 0, &cbor(|e| e.map(1)?.str("from")?.u32(names as u32)?.ok()));
        names += answer.matches("module-").count();
        if answer.ends_with(r#""more": false}"#) {
            assert!(round > 1);
            break;
        }
    }
    assert_eq!(names, 100);
}

#[test]
fn two_requests_in_a_packet_are_both_answered_and_responses_are_not() {
    let mut bench = Bench::new();
    let one = packet(1, READ, 0, 6, &[0xa0]);
    assert_eq!(packets(&bench.send(&frames(&[one.clone(), one.clone()].concat()))).len(), 2);
    assert_eq!(bench.send(&frames(&packet(1, 1, 0, 6, &[0xa0]))), b"");
    // A reset is not forgotten for what follows it.
    let reset = packet(1, WRITE, 0, 5, &[0xa0]);
    bench.send(&frames(&[reset, one.clone()].concat()));
    assert_eq!(bench.after, After::Reset);
    // A body shorter than its header says.
    let answer = bench.send(&frames(&one[..one.len() - 1]));
    assert_eq!(packets(&answer)[0][Header::SIZE..], [0xa1, 0x62, b'r', b'c', 9]);
}

#[test]
fn an_echo_that_fills_the_packet_comes_back() {
    let mut bench = Bench::new();
    let largest = smp::PACKET_SIZE - 4 - Header::SIZE - 6;
    let text = "e".repeat(largest);
    let answer = bench.ask(READ, 0, 0, &cbor(|e| e.map(1)?.str("d")?.str(&text)?.ok()));
    assert!(answer.contains(&text));
}
