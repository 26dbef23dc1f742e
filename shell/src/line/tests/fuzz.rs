//! Hostile peers: seeded bytes, many inputs, no panic, and what comes out is well-formed.

use std::vec::Vec;

use super::peer::{Peer, Step};
use super::*;

/// xorshift64*, so that a failure repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }
}

/// What a hostile peer likes to send.
const MORSELS: [&[u8]; 32] = [
    b"\r",
    b"\n",
    b"\x7f",
    b"\x03",
    b"\x0b",
    b"\x0c",
    b"\x14",
    b"\x15",
    b"\x17",
    b"\x10",
    b"\x0e",
    b"\x01",
    b"\x05",
    b"\x02",
    b"\x06",
    b"\x1b[A",
    b"\x1b[B",
    b"\x1b[3~",
    b"\x1b[R",
    b"\x1b[0;0R",
    b"\x1b[99999;1R",
    b"\x1b[1;99999R",
    b"\x1b[5;7R",
    b"\x06\x09AAAA\n",
    b"\x04\x14",
    b"\x1b[999",
    b"\xf0\x9f\x98\x82",
    b"\xe2\x82",
    b"\xc3\xa9",
    b"ab cd",
    b" ",
    b"0123456789012345678901234567890123456789",
];

fn steps(random: &mut Random) -> Vec<Step> {
    let raw = random.below(3);
    (0..1 + random.below(6))
        .map(|_| match random.below(8) {
            0 => Step::Wait(random.below(120) as u64),
            _ if raw == 0 => Step::Send((0..random.below(40)).map(|_| random.below(256) as u8).collect()),
            _ => Step::Send(
                (0..random.below(8)).flat_map(|_| MORSELS[random.below(MORSELS.len())]).copied().collect(),
            ),
        })
        .collect()
}

/// Runs the line against `peer`, looking at it as a command does now and then.
fn torment(line: &mut Line<'_>, peer: Peer, random: &mut Random) {
    let mut console = Console::new(peer);
    let mut gone = 0;
    while gone < 2 {
        if random.below(4) == 0 {
            line.poll(&mut console);
        }
        match line.next(&mut console) {
            Event::Line(text) => {
                assert!(text.len() <= LINE_LIMIT);
                assert!(!text.chars().any(char::is_control), "{text:?}");
                core::str::from_utf8(text.as_bytes()).unwrap();
            }
            Event::Frame(frame) => assert!(frame.len() < 127 && frame.is_ascii()),
            // Ctrl-D ends the line as often as the peer's end does.
            Event::Eof => gone += 1,
            Event::Tab => {
                assert!(line.typed().len() <= LINE_CAPACITY);
                line.append(b"abc");
            }
            Event::TooLong | Event::Interrupt => {}
        }
    }
}

#[test]
fn no_peer_can_crash_the_line() {
    for seed in 1..=200 {
        let mut random = Random(seed);
        let mut buffers = LineBuffers::new();
        let mut line = Line::new(&mut buffers);
        // One line meets many peers, so that queue, history and decoder carry over.
        for _ in 0..100 {
            let peer = Peer::new(steps(&mut random));
            let peer = match random.below(6) {
                0 => peer.script(),
                1 | 2 => peer,
                _ => peer.with_terminal([2, 16, 17, 20, 80][random.below(5)]),
            };
            line.set_term([Term::Auto, Term::Plain, Term::Ansi, Term::Ansi][random.below(4)]);
            torment(&mut line, peer, &mut random);
        }
        for entry in line.history() {
            str::from_utf8(entry).unwrap();
        }
    }
}

/// What is typed key by key, with frames in between, enters the same line as without them.
#[test]
fn frames_between_keys_change_no_line() {
    const KEYS: [&str; 12] =
        ["a", "b", " ", "€", "\x1b[D", "\x1b[C", "\x01", "\x05", "\x7f", "\x1b[3~", "\x17", "wörd "];
    for seed in 1..=200 {
        let mut random = Random(seed);
        let keys: Vec<&str> = (0..30).map(|_| KEYS[random.below(KEYS.len())]).collect();
        let columns = [16, 20, 80][random.below(3)];
        let entered = |frames: bool, random: &mut Random| {
            let mut steps = std::vec![Step::Wait(400)];
            for key in &keys {
                steps.extend([send(key), Step::Wait(100)]);
                if frames && random.below(4) == 0 {
                    steps.extend([send(FRAME), Step::Wait(300)]);
                }
            }
            steps.push(send("\r"));
            let (events, console) = session(Peer::new(steps).with_terminal(columns));
            let shown = console.board().terminal.as_ref().unwrap().shown();
            (events.last().cloned(), shown.lines().count())
        };
        let plain = entered(false, &mut random).0;
        assert!(plain.is_some());
        assert_eq!(entered(true, &mut random).0, plain, "seed {seed}: {keys:?}");
    }
}
