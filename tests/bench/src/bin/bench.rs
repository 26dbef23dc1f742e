//! Runs all guests in all engines, interleaved, and prints each engine's time as a ratio to one of them.
//!
//! `bench [--rounds N] [--base NAME] [--guests A,B] NAME=COMMAND...`: a command takes the guest's file and
//! rounds; one that holds `{}` takes the guest's name there and the rounds only.

use std::collections::BTreeMap;
use std::env::args;
use std::process::Command;

use wasmote_bench::engine::Outcome;
use wasmote_bench::guest::{GUESTS, Guest, folder};
use wasmote_bench::table::{geometric_mean, median};

/// A way to run guests.
struct Contender {
    name: String,
    command: Vec<String>,
}

impl Contender {
    /// Runs a guest; gives its checksum and the call's processor time in seconds.
    fn run(&self, guest: Guest) -> Outcome<(i32, f64)> {
        let mut words = self.command.iter().map(|word| word.replace("{}", guest.name));
        let mut command = Command::new(words.next().ok_or("empty command")?);
        command.args(words);
        if !self.command.iter().any(|word| word.contains("{}")) {
            command.arg(folder().join(guest.name).with_extension("wasm"));
        }
        let output = command.arg(guest.rounds.to_string()).output()?;
        let text = String::from_utf8(output.stdout)?;
        let mut figures = text.split_whitespace();
        match (figures.next(), figures.next(), figures.next()) {
            (Some(checksum), Some(_), Some(call)) => Ok((checksum.parse()?, call.parse::<f64>()? / 1e9)),
            _ => Err(format!("{} on {}: {}", self.name, guest.name, String::from_utf8_lossy(&output.stderr))
                .into()),
        }
    }
}

fn main() -> Outcome<()> {
    let (mut rounds, mut base, mut contenders, mut only) = (5, String::from("wasmi"), Vec::new(), None);
    let mut args = args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => rounds = args.next().ok_or("--rounds N")?.parse()?,
            "--base" => base = args.next().ok_or("--base NAME")?,
            "--guests" => only = args.next(),
            arg => {
                let (name, command) = arg.split_once('=').ok_or("NAME=COMMAND")?;
                let command = command.split_whitespace().map(String::from).collect();
                contenders.push(Contender { name: name.into(), command });
            }
        }
    }
    let at = contenders.iter().position(|c| c.name == base).ok_or("the base is not among the contenders")?;
    print!("{:12} {:>8}", "guest", "base ms");
    contenders.iter().for_each(|c| print!(" {:>8}", c.name));
    println!();
    let mut ratios: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let wanted = |guest: &&Guest| only.as_ref().is_none_or(|names| names.split(',').any(|n| n == guest.name));
    for guest in GUESTS.iter().filter(wanted) {
        let mut times = vec![Vec::new(); contenders.len()];
        let mut expected = None;
        for _ in 0..rounds {
            for (contender, times) in contenders.iter().zip(&mut times) {
                let (checksum, seconds) = contender.run(*guest)?;
                if *expected.get_or_insert(checksum) != checksum {
                    return Err(format!("{} on {}: another checksum", contender.name, guest.name).into());
                }
                times.push(seconds);
            }
        }
        let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
        let unit = medians.get(at).copied().unwrap_or(1.0);
        print!("{:12} {:8.1}", guest.name, unit * 1e3);
        for (i, time) in medians.iter().enumerate() {
            print!(" {:8.3}", time / unit);
            ratios.entry(i).or_default().push(time / unit);
        }
        println!();
    }
    print!("{:21}", "geometric mean");
    ratios.values().for_each(|ratios| print!(" {:8.3}", geometric_mean(ratios)));
    print!("\n{:21}", "worst");
    ratios.values().for_each(|r| print!(" {:8.3}", r.iter().copied().fold(0.0, f64::max)));
    println!();
    Ok(())
}
