//! The line between the two ends: requests one way, each with its answer the other way; numbers are little-endian.
//!
//! A request is its letter, a number (an instance, or 0), a name or a module's bytes, and values. An answer is a
//! number (0, or the kind of refusal from 1 on), the reason, and values.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use embedded_io::{Read, ReadExactError, Write};

use crate::feed::Feed;
use crate::machine::{Kind, Machine, Refusal, Runner, Value};

/// What the firmware says first: its start-up may be preceded by noise.
pub const HELLO: &[u8] = b"\x16wasmote-target\x16";

/// A message of either kind.
struct Message {
    letter: u8,
    number: u32,
    bytes: Vec<u8>,
    values: Vec<Value>,
}

fn send<W: Write>(line: &mut W, message: &Message) -> Result<(), W::Error> {
    let mut out = vec![message.letter];
    out.extend(message.number.to_le_bytes());
    out.extend((message.bytes.len() as u32).to_le_bytes());
    out.extend(&message.bytes);
    out.extend((message.values.len() as u32).to_le_bytes());
    for value in &message.values {
        let (tag, bits) = match *value {
            Value::I32(x) => (0, u64::from(x as u32)),
            Value::I64(x) => (1, x as u64),
            Value::F32(x) => (2, x.into()),
            Value::F64(x) => (3, x),
            Value::Func(some) => (4, some.into()),
            Value::Extern(None) => (5, 0),
            Value::Extern(Some(x)) => (6, x.into()),
        };
        out.push(tag);
        out.extend(bits.to_le_bytes());
    }
    line.write_all(&out)?;
    line.flush()
}

fn receive<R: Read>(line: &mut R) -> Result<Message, ReadExactError<R::Error>> {
    let mut letter = [0];
    line.read_exact(&mut letter)?;
    let number = word(line)?;
    let mut bytes = vec![0; word(line)? as usize];
    line.read_exact(&mut bytes)?;
    let mut values = Vec::new();
    for _ in 0..word(line)? {
        let (mut tag, mut bits) = ([0], [0; 8]);
        line.read_exact(&mut tag)?;
        line.read_exact(&mut bits)?;
        let bits = u64::from_le_bytes(bits);
        values.push(match tag[0] {
            0 => Value::I32(bits as i32),
            1 => Value::I64(bits as i64),
            2 => Value::F32(bits as u32),
            3 => Value::F64(bits),
            4 => Value::Func(bits != 0),
            5 => Value::Extern(None),
            _ => Value::Extern(Some(bits as u32)),
        });
    }
    Ok(Message { letter: letter[0], number, bytes, values })
}

fn word<R: Read>(line: &mut R) -> Result<u32, ReadExactError<R::Error>> {
    let mut bytes = [0; 4];
    line.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Says hello, and serves requests until the line fails.
///
/// # Errors
/// The line's.
pub fn serve<L: Read + Write>(line: &mut L) -> Result<(), ReadExactError<L::Error>> {
    line.write_all(HELLO)?;
    let mut machine = None;
    loop {
        let Message { letter, number, bytes, values } = receive(line)?;
        let name = || String::from_utf8(bytes.clone()).unwrap_or_default();
        let answer = match (letter, &mut machine) {
            (b'n', machine) => {
                // The old store's memory is needed for the new one.
                *machine = None;
                Machine::new(Feed::Slice).map_err(Refusal::from).map(|new| {
                    *machine = Some(new);
                    Vec::new()
                })
            }
            (b'l', Some(machine)) => machine.load(&bytes).map(|()| Vec::new()),
            (b'i', Some(machine)) => machine.instantiate(&bytes).map(|id| vec![Value::I32(id as i32)]),
            (b'r', Some(machine)) => machine.register(&name(), number).map(|()| Vec::new()),
            (b'c', Some(machine)) => machine.call(number, &name(), &values),
            (b'g', Some(machine)) => machine.global(number, &name()).map(|value| vec![value]),
            _ => Err(Refusal { kind: Kind::Other, reason: String::from("an unknown request") }),
        };
        let answer = match answer {
            Ok(values) => Message { letter: b'a', number: 0, bytes: Vec::new(), values },
            Err(Refusal { kind, reason }) => Message {
                letter: b'a',
                number: 1 + Kind::ALL.iter().position(|&other| other == kind).unwrap_or(0) as u32,
                bytes: reason.into_bytes(),
                values: Vec::new(),
            },
        };
        send(line, &answer)?;
    }
}

/// A [`Runner`] at the other end of a line.
pub struct Remote<'a, L> {
    line: &'a mut L,
}

impl<'a, L: Read + Write> Remote<'a, L> {
    /// Makes a new store at the other end, which has said [`HELLO`].
    ///
    /// # Errors
    /// The line's, as `Other`.
    pub fn new(line: &'a mut L) -> Result<Self, Refusal> {
        let mut remote = Self { line };
        remote.ask(b'n', 0, &[], &[])?;
        Ok(remote)
    }

    fn ask(
        &mut self,
        letter: u8,
        number: u32,
        bytes: &[u8],
        values: &[Value],
    ) -> Result<Vec<Value>, Refusal> {
        let broken = || Refusal { kind: Kind::Other, reason: String::from("the line is broken") };
        let message = Message { letter, number, bytes: bytes.to_vec(), values: values.to_vec() };
        send(self.line, &message).map_err(|_| broken())?;
        let answer = receive(self.line).map_err(|_| broken())?;
        match Kind::ALL.get((answer.number as usize).wrapping_sub(1)) {
            None => Ok(answer.values),
            Some(&kind) => Err(Refusal { kind, reason: String::from_utf8(answer.bytes).unwrap_or_default() }),
        }
    }
}

impl<L: Read + Write> Runner for Remote<'_, L> {
    fn load(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.ask(b'l', 0, bytes, &[]).map(|_| ())
    }

    fn instantiate(&mut self, bytes: &[u8]) -> Result<u32, Refusal> {
        match self.ask(b'i', 0, bytes, &[])?.first() {
            Some(&Value::I32(id)) => Ok(id as u32),
            _ => Err(Refusal { kind: Kind::Other, reason: String::from("an instance without a number") }),
        }
    }

    fn register(&mut self, name: &str, instance: u32) -> Result<(), Refusal> {
        self.ask(b'r', instance, name.as_bytes(), &[]).map(|_| ())
    }

    fn call(&mut self, instance: u32, name: &str, args: &[Value]) -> Result<Vec<Value>, Refusal> {
        self.ask(b'c', instance, name.as_bytes(), args)
    }

    fn global(&mut self, instance: u32, name: &str) -> Result<Value, Refusal> {
        let values = self.ask(b'g', instance, name.as_bytes(), &[])?;
        let none = || Refusal { kind: Kind::Other, reason: String::from("a global without a value") };
        values.first().copied().ok_or_else(none)
    }
}
