//! The `wasmote` command as a user runs it, on a pty whose other end is the firmware's server, and on files.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bench::{Faults, Wire};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/guests/tiny.wasm");
const CALC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/guests/calc.wasm");
const CALC_TEXT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/guests/calc.wat");
const BLINK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/guests/blink.wasm");

/// A board on a pty; dropping it ends its thread.
struct OnPty {
    wire: Wire,
    path: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl OnPty {
    fn new() -> Self {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&near).unwrap();
        unlockpt(&near).unwrap();
        let path = ptsname(&near, Vec::new()).unwrap().into_string().unwrap();
        // Held open and raw, so that the line outlives each command.
        let far = open(path.as_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let mut mode = tcgetattr(&far).unwrap();
        mode.make_raw();
        tcsetattr(&far, OptionalActions::Now, &mode).unwrap();
        let wire = Wire::new(Faults { chatter: true, ..Faults::default() });
        let stop = Arc::new(AtomicBool::new(false));
        let (board, stopped) = (wire.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let _far = far;
            let mut buffer = [0; 512];
            while !stopped.load(Ordering::Relaxed) {
                let mut fds = [PollFd::new(&near, PollFlags::IN)];
                poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 20_000_000 })).unwrap();
                if fds[0].revents().contains(PollFlags::IN) {
                    let count = rustix::io::read(&near, &mut buffer).unwrap();
                    let mut board = board.board();
                    board.take(&buffer[..count]);
                    // The command `wait` ends when Ctrl-C comes.
                    if board.device.lines.iter().any(|line| line == "wait") && !board.console.contains(&3) {
                        continue;
                    }
                    let answer = board.answer();
                    drop(board);
                    let mut rest = answer.as_slice();
                    while !rest.is_empty() {
                        let written = rustix::io::write(&near, rest).unwrap();
                        rest = &rest[written..];
                    }
                }
            }
        });
        Self { wire, path, stop, thread: Some(thread) }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        wasmote(&[&["-p", &self.path], arguments].concat())
    }
}

impl Drop for OnPty {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn wasmote(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote"));
    command.args(arguments).env_remove("WASMOTE_PORT").output().unwrap()
}

/// Checks status, standard output, and the start of standard error.
fn check(output: &Output, status: i32, out: &str, err: &str) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{stdout}{stderr}");
    assert_eq!(stdout, out);
    assert!(stderr.starts_with(err) && stderr.is_empty() == err.is_empty(), "{stderr}");
}

#[test]
fn a_session_on_a_pty() {
    let board = OnPty::new();
    let folder = tempfile::tempdir().unwrap();
    let back = folder.path().join("back.wasm");
    let back = back.to_str().unwrap();
    check(&board.run(&["ls"]), 0, "", "");
    let installed = board.run(&["install", TINY]);
    assert_eq!(installed.status.code(), Some(0));
    let line = String::from_utf8(installed.stdout).unwrap();
    assert!(line.starts_with("tiny: 242 B, sha256 868794223219"), "{line}");
    assert_eq!(board.run(&["install", TINY, "--name", "other"]).status.code(), Some(0));
    let row = |name: &str| format!("{name:<5}      242 B  sha256 868794223219\n");
    check(&board.run(&["ls"]), 0, &(row("other") + &row("tiny")), "");
    let json = String::from_utf8(board.run(&["ls", "--json"]).stdout).unwrap();
    assert!(json.starts_with(r#"[{"name":"other","len":242,"sha256":"868794223219"#), "{json}");
    let script = folder.path().join("init");
    std::fs::write(&script, "load tiny # at first\r\n\nps\n").unwrap();
    let installed = board.run(&["install", "--script", script.to_str().unwrap()]);
    assert_eq!(installed.status.code(), Some(0));
    assert_eq!(board.wire.board().device.modules["init"], std::fs::read(script).unwrap());
    check(&board.run(&["rm", "init"]), 0, "", "");
    check(&board.run(&["rm", "other", "none"]), 1, "", "wasmote: none: no such module; `wasmote ls` shows");
    check(&board.run(&["download", "tiny", "-o", back]), 0, "", "");
    assert_eq!(std::fs::read(back).unwrap(), std::fs::read(TINY).unwrap());
    check(&board.run(&["shell", "echo", "-l", "--json"]), 0, "-l --json\n", "");
    check(&board.run(&["--json", "shell", "fail", "7"]), 7, "{\"output\":\"\",\"status\":7}\n", "");
    check(
        &board.run(&["call", "calc", "add", "-5", "1"]),
        127,
        "error[COMMAND]: unknown command; try help\n",
        "",
    );
    assert_eq!(board.wire.board().device.lines.last().unwrap(), "call calc add -5 1");
}

#[test]
fn a_signal_stops_the_device() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        stopped_by(signal);
    }
}

