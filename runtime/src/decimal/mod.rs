//! Floats as decimal text, exact in both directions and without tables: for the libc's `printf`, and for embedders
//! that read and print values where `core::fmt` and `core`'s 15 KB of parsing have no place.
//!
//! All of it is arithmetic on whole numbers of up to 1,100 bits, 150 bytes of stack each. That is slower than what
//! tables make of it: up to some 100,000 operations a number. The shortest text of one is found by making up
//! to 17 texts of it, each of which is read back.

mod big;
mod format;
mod layout;
mod nearest;
mod rounded;
mod shortest;

pub use self::format::Format;
pub(crate) use self::layout::Layout;
pub use self::nearest::{MAX_DIGITS, nearest};
pub(crate) use self::rounded::{Decimal, Places};
pub use self::shortest::put_shortest;

#[cfg(test)]
mod tests;
