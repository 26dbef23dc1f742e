//! Power cuts on the board: an install is ended at a write to the flash, which is torn half-way, and the board started
//! again on what is left.
//!
//! The environment names the firmware's files, as `make BOARD=mps2-an386 test` builds them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;

use wasmote_tests::bench::{Bench, build_programs};
use wasmote_tests::script::Flash;
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner;

/// The module that is installed, and the one whose name it takes in the end.
const NEW: &str = "code10k.wasm";
const OLD: &str = "calc";

/// Every so many writes the power is cut once.
const STEP: u32 = 6;
/// The fewest cuts that count as a test.
const CUTS: u32 = 25;

/// What `check NAME` prints.
fn check(session: &mut Session, name: &str) -> String {
    let rows = session.command(&format!("check {name}")).unwrap_or_else(|failure| panic!("{failure}"));
    rows.join("\n")
}

fn installing(session: &mut Session, bench: &Bench, folder: &std::path::Path, name: &str) -> bool {
    let mut install = Command::new(bench.programs.join("wasmote"));
    install.args(["install", "--name", name, NEW]).current_dir(folder);
    session.host(install).is_ok_and(|outcome| outcome.status.success())
}

/// Installs under a name with the power cut at every [`STEP`]th write until the install gets through; gives the count
/// of cuts. After each, the name is what it was before or what it is in the end, and an install works.
fn cut_everywhere(name: &str) -> u32 {
    let firmware = std::env::var("WASMOTE_FIRMWARE_FAULTS").unwrap();
    let qemu = concat!(env!("CARGO_MANIFEST_DIR"), "/qemu");
    let bench =
        Bench::new(&format!("{qemu} {firmware} --flash {{flash}}"), build_programs().unwrap()).unwrap();
    let start = |words: &[&str], flash: &std::path::Path| {
        let mut session = Session::start(&bench.board.with(words), flash, Manner::Mute).unwrap();
        let ready = session.rows_until_prompt(PATIENCE).is_ok();
        (session, ready)
    };
    let whole = |install: bool| {
        let place = bench.place(Flash::Guests).unwrap();
        let (mut session, ready) = start(&[], &place.flash());
        assert!(ready && (!install || installing(&mut session, &bench, place.folder(), name)));
        session.reconnect("");
        session.resync(PATIENCE).unwrap();
        check(&mut session, name)
    };
    let (old, new) = (whole(false), whole(true));
    assert_ne!(old, new);
    for cuts in 0.. {
        let place = bench.place(Flash::Guests).unwrap();
        let word = format!("cut={}", 1 + cuts * STEP);
        let (mut session, ready) = start(&[&word], &place.flash());
        if ready && installing(&mut session, &bench, place.folder(), name) {
            return cuts;
        }
        drop(session);
        let (mut session, ready) = start(&[], &place.flash());
        assert!(ready, "{word}: the board does not start again");
        let found = check(&mut session, name);
        assert!(found == old || found == new, "{word}: {found}");
        assert!(
            installing(&mut session, &bench, place.folder(), name),
            "{word}: it cannot be installed again"
        );
    }
    0
}

#[test]
fn a_new_module_is_there_or_not() {
    let cuts = cut_everywhere("fresh");
    println!("{cuts} power cuts in an install");
    assert!(cuts >= CUTS);
}

#[test]
fn a_replaced_module_is_the_old_one_or_the_new_one() {
    let cuts = cut_everywhere(OLD);
    println!("{cuts} power cuts in a replacement");
    assert!(cuts >= CUTS);
}
