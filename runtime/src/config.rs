//! Limits: on what a module may contain and on what a store may take.

/// Limits on modules, fixed when an [`Engine`] is made.
///
/// Counts are per module. The defaults suit a microcontroller and a workstation alike: they bound what the
/// allocator does not.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Functions, imported ones included; at most 65,535.
    pub max_functions: u32,
    /// Types in the type section; at most 16,383.
    pub max_types: u32,
    /// Imports.
    pub max_imports: u32,
    /// Exports.
    pub max_exports: u32,
    /// Globals, imported ones included.
    pub max_globals: u32,
    /// Parameters of one function, and results of one function or block; at most 1,000.
    pub max_arity: u32,
    /// Bytes of internal code, over all functions.
    pub max_code: u32,
}

impl Config {
    /// The default limits.
    pub const fn new() -> Self {
        Self {
            max_functions: 0xffff,
            max_types: 0x3fff,
            max_imports: 10_000,
            max_exports: 10_000,
            max_globals: 10_000,
            max_arity: 1_000,
            max_code: u32::MAX,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// What modules are compiled for: the limits. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    config: Config,
}

impl Default for Engine {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Engine {
    /// The engine with the default limits; a reference to it is one to a constant.
    pub const DEFAULT: Self = Self { config: Config::new() };

    /// Makes an engine with limits; those above what the internal code can express are lowered to it.
    pub fn new(mut config: Config) -> Self {
        config.max_functions = config.max_functions.min(0xffff);
        config.max_types = config.max_types.min(0x3fff);
        config.max_arity = config.max_arity.min(1_000);
        Self { config }
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }
}

/// Limits on what the instances of one store may take.
#[derive(Clone, Copy, Debug)]
pub struct StoreLimits {
    /// Instances; at most 4,095.
    pub instances: u32,
    /// Memories, over all instances.
    pub memories: u32,
    /// Tables, over all instances.
    pub tables: u32,
    /// Declared bytes of one linear memory. What is declared costs nothing until it is written.
    pub memory_bytes: u64,
    /// Elements of one table, 4 bytes each.
    pub table_elements: u32,
    /// Bytes that the value stack may grow to.
    pub stack_bytes: u32,
}

impl StoreLimits {
    /// The default limits: declared memory is free up to 4 GiB, the stack grows to 1 MiB, a table to 10
    /// million elements.
    pub const fn new() -> Self {
        Self {
            instances: 4_095,
            memories: 10_000,
            tables: 10_000,
            memory_bytes: 1 << 32,
            table_elements: 10_000_000,
            stack_bytes: 1 << 20,
        }
    }
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self::new()
    }
}
