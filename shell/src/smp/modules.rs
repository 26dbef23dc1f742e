//! Group 64, ours: the module store.
//!
//! | command | request | response |
//! |---|---|---|
//! | 0 list (read) | `{from?}` | `{modules: [{name, len, sha256?}], more}` |
//! | 1 commit (write) | `{name, len, sha256}` | `{}` |
//! | 2 delete (write) | `{name}` | `{}` |
//! | 3 resume state (read) | `{name}` | `{off, len, sha256}` of the bytes received; `{off: 0}` without an upload |
//! | 4 upload (write) | `{off, data, name, len, sha256?}` | `{off}`, as in group 8; the module waits for its commit |
//!
//! An upload whose first chunk tells its SHA-256 goes on where an upload of that hash was interrupted, also by a
//! reboot: the offset in the answer says where. That chunk may be empty, so that nothing is sent twice.

use super::body::{Body, needed};
use super::exchange::Exchange;
use super::fault::Fault;
use super::files::chunk;
use super::upload::AtEnd;
use super::{Device, Module};

/// Bytes of a list entry beside its name, and of what closes the list.
const ENTRY_OVERHEAD: usize = 80;

/// Lists the modules from number `from` on, as many as the response holds.
pub(super) fn list<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let from = request.from.unwrap_or(0);
    body.map(2).key("modules").open_array();
    let mut more = false;
    device.list(from, &mut |module| {
        more = body.room() < module.name.len().saturating_add(ENTRY_OVERHEAD);
        if !more {
            entry(module, body);
        }
        !more
    })?;
    body.end();
    body.key("more").bool(more);
    Ok(())
}

fn entry(module: &Module<'_>, body: &mut Body<'_>) {
    body.map(if module.sha256.is_some() { 3 } else { 2 });
    body.key("name").text(module.name);
    body.number("len", module.len);
    if let Some(sha256) = &module.sha256 {
        body.key("sha256").bytes(sha256);
    }
}

/// Installs the complete upload, if it is what the client sent.
pub(super) fn commit<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, upload, request, body, .. } = exchange;
    let name = request.module()?;
    let len = needed(request.len)?;
    let sha256 = needed(request.sha256)?;
    upload.commit(*device, name, len, sha256)?;
    body.map(0);
    Ok(())
}

/// Deletes a module.
pub(super) fn delete<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    device.delete(request.module()?)?;
    body.map(0);
    Ok(())
}

/// Tells how far an upload has come.
pub(super) fn resume<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, upload, request, body, .. } = exchange;
    let name = request.module()?;
    match upload.progress(*device, name)? {
        None => {
            body.map(1).number("off", 0);
        }
        Some(progress) => {
            body.map(3).number("off", progress.offset).number("len", progress.len);
            body.key("sha256").bytes(&progress.sha256);
        }
    }
    Ok(())
}

/// Takes a chunk of a module that waits for its commit.
pub(super) fn upload<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    chunk(exchange, AtEnd::Wait)
}
