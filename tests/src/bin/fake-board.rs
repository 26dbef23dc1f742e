//! A board to test the harness with: `fake-board FLASH [query]`.
//!
//! It counts its starts in `FLASH.boots` and keeps one line of text in its flash file. With `query` it asks the terminal
//! where its cursor is before each prompt, and waits 300 ms for the reply.

use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

fn main() -> io::Result<ExitCode> {
    let mut words = std::env::args().skip(1);
    let flash = words.next().unwrap_or_default();
    let query = words.next().is_some();
    let boots =
        fs::read_to_string(format!("{flash}.boots")).ok().and_then(|text| text.parse().ok()).unwrap_or(0) + 1;
    fs::write(format!("{flash}.boots"), boots.to_string())?;
    say(&format!("boot {boots}\r\n"))?;
    loop {
        let cursor = if query { ask_cursor()? } else { String::new() };
        say("> ")?;
        // Ctrl-D or the end of the input ends the board.
        let Some(line) = read_until(b'\r')?.filter(|line| line != "\x04") else {
            return Ok(ExitCode::SUCCESS);
        };
        say(&format!("{line}\r\n"))?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb {
            "" | "#" => {}
            "echo" => say(&format!("{rest}\r\n"))?,
            "where" => say(&format!("cursor {cursor}\r\n"))?,
            "keep" => fs::write(&flash, rest)?,
            "kept" => say(&format!("{}\r\n", fs::read_to_string(&flash)?))?,
            "spin" => {
                say("spinning\r\n")?;
                read_until(b'\x03')?;
                say("stopped\r\n")?;
            }
            "late" => {
                say("spinning\r\n")?;
                read_until(b'\x03')?;
                std::thread::sleep(Duration::from_millis(150));
            }
            "upload" => {
                let sent = read_until(b'!')?.unwrap_or_default();
                say(&format!("got {sent}!"))?;
            }
            "fail" => return Ok(ExitCode::from(3)),
            _ => say(&format!("error[COMMAND]: {verb} is no command\r\n"))?,
        }
    }
}

fn say(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())?;
    io::stdout().flush()
}

/// Reads up to a byte, which is left out. Ctrl-D is a line of its own. `None` at the end of the input.
fn read_until(end: u8) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    for byte in io::stdin().lock().bytes() {
        let byte = byte?;
        if byte == end {
            return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
        }
        text.push(byte);
        if byte == b'\x04' {
            return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
        }
    }
    Ok(None)
}

fn ask_cursor() -> io::Result<String> {
    say("\x1b[6n")?;
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let replied = poll(
        &mut fds,
        Some(&Timespec { tv_sec: 0, tv_nsec: Duration::from_millis(300).subsec_nanos().into() }),
    )?;
    let reply = if replied > 0 { read_until(b'R')? } else { None };
    Ok(reply.and_then(|reply| reply.split_once('[').map(|(_, place)| place.to_owned())).unwrap_or_default())
}
