//! Running a module as a program: its entry, and the arguments that C wants.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Env, LibcHost, heap};
use crate::fallible::{append, exact, push};
use crate::host::Failed;
use crate::{Caller, Func, Instance, OutOfMemory, Result, Store, Trap, Val, ValType};

/// The module that WASI's functions are imported from.
pub(crate) const WASI: &str = "wasi_snapshot_preview1";

/// Bytes of a pointer.
const POINTER: u32 = 4;

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
    words: impl Iterator<Item = &'w str>,
) -> Result<[Val; 2]> {
    let words = joined(words)?;
    let env = &mut Caller::embedder(store, instance);
    let places = put_arguments(env, &words).map_err(|_| env.why())?;
    Ok(places.map(|place| Val::I32(place.cast_signed())))
}

fn put_arguments(env: &mut impl Env, words: &[u8]) -> Result<[u32; 2], Failed> {
    if env.byte_len() == 0 {
        return Ok([0; 2]);
    }
    let count = count(words);
    let pointers = count.saturating_add(1).saturating_mul(POINTER);
    let len = u32::try_from(words.len()).unwrap_or(u32::MAX);
    let argv = heap::malloc(env, pointers.saturating_add(len))?;
    if argv == 0 {
        return Err(env.fail(Trap::OutOfMemory));
    }
    // The block holds all of it, so no address wraps.
    let text = argv.wrapping_add(pointers);
    put_words(env, words, argv, text)?;
    env.write_word(text.wrapping_sub(POINTER), 0)?;
    Ok([count, argv])
}

/// A program's words in one piece, each with a zero byte behind it.
///
/// # Errors
/// `OutOfMemory`.
pub(crate) fn joined<'w>(words: impl Iterator<Item = &'w str>) -> Result<Box<[u8]>, OutOfMemory> {
    let mut joined = Vec::new();
    for word in words {
        append(&mut joined, word.as_bytes())?;
        push(&mut joined, 0)?;
    }
    exact(joined)
}

/// How many words there are in one piece.
pub(crate) fn count(words: &[u8]) -> u32 {
    words.iter().filter(|&&byte| byte == 0).count() as u32
}

/// Writes the words of one piece to the guest's memory, and the addresses where they then are.
pub(crate) fn put_words(env: &mut impl Env, words: &[u8], mut argv: u32, text: u32) -> Result<(), Failed> {
    env.write(text, words)?;
    let mut at = text;
    for word in words.split_inclusive(|&byte| byte == 0) {
        env.write_word(argv, at)?;
        // No memory has a word at the end of the address space.
        argv = argv.saturating_add(POINTER);
        // The last word may end where the memory does.
        at = at.wrapping_add(word.len() as u32);
    }
    Ok(())
}
