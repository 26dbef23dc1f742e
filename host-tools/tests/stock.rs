//! A stock client, mcumgr-toolkit's own, against the firmware's server.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;

use bench::{Faults, Wire, noise};
use mcumgr_toolkit::MCUmgrClient;

fn stock(wire: &Wire) -> MCUmgrClient {
    MCUmgrClient::new_from_serial(wire.clone())
}

#[test]
fn files_go_over_and_back_with_and_without_knowing_the_packet_size() {
    for automatic in [false, true] {
        let wire = Wire::new(Faults::default());
        let client = stock(&wire);
        client.check_connection().unwrap();
        if automatic {
            client.use_auto_frame_size().unwrap();
        }
        for size in [1, 242, 10_000, 100_000] {
            let bytes = noise(size);
            client.fs_file_upload("/lfs/calc.wasm", bytes.as_slice(), size as u64, None).unwrap();
            assert_eq!(wire.board().device.modules["calc"], bytes);
            let mut back = Vec::new();
            client.fs_file_download("/calc", &mut back, None).unwrap();
            assert_eq!(back, bytes);
            assert_eq!(client.fs_file_status("calc").unwrap().len, size as u64);
        }
    }
}

#[test]
fn hashes_tasks_and_commands_are_understood() {
    let wire = Wire::new(Faults::default());
    wire.board().device.modules.insert("abc".into(), b"abc".to_vec());
    let client = stock(&wire);
    let hash = |kind| client.fs_file_checksum("abc", kind, 0, None).unwrap().output.hex();
    assert_eq!(hash(Some("sha256")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(hash(None), "352441c2");
    assert_eq!(client.fs_supported_checksum_types().unwrap().len(), 2);
    let tasks = client.os_task_statistics().unwrap();
    assert_eq!(tasks["shell"].stksiz, Some(4096));
    let argv = ["echo", "hi"].map(str::to_owned);
    assert_eq!(client.shell_execute(&argv, false).unwrap(), (0, "hi\n".to_owned()));
    client.fs_file_close().unwrap();
    client.os_system_reset(false, None).unwrap();
}

#[test]
fn errors_have_zephyrs_names() {
    let wire = Wire::new(Faults::default());
    let client = stock(&wire);
    let check = |error: mcumgr_toolkit::client::MCUmgrClientError, expected: &str| {
        let mut text = error.to_string();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(source) = cause.source() {
            text = format!("{text}: {source}");
            cause = source;
        }
        assert!(text.contains(expected), "{text}");
    };
    check(client.fs_file_status("none").unwrap_err(), "FS_MGMT_ERR_FILE_NOT_FOUND");
    check(client.fs_file_upload("/x", [].as_slice(), 0, None).unwrap_err(), "FS_MGMT_ERR_FILE_EMPTY");
    check(client.shell_execute(&[], false).unwrap_err(), "SHELL_MGMT_ERR_EMPTY_COMMAND");
    assert!(client.image_get_state().unwrap_err().command_not_supported());
}
