//! WebAssembly files: are they modules that the device runs, and what is in them.

use std::fmt::Write as _;

use serde::Serialize;
use wasmparser::{
    CompositeInnerType, ExternalKind, FuncType, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures,
};

/// What the runtime takes: WebAssembly 2.0 without SIMD, and three proposals beyond it.
pub const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .difference(WasmFeatures::SIMD)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES);

/// Features by their names in the WebAssembly proposals.
const NAMES: [(&str, WasmFeatures); 21] = [
    ("mutable globals", WasmFeatures::MUTABLE_GLOBAL),
    ("saturating conversions", WasmFeatures::SATURATING_FLOAT_TO_INT),
    ("sign extension", WasmFeatures::SIGN_EXTENSION),
    ("multi-value", WasmFeatures::MULTI_VALUE),
    ("bulk memory", WasmFeatures::BULK_MEMORY),
    ("reference types", WasmFeatures::REFERENCE_TYPES),
    ("extended constants", WasmFeatures::EXTENDED_CONST),
    ("tail calls", WasmFeatures::TAIL_CALL),
    ("custom page sizes", WasmFeatures::CUSTOM_PAGE_SIZES),
    ("SIMD", WasmFeatures::SIMD),
    ("relaxed SIMD", WasmFeatures::RELAXED_SIMD),
    ("threads", WasmFeatures::THREADS),
    ("multiple memories", WasmFeatures::MULTI_MEMORY),
    ("64-bit memory", WasmFeatures::MEMORY64),
    ("exceptions", WasmFeatures::EXCEPTIONS),
    ("legacy exceptions", WasmFeatures::LEGACY_EXCEPTIONS),
    ("typed function references", WasmFeatures::FUNCTION_REFERENCES),
    ("garbage collection", WasmFeatures::GC),
    ("wide arithmetic", WasmFeatures::WIDE_ARITHMETIC),
    ("stack switching", WasmFeatures::STACK_SWITCHING),
    ("shared-everything threads", WasmFeatures::SHARED_EVERYTHING_THREADS),
];

/// What is in a module.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Length of the file, in bytes.
    pub len: usize,
    /// Length of its code section, in bytes.
    pub code: usize,
    /// Length of its custom sections (names, debug information), in bytes: `strip` drops them.
    pub custom: usize,
    /// Features beyond WebAssembly 1.0 that it uses.
    pub features: Vec<&'static str>,
    /// What it needs.
    pub imports: Vec<Extern>,
    /// What it offers.
    pub exports: Vec<Extern>,
}

/// An import or export.
#[derive(Debug, Serialize)]
pub struct Extern {
    /// Name of the module that an import comes from; absent for an export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Its name.
    pub name: String,
    /// Its type: `(i32, i32) -> i32`, `memory 1..2 pages`, `global mut i32`, `table 1.. funcref`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Validates a module as the device would, and returns what is in it.
///
/// # Errors
///
/// What is wrong, where, and what to do, on one line.
pub fn check(bytes: &[u8]) -> Result<Summary, String> {
    if let Some(wrong) = not_a_module(bytes) {
        return Err(wrong.to_owned());
    }
    if let Err(error) = validate(bytes, FEATURES) {
        let needed = needed(bytes);
        if !needed.is_empty() {
            let needed = needed.join(", ");
            return Err(format!(
                "needs {needed}, which wasmote does not have (at {:#x}); compile without it",
                error.offset()
            ));
        }
        return Err(format!("not a valid module: {} (at {:#x})", error.message(), error.offset()));
    }
    summary(bytes)
        .map_err(|error| format!("not a valid module: {} (at {:#x})", error.message(), error.offset()))
}

/// Returns the module without its custom sections.
///
/// # Errors
///
/// The file is not made of sections.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if let Some(wrong) = not_a_module(bytes) {
        return Err(wrong.to_owned());
    }
    /// Bytes of the magic number and the version.
    const PREAMBLE: usize = 8;
    let broken = |at: usize| format!("not a valid module: a section is cut short (at {at:#x})");
    let mut kept = bytes.get(..PREAMBLE).unwrap_or_default().to_vec();
    let mut at = PREAMBLE;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let mut reader = wasmparser::BinaryReader::new(rest, at as u64);
        let id = reader.read_u8().map_err(|_| broken(at))?;
        let len = reader.read_var_u32().map_err(|_| broken(at))?;
        let end = usize::try_from(len).ok().and_then(|len| reader.current_position().checked_add(len));
        let section = end.and_then(|end| rest.get(..end)).ok_or_else(|| broken(at))?;
        if id != 0 {
            kept.extend_from_slice(section);
        }
        at = at.saturating_add(section.len());
    }
    Ok(kept)
}

