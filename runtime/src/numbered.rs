//! Enums whose variants are found by their numbers.

/// Defines an enum, and finds a variant by its number: by a match, which compilers know for a comparison and no more. A
/// table would be read.
macro_rules! numbered {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$about:meta])* $variant:ident)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        $vis enum $name {
            $($(#[$about])* $variant),*
        }

        impl $name {
            /// The variant of a number.
            $vis fn of(number: u8) -> Option<Self> {
                match number {
                    $(n if n == Self::$variant as u8 => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use numbered;
