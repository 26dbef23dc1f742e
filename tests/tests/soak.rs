//! A long random session, with a model beside it of what must hold: modules on flash, instances, their state, the heap.
//!
//! `WASMOTE_SOAK_SECONDS=3600 WASMOTE_SOAK_SEED=7 cargo test -p wasmote-tests --test soak -- --nocapture` is an hour;
//! without the variables it takes seconds.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use wasmote_tests::bench::{Bench, Place};
use wasmote_tests::generated;
use wasmote_tests::script::Flash;
use wasmote_tests::session::{PATIENCE, Session};
use wasmote_tests::terminal::Manner;

/// How long it takes where `WASMOTE_SOAK_SECONDS` does not say, seconds.
const SECONDS: u64 = 8;

/// Names of modules, names of instances, and variants of the module.
const MODULES: u32 = 5;
const INSTANCES: u32 = 4;
const VARIANTS: u32 = 6;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What the device must hold.
#[derive(Default)]
struct Model {
    /// Modules on flash, and which variant each is.
    modules: BTreeMap<String, u32>,
    /// Instances: their module, and the state of `count` and `tally`.
    instances: BTreeMap<String, (String, i32, i32)>,
}

struct Soak<'a> {
    bench: &'a Bench,
    place: Place,
    session: Session,
    model: Model,
    random: u64,
    /// The free heap without instances.
    empty: u64,
}

impl<'a> Soak<'a> {
    fn start(bench: &'a Bench, seed: u64) -> Self {
        let place = bench.place(Flash::Empty).unwrap();
        let calc = fs::read(place.folder().join("calc.wasm")).unwrap();
        for variant in 0..VARIANTS {
            fs::write(place.folder().join(file(variant)), with_custom(&calc, variant)).unwrap();
        }
        let mut session = Session::start(&bench.board, &place.flash(), Manner::Mute).unwrap();
        session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        let mut soak = Self {
            bench,
            place,
            session,
            model: Model::default(),
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            empty: 0,
        };
        soak.empty = soak.free();
        soak
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as u32 % bound
    }

    fn module(&mut self) -> String {
        format!("m{}", self.below(MODULES))
    }

    fn instance(&mut self) -> String {
        format!("i{}", self.below(INSTANCES))
    }

