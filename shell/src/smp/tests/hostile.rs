//! A line that lies: no panic, bounded memory, and the next good frame is served.

use super::*;

const ECHO: &[u8] = b"\x06\tABMKAAAJAABCAKFhZGVoZWxsb0YZ\n";
const REPLY: &[u8] = b"\x06\tABMLAAAJAABCAKFhcmVoZWxsb8Cl\n";

/// Sends hostile bytes, then a good frame, which must be answered.
fn check(bench: &mut Bench, what: &str, bytes: &[u8]) {
    bench.send(bytes);
    let answer = bench.send(ECHO);
    assert!(answer.ends_with(REPLY), "after {what}");
}

#[test]
fn the_next_good_frame_is_served_after() {
    let bench = &mut Bench::new();
    let flood = b"A".repeat(100_000);
    let mut endless = b"\x06\t/////".to_vec();
    endless.extend((0..2000).flat_map(|_| *b"AAAA\n\x04\x14"));
    let mut long_line = frames(&[0; 93])[..126].to_vec();
    long_line.extend(b"AAAAAAAA\n");
    for (what, bytes) in [
        ("nothing", &b""[..]),
        ("lead bytes", b"\x06\t"),
        ("half a pair of lead bytes", b"\x06"),
        ("a first frame without end", &ECHO[..12]),
        ("a continuation without beginning", b"\x04\x14AAAA\n"),
        ("an empty frame", b"\x06\t\n"),
        ("a length of 0", b"\x06\tAAAA\n"),
        ("a length of 65,535", b"\x06\t//8A\n"),
        ("a length that is too short", b"\x06\tAAVIZWxsbywgd29ybGQhet4=\n"),
        ("a length that is too long", b"\x06\tAD9IZWxsbywgd29ybGQhet4=\n"),
        ("a wrong CRC", b"\x06\tABMKAAAJAABCAKFhZGVoZWxsb0YY\n"),
        ("letters that are not base64", b"\x06\tAB!!AAAJAABCAKFhZGVoZWxsb0YZ\n"),
        ("padding at the front", b"\x06\t====\n"),
        ("padding in the middle", b"\x06\tAA==AAAA\n"),
        ("three characters", b"\x06\tABM\n"),
        ("a flood without newline", &flood),
        ("a flood of continuations", &endless),
        ("a line of 134 bytes", &long_line),
    ] {
        check(bench, what, bytes);
        bench.demux.expire();
    }
}

#[test]
fn cbor_bombs_are_refused() {
    let bench = &mut Bench::new();
    let deep_arrays = [&b"\xa1\x61x"[..], &[0x81; 1500], b"\x00"].concat();
    let deep_indefinite = [&b"\xa1\x61x"[..], &[0x9f; 1500]].concat();
    let tags = [&b"\xa1\x61x"[..], &[0xc1; 1500]].concat();
    for body in [
        &b""[..],
        b"\x00",
        b"\xbf",
        b"\xa1\x61d",
        b"\xa1\x61d\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x61d",
        b"\xa1\x61x\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xa1\x61d\x62\xff\xff",
        &deep_arrays,
        &deep_indefinite,
        &tags,
    ] {
        let answer = bench.ask(2, 0, 0, body);
        assert_eq!(answer, r#"{"rc": 3}"#, "{body:x?}");
    }
}

#[test]
fn mutated_requests_never_panic() {
    let mut random = Random(2);
    let chunk = cbor(|e| {
        e.map(4)?
            .str("off")?
            .u8(0)?
            .str("data")?
            .bytes(&[7; 200])?
            .str("name")?
            .str("m")?
            .str("len")?
            .u16(400)?
            .ok()
    });
    let exec = cbor(|e| e.map(1)?.str("argv")?.array(2)?.str("echo")?.str("hi")?.ok());
    let seeds = [
        packet(1, 2, 8, 0, &chunk),
        packet(0, 2, 64, 4, &chunk),
        packet(1, 2, 9, 0, &exec),
        packet(1, 0, 8, 2, &named("m")),
        packet(1, 0, 64, 3, &named("m")),
        packet(1, 2, 64, 1, &chunk),
        packet(1, 0, 8, 0, &chunk),
    ];
    let bench = &mut Bench::new();
    for round in 0..20_000 {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        let on_the_line = random.below(2) == 0;
        if on_the_line {
            bytes = frames(&bytes);
        }
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.next() as u8,
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, random.next() as u8),
            }
        }
        let line = if on_the_line { bytes } else { frames(&bytes) };
        bench.send(&line);
        if round % 100 == 0 {
            check(bench, "mutated requests", b"\n");
        }
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut random = Random(3);
    let bench = &mut Bench::new();
    for _ in 0..300 {
        let len = random.below(2000);
        let noise = random.bytes(len);
        check(bench, "noise", &noise);
        // Noise from the characters that frames are made of.
        let noise: Vec<u8> =
            noise.iter().map(|byte| b"\x06\t\x04\x14\nABzz//=="[usize::from(*byte) % 13]).collect();
        check(bench, "noise of frame characters", &noise);
    }
}
