//! Group 0: echo, task statistics, reset, parameters.

use super::body::{Body, Fields, Full, needed};
use super::fault::Fault;
use super::{Device, PACKET_SIZE, Task};

/// Packets that the server takes at once.
const PACKETS: u64 = 1;

/// Answers with the text it was sent.
pub(super) fn echo(request: Fields<'_>, body: &mut Body<'_>) -> Result<(), Fault> {
    let text = needed(request.text("d")?)?;
    body.map(1).key("r").text(text);
    Ok(())
}

/// Lists the tasks. Stacks are in words of 4 bytes, as Zephyr gives them.
pub(super) fn tasks<D: Device>(device: &mut D, body: &mut Body<'_>) -> Result<(), Fault> {
    body.map(1).key("tasks").open_map();
    let mut id = 0;
    device.tasks(&mut |task| {
        entry(task, id, body);
        id = u64::saturating_add(id, 1);
    });
    body.end();
    Ok(())
}

fn entry(task: &Task<'_>, id: u64, body: &mut Body<'_>) {
    body.key(task.name).map(9);
    body.key("prio").uint(task.priority.into());
    body.key("tid").uint(id);
    body.key("state").uint(task.state.into());
    body.key("stkuse").uint(task.stack_used.div_ceil(4).into());
    body.key("stksiz").uint((task.stack_size / 4).into());
    body.key("cswcnt").uint(0);
    body.key("runtime").uint(task.runtime);
    body.key("last_checkin").uint(0);
    body.key("next_checkin").uint(0);
}

/// Announces the packet size and count.
pub(super) fn parameters(body: &mut Body<'_>) -> Result<(), Fault> {
    let size = u64::try_from(PACKET_SIZE).map_err(|_| Full)?;
    body.map(2).key("buf_size").uint(size);
    body.key("buf_count").uint(PACKETS);
    Ok(())
}
