//! Modules of hostile shapes, made byte by byte: each takes a size that it grows with.

use crate::rewrite::push_leb;

const I32: u8 = 0x7f;
const I64: u8 = 0x7e;
const END: u8 = 0x0b;
const EMPTY: u8 = 0x40;

/// An unsigned LEB128 number.
fn leb(value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    push_leb(&mut out, value);
    out
}

/// A section.
fn section(id: u8, contents: &[u8]) -> Vec<u8> {
    [&[id][..], &leb(contents.len()), contents].concat()
}

/// A vector of things that are encoded already.
fn vector(count: usize, contents: &[u8]) -> Vec<u8> {
    [&leb(count)[..], contents].concat()
}

/// A module of sections.
fn module(sections: &[Vec<u8>]) -> Vec<u8> {
    [&b"\0asm\x01\0\0\0"[..], &sections.concat()].concat()
}

/// A function body: declarations of locals, then instructions without the last `end`.
fn body(locals: &[u8], code: &[u8]) -> Vec<u8> {
    let all = [locals, code, &[END]].concat();
    [&leb(all.len())[..], &all].concat()
}

/// A module whose one function, exported as "f", takes an i32, gives none, and has this body, after some
/// sections between those of functions and exports.
fn function(between: &[Vec<u8>], locals: &[u8], code: &[u8], behind: &[Vec<u8>]) -> Vec<u8> {
    let mut sections = vec![section(1, &[1, 0x60, 1, I32, 0]), section(3, &[1, 0])];
    sections.extend_from_slice(between);
    sections.push(section(7, &[1, 1, b'f', 0, 0]));
    // Element segments stand between exports and code, data behind.
    let (before, after): (Vec<_>, Vec<_>) = behind.iter().cloned().partition(|s| s.first() == Some(&9));
    sections.extend(before);
    sections.push(section(10, &vector(1, &body(locals, code))));
    sections.extend(after);
    module(&sections)
}

/// Blocks within blocks.
pub fn nested_blocks(n: usize) -> Vec<u8> {
    function(&[], &[0], &[[0x02, EMPTY].repeat(n), vec![END; n]].concat(), &[])
}

/// Loops within loops that each have a way out.
pub fn nested_loops(n: usize) -> Vec<u8> {
    function(&[], &[0], &[[0x03, EMPTY, 0x20, 0, 0x0d, 1].repeat(n), vec![END; n]].concat(), &[])
}

/// Conditions within conditions, with else parts.
pub fn nested_ifs(n: usize) -> Vec<u8> {
    function(&[], &[0], &[[0x20, 0, 0x04, EMPTY].repeat(n), [0x05, END].repeat(n)].concat(), &[])
}

/// Locals in one declaration.
pub fn locals(n: usize) -> Vec<u8> {
    function(&[], &[&[1][..], &leb(n), &[I32]].concat(), &[], &[])
}

/// Locals in a declaration each, of types by turns.
pub fn local_groups(n: usize) -> Vec<u8> {
    function(&[], &vector(n, &[1, I32, 1, I64].repeat(n / 2)), &[], &[])
}

/// One branch table that leads out of a block.
pub fn branch_table(n: usize) -> Vec<u8> {
    let table = [&[0x0e][..], &leb(n), &vec![0; n + 1]].concat();
    function(&[], &[0], &[&[0x02, EMPTY, 0x20, 0][..], &table, &[END]].concat(), &[])
}

/// Branches that wait for the same label.
pub fn forward_branches(n: usize) -> Vec<u8> {
    function(&[], &[0], &[&[0x02, EMPTY][..], &[0x20, 0, 0x0d, 0].repeat(n), &[END]].concat(), &[])
}

/// Operands that pile up and are dropped.
pub fn operands(n: usize) -> Vec<u8> {
    function(&[], &[0], &[[0x20, 0].repeat(n), vec![0x1a; n]].concat(), &[])
}

/// Operands that lie in a local, which then is set again and again.
pub fn lazy_operands(n: usize) -> Vec<u8> {
    let code = [[0x20, 0].repeat(200), [0x41, 1, 0x21, 0].repeat(n), vec![0x1a; 200]].concat();
    function(&[], &[0], &code, &[])
}

/// An element segment of this many functions, for a table as large.
pub fn elements(n: usize) -> Vec<u8> {
    let table = section(4, &[&[1, 0x70, 0][..], &leb(n)].concat());
    let segment = [&[1, 0, 0x41, 0, END][..], &vector(n, &vec![0; n])].concat();
    function(&[table], &[0], &[], &[section(9, &segment)])
}

