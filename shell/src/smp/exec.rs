//! Group 9: a command line, with its output in the response.

use super::body::needed;
use super::cbor::{self, Cursor};
use super::exchange::Exchange;
use super::fault::{Fault, Rc};
use super::{Device, MAX_COMMAND, Output};
use crate::packed::{Packed, packed, unpack};

/// The answer to a program whose answer does not fit.
const TOO_LONG: Packed = packed!(
    "{\"error\":\"LIMIT\",\"message\":\"the answer does not fit a response; ask at the prompt\",\"status\":1}\n"
);

/// Bytes behind the output: the key `ret` and a number.
const RET_SIZE: usize = 9;

/// Joins `argv` with spaces, runs the line, and answers with its output and status.
///
/// The line has no memory of its own: it lies at the end of the room for its output.
pub(super) fn execute<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let argv = needed(request.argv)?;
    body.map(2).key("o");
    let room = body.begin_text(RET_SIZE)?;
    let len = join(argv, room)?;
    let (place, line) = room.split_at_mut(room.len().saturating_sub(len));
    line.iter_mut().zip(&*place).for_each(|(to, from)| *to = *from);
    let mut output = Output::new(place);
    let json = line.split(|byte| *byte == b' ').any(|word| word == b"-j");
    let mut status = device.exec(core::str::from_utf8(line).unwrap_or_default(), &mut output);
    if json && output.is_cut() {
        // A part of a program's answer is none.
        output.clear();
        unpack(TOO_LONG.0, &mut output);
        status = 1;
    }
    let len = output.finish();
    body.end_text(len);
    body.key("ret").int(status);
    Ok(())
}

/// Joins a list of words at the start of `room`, and returns the length of the line, in bytes: less than half of the room.
fn join(mut argv: Cursor<'_>, room: &mut [u8]) -> Result<usize, Fault> {
    let mut len = 0;
    let mut words = needed(argv.enter(cbor::ARRAY))?;
    while argv.more(&mut words) {
        let word = needed(argv.text())?;
        if len > 0 {
            put(room, &mut len, b' ')?;
        }
        for byte in word.bytes() {
            put(room, &mut len, byte)?;
        }
    }
    if room.iter().take(len).all(|byte| *byte == b' ') { Err(Fault::CommandEmpty) } else { Ok(len) }
}

/// Puts the next byte of a line.
fn put(room: &mut [u8], len: &mut usize, byte: u8) -> Result<(), Fault> {
    if byte.is_ascii_control() {
        return Err(Fault::Request(Rc::Invalid));
    }
    let place = room.iter_mut().take(MAX_COMMAND).nth(*len);
    *place.ok_or(Fault::CommandTooLong)? = byte;
    *len = len.saturating_add(1);
    Ok(())
}