#[track_caller]
fn stopped_by(signal: &str) {
    let board = OnPty::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote"));
    command.args(["-p", &board.path, "shell", "wait"]).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    while board.wire.board().device.lines.is_empty() {
        std::thread::sleep(Duration::from_millis(10));
        assert_eq!(child.try_wait().unwrap(), None, "it waits");
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    check(&child.wait_with_output().unwrap(), 127, "error[COMMAND]: unknown command; try help\n", "");
    assert_eq!(board.wire.board().console, b"\x03");
}

#[test]
fn a_command_that_takes_too_long_is_stopped() {
    let board = OnPty::new();
    let late = "wasmote: no answer within 0.3 s, which --timeout raises; the device was told to stop\n";
    check(&board.run(&["--timeout", "0.3", "shell", "wait"]), 3, "", late);
    check(&board.run(&["shell", "echo", "next"]), 0, "next\n", "");
    assert_eq!(board.wire.board().console, b"\x03");
}

#[test]
fn a_line_that_the_device_cannot_take_is_not_sent() {
    let board = OnPty::new();
    let check = |len: usize, status, out: &str, err: &str| {
        check(&board.run(&["shell", "echo", &"x".repeat(len - "echo ".len())]), status, out, err);
    };
    check(256, 0, &format!("{}\n", "x".repeat(251)), "");
    for len in [257, 3000] {
        let error = format!("wasmote: the command line has {len} bytes; the device takes 256 at most\n");
        check(len, 2, "", &error);
    }
    assert_eq!(board.wire.board().device.lines.len(), 1);
}

#[test]
fn monitor_sends_its_input_up_to_the_key_that_leaves() {
    for (typed, sent) in [("ls\rps", "ls\rps"), ("ls\r\x1dps", "ls\r"), ("", "")] {
        let board = OnPty::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote"));
        command.args(["-p", &board.path, "monitor"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        check(&child.wait_with_output().unwrap(), 0, "", "\n");
        // The board may take it later than the command sent it.
        let until = Instant::now() + Duration::from_secs(5);
        while board.wire.board().console.len() < sent.len() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(String::from_utf8_lossy(&board.wire.board().console), sent);
    }
}

#[test]
fn watch_installs_what_changes() {
    let board = OnPty::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.wasm");
    let has = |bytes: &[u8]| board.wire.board().device.modules.get("m").is_some_and(|module| module == bytes);
    let until = |what: &str, done: &dyn Fn() -> bool| {
        let until = Instant::now() + Duration::from_secs(10);
        while !done() {
            assert!(Instant::now() < until, "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    std::fs::copy(TINY, &file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote"));
    command.args(["-p", &board.path, "watch"]).arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    until("at first", &|| has(&std::fs::read(TINY).unwrap()));
    // What is no module is told, and goes nowhere.
    std::fs::write(&file, b"half a module").unwrap();
    std::thread::sleep(Duration::from_millis(700));
    std::fs::copy(CALC, &file).unwrap();
    until("when it changed", &|| has(&std::fs::read(CALC).unwrap()));
    until("reloads", &|| board.wire.board().device.lines.len() == 2);
    assert_eq!(board.wire.board().device.lines, ["reload m", "reload m"]);
    child.kill().unwrap();
    let said = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(
        out.starts_with("m: 242 B, sha256 868794223219") && out.contains("m: 433 B, sha256 041d65"),
        "{out}"
    );
    assert!(err.contains("m.wasm: this is not a WebAssembly file"), "{err}");
}

#[test]
fn nobody_on_the_line() {
    let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&near).unwrap();
    unlockpt(&near).unwrap();
    let path = ptsname(&near, Vec::new()).unwrap().into_string().unwrap();
    let expected = format!("wasmote: no answer on {path}; is wasmote running there");
    check(&wasmote(&["-p", &path, "shell", "ls"]), 3, "", &expected);
}

#[test]
fn errors_say_what_to_do_and_have_their_status() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = file("empty.wasm", b"");
    let text = file("text.wat", b"(module)");
    let simd =
        file("simd.wasm", &wat::parse_str("(module (func (result v128) v128.const i64x2 1 2))").unwrap());
    let wrong = file("wrong.wasm", b"\0asm\x01\0\0\0\x01\x04\x01\x60\x00");
    let good = file("it's good.wasm", b"\0asm\x01\0\0\0");
    let blank = file("blank.txt", b"\r\n  \n");
    let long = file("long.txt", &[b"ls\n".as_slice(), &[b'x'; 257]].concat());
    for (arguments, status, error) in [
        (&["ls"][..], 2, "no port; give one with -p PORT or in WASMOTE_PORT".to_owned()),
        (
            &["-p", "/dev/none", "ls"],
            3,
            "cannot open /dev/none: No such file or directory; is the board".into(),
        ),
        (&["-p", TINY, "ls"], 3, format!("cannot open {TINY}: Not a typewriter; a port is a serial device")),
        (&["-p", "x", "install", "/none"], 4, "cannot read /none: No such file or directory".into()),
        (
            &["-p", "x", "install", &empty],
            4,
            format!("{empty}: the file is empty; a module has at least 8 bytes"),
        ),
        (
            &["-p", "x", "install", &good],
            2,
            "`it's good` cannot be a module's name, which has 1 to 32".into(),
        ),
        (&["-p", "x", "install", "--script", TINY], 4, format!("{TINY}: this is no text")),
        (&["-p", "x", "install", "--script", &blank], 4, format!("{blank}: there is no command in it")),
        (&["-p", "x", "install", "--script", &long], 4, format!("{long}: line 2 is longer than 256 bytes\n")),
        (&["check", &text], 4, format!("{text}: this is WebAssembly text; translate it, as with `wat2wasm`")),
        (&["check", CALC_TEXT], 4, format!("{CALC_TEXT}: this is WebAssembly text; translate it")),
        (
            &["run", BLINK],
            1,
            format!(
                "{BLINK}: import env.led_set is unknown here; this computer has the C library and WASI for a console"
            ),
        ),
        (&["check", &simd], 4, format!("{simd}: needs SIMD, which wasmote does not have (at 0x")),
        (&["check", &wrong], 4, format!("{wrong}: not a valid module: unexpected end")),
        (&["image", "ls", "/none"], 4, "there is no image /none".into()),
        (
            &["run", CALC, "--invoke", "add", "x", "2"],
            2,
            "argument 1: x is no i32; write it like -5, 0xff or 1_000\n".into(),
        ),
        (&["run", CALC, "--invoke", "add", "1"], 2, "add takes 2 arguments, not 1; `wasmote check`".into()),
        (&["run", CALC, "--invoke", "fib"], 2, "fib takes 1 argument, not 0; `wasmote check`".into()),
        (&["run", CALC, "--invoke", "sub"], 2, format!("{CALC} exports no function sub; `wasmote check`")),
        (&["run", CALC], 2, format!("{CALC} exports neither main nor _start; name a function with")),
        (&["fly"], 2, "there is no command `fly`; `wasmote help` shows the commands".into()),
    ] {
        check(&wasmote(arguments), status, "", &format!("wasmote: {error}"));
    }
}

#[test]
fn an_error_that_nobody_reads_keeps_its_status() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote"));
    assert_eq!(command.arg("fly").stderr(writer).status().unwrap().code(), Some(2));
}

#[test]
fn check_lists_what_is_in_a_module() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.wasm");
    let module = wat::parse_str(
        r#"(module
            (import "env" "puts" (func (param i32) (result i32)))
            (memory (export "memory") 1 2) (global (export "g") (mut i64) (i64.const 1))
            (table (export "t") 3 funcref)
            (func (export "swap") (param i32 f64) (result f64 i32) local.get 1 local.get 0))"#,
    );
    std::fs::write(&path, module.unwrap()).unwrap();
    let name = path.to_str().unwrap();
    let expected = format!(
        "{name}: valid; 98 B, code 8 B, custom sections 0 B\n\
         features beyond 1.0: mutable globals, multi-value\n\
         imports:\n  env.puts  (i32) -> i32\n\
         exports:\n  memory  memory 1..2 pages\n  g       global mut i64\n  t       table 3.. funcref\n  swap    (i32, f64) -> (f64, i32)\n"
    );
    check(&wasmote(&["check", name]), 0, &expected, "");
    // A module's names do not reach the terminal as they are.
    let hostile = wat::parse_str("(module (func (export \"a\\1b[2Jb\")))").unwrap();
    std::fs::write(folder.path().join("h.wasm"), hostile).unwrap();
    let listed = wasmote(&["check", folder.path().join("h.wasm").to_str().unwrap()]);
    assert!(
        String::from_utf8_lossy(&listed.stdout).ends_with("exports:\n  a\\u{1b}[2Jb  ()\n"),
        "{listed:?}"
    );
    // What cannot be read does not keep the others.
    let unread = "wasmote: /none: cannot be read: No such file or directory";
    check(&wasmote(&["check", "/none", name]), 4, &expected, unread);
    let json = "{\"file\":\"/none\",\"valid\":false,\"error\":\"cannot be read: No such file or directory (os error 2)\"}\n";
    check(&wasmote(&["check", "--json", "/none"]), 4, json, "");
}

