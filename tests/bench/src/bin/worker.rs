//! Runs one guest once in one engine: `worker ENGINE FILE ROUNDS` prints the checksum and the processor time
//! of loading and of the call in nanoseconds.

use std::env::args;
use std::fs;

use wasmote_bench::engine::{ENGINES, Outcome};

fn main() -> Outcome<()> {
    let mut args = args().skip(1);
    let (Some(name), Some(file), Some(rounds)) = (args.next(), args.next(), args.next()) else {
        return Err("usage: worker ENGINE FILE ROUNDS".into());
    };
    let engine = ENGINES.iter().find(|e| e.name == name).ok_or("unknown engine")?;
    let measured = (engine.run)(&fs::read(file)?, rounds.parse()?)?;
    println!("{} {} {}", measured.checksum, measured.load.as_nanos(), measured.call.as_nanos());
    Ok(())
}
