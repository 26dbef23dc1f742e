//! Uploads: by stock clients and by the host tool, with chunks lost, repeated and misplaced.

use super::*;

/// Sends a chunk of `file`; `len` goes with the first, as clients do it.
fn chunk(bench: &mut Bench, group: u16, name: &str, file: &[u8], from: usize, to: usize) -> String {
    let body = cbor(|e| {
        e.map(if from == 0 { 4 } else { 3 })?.str("off")?.u32(from as u32)?;
        e.str("data")?.bytes(&file[from..to])?.str("name")?.str(name)?;
        if from == 0 {
            e.str("len")?.u32(file.len() as u32)?;
        }
        Ok(())
    });
    bench.ask(2, group, if group == 8 { 0 } else { 4 }, &body)
}

fn commit(bench: &mut Bench, name: &str, len: usize, sha256: &[u8]) -> String {
    let body = cbor(|e| {
        e.map(3)?.str("name")?.str(name)?.str("len")?.u32(len as u32)?;
        e.str("sha256")?.bytes(sha256)?.ok()
    });
    bench.ask(2, 64, 1, &body)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

const FILE: &[u8] = b"0123456789";

#[test]
fn a_stock_upload_is_a_module_when_its_last_byte_is_there() {
    for name in ["/calc", "calc", "/lfs/calc", "/calc.wasm", "calc.wasm"] {
        let mut bench = Bench::new();
        assert_eq!(chunk(&mut bench, 8, name, FILE, 0, 4), r#"{"off": 4}"#);
        assert!(bench.device.modules.is_empty());
        assert_eq!(chunk(&mut bench, 8, name, FILE, 4, 10), r#"{"off": 10}"#);
        assert_eq!(bench.device.modules["calc"], FILE, "{name}");
    }
}

#[test]
fn repeated_and_overlapping_chunks_change_nothing() {
    for group in [8, 64] {
        let mut bench = Bench::new();
        for (from, to, reached) in
            [(0, 4, 4), (0, 4, 4), (4, 6, 6), (4, 6, 6), (2, 5, 6), (5, 8, 8), (8, 10, 10), (8, 10, 10)]
        {
            let expected = std::format!(r#"{{"off": {reached}}}"#);
            assert_eq!(
                chunk(&mut bench, group, "calc", FILE, from, to),
                expected,
                "group {group} {from}..{to}"
            );
        }
        if group == 64 {
            assert!(bench.device.modules.is_empty(), "waits for its commit");
            assert_eq!(commit(&mut bench, "calc", 10, &sha256(FILE)), "{}");
            assert_eq!(commit(&mut bench, "calc", 10, &sha256(FILE)), "{}", "a repeated commit");
        }
        assert_eq!(bench.device.modules["calc"], FILE);
    }
}

#[test]
fn a_misplaced_chunk_is_told_the_right_offset() {
    let mut bench = Bench::new();
    let wrong = |off: u32, group| std::format!(r#"{{"err": {{"group": {group}, "rc": 11}}, "len": {off}}}"#);
    assert_eq!(chunk(&mut bench, 8, "calc", FILE, 4, 6), wrong(0, 8));
    chunk(&mut bench, 8, "calc", FILE, 0, 4);
    assert_eq!(chunk(&mut bench, 8, "calc", FILE, 6, 8), wrong(4, 8));
    assert_eq!(chunk(&mut bench, 64, "calc", FILE, 6, 8), wrong(4, 64));
    assert_eq!(chunk(&mut bench, 8, "other", FILE, 4, 6), wrong(0, 8));
    assert_eq!(chunk(&mut bench, 8, "calc", FILE, 4, 10), r#"{"off": 10}"#, "and the upload goes on");
    // Version 1 puts it as Mynewt did.
    let body = cbor(|e| e.map(3)?.str("off")?.u8(3)?.str("data")?.bytes(b"x")?.str("name")?.str("x")?.ok());
    assert_eq!(bench.ask_version(0, 2, 8, 0, &body), r#"{"rc": 3, "off": 0}"#);
}

#[test]
fn what_cannot_become_a_module_is_refused() {
    let mut bench = Bench::new();
    let refused = |rc| std::format!(r#"{{"err": {{"group": 8, "rc": {rc}}}}}"#);
    assert_eq!(chunk(&mut bench, 8, "calc", b"", 0, 0), refused(16), "0 bytes");
    assert_eq!(chunk(&mut bench, 8, "/", FILE, 0, 4), refused(2), "no name");
    assert_eq!(chunk(&mut bench, 8, &"n".repeat(33), FILE, 0, 4), refused(2), "a long name");
    assert_eq!(chunk(&mut bench, 8, "a b", FILE, 0, 4), refused(2), "a name with a blank");
    let body = cbor(|e| e.map(3)?.str("off")?.u8(0)?.str("data")?.bytes(b"x")?.str("name")?.str("x")?.ok());
    assert_eq!(bench.ask(2, 8, 0, &body), r#"{"rc": 3}"#, "a first chunk without length");
    // More bytes than announced.
    chunk(&mut bench, 8, "calc", &FILE[..5], 0, 4);
    assert_eq!(chunk(&mut bench, 8, "calc", FILE, 4, 10), refused(10));
    assert_eq!(bench.device.aborted, 1);
    bench.device.capacity = 6;
    chunk(&mut bench, 8, "calc", FILE, 0, 4);
    assert_eq!(chunk(&mut bench, 8, "calc", FILE, 4, 10), refused(10), "a full flash");
    assert!(bench.device.upload.is_none() && bench.device.modules.is_empty());
}

#[test]
fn a_commit_needs_the_name_the_length_and_the_hash() {
    let right = sha256(FILE);
    let err = |rc| std::format!(r#"{{"err": {{"group": 64, "rc": {rc}}}}}"#);
    let mut bench = Bench::new();
    assert_eq!(commit(&mut bench, "calc", 10, &right), err(12), "nothing uploaded");
    chunk(&mut bench, 64, "calc", FILE, 0, 9);
    assert_eq!(commit(&mut bench, "calc", 10, &right), err(12), "incomplete");
    chunk(&mut bench, 64, "calc", FILE, 9, 10);
    assert_eq!(commit(&mut bench, "other", 10, &right), err(12));
    assert_eq!(commit(&mut bench, "calc", 9, &right), err(12));
    assert_eq!(commit(&mut bench, "calc", 10, &right[..31]), r#"{"rc": 3}"#);
    assert_eq!(commit(&mut bench, "calc", 10, &sha256(b"else")), err(10));
    assert_eq!(commit(&mut bench, "calc", 10, &right), err(12), "a wrong hash drops the upload");
    assert!(bench.device.modules.is_empty());
}

#[test]
fn an_interrupted_upload_resumes() {
    let mut bench = Bench::new();
    chunk(&mut bench, 64, "calc", FILE, 0, 4);
    let prefix: String = sha256(&FILE[..4]).iter().map(|byte| std::format!("{byte:02x}")).collect();
    let state = bench.ask(0, 64, 3, &named("calc"));
    assert_eq!(state, std::format!(r#"{{"off": 4, "len": 10, "sha256": h'{prefix}'}}"#));
    assert_eq!(bench.ask(0, 64, 3, &named("other")), r#"{"off": 0}"#);
    assert_eq!(chunk(&mut bench, 64, "calc", FILE, 4, 10), r#"{"off": 10}"#);
    assert_eq!(commit(&mut bench, "calc", 10, &sha256(FILE)), "{}");
    assert_eq!(bench.device.begun, 1);
}

#[test]
fn an_upload_that_tells_its_hash_goes_on_where_it_was_interrupted() {
    let begin = |bench: &mut Bench, hash: [u8; 32]| {
        let body = cbor(|e| {
            e.map(5)?.str("off")?.u8(0)?.str("data")?.bytes(b"")?.str("name")?.str("calc")?;
            e.str("len")?.u8(10)?.str("sha256")?.bytes(&hash)?.ok()
        });
        bench.ask(2, 64, 4, &body)
    };
    let mut bench = Bench::new();
    assert_eq!(begin(&mut bench, sha256(FILE)), r#"{"off": 0}"#);
    assert_eq!(
        chunk(&mut bench, 64, "calc", FILE, 1, 4),
        std::format!(r#"{{"err": {{"group": 64, "rc": 11}}, "len": 0}}"#)
    );
    let first =
        cbor(|e| e.map(3)?.str("off")?.u8(0)?.str("data")?.bytes(&FILE[..4])?.str("name")?.str("calc")?.ok());
    for _ in 0..2 {
        assert_eq!(bench.ask(2, 64, 4, &first), r#"{"off": 4}"#);
    }
    // The device restarts; its store still has the part.
    bench.server = Server::new();
    assert_eq!(begin(&mut bench, sha256(FILE)), r#"{"off": 4}"#);
    assert_eq!(chunk(&mut bench, 64, "calc", FILE, 4, 10), r#"{"off": 10}"#);
    assert_eq!(commit(&mut bench, "calc", 10, &sha256(FILE)), "{}");
    assert_eq!(begin(&mut bench, sha256(b"else")), r#"{"off": 0}"#);
}

#[test]
fn close_gives_the_part_file_up() {
    let mut bench = Bench::new();
    chunk(&mut bench, 8, "calc", FILE, 0, 4);
    assert_eq!(bench.ask(2, 8, 4, &[0xa0]), "{}");
    assert!(bench.device.upload.is_none());
}
