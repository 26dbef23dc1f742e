//! Group 0: echo, task statistics, reset, parameters.

use super::body::{Body, needed};
use super::exchange::Exchange;
use super::fault::Fault;
use super::{After, Device, PACKET_SIZE, Task};

/// Packets that the server takes at once.
const PACKETS: u32 = 1;

/// Answers with the text it was sent.
pub(super) fn echo<D>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let text = needed(exchange.request.d)?;
    exchange.body.map(1).key("r").text(text);
    Ok(())
}

/// Lists the tasks. Stacks are in words of 4 bytes, as Zephyr gives them.
pub(super) fn tasks<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, body, .. } = exchange;
    body.map(1).key("tasks").open_map();
    let mut id = 0;
    device.tasks(&mut |task| {
        entry(task, id, body);
        id = u32::saturating_add(id, 1);
    });
    body.end();
    Ok(())
}

fn entry(task: &Task<'_>, id: u32, body: &mut Body<'_>) {
    body.key(task.name).map(9);
    body.number("prio", task.priority.into()).number("tid", id).number("state", task.state.into());
    body.number("stkuse", task.stack_used.div_ceil(4)).number("stksiz", task.stack_size / 4);
    body.number("cswcnt", 0).key("runtime").uint(task.runtime);
    body.number("last_checkin", 0).number("next_checkin", 0);
}

/// Resets the device when the response is out.
pub(super) fn reset<D>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    exchange.body.map(0);
    exchange.after = After::Reset;
    Ok(())
}

/// Announces the packet size and count.
pub(super) fn parameters<D>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    exchange.body.map(2).number("buf_size", PACKET_SIZE as u32).number("buf_count", PACKETS);
    Ok(())
}
