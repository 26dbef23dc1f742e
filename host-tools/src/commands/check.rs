//! `check` and `strip`: files, without a device.

use std::path::{Path, PathBuf};

use super::{load, print, print_json, shown, tell};
use crate::cli::Options;
use crate::error::{EXIT_FILE, EXIT_OK, Error, Result};
use crate::module::{self, Extern, Summary};

/// What `check --json` says about a file.
#[derive(serde::Serialize)]
struct Report<'a> {
    file: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(flatten)]
    summary: Option<&'a Summary>,
}

/// Says of each file whether wasmote runs it and what is in it.
pub(super) fn check(options: &Options, files: &[PathBuf]) -> Result<u8> {
    let mut status = EXIT_OK;
    for path in files {
        let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"));
        let checked = bytes.and_then(|bytes| module::check(&bytes));
        let file = path.display().to_string();
        if checked.is_err() {
            status = EXIT_FILE;
        }
        if options.json {
            let error = checked.as_ref().err().map(String::as_str);
            print_json(&Report { file, valid: checked.is_ok(), error, summary: checked.as_ref().ok() })?;
            continue;
        }
        match &checked {
            Ok(summary) => drop(print(&describe(&file, summary))?),
            Err(wrong) => tell(&format!("wasmote: {file}: {}", shown(wrong))),
        }
    }
    Ok(status)
}

fn describe(file: &str, summary: &Summary) -> String {
    let Summary { len, code, custom, .. } = summary;
    let features = if summary.features.is_empty() { "none".to_owned() } else { summary.features.join(", ") };
    let mut text = format!("{file}: valid; {len} B, code {code} B, custom sections {custom} B\n");
    text += &format!("features beyond 1.0: {features}\n");
    for (title, entries) in [("imports", &summary.imports), ("exports", &summary.exports)] {
        text += &format!("{title}:{}\n", if entries.is_empty() { " none" } else { "" });
        let label = |entry: &Extern| match &entry.module {
            Some(module) => shown(&format!("{module}.{}", entry.name)),
            None => shown(&entry.name),
        };
        let width = entries.iter().map(|entry| label(entry).chars().count()).max().unwrap_or(0);
        for entry in entries {
            text += &format!("  {:<width$}  {}\n", label(entry), entry.kind);
        }
    }
    text
}

/// Drops the custom sections of a file.
pub(super) fn strip(file: &Path, output: Option<&Path>) -> Result<u8> {
    let bytes = load(file)?;
    let kept = module::strip(&bytes).map_err(|wrong| Error::File(format!("{}: {wrong}", file.display())))?;
    let target = output.unwrap_or(file);
    if output.is_none() {
        replace(file, &kept).map_err(|error| Error::file("write", file, error))?;
    } else {
        super::save(&kept, target)?;
    }
    tell(&format!("{}: {} -> {} B", target.display(), bytes.len(), kept.len()));
    Ok(EXIT_OK)
}

/// Replaces a file's content, which stays whole when there is no room for the new one.
fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let file = file.canonicalize()?;
    let mut part = file.clone().into_os_string();
    part.push(".part");
    let written = std::fs::write(&part, bytes)
        .and_then(|()| std::fs::set_permissions(&part, file.metadata()?.permissions()))
        .and_then(|()| std::fs::rename(&part, &file));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}
