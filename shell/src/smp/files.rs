//! Group 8: modules as files, for stock clients.

use wasmote_fs::Name;

use super::body::needed;
use super::crc::Crc32;
use super::exchange::Exchange;
use super::fault::{Fault, Rc};
use super::upload::{AtEnd, Chunk};
use super::{Device, Refusal};

/// Bytes of a download response that are not data: map, keys, two numbers of 5 bytes, length of the data.
const DOWNLOAD_OVERHEAD: usize = 32;
/// Bytes read at a time for a checksum.
const SUM_CHUNK: usize = 256;

/// Returns the module that a path means: `/NAME`, `/lfs/NAME`, `NAME`, each with or without `.wasm`.
pub(super) fn module_name(path: &str) -> Option<Name> {
    let path = path.strip_prefix("/lfs/").or(path.strip_prefix('/')).unwrap_or(path);
    let name = path.strip_suffix(".wasm").unwrap_or(path);
    Name::new(name).ok()
}

/// Takes a chunk of a file, which is a module when its last one has come.
pub(super) fn upload<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    chunk(exchange, AtEnd::Commit)
}

/// Takes a chunk of a file.
pub(super) fn chunk<D: Device>(exchange: &mut Exchange<'_, D>, at_end: AtEnd) -> Result<(), Fault> {
    let Exchange { device, upload, request, body, .. } = exchange;
    let name = request.module()?;
    let chunk = Chunk {
        name,
        offset: needed(request.off)?,
        data: needed(request.data)?,
        len: request.len,
        sha256: request.sha256,
    };
    let offset = upload.chunk(*device, &chunk, at_end)?;
    body.map(1).number("off", offset);
    Ok(())
}

/// Gives an upload up.
pub(super) fn close<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    exchange.upload.abort(exchange.device);
    exchange.body.map(0);
    Ok(())
}

/// Gives as much of a file as the response holds.
pub(super) fn download<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let name = request.module()?;
    let offset = needed(request.off)?;
    let len = device.stat(name)?;
    let left = len.checked_sub(offset).ok_or(Refusal::BehindEnd)?;
    let room = body.room().saturating_sub(DOWNLOAD_OVERHEAD);
    let count = usize::try_from(left).unwrap_or(usize::MAX).min(room);
    body.map(if offset == 0 { 3 } else { 2 });
    body.number("off", offset);
    body.key("data");
    let data = body.reserve_bytes(count)?;
    if device.read_at(name, offset, data)? != count {
        return Err(Refusal::ReadFailed.into());
    }
    if offset == 0 {
        body.number("len", len);
    }
    Ok(())
}

/// Gives the length of a file.
pub(super) fn status<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let name = request.module()?;
    let len = device.stat(name)?;
    body.map(1).number("len", len);
    Ok(())
}

/// Gives the hash or checksum of a file, or of `len` bytes of it from `off` on. Zephyr's default is crc32.
pub(super) fn hash<D: Device>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let Exchange { device, request, body, .. } = exchange;
    let name = request.module()?;
    let kind = request.kind.filter(|kind| !kind.is_empty()).unwrap_or("crc32");
    let offset = request.off.unwrap_or(0);
    let wanted = request.len.unwrap_or(u32::MAX);
    if wanted == 0 {
        return Err(Fault::Request(Rc::Invalid));
    }
    let len = device.stat(name)?;
    let left = len.checked_sub(offset).filter(|left| *left > 0);
    let count = left.ok_or(Refusal::BehindEnd)?.min(wanted);
    body.map(if offset == 0 { 3 } else { 4 });
    body.key("type").text(kind);
    if offset != 0 {
        body.number("off", offset);
    }
    body.number("len", count);
    body.key("output");
    match kind {
        "sha256" => {
            let hash = device.hash(name, offset, count)?;
            body.bytes(&hash);
        }
        "crc32" => {
            let sum = crc32(*device, name, offset, count)?;
            body.uint(sum.into());
        }
        _ => return Err(Refusal::UnknownHash.into()),
    }
    Ok(())
}

/// Lists the hashes: format 0 is a number, 1 a byte string; the size is in bytes.
pub(super) fn hash_types<D>(exchange: &mut Exchange<'_, D>) -> Result<(), Fault> {
    let body = &mut exchange.body;
    body.map(1).key("types").map(2);
    for (name, format, size) in [("crc32", 0, 4), ("sha256", 1, 32)] {
        body.key(name).map(2).number("format", format).number("size", size);
    }
    Ok(())
}

/// Returns the checksum of `count` bytes of a file from `offset` on.
fn crc32<D: Device>(device: &mut D, name: &Name, mut offset: u32, count: u32) -> Result<u32, Fault> {
    let mut sum = Crc32::new();
    let end = offset.saturating_add(count);
    let mut buffer = [0; SUM_CHUNK];
    while offset < end {
        let left = usize::try_from(end.saturating_sub(offset)).unwrap_or(SUM_CHUNK);
        let piece = buffer.get_mut(..left.min(SUM_CHUNK)).unwrap_or_default();
        let read = device.read_at(name, offset, piece)?;
        if read != piece.len() {
            return Err(Refusal::ReadFailed.into());
        }
        sum.update(piece);
        offset = offset.saturating_add(u32::try_from(read).unwrap_or(u32::MAX));
    }
    Ok(sum.sum())
}
