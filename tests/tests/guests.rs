//! The built guests are current, valid, and what their sources promise.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;

use wasmote_tests::guests::{self, ALL};

#[test]
fn built_guests_are_current() {
    let scratch = tempfile::tempdir().unwrap();
    let mut stale = Vec::new();
    for guest in ALL {
        match guests::check(guest, scratch.path()) {
            Ok(checked) => println!("{}: {checked:?}", guest.name),
            Err(why) => stale.push(why),
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn built_guests_are_valid() {
    for guest in ALL {
        let binary = fs::read(guests::folder().join(guest.built())).unwrap();
        wasmparser::validate(&binary).unwrap_or_else(|error| panic!("{}: {error}", guest.name));
    }
}

#[test]
fn tiny_has_the_size_that_its_source_names() {
    assert_eq!(fs::metadata(guests::folder().join("tiny.wasm")).unwrap().len(), 242);
}

#[test]
fn every_source_is_a_guest() {
    for entry in fs::read_dir(guests::folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = ["BUILT", "kits"].contains(&name.as_str())
            || ALL.iter().any(|guest| [guest.source(), guest.built()].contains(&name));
        assert!(known, "{name} is in tests/guests/ but not in guests::ALL");
    }
}
