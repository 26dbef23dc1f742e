//! Modules made from a seed: valid ones from wasm-smith, with exactly the features that the runtime has.

use arbitrary::{Arbitrary, Unstructured};
use wasm_smith::{Config, Module};

use crate::prng::Prng;
use crate::rewrite::{export_global, widen};

/// Most loop rounds and calls of a module that is made to end.
pub const FUEL: u32 = 1_000;
/// The exported global of a running module that holds what is left of them.
pub const FUEL_GLOBAL: &str = "~fuel";

/// What a module is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Loading alone: it may be large, odd, and without end.
    Loading,
    /// Running: everything is exported, NaNs are canonical, memories and tables are small, and all calls end.
    Running,
}

/// Makes a module; `None` for the few seeds that wasm-smith refuses.
pub fn module(seed: u64, purpose: Purpose) -> Option<Vec<u8>> {
    let mut random = Prng::new(seed);
    let length = 1 << (6 + random.below(7));
    let bytes = random.bytes(length);
    module_of(&bytes, &mut random, purpose)
}

/// Makes a module of given bytes, with a configuration that is drawn.
pub fn module_of(bytes: &[u8], random: &mut Prng, purpose: Purpose) -> Option<Vec<u8>> {
    let config = config(random, purpose)?;
    let mut unstructured = Unstructured::new(bytes);
    let mut module = Module::new(config, &mut unstructured).ok()?;
    let bytes = match purpose {
        Purpose::Loading => module.to_bytes(),
        Purpose::Running => {
            let global = module.ensure_termination(FUEL).ok()?;
            export_global(&module.to_bytes(), FUEL_GLOBAL, global)?
        }
    };
    if random.one_in(4) { widen(&bytes) } else { Some(bytes) }
}

fn config(random: &mut Prng, purpose: Purpose) -> Option<Config> {
    let bytes = random.bytes(256);
    // A swarm: features and kinds of instructions are left out at random, which finds more than all at once.
    let mut config = Config::arbitrary(&mut Unstructured::new(&bytes)).ok()?;
    config.simd_enabled = false;
    config.relaxed_simd_enabled = false;
    config.exceptions_enabled = false;
    config.threads_enabled = false;
    config.gc_enabled = false;
    config.memory64_enabled = false;
    config.compact_imports_enabled = false;
    config.custom_page_sizes_enabled = random.one_in(4);
    config.max_memories = config.max_memories.min(1);
    config.generate_custom_sections = random.one_in(4);
    if purpose == Purpose::Running {
        let few = |most: usize, random: &mut Prng| random.below(most);
        config.export_everything = true;
        config.canonicalize_nans = true;
        config.generate_custom_sections = false;
        config.max_imports = few(8, random);
        config.max_funcs = 1 + few(16, random);
        config.min_funcs = 1;
        config.max_memories = 1;
        config.min_memories = u32::from(!random.one_in(4));
        config.max_memory32_bytes = 3 << 16;
        config.max_tables = few(4, random);
        config.max_table_elements = 200;
        config.max_elements = 50;
        config.max_nesting_depth = 10;
        config.max_instructions = 20 + few(300, random);
        if random.one_in(2) {
            config.allowed_instructions = wasm_smith::InstructionKinds::all();
        }
        config.allow_floats = !random.one_in(3);
    }
    Some(config)
}
