//! A program that reads the line: what it gets, and what a person sees.

use super::*;
use crate::line::read::Read;

/// Reads until the peer's end, `most` bytes at a time; gives what each read brought, `^D` for an end of input, `^C` for
/// an interrupt, frames as they come.
fn reads(peer: Peer, most: usize) -> (Vec<String>, Console<Peer>) {
    let (mut buffers, mut console) = (LineBuffers::new(), Console::new(peer));
    let mut line = Line::new(&mut buffers);
    let mut reads = Vec::new();
    loop {
        let read = match line.read(&mut console, 1000, most) {
            Read::Text(b"") => "^D".to_string(),
            Read::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
            Read::Nothing(Activity::Idle) => continue,
            Read::Nothing(Activity::Interrupt) => "^C".to_string(),
            Read::Nothing(Activity::Frame) => {
                console.frame(b"\x06\x09BBBB\n");
                String::from_utf8_lossy(line.frame().get(2..).unwrap()).into_owned()
            }
        };
        // A terminal that is gone interrupts, and a script that is over gives ends.
        let over = console.board().is_over() && (read == "^C" || read == "^D");
        reads.push(read);
        if over {
            console.flush();
            return (reads, console);
        }
    }
}

#[track_caller]
fn check(peer: Peer, most: usize, want: &[&str], written: &str) {
    let (reads, console) = reads(peer, most);
    assert_eq!(reads, want);
    assert_eq!(String::from_utf8_lossy(&console.board().written), written);
}

#[test]
fn a_terminal_gives_ended_lines() {
    check(Peer::new(typed("ab\r\rc")), 128, &["ab\n", "\n", "^C"], "ab\r\n\r\nc");
    check(Peer::new([send("ab\rcd\r")]), 128, &["ab\n", "cd\n", "^C"], "ab\r\ncd\r\n");
    check(Peer::new(typed("lz\x7fs\x1b[A\t1\r")), 128, &["ls 1\n", "^C"], "lz\x08 \x08s 1\r\n");
    check(Peer::new(typed("ü€\r")), 128, &["ü€\n", "^C"], "ü€\r\n");
}

#[test]
fn a_line_comes_in_parts() {
    check(Peer::new([send("hello\rx\r")]), 4, &["hell", "o\n", "x\n", "^C"], "hello\r\nx\r\n");
    check(Peer::new([send("hello\r")]).script(), 3, &["hel", "lo\n", "^D"], "");
}

#[test]
fn ctrl_d_ends_the_input_once_and_ctrl_c_the_program() {
    check(Peer::new([send("\x04"), Wait(60), send("a\r")]), 8, &["^D", "a\n", "^C"], "\r\na\r\n");
    check(Peer::new(typed("ab\x03c\r")), 8, &["^C", "c\n", "^C"], "ab^C\r\nc\r\n");
    // What was typed before Ctrl-C is gone, as at a prompt.
    check(Peer::new([send("a\rb\r\x03")]), 8, &["^C", "^C"], "^C\r\n");
}

#[test]
fn a_script_gives_its_lines_and_ends_for_good() {
    check(Peer::new([send("a\nb")]).script(), 8, &["a\n", "b", "^D"], "");
    check(Peer::new([send("")]).script(), 8, &["^D"], "");
}

#[test]
fn a_line_beyond_the_limit_comes_in_parts() {
    let long = "x".repeat(LINE_LIMIT);
    let line = long.clone() + "y\r";
    check(Peer::new([send(&line)]), 999, &[&long, "y\n", "^C"], &(line.clone() + "\n"));
    check(Peer::new([send(&line)]).script(), 999, &[&long, "y\n", "^D"], "");
}

#[test]
fn a_frame_leaves_the_line_as_it_was() {
    let steps = [send("ab"), Wait(10), send(FRAME), Wait(10), send("c\r")];
    check(Peer::new(steps), 8, &["AAsB+/=", "abc\n", "^C"], "ab\r\n\x06\x09BBBB\n\rabc\r\n");
}
