#!/usr/bin/env python3
"""Tests the firmware on RIOT: a short session by RIOT's own terminal and, on a native board, which can have a flash
and a line for each test, the expect scripts and the board's tests that the other boards pass too."""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from testrunner import run

APP = pathlib.Path(__file__).resolve().parents[1]
NATIVE = os.environ["BOARD"].startswith("native")

# What cargo and the host's compilers need of the environment; RIOT's own settings are for the board.
KEPT = ("PATH", "HOME", "USER", "LANG", "TERM", "TMPDIR", "LIBCLANG_PATH", "CARGO_HOME", "RUSTUP_HOME")

# From <sys/prctl.h>: orphans below this process become its children.
PR_SET_CHILD_SUBREAPER = 36


def session(child):
    """Types commands that change nothing on flash, and stops a typed line by Ctrl-C."""
    for typed, printed in (
        ("version\r", r"wasmote \d+\.\d+\.\d+ on riot-" + os.environ["BOARD"]),
        ("mem\r", r"heap \d+ B, used \d+, peak \d+, free \d+, largest free block \d+\r\n"),
        ("mem\r", r"stack \d+ B, peak \d+\r\n"),
        ("half a line\x03", r"half a line"),
        ("echo a  b\r", r"\na b\r\n"),
        ("nonsense\r", r"error\[COMMAND\]: "),
    ):
        child.send(typed)
        child.expect(printed)


def scripts():
    """Plays all scripts on the native board."""
    board = f"{os.environ['BINDIR']}/{os.environ['APPLICATION']}.elf -m {{flash}}"
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    tests = ["cargo", "test", "-p", "wasmote-tests", "--test", "expect", "--test", "board"]
    return subprocess.run(tests, cwd=APP.parents[1], env=env | {"WASMOTE_BOARD": board}).returncode


def end_orphans():
    """Ends the processes that watch the input of boards whose power was cut, which RIOT leaves behind."""
    children = pathlib.Path(f"/proc/self/task/{os.getpid()}/children")
    for child in children.read_text().split() if children.exists() else []:
        os.kill(int(child), signal.SIGKILL)


def main():
    if not NATIVE:
        return run(session)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WASMOTE_FLASH"] = f"{folder}/flash.bin"
        failed = run(session)
    failed = failed or scripts()
    end_orphans()
    return failed


if __name__ == "__main__":
    sys.exit(main())