/// An element segment of this many expressions.
pub fn element_expressions(n: usize) -> Vec<u8> {
    let table = section(4, &[&[1, 0x70, 0][..], &leb(n)].concat());
    let segment = [&[1, 4, 0x41, 0, END][..], &vector(n, &[0xd2, 0, END].repeat(n))].concat();
    function(&[table], &[0], &[], &[section(9, &segment)])
}

/// This many element segments, each of one function.
pub fn element_segments(n: usize) -> Vec<u8> {
    let table = section(4, &[1, 0x70, 0, 1]);
    function(&[table], &[0], &[], &[section(9, &vector(n, &[0, 0x41, 0, END, 1, 0].repeat(n)))])
}

/// A data segment of this many bytes.
pub fn data(n: usize) -> Vec<u8> {
    let memory = section(5, &[&[1, 0][..], &leb(n / 65_536 + 1)].concat());
    let segment = [&[1, 0, 0x41, 0, END][..], &vector(n, &vec![7; n])].concat();
    function(&[memory], &[0], &[], &[section(11, &segment)])
}

/// This many data segments, each of a byte.
pub fn data_segments(n: usize) -> Vec<u8> {
    let memory = section(5, &[1, 0, 1]);
    function(&[memory], &[0], &[], &[section(11, &vector(n, &[0, 0x41, 0, END, 1, 7].repeat(n)))])
}

/// A custom section of this many bytes.
pub fn custom(n: usize) -> Vec<u8> {
    module(&[section(0, &[&[1, b'x'][..], &vec![7; n]].concat())])
}

/// This many custom sections.
pub fn customs(n: usize) -> Vec<u8> {
    module(&[section(0, &[1, b'x']).repeat(n)])
}

/// Types, all different for the first few thousands.
pub fn types(n: usize) -> Vec<u8> {
    let one = |i: usize| {
        let params: Vec<u8> = (0..14).map(|bit| if i >> bit & 1 == 0 { I32 } else { I64 }).collect();
        [&[0x60][..], &vector(params.len(), &params), &[0]].concat()
    };
    module(&[section(1, &vector(n, &(0..n).flat_map(one).collect::<Vec<_>>()))])
}

/// Functions that do nothing.
pub fn functions(n: usize) -> Vec<u8> {
    module(&[
        section(1, &[1, 0x60, 0, 0]),
        section(3, &vector(n, &vec![0; n])),
        section(10, &vector(n, &[2, 0, END].repeat(n))),
    ])
}

/// Exports with different names.
pub fn exports(n: usize) -> Vec<u8> {
    let one = |i: usize| {
        let name = format!("{i:08}");
        [&[8][..], name.as_bytes(), &[3, 0]].concat()
    };
    module(&[
        section(6, &[1, I32, 0, 0x41, 0, END]),
        section(7, &vector(n, &(0..n).flat_map(one).collect::<Vec<_>>())),
    ])
}

/// A global whose value is a long sum.
pub fn constant_sum(n: usize) -> Vec<u8> {
    let sum = [&[0x41, 1][..], &[0x41, 1, 0x6a].repeat(n)].concat();
    module(&[section(6, &[&[1, I32, 0][..], &sum, &[END]].concat())])
}

/// A global whose value piles operands up first.
pub fn constant_pile(n: usize) -> Vec<u8> {
    let sum = [&[0x41, 1][..], &[0x41, 1].repeat(n), &vec![0x6a; n]].concat();
    module(&[section(6, &[&[1, I32, 0][..], &sum, &[END]].concat())])
}

/// A type of this many parameters.
pub fn parameters(n: usize) -> Vec<u8> {
    module(&[section(1, &[&[1, 0x60][..], &vector(n, &vec![I32; n]), &[0]].concat())])
}

/// Imports with long names.
pub fn imports(n: usize) -> Vec<u8> {
    let one = [&[50][..], &[b'x'; 50], &[0, 3, I32, 0]].concat();
    module(&[section(2, &vector(n, &one.repeat(n)))])
}

/// An element section that claims to hold this many segments and holds none.
pub fn lying_count(n: usize) -> Vec<u8> {
    function(&[], &[0], &[], &[section(9, &leb(n))])
}

/// A section that claims to be longer than the module.
pub fn lying_length(n: usize) -> Vec<u8> {
    module(&[[&[1][..], &leb(n), &[0]].concat()])
}

/// A name that is not UTF-8.
pub fn bad_name(n: usize) -> Vec<u8> {
    module(&[section(0, &vector(n, &vec![0xff; n]))])
}

/// A number with more padding than its type allows.
pub fn padded_number(n: usize) -> Vec<u8> {
    module(&[section(1, &[vec![0x80; n], vec![0]].concat())])
}
