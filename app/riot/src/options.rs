//! What the `Makefile` chooses, as numbers.

#![expect(clippy::panic, reason = "a wrong number fails the build")]

/// The number of the MTD device.
pub(crate) const DEVICE: u32 = match number(option_env!("WASMOTE_MTD")) {
    Some(number @ 0..256) => number as u32,
    Some(_) => panic!("WASMOTE_MTD is no device"),
    None => 0,
};

/// Where the store begins on the device, bytes.
pub(crate) const OFFSET: usize = match number(option_env!("WASMOTE_MTD_OFFSET")) {
    Some(offset) => offset,
    None => 0,
};

/// The length of the store, bytes, or `None` for all that the device has behind the offset.
pub(crate) const SIZE: Option<usize> = number(option_env!("WASMOTE_MTD_SIZE"));

/// What the firmware may take of RIOT's heap, bytes, or `None` for all of it.
pub(crate) const HEAP: Option<usize> = number(option_env!("WASMOTE_HEAP"));

/// The number that a variable of the build holds; `None` when it is empty.
const fn number(text: Option<&str>) -> Option<usize> {
    match text {
        None => None,
        Some(text) if text.is_empty() => None,
        Some(text) => match usize::from_str_radix(text, 10) {
            Ok(number) => Some(number),
            Err(_) => panic!("a WASMOTE_ variable of the build is no number"),
        },
    }
}
