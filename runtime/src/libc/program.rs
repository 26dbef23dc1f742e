//! Running a module as a program: its entry, and the arguments that C wants.

use super::{Env, LibcHost, heap};
use crate::host::Failed;
use crate::{Caller, Func, Instance, Result, Store, Trap, Val, ValType};

/// The module that WASI's functions are imported from.
pub(crate) const WASI: &str = "wasi_snapshot_preview1";

/// The function that a program starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `main(argc, argv)`, to be called with what [`arguments`] gives.
    Main(Func),
    /// `main()` or `_start()`. WASI gives such a program its arguments.
    Plain(Func),
}

/// Finds the entry of a program: its export `main`, `__main_argc_argv` (clang's name for a `main` with arguments)
/// or `_start`, of a type that fits. A program of WASI's, whose C library `_start` sets up, begins there alone.
pub fn entry<T: 'static>(store: &Store<T>, instance: Instance) -> Option<Entry> {
    let find = |name| instance.get_func(store, name);
    let start = find("_start").filter(|func| func.arity(store) == Ok((0, 0))).map(Entry::Plain);
    if start.is_some() && instance.module(store).ok()?.imports().any(|import| import.module == WASI) {
        return start;
    }
    for func in ["main", "__main_argc_argv"].into_iter().filter_map(find) {
        let (params, results) = func.arity(store).ok()?;
        let integers = (0..params).all(|i| func.param(store, i) == Some(ValType::I32));
        match (params, results) {
            (2, 0 | 1) if integers => return Some(Entry::Main(func)),
            (0, 0 | 1) => return Some(Entry::Plain(func)),
            _ => {}
        }
    }
    start
}

/// Puts a program's arguments into its memory, on `malloc`'s heap: strings, and an array of pointers to them that
/// ends with null. Gives `argc` and `argv`; both are 0 for a program without memory.
///
/// # Errors
/// `Trap(OutOfMemory)` when the heap has no room for them.
pub fn arguments<'w, T: LibcHost + 'static>(
    store: &mut Store<T>,
    instance: Instance,
    words: impl Iterator<Item = &'w str> + Clone,
) -> Result<[Val; 2]> {
    let env = &mut Caller::embedder(store, instance);
    let places = put_arguments(env, words).map_err(|_| env.why())?;
    Ok(places.map(|place| Val::I32(place.cast_signed())))
}

fn put_arguments<'w>(
    env: &mut impl Env,
    words: impl Iterator<Item = &'w str> + Clone,
) -> Result<[u32; 2], Failed> {
    if env.byte_len() == 0 {
        return Ok([0; 2]);
    }
    let count = words.clone().count();
    let pointers = count.saturating_add(1).saturating_mul(4);
    let strings: usize = words.clone().map(|word| word.len().saturating_add(1)).sum();
    let size = u32::try_from(pointers.saturating_add(strings)).unwrap_or(u32::MAX);
    let argv = heap::malloc(env, size)?;
    if argv == 0 {
        return Err(env.fail(Trap::OutOfMemory));
    }
    // The block holds all of it, so no address wraps.
    let mut pointer = argv;
    let mut text = argv.saturating_add(pointers as u32);
    for word in words {
        env.write(pointer, &text.to_le_bytes())?;
        env.write(text, word.as_bytes())?;
        text = text.saturating_add(word.len() as u32);
        env.write(text, &[0])?;
        text = text.saturating_add(1);
        pointer = pointer.saturating_add(4);
    }
    env.write(pointer, &[0; 4])?;
    Ok([count as u32, argv])
}
