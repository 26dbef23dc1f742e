//! The console: RIOT's standard input and output, which may be a UART, USB, or those of a process.
//!
//! RIOT keeps some of what it receives (`STDIO_RX_BUFSIZE`) and says when bytes have come; they go on into a queue that
//! holds a management packet. When that is full they stay with RIOT, which then drops what comes next.

#![expect(unsafe_code, reason = "calls RIOT")]

use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::ptr;

use riot_wrappers::interrupt;
use wasmote_shell::board::Input;
use wasmote_shell::received::Received;

use crate::{clock, interrupts};

static RECEIVED: Received = Received::new();

/// Locked by the reader, and unlocked when something has come.
struct Wake(UnsafeCell<riot_sys::inline::mutex_t>);

// SAFETY: RIOT's mutexes are made for threads and interrupt handlers at once, and are only used through RIOT.
unsafe impl Sync for Wake {}

// SAFETY: the macro only makes a value.
static WAKE: Wake = Wake(UnsafeCell::new(unsafe { riot_sys::macro_MUTEX_INIT() }));

/// Listens from now on.
pub(crate) fn start() {
    interrupts::hold();
    // SAFETY: the callback may run in an interrupt handler, and needs no argument.
    unsafe { riot_sys::stdio_set_notify(Some(came), ptr::null_mut()) };
    // What came before had nobody to say it to.
    pull();
}

/// RIOT has received something.
extern "C" fn came(_: *mut c_void) {
    pull();
    // SAFETY: the mutex is RIOT's, and may be unlocked in an interrupt handler, locked or not.
    unsafe { riot_sys::mutex_unlock(WAKE.0.get().cast()) };
}

/// Takes what RIOT has received, while there is room. Nothing may interrupt it that does so too.
fn pull() {
    interrupt::free(|_| {
        // SAFETY: asks RIOT for a number.
        while !RECEIVED.is_full() && unsafe { riot_sys::stdio_available() } > 0 {
            let mut byte = 0_u8;
            // SAFETY: RIOT may write one byte there. It has one, so that it does not wait.
            if unsafe { riot_sys::stdio_read((&raw mut byte).cast(), 1) } != 1 {
                return;
            }
            RECEIVED.push(byte);
        }
    });
}

/// Reads what came, asleep for at most `timeout_ms` until something does.
pub(crate) fn read(buf: &mut [u8], timeout_ms: u32) -> Input {
    let until = clock::micros().saturating_add(u64::from(timeout_ms).saturating_mul(1000));
    interrupts::serve(|| ());
    loop {
        let taken = RECEIVED.take(buf);
        if taken > 0 {
            // There is room again for what RIOT had to keep.
            pull();
            return Input::Bytes(taken);
        }
        let left = until.saturating_sub(clock::micros());
        if left == 0 {
            return Input::Timeout;
        }
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        interrupts::serve(|| {
            // SAFETY: the clock and the mutex live as long as the firmware. Whether the time is up shows above.
            unsafe { riot_sys::ztimer_mutex_lock_timeout(riot_sys::ZTIMER_USEC, WAKE.0.get().cast(), left) }
        });
    }
}

/// Whether Ctrl-C waits; takes it and what came before it.
pub(crate) fn interrupted() -> bool {
    RECEIVED.interrupted()
}

/// Writes all of `bytes`, waiting as long as RIOT does. What RIOT refuses is lost.
pub(crate) fn write(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let start = bytes.as_ptr().cast::<c_void>();
        // SAFETY: RIOT reads the bytes and keeps nothing of them.
        match usize::try_from(unsafe { riot_sys::stdio_write(start, bytes.len() as _) }) {
            Ok(written @ 1..) => bytes = bytes.get(written..).unwrap_or_default(),
            _ => return,
        }
    }
}