    fn command(&mut self, line: &str) -> Vec<String> {
        self.session.command(line).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Runs a command and holds the first row against what it must begin with.
    fn check(&mut self, line: &str, expected: &str) {
        let rows = self.command(line);
        let first = rows.first().map_or("", String::as_str);
        assert!(
            first.starts_with(expected),
            "`{line}`: `{expected}` expected\n{}",
            self.session.transcript()
        );
    }

    fn free(&mut self) -> u64 {
        let answer = self.command("mem -j").concat();
        let (_, rest) = answer.split_once("\"free\":").unwrap_or_else(|| panic!("{answer}"));
        rest.split(',').next().unwrap().parse().unwrap()
    }

    fn step(&mut self) {
        let (module, alias) = (self.module(), self.instance());
        let on_flash = self.model.modules.contains_key(&module);
        match self.below(16) {
            0 => self.install(module),
            1..=3 if self.model.instances.contains_key(&alias) => {
                self.check(&format!("load {module} as {alias}"), "error[LOADED]");
            }
            1..=3 if !on_flash => self.check(&format!("load {module} as {alias}"), "error[NOTFOUND]"),
            1..=3 => {
                self.check(&format!("load {module} as {alias}"), &format!("{alias}: 12 exports"));
                self.model.instances.insert(alias, (module, 0, 0));
            }
            4..=6 => self.call(&alias, "count", 1),
            7..=8 => {
                let add = self.below(1000) as i32 - 500;
                self.call(&alias, "tally", add);
            }
            9 => self.reload(&alias),
            10 => {
                let expected =
                    if self.model.instances.remove(&alias).is_some() { "heap " } else { "error[NOTLOADED]" };
                self.check(&format!("unload {alias}"), expected);
            }
            11 => {
                let expected =
                    if self.model.modules.remove(&module).is_some() { "" } else { "error[NOTFOUND]" };
                self.check(&format!("rm {module}"), expected);
            }
            12 => self.rename(&module),
            13 => self.survey(),
            14 => self.check("call i0 nonsense 1 2", "error["),
            _ => self.restart(),
        }
    }

    fn install(&mut self, module: String) {
        let variant = self.below(VARIANTS);
        let mut command = Command::new(self.bench.programs.join("wasmote"));
        command.args(["install", &file(variant), "--name", &module]).current_dir(self.place.folder());
        let outcome = self.session.host(command).unwrap();
        assert!(outcome.status.success(), "{}\n{}", outcome.printed, self.session.transcript());
        self.session.reconnect(&outcome.printed);
        self.session.resync(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        self.model.modules.insert(module, variant);
    }

    fn call(&mut self, alias: &str, function: &str, add: i32) {
        let line = if function == "count" {
            format!("call {alias} count")
        } else {
            format!("call {alias} tally {add}")
        };
        let expected = match self.model.instances.get_mut(alias) {
            None => "error[NOTLOADED]".to_owned(),
            Some((_, count, tally)) => {
                let state = if function == "count" { count } else { tally };
                *state += add;
                format!("{state}:i32")
            }
        };
        self.check(&line, &expected);
    }

    fn reload(&mut self, alias: &str) {
        let expected = match self.model.instances.get_mut(alias) {
            None => "error[NOTLOADED]".to_owned(),
            // The old instance stays.
            Some((module, ..)) if !self.model.modules.contains_key(module) => "error[NOTFOUND]".to_owned(),
            Some((_, count, tally)) => {
                (*count, *tally) = (0, 0);
                format!("{alias}: 12 exports")
            }
        };
        self.check(&format!("reload {alias}"), &expected);
    }

    fn rename(&mut self, old: &str) {
        let new = self.module();
        let (from, to) = (self.model.modules.contains_key(old), self.model.modules.contains_key(&new));
        let expected = match (from, to) {
            (false, _) => "error[NOTFOUND]",
            (true, true) if old != new => "error[EXISTS]",
            _ => "",
        };
        self.check(&format!("mv {old} {new}"), expected);
        if expected.is_empty() {
            let variant = self.model.modules.remove(old).unwrap();
            self.model.modules.insert(new, variant);
        }
    }

    /// Cuts the power, or reboots by command; what is in RAM is gone, and the heap is as at the start.
    fn restart(&mut self) {
        if self.below(2) == 0 {
            self.session.restart().unwrap();
        } else {
            self.session.send(b"reboot\r");
            let begun = self.session.wait(PATIENCE, |session| {
                std::iter::from_fn(|| session.next_row()).find(|row| row.starts_with("wasmote "))
            });
            assert!(begun.unwrap().is_some(), "{}", self.session.transcript());
        }
        self.session.rows_until_prompt(PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
        self.model.instances.clear();
        assert_eq!(self.free(), self.empty, "{}", self.session.transcript());
    }

    /// Every module on flash is the one that the model has, and every instance is there.
    fn survey(&mut self) {
        let rows = self.command("fsck");
        let (summary, modules) = rows.split_last().unwrap();
        let expected: Vec<String> = (self.model.modules.iter())
            .map(|(name, variant)| {
                let len = fs::metadata(self.place.folder().join(file(*variant))).unwrap().len();
                format!("{name}: {len} B, good")
            })
            .collect();
        assert_eq!(modules, expected, "{}", self.session.transcript());
        let s = if expected.len() == 1 { "" } else { "s" };
        assert!(summary.starts_with(&format!("{} module{s}, 0 damaged; ", expected.len())), "{summary}");
        let loaded = self
            .command("ps")
            .iter()
            .filter(|row| row.starts_with('i') && !row.starts_with("instance"))
            .count();
        assert_eq!(loaded, self.model.instances.len(), "{}", self.session.transcript());
    }

    /// Unloads everything: the heap is as it was at the start.
    fn end(&mut self) {
        self.survey();
        for alias in std::mem::take(&mut self.model.instances).into_keys() {
            self.check(&format!("unload {alias}"), "heap ");
        }
        assert_eq!(self.free(), self.empty, "{}", self.session.transcript());
    }
}

fn file(variant: u32) -> String {
    format!("variant{variant}.wasm")
}

/// The module with a custom section behind it, larger with each variant.
fn with_custom(module: &[u8], variant: u32) -> Vec<u8> {
    let noise = generated::noise(100 + 1_800 * variant as usize);
    let mut content = b"\x05noise".to_vec();
    content.extend(noise);
    let len = content.len();
    // A length of two bytes, LEB128.
    [module, &[0, (len % 128) as u8 | 0x80, (len / 128) as u8], &content].concat()
}

#[test]
fn a_long_random_session_differs_nowhere_from_its_model() {
    let bench = Bench::shared().unwrap();
    let (seconds, seed) = (setting("WASMOTE_SOAK_SECONDS", SECONDS), setting("WASMOTE_SOAK_SEED", 1));
    let mut soak = Soak::start(&bench, seed);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut steps = 0;
    while Instant::now() < until {
        soak.step();
        steps += 1;
        // A transcript of an hour would fill the memory.
        if steps % 500 == 0 {
            soak.session.forget().unwrap_or_else(|failure| panic!("{failure}"));
        }
    }
    soak.end();
    println!(
        "seed {seed}: {steps} steps in {seconds} s, no difference; heap {} B free as at the start",
        soak.empty
    );
    assert!(steps > 20);
}