#[test]
fn images_hold_modules_and_give_them_back() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("flash.bin");
    let image = image.to_str().unwrap();
    check(&wasmote(&["image", "create", "-o", image, "--size", "256K", TINY]), 0, "", "");
    assert_eq!(Path::new(image).metadata().unwrap().len(), 256 * 1024);
    let odd = folder.path().join("odd.bin");
    let odd = odd.to_str().unwrap();
    let spans = format!("{odd}: the file system spans 1572864 of 2048000 B");
    check(&wasmote(&["image", "create", "-o", odd, "--size", "2000K", TINY]), 0, "", &spans);
    check(&wasmote(&["image", "ls", image]), 0, "tiny      242 B  sha256 868794223219\n", "");
    let extracted = wasmote(&["image", "extract", image, "tiny", "-o", "-"]);
    assert_eq!(extracted.stdout, std::fs::read(TINY).unwrap());
    check(
        &wasmote(&["image", "extract", image, "none"]),
        4,
        "",
        &format!("wasmote: {image}: none: no such module; `wasmote image ls` shows"),
    );
    // A damaged module is marked, and not given for a good one.
    let bytes = std::fs::read(CALC).unwrap();
    let broken = folder.path().join("broken.bin");
    let broken = broken.to_str().unwrap();
    check(&wasmote(&["image", "create", "-o", broken, TINY, CALC]), 0, "", "");
    let mut flash = std::fs::read(broken).unwrap();
    let at = flash.windows(bytes.len()).position(|window| window == bytes).unwrap();
    flash[at + 100] ^= 1;
    std::fs::write(broken, flash).unwrap();
    let rows = "calc      433 B  sha256 041d6546ea12  damaged\ntiny      242 B  sha256 868794223219\n";
    check(&wasmote(&["image", "ls", broken]), 4, rows, "");
    let damaged = format!("wasmote: {broken}: calc: the module is damaged");
    check(&wasmote(&["image", "extract", broken, "calc", "-o", "-"]), 4, "", &damaged);
    check(
        &wasmote(&["image", "create", "-o", image]),
        4,
        "",
        &format!("wasmote: {image} exists; remove it first"),
    );
    let small = folder.path().join("small.bin");
    let small = small.to_str().unwrap();
    let create = |arguments: &[&str]| wasmote(&[&["image", "create", "-o", small][..], arguments].concat());
    let least = "wasmote: --size: a flash has 32768 bytes at least\n";
    check(&create(&["--size", "28K", TINY]), 2, "", least);
    check(&create(&[TINY, CALC, TINY]), 2, "", "wasmote: two modules are called tiny; rename a file\n");
    let big = folder.path().join("big.wasm");
    let data = format!(r#"(module (memory 1) (data (i32.const 0) "{}"))"#, "x".repeat(60_000));
    std::fs::write(&big, wat::parse_str(data).unwrap()).unwrap();
    let full = wasmote(&["image", "create", "-o", small, "--size", "32K", big.to_str().unwrap()]);
    check(&full, 4, "", "wasmote: big: no room on flash");
    assert!(!Path::new(small).exists(), "no half image stays");
}

