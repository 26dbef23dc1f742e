//! `printf`'s formats (C17, 7.21.6.1) over the guest's memory: reading them and their arguments.
//!
//! Arguments are where clang puts them for wasm32: packed from one address on, integers and pointers of 4
//! bytes, `long long` and `double` of 8 bytes at addresses that are multiples of 8.

use super::Env;
use super::guest::Reader;
use super::output::Out;
use super::spec::{FLAGS, LEFT, Spec, WORD};
use crate::Trap;
use crate::host::Failed;

const TOO_LONG: Trap = Trap::Host(&"printf: a width or precision beyond an int");

/// The arguments that are still to be taken.
pub(super) struct Args {
    addr: u32,
    /// The one that was taken last.
    pub(super) value: u64,
}

impl Args {
    /// Takes an argument of 4 or 8 bytes.
    pub(super) fn take(&mut self, env: &mut impl Env, size: u8) -> Result<(), Failed> {
        // No memory has arguments at the end of the address space, where these addresses are held.
        let more = u32::from(size).wrapping_sub(1);
        let addr = self.addr.saturating_add(more) & !more;
        let mut bytes = [0; 8];
        env.read(addr, bytes.get_mut(..size.into()).unwrap_or_default())?;
        self.addr = addr.saturating_add(size.into());
        self.value = u64::from_le_bytes(bytes);
        Ok(())
    }

    /// Takes an argument of 4 bytes.
    pub(super) fn word(&mut self, env: &mut impl Env) -> Result<u32, Failed> {
        self.take(env, WORD)?;
        Ok(self.value as u32)
    }
}

impl Reader {
    /// A number of decimal digits, 0 when there are none.
    fn number(&mut self, env: &mut impl Env) -> Result<u32, Failed> {
        let mut number = 0u32;
        while self.byte.is_ascii_digit() {
            let digit = self.byte.wrapping_sub(b'0').into();
            number = number.saturating_mul(10).saturating_add(digit);
            self.advance(env)?;
        }
        if number > i32::MAX as u32 { Err(env.fail(TOO_LONG)) } else { Ok(number) }
    }

    /// A number, or the argument that a star stands for.
    fn number_or_star(&mut self, env: &mut impl Env, args: &mut Args) -> Result<i32, Failed> {
        if self.byte != b'*' {
            return Ok(self.number(env)?.cast_signed());
        }
        self.advance(env)?;
        Ok(args.word(env)?.cast_signed())
    }

    /// The specification after a `%`. The byte looked at afterwards is its conversion letter.
    fn spec(&mut self, env: &mut impl Env, args: &mut Args) -> Result<Spec, Failed> {
        let mut spec = Spec::NONE;
        while let Some(flag) = FLAGS.iter().position(|&flag| flag == self.byte) {
            spec.flags |= 1 << flag;
            self.advance(env)?;
        }
        let width = self.number_or_star(env, args)?;
        if width < 0 {
            spec.flags |= LEFT;
        }
        spec.width = width.unsigned_abs();
        if self.byte == b'.' {
            self.advance(env)?;
            spec.precision = u32::try_from(self.number_or_star(env, args)?).ok();
        }
        loop {
            match self.byte {
                b'h' => spec.size = if spec.size < WORD { 1 } else { 2 },
                b'l' if !spec.long => spec.long = true,
                b'l' | b'j' => spec.size = 8,
                b'z' | b't' => {}
                _ => break,
            }
            self.advance(env)?;
        }
        spec.conversion = self.byte;
        Ok(spec)
    }
}

/// Puts a format with its arguments. Output beyond what an `int` counts ends it early.
pub(super) fn format(env: &mut impl Env, out: &mut Out, format: u32, args: u32) -> Result<(), Failed> {
    let mut text = Reader::new(format);
    let mut args = Args { addr: args, value: 0 };
    while out.count() <= i32::MAX as u32 {
        text.advance(env)?;
        match text.byte {
            0 => break,
            b'%' => {
                text.advance(env)?;
                let mut spec = text.spec(env, &mut args)?;
                if spec.conversion == 0 {
                    // A lone % at the end is no conversion.
                    break;
                }
                spec.convert(env, out, &mut args)?;
            }
            byte => out.put(env, byte)?,
        }
    }
    Ok(())
}
