//! The functions over the memory of an instance and a host of the test's own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::errno::{BADF, INVAL, NOTSUP, SPIPE, SUCCESS};
use super::{WasiHost, WasiState, program, stream, time};
use crate::host::Failed;
use crate::host::HostError::{self, Suspend};
use crate::libc::{LibcHost, LibcState, WASI};
use crate::{Caller, Engine, Instance, Linker, Module, Store, Trap, ValType};

/// `(module (memory 1))`
const ONE_PAGE: &[u8] = b"\0asm\x01\0\0\0\x05\x03\x01\0\x01";
const OUTSIDE: HostError = HostError::Trap(Trap::MemoryOutOfBounds);

/// Where calls put what they give.
const OUT: u32 = 512;
/// Where the tests' vectors are.
const VECTORS: u32 = 256;

/// A host that gives what the test says; what it has none of is suspended for.
#[derive(Default)]
struct Host {
    libc: LibcState,
    wasi: WasiState,
    screen: Vec<u8>,
    /// Bytes that the console takes before it is full.
    room: usize,
    /// What is typed, a read each.
    typed: VecDeque<&'static [u8]>,
    /// Whether random bytes are there: every other time.
    ready: bool,
    /// How many were given; they count up.
    drawn: u8,
    now: Option<u64>,
    slept: u64,
}

impl LibcHost for Host {
    fn libc(&mut self) -> &mut LibcState {
        &mut self.libc
    }

    fn write(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.room);
        self.screen.extend_from_slice(&bytes[..taken]);
        self.room -= taken;
        taken
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        self.now.ok_or(Suspend)
    }
}

impl WasiHost for Host {
    fn wasi(&mut self) -> &mut WasiState {
        &mut self.wasi
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, HostError> {
        let line = self.typed.front_mut().ok_or(Suspend)?;
        let given = line.len().min(buf.len());
        buf[..given].copy_from_slice(&line[..given]);
        *line = &line[given..];
        if line.is_empty() {
            self.typed.pop_front();
        }
        Ok(given)
    }

    fn random(&mut self, buf: &mut [u8]) -> Result<(), HostError> {
        self.ready = !self.ready;
        if self.ready {
            return Err(Suspend);
        }
        for byte in buf {
            *byte = self.drawn;
            self.drawn = self.drawn.wrapping_add(1);
        }
        Ok(())
    }

    fn unix_micros(&mut self) -> Result<u64, HostError> {
        self.now.map(|now| now + 1_000_000).ok_or(Suspend)
    }

    fn sleep(&mut self, nanos: u64) -> Result<(), HostError> {
        self.slept = nanos;
        self.now.map(drop).ok_or(Suspend)
    }
}

/// An instance with one page of memory.
struct Guest {
    store: Store<Host>,
    instance: Instance,
}

impl Guest {
    fn new(host: Host) -> Self {
        let engine = Engine::default();
        let mut store = Store::new(&engine, host);
        let module = Module::new(&engine, ONE_PAGE).unwrap();
        let instance = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
        Self { store, instance }
    }

    /// What functions are called with.
    fn world(&mut self) -> Caller<'_, Host> {
        Caller::embedder(&mut self.store, self.instance)
    }