/// Tells files apart that users mistake for modules.
fn not_a_module(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[u8] = b"\0asm";
    if bytes.is_empty() {
        return Some("the file is empty; a module has at least 8 bytes");
    }
    let begins = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    let mut code = begins.filter(|line| !line.is_empty() && !line.starts_with(b";;"));
    if code.next().is_some_and(|line| line.starts_with(b"(")) {
        return Some("this is WebAssembly text; translate it, as with `wat2wasm`");
    }
    match bytes.split_at_checked(MAGIC.len()) {
        Some((MAGIC, version)) => match version {
            [1, 0, 0, 0, ..] => None,
            [_, 0, 1, 0, ..] => Some("this is a component; build a core module instead"),
            _ => Some("the file is cut short, or its WebAssembly version is not 1"),
        },
        _ => Some("this is not a WebAssembly file: it does not begin with 00 61 73 6d"),
    }
}

fn validate(bytes: &[u8], features: WasmFeatures) -> Result<(), wasmparser::BinaryReaderError> {
    Validator::new_with_features(features).validate_all(bytes).map(drop)
}

/// Returns the features beyond ours without which the module is not valid; none if it never is.
fn needed(bytes: &[u8]) -> Vec<&'static str> {
    let mut features = NAMES.iter().fold(FEATURES, |all, (_, feature)| all.union(*feature));
    if validate(bytes, features).is_err() {
        return Vec::new();
    }
    let mut needed = Vec::new();
    for (name, feature) in NAMES.iter().rev().filter(|(_, feature)| !FEATURES.contains(*feature)) {
        let without = features.difference(*feature);
        if validate(bytes, without).is_ok() {
            features = without;
        } else {
            needed.push(*name);
        }
    }
    needed.reverse();
    needed
}

/// Returns the features of ours without which a valid module is not valid.
fn used(bytes: &[u8]) -> Vec<&'static str> {
    let ours = NAMES.iter().filter(|(_, feature)| FEATURES.contains(*feature));
    let used = ours.filter(|(_, feature)| validate(bytes, FEATURES.difference(*feature)).is_err());
    used.map(|(name, _)| *name).collect()
}

fn summary(bytes: &[u8]) -> Result<Summary, wasmparser::BinaryReaderError> {
    let types = Validator::new_with_features(FEATURES).validate_all(bytes)?;
    let types = types.as_ref();
    let mut summary = Summary {
        len: bytes.len(),
        code: 0,
        custom: 0,
        features: used(bytes),
        imports: Vec::new(),
        exports: Vec::new(),
    };
    let length =
        |range: std::ops::Range<u64>| usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
    let function = |index: u32| match &types[types.core_function_at(index)].composite_type.inner {
        CompositeInnerType::Func(ty) => signature(ty),
        _ => "function".to_owned(),
    };
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::CodeSectionStart { unchecked_range, .. } => summary.code = length(unchecked_range),
            Payload::CustomSection(section) => summary.custom += length(section.range()),
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    let kind = match import.ty {
                        TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                            match &types[types.core_type_at_in_module(index)].composite_type.inner {
                                CompositeInnerType::Func(ty) => signature(ty),
                                _ => "function".to_owned(),
                            }
                        }
                        TypeRef::Memory(ty) => memory(&ty),
                        TypeRef::Table(ty) => table(&ty),
                        TypeRef::Global(ty) => global(&ty),
                        TypeRef::Tag(_) => "tag".to_owned(),
                    };
                    let module = Some(import.module.to_owned());
                    summary.imports.push(Extern { module, name: import.name.to_owned(), kind });
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let kind = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => function(export.index),
                        ExternalKind::Memory => memory(&types.memory_at(export.index)),
                        ExternalKind::Table => table(&types.table_at(export.index)),
                        ExternalKind::Global => global(&types.global_at(export.index)),
                        ExternalKind::Tag => "tag".to_owned(),
                    };
                    summary.exports.push(Extern { module: None, name: export.name.to_owned(), kind });
                }
            }
            _ => {}
        }
    }
    Ok(summary)
}

/// Writes a function type as the shell does: `(i32, i64) -> f32`.
fn signature(ty: &FuncType) -> String {
    let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!("({})", list(ty.params()));
    match ty.results() {
        [] => {}
        [one] => drop(write!(text, " -> {one}")),
        several => drop(write!(text, " -> ({})", list(several))),
    }
    text
}

fn memory(ty: &wasmparser::MemoryType) -> String {
    let page = ty.page_size_log2.map(|log2| 1u64 << log2.min(16));
    let page = page.map(|size| format!(" of {size} B")).unwrap_or_default();
    format!("memory {} pages{page}", range(ty.initial, ty.maximum))
}

fn table(ty: &wasmparser::TableType) -> String {
    format!("table {} {}", range(ty.initial, ty.maximum), ty.element_type)
}

fn global(ty: &wasmparser::GlobalType) -> String {
    format!("global {}{}", if ty.mutable { "mut " } else { "" }, ty.content_type)
}

fn range(from: u64, to: Option<u64>) -> String {
    format!("{from}..{}", to.map(|to| to.to_string()).unwrap_or_default())
}