#[test]
fn strip_drops_custom_sections_only() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.wasm"), folder.path().join("b.wasm"));
    std::fs::write(&from, wat::parse_str("(module $named (func $f (export \"f\")))").unwrap()).unwrap();
    let output = wasmote(&["strip", from.to_str().unwrap(), "-o", to.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let bare = wat::parse_str("(module (func (export \"f\")))").unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), bare);
    // In place, through a link, and nothing else is left behind.
    let link = folder.path().join("link.wasm");
    std::os::unix::fs::symlink(&from, &link).unwrap();
    assert_eq!(wasmote(&["strip", link.to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(std::fs::read(&from).unwrap(), bare);
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// Runs a sample guest with these words and this input.
fn program(guest: &str, words: &[&str], input: &str) -> Output {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests").join(guest);
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmote"));
    command.arg("run").arg(file).args(words).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_program_for_wasi_runs_as_on_the_device() {
    check(&program("wasi.wasm", &[], ""), 0, "Hello from WASI\n", "");
    let said = "name? Hello, ada\nname? Hello, grace\nname? nobody left\n";
    check(&program("wasi.wasm", &["echo"], "ada\ngrace\n"), 0, said, "");
    check(&program("wasi.wasm", &["clock"], ""), 0, "the clocks agree\n", "");
    check(&program("wasi.wasm", &["random"], ""), 0, "random\n", "");
    check(&program("wasi.wasm", &["exit", "7"], ""), 7, "", "");
    let words = String::from_utf8(program("wasi.wasm", &["args", "two words", ""], "").stdout).unwrap();
    assert!(words.ends_with("wasi.wasm\nargs\ntwo words\n\n"), "{words}");
    let refused = program("files.wasm", &[], "");
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(why.contains("import wasi_snapshot_preview1.path_open is unknown here; "), "{why}");
    assert_eq!(refused.status.code(), Some(1));
}
