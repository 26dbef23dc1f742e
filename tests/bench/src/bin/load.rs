//! Prints how fast the engines load modules, in megabytes of wasm a second of processor time: decoding,
//! validating and compiling, from a slice.

use std::fs;
use std::time::Duration;

use wasmote_bench::engine::{Outcome, processor_time};
use wasmote_bench::guest::folder;
use wasmote_bench::table::median;

/// Rounds, of which the median counts, and processor time that each takes at least.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(200);

/// Megabytes a second at which `load` goes over `bytes` bytes.
fn speed(bytes: usize, mut load: impl FnMut() -> Outcome<()>) -> Outcome<f64> {
    let mut speeds = Vec::new();
    for _ in 0..ROUNDS {
        let (begun, mut times) = (processor_time(), 0);
        let took = loop {
            load()?;
            times += 1;
            let took = processor_time().saturating_sub(begun);
            if took > ROUND {
                break took;
            }
        };
        speeds.push((bytes * times) as f64 / took.as_secs_f64() / 1e6);
    }
    Ok(median(&mut speeds))
}

fn main() -> Outcome<()> {
    println!("{:8} {:>8} {:>9} {:>9}", "module", "bytes", "wasmote", "wasmi");
    for name in ["10k", "50k"] {
        let wasm = fs::read(folder().join("sizes").join(name).with_extension("wasm"))?;
        let ours = {
            let engine = wasmote_runtime::Engine::default();
            speed(wasm.len(), || Ok(wasmote_runtime::Module::new(&engine, &wasm).map(drop)?))?
        };
        print!("{name:8} {:8} {ours:9.1}", wasm.len());
        #[cfg(feature = "peers")]
        {
            let mut config = wasmi2::Config::default();
            config.compilation_mode(wasmi2::CompilationMode::Eager);
            let engine = wasmi2::Engine::new(&config);
            print!(" {:9.1}", speed(wasm.len(), || Ok(wasmi2::Module::new(&engine, &wasm).map(drop)?))?);
        }
        println!();
    }
    Ok(())
}