    /// What a function gives, or why it does not return.
    fn call<R>(
        &mut self,
        call: impl FnOnce(&mut Caller<'_, Host>) -> Result<R, Failed>,
    ) -> Result<R, HostError> {
        let mut world = self.world();
        call(&mut world).map_err(|_| world.why)
    }

    fn put(&mut self, addr: u32, bytes: &[u8]) {
        self.world().write_memory(addr, bytes).unwrap();
    }

    fn bytes<const N: usize>(&mut self, addr: u32) -> [u8; N] {
        let mut bytes = [0; N];
        self.world().read_memory(addr, &mut bytes).unwrap();
        bytes
    }

    fn word(&mut self, addr: u32) -> u32 {
        u32::from_le_bytes(self.bytes(addr))
    }

    /// Puts an array of vectors.
    fn vectors(&mut self, vectors: &[(u32, u32)]) {
        let words = vectors.iter().flat_map(|&(addr, len)| [addr, len]);
        let bytes: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        self.put(VECTORS, &bytes);
    }
}

#[test]
fn has_the_signatures_of_the_specification() {
    // `typenames.witx` lowered: `i` is an i32, `I` an i64.
    const WITX: &str = "fd_write(iiii)i fd_read(iiii)i fd_close(i)i fd_seek(iIii)i fd_fdstat_get(ii)i
        fd_prestat_get(ii)i fd_prestat_dir_name(iii)i args_sizes_get(ii)i args_get(ii)i environ_sizes_get(ii)i
        environ_get(ii)i random_get(ii)i sched_yield()i proc_exit(i) clock_res_get(ii)i clock_time_get(iIi)i
        poll_oneoff(iiii)i";
    let letters = |types: &[ValType]| -> String {
        types.iter().map(|&ty| if ty == ValType::I32 { 'i' } else { 'I' }).collect()
    };
    let table = super::functions::<Host>();
    let ours: Vec<String> = table
        .functions()
        .map(|(name, row)| alloc::format!("{name}({}){}", letters(row.ty.params), letters(row.ty.results)))
        .collect();
    assert_eq!(ours, WITX.split_whitespace().collect::<Vec<_>>());
    assert_eq!(table.module, WASI);
}

/// Writes vectors to a descriptor, the console taking `step` bytes at a time.
#[track_caller]
fn check_write(fd: u32, vectors: &[(u32, u32)], step: usize, want: Result<u32, HostError>, screen: &str) {
    let mut guest = Guest::new(Host { room: step, ..Host::default() });
    guest.put(0, b"Hello, world!\n");
    guest.vectors(vectors);
    let got = loop {
        match guest.call(|w| stream::write(w, fd, VECTORS, vectors.len() as u32, OUT)) {
            Err(Suspend) => guest.store.data_mut().room = step,
            other => break other,
        }
    };
    assert_eq!(got, want, "{vectors:?}");
    assert_eq!(String::from_utf8_lossy(&guest.store.data().screen), screen, "{step} bytes at a time");
    let written = if want == Ok(SUCCESS) { screen.len() as u32 } else { 0 };
    assert_eq!(guest.word(OUT), written);
}

#[test]
fn writes_whole_vectors_whatever_the_console_takes() {
    for step in [1, 2, 3, 5, 7, 100] {
        check_write(1, &[(0, 14)], step, Ok(SUCCESS), "Hello, world!\n");
        check_write(2, &[(7, 5), (0, 0), (0, 5), (65_536, 0), (12, 2)], step, Ok(SUCCESS), "worldHello!\n");
    }
    check_write(1, &[], 1, Ok(SUCCESS), "");
}

#[test]
fn writes_only_what_is_there() {
    check_write(0, &[(0, 5)], 100, Ok(BADF), "");
    check_write(3, &[(0, 5)], 100, Ok(BADF), "");
    check_write(u32::MAX, &[(0, 5)], 100, Ok(BADF), "");
    check_write(1, &[(0, 5), (65_535, u32::MAX)], 100, Err(OUTSIDE), "");
    let mut guest = Guest::new(Host { room: 100, ..Host::default() });
    for (vectors, count) in [(65_532, 1), (0, 1 << 29), (0, u32::MAX), (u32::MAX, 1)] {
        assert_eq!(guest.call(|w| stream::write(w, 1, vectors, count, OUT)), Err(OUTSIDE));
    }
    assert_eq!(guest.call(|w| stream::write(w, 1, VECTORS, 1, 65_533)), Err(OUTSIDE));
}

/// Reads into vectors twice; `?` stands for a read that waits.
#[track_caller]
fn check_read(fd: u32, vectors: &[(u32, u32)], typed: &[&'static [u8]], want: [Result<&str, HostError>; 2]) {
    let mut guest = Guest::new(Host { typed: typed.iter().copied().collect(), ..Host::default() });
    guest.vectors(vectors);
    for want in want {
        let got = guest.call(|w| stream::read(w, fd, VECTORS, vectors.len() as u32, OUT));
        assert_eq!(got, want.map(|_| SUCCESS), "{typed:?}");
        if let Ok(text) = want {
            let count = guest.word(OUT);
            assert_eq!(count as usize, text.len());
            let first = vectors.iter().find(|&&(_, len)| len > 0).map_or(0, |&(addr, _)| addr);
            let bytes = guest.bytes::<8>(first);
            assert_eq!(&bytes[..text.len()], text.as_bytes());
        }
    }
}

#[test]
fn reads_what_is_typed() {
    check_read(0, &[(0, 8)], &[b"one\n", b""], [Ok("one\n"), Ok("")]);
    check_read(0, &[(0, 8)], &[b"one\n"], [Ok("one\n"), Err(Suspend)]);
    // C's stdio gives an empty vector first.
    check_read(0, &[(99, 0), (0, 3), (4, 4)], &[b"one\n"], [Ok("one"), Ok("\n")]);
    check_read(0, &[], &[b"one\n"], [Ok(""), Ok("")]);
    check_read(0, &[(65_534, 8)], &[b"one\n"], [Err(OUTSIDE), Err(Suspend)]);
}

#[test]
fn descriptors_are_the_standard_streams_until_they_are_closed() {
    let mut guest = Guest::new(Host::default());
    for (fd, want, rights) in
        [(0, SPIPE, 2), (1, SPIPE, 64), (2, SPIPE, 64), (3, BADF, 0), (u32::MAX, BADF, 0)]
    {
        let world = &mut guest.world();
        assert_eq!(stream::seek(world, fd, 0, 0, OUT), Ok(want), "{fd}");
        assert_eq!(stream::no_folder(world, fd, OUT), Ok(BADF), "{fd}");
        assert_eq!(stream::no_folder_name(world, fd, OUT, 8), Ok(BADF), "{fd}");
        let open = if want == SPIPE { SUCCESS } else { BADF };
        assert_eq!(stream::stat(world, fd, OUT), Ok(open), "{fd}");
        if open == SUCCESS {
            assert_eq!(guest.bytes::<24>(OUT)[..9], [2, 0, 0, 0, 0, 0, 0, 0, rights], "{fd}");
            assert_eq!(guest.call(|w| stream::stat(w, fd, 65_513)), Err(OUTSIDE));
        }
        let world = &mut guest.world();
        assert_eq!(stream::close(world, fd), Ok(open), "{fd}");
        assert_eq!(stream::close(world, fd), Ok(BADF), "{fd}");
        assert_eq!(stream::write(world, fd, VECTORS, 0, OUT), Ok(BADF), "{fd}");
        assert_eq!(stream::read(world, fd, VECTORS, 0, OUT), Ok(BADF), "{fd}");
    }
}

#[test]
fn arguments_are_strings_and_their_addresses() {
    let words = ["hello", "", "wörld"];
    let wasi = WasiState::new(words.into_iter()).unwrap();
    let mut guest = Guest::new(Host { wasi, ..Host::default() });
    assert_eq!(guest.call(|w| program::args_sizes(w, OUT, OUT + 4)), Ok(SUCCESS));
    assert_eq!((guest.word(OUT), guest.word(OUT + 4)), (3, 14));
    // Both at the memory's very end.
    for (argv, text) in [(OUT, 65_522), (65_524, OUT)] {
        assert_eq!(guest.call(|w| program::args(w, argv, text)), Ok(SUCCESS));
        assert_eq!(guest.bytes::<14>(text), *b"hello\0\0w\xc3\xb6rld\0");
        assert_eq!([0, 4, 8].map(|at| guest.word(argv + at)), [text, text + 6, text + 7]);
    }
    for (argv, text) in [(65_526, OUT), (OUT, 65_523), (u32::MAX, OUT)] {
        assert_eq!(guest.call(|w| program::args(w, argv, text)), Err(OUTSIDE));
    }
    // They are still there, and the environment is empty.
    assert_eq!(guest.call(|w| program::args_sizes(w, OUT, OUT + 4)), Ok(SUCCESS));
    assert_eq!(guest.word(OUT), 3);
    assert_eq!(guest.call(|w| program::environ_sizes(w, OUT, OUT + 4)), Ok(SUCCESS));
    assert_eq!((guest.word(OUT), guest.word(OUT + 4)), (0, 0));
    assert_eq!(guest.call(|w| program::environ(w, u32::MAX, u32::MAX)), Ok(SUCCESS));
}

#[test]
fn random_bytes_come_whole_and_once() {
    for len in [0, 1, 31, 32, 33, 100] {
        let mut guest = Guest::new(Host::default());
        let mut calls = 0;
        while guest.call(|w| program::random(w, 8, len)) == Err(Suspend) {
            calls += 1;
        }
        assert_eq!(calls, len.div_ceil(32), "{len}");
        let bytes = guest.bytes::<128>(8);
        assert!((0..len as u8).eq(bytes[..len as usize].iter().copied()), "{len}");
        assert_eq!(bytes[len as usize], 0);
        assert_eq!(guest.store.data().wasi.drawn, 0);
    }
    let mut guest = Guest::new(Host { ready: true, ..Host::default() });
    assert_eq!(guest.call(|w| program::random(w, 65_530, 8)), Err(OUTSIDE));
}

#[test]
fn a_program_ends_with_its_status() {
    let mut guest = Guest::new(Host::default());
    for status in [0, 1, u32::MAX] {
        assert_eq!(guest.call(|w| program::exit(w, status)), Err(HostError::Trap(Trap::Exit(status as i32))));
    }
    assert_eq!(guest.call(|w| program::sched_yield(w)), Ok(SUCCESS));
}

#[test]
fn clocks_are_in_nanoseconds() {
    for (clock, want, shown) in [(0, Ok(SUCCESS), 1_000_005_000), (1, Ok(SUCCESS), 5_000), (2, Ok(INVAL), 0)]
    {
        let mut guest = Guest::new(Host { now: Some(5), ..Host::default() });
        assert_eq!(guest.call(|w| time::now(w, clock, 1, OUT)), want, "{clock}");
        assert_eq!(u64::from_le_bytes(guest.bytes(OUT)), shown, "{clock}");
        assert_eq!(guest.call(|w| time::resolution(w, clock, OUT)), want);
        guest.store.data_mut().now = None;
        let suspended = want.and_then(|errno| if errno == SUCCESS { Err(Suspend) } else { Ok(errno) });
        assert_eq!(guest.call(|w| time::now(w, clock, 1, OUT)), suspended, "{clock}");
    }
    let mut guest = Guest::new(Host { now: Some(5), ..Host::default() });
    assert_eq!(guest.call(|w| time::now(w, 1, 1, 65_529)), Err(OUTSIDE));
    assert_eq!(guest.call(|w| time::resolution(w, 1, 65_529)), Err(OUTSIDE));
}

/// Polls one subscription of this kind, clock and flags, for 1,500 ns.
#[track_caller]
fn check_poll(kind: u8, clock: u8, flags: u8, count: u32, want: Result<u32, HostError>) {
    let mut subscription = [0; 48];
    subscription[..8].copy_from_slice(b"the mark");
    (subscription[8], subscription[16], subscription[40]) = (kind, clock, flags);
    subscription[24..26].copy_from_slice(&1_500u16.to_le_bytes());
    let mut guest = Guest::new(Host { now: Some(0), ..Host::default() });
    guest.put(64, &subscription);
    assert_eq!(guest.call(|w| time::poll(w, 64, OUT, count, OUT + 32)), want);
    let slept = want == Ok(SUCCESS);
    assert_eq!(guest.store.data().slept, if slept { 1_500 } else { 0 });
    assert_eq!(guest.word(OUT + 32), slept.into());
    assert_eq!(&guest.bytes::<8>(OUT), if slept { b"the mark" } else { &[0; 8] });
}

#[test]
fn polling_is_sleeping() {
    check_poll(0, 1, 0, 1, Ok(SUCCESS));
    check_poll(0, 0, 0, 1, Ok(SUCCESS));
    check_poll(0, 2, 0, 1, Ok(NOTSUP));
    check_poll(0, 1, 1, 1, Ok(NOTSUP));
    check_poll(1, 0, 0, 1, Ok(NOTSUP));
    check_poll(0, 1, 0, 2, Ok(NOTSUP));
    check_poll(0, 1, 0, 0, Ok(INVAL));
    let mut guest = Guest::new(Host::default());
    guest.put(64, &[0; 48]);
    assert_eq!(guest.call(|w| time::poll(w, 64, OUT, 1, OUT)), Err(Suspend));
    for addr in [65_500, u32::MAX] {
        assert_eq!(guest.call(|w| time::poll(w, addr, OUT, 1, OUT)), Err(OUTSIDE));
    }
}
