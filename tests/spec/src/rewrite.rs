//! Changes to modules that keep their meaning, made section by section.

/// Locals that are added: as many as make any frame wide.
const ADDED: usize = 300;
const HEADER: usize = 8;
const EXPORT_SECTION: u8 = 7;
const CODE_SECTION: u8 = 10;
const I32: u8 = 0x7f;
const GLOBAL: u8 = 3;

/// Gives every function of a valid module more locals than narrow code has slots for, so that the compiler's
/// wide form is tested by the modules that test the narrow one; `None` when the module is not well-formed.
pub fn widen(module: &[u8]) -> Option<Vec<u8>> {
    sections(
        module,
        |id, contents| if id == CODE_SECTION { bodies(contents) } else { Some(contents.to_vec()) },
    )
}

/// Exports a global of a valid module that has exports already.
pub fn export_global(module: &[u8], name: &str, index: u32) -> Option<Vec<u8>> {
    sections(module, |id, mut contents| {
        if id != EXPORT_SECTION {
            return Some(contents.to_vec());
        }
        let mut out = Vec::new();
        push_leb(&mut out, take_leb(&mut contents)? + 1);
        out.extend(contents);
        push_leb(&mut out, name.len());
        out.extend(name.as_bytes());
        out.push(GLOBAL);
        push_leb(&mut out, index as usize);
        Some(out)
    })
}

/// The module with its sections' contents changed.
fn sections(module: &[u8], mut change: impl FnMut(u8, &[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(HEADER)?;
    let mut out = header.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let size = take_leb(&mut rest)?;
        let (contents, after) = rest.split_at_checked(size)?;
        rest = after;
        let contents = change(id, contents)?;
        out.push(id);
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
