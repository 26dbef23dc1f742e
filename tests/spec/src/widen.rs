//! Gives every function of a module more locals than narrow code has slots for, so that the compiler's wide
//! form is tested by the modules that test the narrow one.

/// Locals that are added: as many as make any frame wide.
const ADDED: usize = 300;
const HEADER: usize = 8;
const CODE_SECTION: u8 = 10;
const I32: u8 = 0x7f;

/// Adds locals to all functions of a valid module; `None` when it is not even well-formed.
pub fn widen(module: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(HEADER)?;
    let mut out = header.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let size = take_leb(&mut rest)?;
        let (contents, after) = rest.split_at_checked(size)?;
        rest = after;
        out.push(id);
        let contents = if id == CODE_SECTION { bodies(contents)? } else { contents.to_vec() };
        push_leb(&mut out, contents.len());
        out.extend(contents);
    }
    Some(out)
}

/// The code section's contents with locals added to each body.
fn bodies(mut section: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let count = take_leb(&mut section)?;
    push_leb(&mut out, count);
    for _ in 0..count {
        let size = take_leb(&mut section)?;
        let (mut body, after) = section.split_at_checked(size)?;
        section = after;
        let groups = take_leb(&mut body)?;
        let start = body;
        for _ in 0..groups {
            take_leb(&mut body)?;
            body = body.get(1..)?;
        }
        let mut new = Vec::new();
        push_leb(&mut new, groups + 1);
        new.extend(&start[..start.len() - body.len()]);
        push_leb(&mut new, ADDED);
        new.push(I32);
        new.extend(body);
        push_leb(&mut out, new.len());
        out.extend(new);
    }
    Some(out)
}

/// Takes an unsigned LEB128 number off.
fn take_leb(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}

/// Puts an unsigned LEB128 number.
pub fn push_leb(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}
