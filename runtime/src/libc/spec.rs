//! `printf`'s conversions of integers, strings and characters, and their fields.

use super::format::Args;
use super::guest::len_up_to;
use super::output::Out;
use super::{Env, float};
use crate::Trap;
use crate::host::Failed;

/// The longest integer's digits: 64 bits in octal.
const MAX_DIGITS: usize = 22;

/// Bytes of an argument that is no longer than a word, and of a `double`.
pub(super) const WORD: u8 = 4;
const DOUBLE: u8 = 8;

const REFUSED: Trap = Trap::Host(&"printf: %a, %L and wide characters are refused");

/// The characters of flags, and their bits in that order.
pub(super) const FLAGS: &[u8] = b"-+ #0";
pub(super) const LEFT: u8 = 1;
pub(super) const PLUS: u8 = 2;
const SPACE: u8 = 4;
pub(super) const ALTERNATE: u8 = 8;
pub(super) const ZEROS: u8 = 16;

/// A conversion specification.
pub(super) struct Spec {
    /// A bit for each of [`FLAGS`].
    pub(super) flags: u8,
    pub(super) width: u32,
    pub(super) precision: Option<u32>,
    /// The bytes of an integer argument.
    pub(super) size: u8,
    /// Whether there is an `l`, which makes characters wide.
    pub(super) long: bool,
    /// The conversion's letter.
    pub(super) conversion: u8,
    /// Spaces that are to be put after the conversion.
    pub(super) behind: u32,
}

impl Spec {
    pub(super) const NONE: Self =
        Self { flags: 0, width: 0, precision: None, size: WORD, long: false, conversion: 0, behind: 0 };

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The sign to write, if any.
    pub(super) fn sign(&self, negative: bool) -> &'static [u8] {
        match () {
            () if negative => b"-",
            () if self.has(PLUS) => b"+",
            () if self.has(SPACE) => b" ",
            () => b"",
        }
    }

    /// Puts what comes before a body of `len` bytes: padding and a prefix. What comes after it is left to `convert`.
    pub(super) fn open(
        &mut self,
        env: &mut impl Env,
        out: &mut Out,
        prefix: &[u8],
        len: u32,
    ) -> Result<(), Failed> {
        let padding = self.width.saturating_sub(len).saturating_sub(prefix.len() as u32);
        let (mut spaces, mut zeros) = (0, 0);
        match () {
            () if self.has(LEFT) => self.behind = padding,
            () if self.has(ZEROS) => zeros = padding,
            () => spaces = padding,
        }
        out.pad(env, b' ', spaces)?;
        out.put_all(env, prefix)?;
        out.pad(env, b'0', zeros)
    }

    /// Puts a prefix and a body in a field of the specification's width.
    pub(super) fn field(
        &mut self,
        env: &mut impl Env,
        out: &mut Out,
        prefix: &[u8],
        body: &[u8],
    ) -> Result<(), Failed> {
        self.open(env, out, prefix, body.len() as u32)?;
        out.put_all(env, body)
    }

    /// Puts an integer in the specification's base.
    pub(super) fn integer(
        &mut self,
        env: &mut impl Env,
        out: &mut Out,
        negative: bool,
        value: u64,
    ) -> Result<(), Failed> {
        let (base, hex) = match self.conversion {
            b'o' => (8, b'a'),
            b'x' | b'p' => (16, b'a'),
            b'X' => (16, b'A'),
            _ => (10, b'a'),
        };
        let mut digits = [0; MAX_DIGITS];
        let mut count = 0u32;
        let mut rest = value;
        for place in digits.iter_mut().rev() {
            if rest == 0 {
                break;
            }
            let digit = (rest % base) as u8;
            *place = digit.wrapping_add(if digit < 10 { b'0' } else { hex.wrapping_sub(10) });
            rest /= base;
            count = count.wrapping_add(1);
        }
        let digits = digits.get(MAX_DIGITS.wrapping_sub(count as usize)..).unwrap_or_default();

        let mut least = self.precision.unwrap_or(1);
        if self.has(ALTERNATE) && base == 8 {
            least = least.max(count.wrapping_add(1));
        }
        if self.precision.is_some() {
            self.flags &= !ZEROS;
        }
        let prefix = match self.conversion {
            b'd' | b'i' => self.sign(negative),
            b'p' => b"0x",
            b'x' if self.has(ALTERNATE) && value != 0 => b"0x",
            b'X' if self.has(ALTERNATE) && value != 0 => b"0X",
            _ => b"",
        };
        let len = count.max(least);
        self.open(env, out, prefix, len)?;
        out.pad(env, b'0', len.wrapping_sub(count))?;
        out.put_all(env, digits)
    }

    fn string(&mut self, env: &mut impl Env, out: &mut Out, addr: u32) -> Result<(), Failed> {
        let limit = self.precision.unwrap_or(u32::MAX);
        let len = len_up_to(env, addr, limit)?;
        if addr == 0 && len == 0 {
            return self.field(env, out, b"", b"(null)".get(..limit.min(6) as usize).unwrap_or_default());
        }
        self.open(env, out, b"", len)?;
        out.copy(env, addr, len)
    }

    /// Takes an integer argument, with the sign or zeros that its length asks for.
    fn argument(&self, env: &mut impl Env, args: &mut Args, signed: bool) -> Result<(), Failed> {
        args.take(env, self.size.max(WORD))?;
        if self.size <= WORD {
            let unused = u32::BITS.wrapping_sub(u32::from(self.size).wrapping_mul(8));
            let high = (args.value as u32) << unused;
            args.value =
                if signed { i64::from(high.cast_signed() >> unused) as u64 } else { (high >> unused).into() };
        }
        Ok(())
    }

    /// Takes the conversion's argument and puts it.
    pub(super) fn convert(
        &mut self,
        env: &mut impl Env,
        out: &mut Out,
        args: &mut Args,
    ) -> Result<(), Failed> {
        match self.conversion {
            b'd' | b'i' | b'u' | b'x' | b'X' | b'o' | b'p' => {
                let signed = matches!(self.conversion, b'd' | b'i');
                self.argument(env, args, signed)?;
                let value = args.value;
                let negative = signed && value.cast_signed() < 0;
                self.integer(env, out, negative, if negative { value.wrapping_neg() } else { value })
            }
            b'f' | b'F' | b'e' | b'E' | b'g' | b'G' => {
                args.take(env, DOUBLE)?;
                float::put(env, out, self, args.value)
            }
            b'c' if !self.long => {
                let byte = args.word(env)? as u8;
                self.flags &= !ZEROS;
                self.field(env, out, b"", &[byte])
            }
            b's' if !self.long => {
                let addr = args.word(env)?;
                self.flags &= !ZEROS;
                self.string(env, out, addr)
            }
            b'n' => {
                let place = args.word(env)?;
                let count = u64::from(out.count()).to_le_bytes();
                env.write(place, count.get(..self.size.into()).unwrap_or_default())
            }
            b'c' | b's' | b'a' | b'A' | b'L' => Err(env.fail(REFUSED)),
            b'%' => out.put(env, b'%'),
            // What C leaves undefined is shown as it is.
            other => out.put_all(env, &[b'%', other]),
        }?;
        out.pad(env, b' ', self.behind)
    }
}
