//! Group 9: a command line, with its output in the response.

use heapless::String;

use super::body::needed;
use super::cbor;
use super::exchange::Exchange;
use super::fault::{Fault, Rc};
use super::{Device, MAX_COMMAND, Output};

/// Bytes behind the output: the key `ret` and a number.
const RET_SIZE: usize = 9;

/// Joins `argv` with spaces, runs the line, and answers with its output and status.
pub(super) fn execute<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let mut line = String::<MAX_COMMAND>::new();
    let mut argv = needed(request.argv)?;
    let mut words = needed(argv.enter(cbor::ARRAY))?;
    while argv.more(&mut words) {
        let argument = needed(argv.text())?;
        if argument.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(Fault::Request(Rc::Invalid));
        }
        if !line.is_empty() {
            line.push_str(" ").map_err(|_| Fault::CommandTooLong)?;
        }
        line.push_str(argument).map_err(|_| Fault::CommandTooLong)?;
    }
    if line.bytes().all(|byte| byte == b' ') {
        return Err(Fault::CommandEmpty);
    }
    body.map(2).key("o");
    let status = body.text_with(RET_SIZE, |place| {
        let mut output = Output::new(place);
        let status = device.exec(&line, &mut output);
        (output.finish(), status)
    })?;
    body.key("ret").int(status);
    Ok(())
}
