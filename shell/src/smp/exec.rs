//! Group 9: a command line, with its output in the response.

use super::body::needed;
use super::cbor::{self, Cursor};
use super::exchange::Exchange;
use super::fault::{Fault, Rc};
use super::{Device, MAX_COMMAND, Output};

/// Bytes behind the output: the key `ret` and a number.
const RET_SIZE: usize = 9;

/// Joins `argv` with spaces, runs the line, and answers with its output and status.
///
/// The line has no memory of its own: it lies at the end of the room for its output.
pub(super) fn execute<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let argv = needed(request.argv)?;
    body.map(2).key("o");
    let status = body.text_with(RET_SIZE, |room| {
        let len = match join(argv, room) {
            Ok(len) => len,
            Err(fault) => return (0, Err(fault)),
        };
        let end = room.len().saturating_sub(len);
        room.copy_within(..len, end);
        let (place, line) = room.split_at_mut(end);
        let mut output = Output::new(place);
        let status = device.exec(core::str::from_utf8(line).unwrap_or_default(), &mut output);
        (output.finish(), Ok(status))
    })??;
    body.key("ret").int(status);
    Ok(())
}

/// Joins a list of words at the start of `room`, and returns the length of the line, in bytes.
fn join(mut argv: Cursor<'_>, room: &mut [u8]) -> Result<usize, Fault> {
    let mut places = room.iter_mut().take(MAX_COMMAND);
    let (mut len, mut blank) = (0usize, true);
    let mut words = needed(argv.enter(cbor::ARRAY))?;
    while argv.more(&mut words) {
        let word = needed(argv.text())?.as_bytes();
        let separator: &[u8] = if len == 0 { b"" } else { b" " };
        for part in [separator, word] {
            for &byte in part {
                if byte.is_ascii_control() {
                    return Err(Fault::Request(Rc::Invalid));
                }
                *places.next().ok_or(Fault::CommandTooLong)? = byte;
                blank &= byte == b' ';
                len = len.saturating_add(1);
            }
        }
    }
    if blank { Err(Fault::CommandEmpty) } else { Ok(len) }
}
