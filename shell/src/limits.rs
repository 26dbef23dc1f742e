//! Every size and time limit of the line and the shell, in one place.

/// The longest command line, bytes of UTF-8. A longer one is refused as a whole.
pub const LINE_LIMIT: usize = 256;

/// Room for a line that is being edited, bytes: one character beyond the limit, so that excess shows.
pub const LINE_CAPACITY: usize = LINE_LIMIT + 4;

/// Lines kept for recall, bytes, one separator each included.
pub const HISTORY_BYTES: usize = 1024;

/// Bytes that a Tab types at most; a longer name takes several.
pub const COMPLETED: usize = 64;

/// Bytes typed ahead that wait for their prompt. When they are full, the console is not read.
pub const TYPED_AHEAD: usize = 1024;

/// RAM of a line with its buffers, bytes: a test holds it to this.
pub const LINE_RAM: usize = 3072;

/// Bytes taken from the console at once.
pub const READ_CHUNK: usize = 32;

/// Bytes of output gathered before they go to the console.
pub const WRITE_CHUNK: usize = 64;

/// The longest SMP frame, bytes, its marker and newline included (SMP over console, Zephyr).
pub const FRAME_LIMIT: usize = 127;

/// How long a byte that could open an SMP frame (Ctrl-D, Ctrl-F) waits for the next one, milliseconds.
pub const FRAME_HOLD_MS: u32 = 50;

/// How long an SMP frame may pause before it is dropped as incomplete, milliseconds.
pub const FRAME_GAP_MS: u32 = 1000;

/// How long the line must be free of SMP frames before the prompt is drawn again, milliseconds.
pub const FRAME_QUIET_MS: u32 = 200;

/// How long a terminal may take to answer a cursor query, milliseconds.
pub const QUERY_MS: u32 = 300;

/// How long a booting device waits for Ctrl-C before its autostart, milliseconds.
pub const AUTOSTART_SKIP_MS: u32 = 1000;

/// How long an autostart must run to count as well, milliseconds from boot.
pub const AUTOSTART_STEADY_MS: u64 = 60_000;

/// Failures in a row after which an autostart is turned off.
pub const AUTOSTART_TRIES: u8 = 3;

/// How long one wait for console input lasts, milliseconds; the line then just waits again.
pub const IDLE_MS: u32 = 1000;

/// The most words in a command line.
pub const ARGS_LIMIT: usize = 32;

/// The longest number literal, bytes.
pub const NUMBER_LIMIT: usize = 128;

/// Bytes that a guest prints before it waits for the console.
pub const GUEST_OUTPUT: usize = 128;

/// Fuel after which the line is looked at while a guest runs: some milliseconds on a microcontroller.
pub const SLICE_FUEL: u64 = 10_000;

/// Bytes that an instance's value stack may grow to, unless `load` says otherwise.
pub const DEFAULT_STACK: u32 = 8 * 1024;

/// Bytes of `malloc`'s heap, unless `load` says otherwise.
pub const DEFAULT_HEAP: u32 = 8 * 1024;

/// Bytes of a function's name in a backtrace.
pub const NAME_SHOWN: usize = 48;

/// How deep files may `source` others.
pub const SOURCE_DEPTH: u8 = 4;
