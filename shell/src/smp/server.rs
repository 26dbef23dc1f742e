//! The server: bytes in, requests carried out, response frames out.

use embedded_io::Write;

use super::body::Body;
use super::exchange::Exchange;
use super::frame::send_packet;
use super::upload::Upload;
use super::{Deframer, Device, Header, Op, PACKET_SIZE};

/// Bytes of a packet buffer that framing takes: the length prefix and the CRC.
const FRAMING: usize = 4;
/// Largest request with its CRC, in bytes. A client that takes the announced size for that of the bare packet
/// still fits.
const REQUEST_SIZE: usize = PACKET_SIZE + 2;
/// Largest response, in bytes: with its framing it fills whole lines.
const RESPONSE_SIZE: usize = PACKET_SIZE - FRAMING;

/// What the caller does after a packet was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Goes on.
    Continue,
    /// Flushes the line and resets the device.
    Reset,
}

/// The SMP server of a line. It holds all of its memory.
///
/// The caller gives it the lines that are frames:
///
/// ```
/// # use wasmote_shell::smp::{After, Device, Server};
/// # fn turn<D: Device, W: embedded_io::Write>(
/// #     server: &mut Server, device: &mut D, out: &mut W, line: &[u8],
/// # ) -> Result<After, W::Error> {
/// if server.frame(line) { server.serve(device, out) } else { Ok(After::Continue) }
/// # }
/// ```
pub struct Server {
    request: Deframer<REQUEST_SIZE>,
    response: [u8; RESPONSE_SIZE],
    upload: Upload,
}

impl Server {
    /// Returns a server that has seen no byte.
    pub const fn new() -> Self {
        Self { request: Deframer::new(), response: [0; RESPONSE_SIZE], upload: Upload::new() }
    }

    /// Takes a frame's line, without its newline; returns whether it completes a packet.
    pub fn frame(&mut self, line: &[u8]) -> bool {
        self.request.line(line)
    }

    /// Carries out the packet that [`Server::frame`] announced and writes its response frames to `out`: each
    /// `write_all` is one line, newline included.
    ///
    /// A packet that is itself a response is ignored: a peer that echoes must not start an endless exchange.
    ///
    /// # Errors
    ///
    /// Those of `out`; the request was carried out all the same.
    pub fn serve<D: Device, W: Write>(&mut self, device: &mut D, out: &mut W) -> Result<After, W::Error> {
        self.serve_with(device, |_, line| out.write_all(line))
    }

    /// As [`Server::serve`], for a device that has the line itself: `send` gets it with each line.
    ///
    /// # Errors
    ///
    /// Those of `send`; the request was carried out all the same.
    pub fn serve_with<D: Device, E>(
        &mut self,
        device: &mut D,
        mut send: impl FnMut(&mut D, &[u8]) -> Result<(), E>,
    ) -> Result<After, E> {
        let mut packet = self.request.packet();
        let mut after = After::Continue;
        while let Some((header, rest)) = Header::split(packet) {
            if header.op == Op::Other {
                break;
            }
            let (head, place) = self.response.split_at_mut(Header::SIZE);
            let (request, next) = match rest.split_at_checked(header.length.into()) {
                Some((request, next)) => (Some(request), next),
                None => (None, [].as_slice()),
            };
            packet = next;
            // A reset that was asked for also comes when other requests follow in the packet.
            let mut exchange = Exchange::new(device, &mut self.upload, Body::new(place), after);
            let result = exchange.carry_out(&header, request);
            after = exchange.after;
            if let Err(fault) = result {
                exchange.body.clear();
                // An error is shorter than the buffer.
                fault.encode(&header, exchange.upload.expected(), &mut exchange.body);
            }
            let len = exchange.body.len();
            head.copy_from_slice(&header.response(u16::try_from(len).unwrap_or(0)));
            let end = Header::SIZE.saturating_add(len);
            let response = self.response.get(..end).unwrap_or_default();
            send_packet(response, |line| send(device, line))?;
            if result.is_err() {
                break;
            }
        }
        Ok(after)
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}
