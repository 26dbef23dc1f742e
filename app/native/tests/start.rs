//! Starting: options, the flash file, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::Place;

/// Checks that the firmware does not start: nothing on standard output, and one line that says why.
fn refused(place: &Place, arguments: &[&str], why: &str) {
    let output = place.piped(arguments, "echo started\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("wasmote-native: {why}\n"), "{arguments:?}");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
}

#[test]
fn what_cannot_work_is_refused_with_its_reason() {
    let place = Place::new();
    fs::write(place.folder().join("small.bin"), [0xff; 100]).unwrap();
    fs::write(place.folder().join("other.bin"), [0xff; 8192]).unwrap();
    for (arguments, why) in [
        (["--frash", "x"], "invalid option '--frash'; --help lists the options"),
        (["--ram", "1"], "--ram 1: give a size from 4K to 1024M, such as 64K; --help lists the options"),
        (["--flash", "."], "cannot open .: Is a directory (os error 21)"),
        (["--flash", "no/flash.bin"], "cannot open no/flash.bin: No such file or directory (os error 2)"),
        (
            ["--flash", "small.bin"],
            "cannot open small.bin: the size of a flash is a multiple of 4096 bytes, at least one",
        ),
    ] {
        refused(&place, &arguments, why);
    }
    refused(
        &place,
        &["--flash", "other.bin", "--flash-size", "64K"],
        "cannot open other.bin: the flash file has another size; give that size, or another file",
    );
    assert!(!place.folder().join("flash.bin").exists());
}

#[test]
fn a_new_flash_is_erased_and_has_the_size_that_is_asked_for() {
    for (arguments, size) in [(&[][..], 1 << 20), (&["--flash-size", "256K"], 256 << 10)] {
        let place = Place::new();
        let status = place.piped(arguments, "").status;
        assert_eq!(status.code(), Some(0));
        let flash = fs::read(place.folder().join("flash.bin")).unwrap();
        assert_eq!(flash.len(), size);
        assert!(flash.iter().all(|&byte| byte == 0xff));
    }
}

#[test]
fn a_flash_in_use_is_refused() {
    let place = Place::new();
    let mut first = place.firmware(&["--pty"]);
    let mut first = common::Running(first.stdout(std::process::Stdio::piped()).spawn().unwrap());
    // Once it has printed its line it has its flash.
    let mut path = [0; 5];
    std::io::Read::read_exact(first.0.stdout.as_mut().unwrap(), &mut path).unwrap();
    refused(&place, &[], "cannot open flash.bin: another process has the flash open");
}

#[test]
fn help_and_version_are_printed() {
    let place = Place::new();
    for (argument, start) in [
        ("--help", "The wasmote firmware"),
        ("-h", "The wasmote firmware"),
        ("--version", "wasmote-native 0."),
        ("-V", "wasmote-native 0."),
    ] {
        let output = place.piped(&[argument], "");
        assert!(String::from_utf8_lossy(&output.stdout).starts_with(start), "{argument}");
        assert!(output.status.success());
    }
    assert!(!place.folder().join("flash.bin").exists());
}
