//! The functions as a module's imports: one row each.

use super::{WasiHost, WasiState, World, program, stream, time};
use crate::host::{Caller, Failed};
use crate::libc::WASI;
use crate::rows::{HostTable, rows};

impl<T: WasiHost + 'static> World for Caller<'_, T> {
    fn wasi(&mut self) -> &mut WasiState {
        self.data_mut().wasi()
    }

    fn input(&mut self, buf: &mut [u8]) -> Result<usize, Failed> {
        let read = self.data_mut().read(buf);
        self.keep(read)
    }

    fn random(&mut self, buf: &mut [u8]) -> Result<(), Failed> {
        let filled = self.data_mut().random(buf);
        self.keep(filled)
    }

    fn unix_micros(&mut self) -> Result<u64, Failed> {
        let micros = self.data_mut().unix_micros();
        self.keep(micros)
    }

    fn sleep(&mut self, nanos: u64) -> Result<(), Failed> {
        let slept = self.data_mut().sleep(nanos);
        self.keep(slept)
    }
}

/// The functions, for `Linker::functions`.
pub const fn functions<T: WasiHost + 'static>() -> &'static HostTable<T> {
    rows! {
        WASI;

        "fd_write"(fd, vectors, count, written) -> I32 = stream::write;
        "fd_read"(fd, vectors, count, read) -> I32 = stream::read;
        "fd_close"(fd) -> I32 = stream::close;
        "fd_seek"(fd, offset _high, whence, place) -> I32 = stream::seek;
        "fd_fdstat_get"(fd, stat) -> I32 = stream::stat;
        "fd_prestat_get"(fd, stat) -> I32 = stream::no_folder;
        "fd_prestat_dir_name"(fd, path, len) -> I32 = stream::no_folder_name;

        "args_sizes_get"(count, size) -> I32 = program::args_sizes;
        "args_get"(argv, text) -> I32 = program::args;
        "environ_sizes_get"(count, size) -> I32 = program::environ_sizes;
        "environ_get"(environ, text) -> I32 = program::environ;
        "random_get"(buf, len) -> I32 = program::random;
        "sched_yield"() -> I32 = program::sched_yield;
        "proc_exit"(status) = program::exit;

        "clock_res_get"(clock, resolution) -> I32 = time::resolution;
        "clock_time_get"(clock, precision _high, time) -> I32 = time::now;
        "poll_oneoff"(subscriptions, events, count, stored) -> I32 = time::poll;
    }
}
