//! A request that is carried out, and the table of what can be asked.

use core::marker::PhantomData;

use super::Op::{Read, Write};
use super::body::{Body, Fields, needed};
use super::fault::{Fault, Rc};
use super::upload::Upload;
use super::{
    After, Device, GROUP_FS, GROUP_MODULES, GROUP_OS, GROUP_SHELL, Header, Op, exec, files, modules, os,
};

/// A request and its response.
pub(super) struct Exchange<'x, D> {
    /// What carries it out.
    pub(super) device: &'x mut D,
    /// The upload that is under way.
    pub(super) upload: &'x mut Upload,
    /// What is asked.
    pub(super) request: Fields<'x>,
    /// The body of the response.
    pub(super) body: Body<'x>,
    /// What happens when the response is out.
    pub(super) after: After,
}

/// Carries a request out and writes the body of its response.
type Handler<D> = fn(&mut Exchange<'_, D>) -> Result<(), Fault>;

/// The handlers by group, command and operation.
struct Handlers<D>(PhantomData<D>);

impl<D: Device> Handlers<D> {
    const ALL: [(u16, u8, Op, Handler<D>); 17] = [
        (GROUP_OS, 0, Read, os::echo),
        (GROUP_OS, 0, Write, os::echo),
        (GROUP_OS, 2, Read, os::tasks),
        (GROUP_OS, 5, Write, os::reset),
        (GROUP_OS, 6, Read, os::parameters),
        (GROUP_FS, 0, Write, files::upload),
        (GROUP_FS, 0, Read, files::download),
        (GROUP_FS, 1, Read, files::status),
        (GROUP_FS, 2, Read, files::hash),
        (GROUP_FS, 3, Read, files::hash_types),
        (GROUP_FS, 4, Write, files::close),
        (GROUP_SHELL, 0, Write, exec::execute),
        (GROUP_MODULES, 0, Read, modules::list),
        (GROUP_MODULES, 1, Write, modules::commit),
        (GROUP_MODULES, 2, Write, modules::delete),
        (GROUP_MODULES, 3, Read, modules::resume),
        (GROUP_MODULES, 4, Write, modules::upload),
    ];
}

impl<'x, D: Device> Exchange<'x, D> {
    /// An exchange in which nothing is asked yet.
    pub(super) fn new(device: &'x mut D, upload: &'x mut Upload, body: Body<'x>, after: After) -> Self {
        Self { device, upload, request: Fields::default(), body, after }
    }

    /// Carries the request out that a header announces; `body` is missing if the packet is cut short.
    pub(super) fn carry_out(&mut self, header: &Header, body: Option<&'x [u8]>) -> Result<(), Fault> {
        let body = body.ok_or(Fault::Request(Rc::Corrupt))?;
        if header.version > Header::NEWEST {
            return Err(Fault::Request(Rc::TooNew));
        }
        let all = &Handlers::<D>::ALL;
        let asked = (header.group, header.command, header.op);
        let found = all.iter().find(|(group, command, op, _)| (*group, *command, *op) == asked);
        let (.., handler) = found.ok_or(Fault::Request(Rc::NotSupported))?;
        needed(self.request.read(body))?;
        handler(self)?;
        self.body.whole()?;
        Ok(())
    }
}
