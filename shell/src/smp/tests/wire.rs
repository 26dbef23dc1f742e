//! Frames, byte for byte: vectors of the PyPI package smp 4.2, the protocol's independent implementation.

use super::*;

/// `smp.packet.encode(b"Hello, world!")`, in one line and with lines of 8 characters.
const HELLO: &[u8] = b"\x06\tAA9IZWxsbywgd29ybGQhet4=\n";
const HELLO_LINES: &[u8] =
    b"\x06\tAA9I\n\x04\x14ZWxs\n\x04\x14bywg\n\x04\x14d29y\n\x04\x14bGQh\n\x04\x14et4=\n";

#[test]
fn frames_match_the_known_vectors() {
    assert_eq!(frames(b"Hello, world!"), HELLO);
    assert_eq!(packets(HELLO), [b"Hello, world!"]);
    assert_eq!(packets(HELLO_LINES), [b"Hello, world!"]);
}

#[test]
fn an_echo_request_of_smpclient_is_answered_byte_for_byte() {
    for (request, response) in [
        // EchoWriteRequest(d="hello", sequence=66), in version 2 and in version 1.
        (&b"\x06\tABMKAAAJAABCAKFhZGVoZWxsb0YZ\n"[..], &b"\x06\tABMLAAAJAABCAKFhcmVoZWxsb8Cl\n"[..]),
        (b"\x06\tABMCAAAJAABCAKFhZGVoZWxsb8EJ\n", b"\x06\tABMDAAAJAABCAKFhcmVoZWxsb0e1\n"),
    ] {
        assert_eq!(Bench::new().send(request), response, "{:?}", std::str::from_utf8(request));
    }
}

#[test]
fn any_packet_survives_its_frames_and_no_line_is_longer_than_127_bytes() {
    let mut random = Random(1);
    for len in 1..700 {
        let packet = random.bytes(len);
        let line = frames(&packet);
        assert_eq!(packets(&line), [packet], "{len} bytes");
        assert!(line.split_inclusive(|byte| *byte == b'\n').all(|line| line.len() <= smp::MAX_LINE));
    }
}

#[test]
fn console_text_passes_between_frames() {
    let (mut demux, mut deframer) = (Demux::new(), Deframer::<64>::new());
    let (mut text, mut found) = (Vec::new(), 0);
    let stream =
        [b"ls\r", HELLO, b"\x03\x06x\x04\x06y\tz\x04", b"", &HELLO_LINES[..21], b"ps\r", &HELLO_LINES[21..]];
    for byte in stream.concat() {
        let framed = demux.push(byte, |byte| text.push(byte));
        found += usize::from(framed && deframer.line(demux.frame()));
    }
    // The second packet's lead bytes come after a held 04; the text between its lines is not lost.
    assert_eq!(text, b"ls\r\x03\x06x\x04\x06y\tz\x04ps\r");
    assert_eq!(found, 2);
}

#[test]
fn ctrl_c_passes_in_the_middle_of_a_frame() {
    let mut bench = Bench::new();
    bench.send(&HELLO[..9]);
    bench.send(b"\x03ls\r");
    assert_eq!(bench.console, b"\x03ls\r");
}

#[test]
fn line_ends_may_be_lf_or_both() {
    for end in [&b"\n"[..], b"\r\n"] {
        let stream = [&HELLO[..HELLO.len() - 1], end, HELLO].concat();
        assert_eq!(packets(&stream).len(), 2, "{end:?}");
    }
}
