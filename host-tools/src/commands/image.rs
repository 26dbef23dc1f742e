//! `image`: flash images with modules, made by the same store as the device's.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmote_fs::{BLOCK_COUNTS, FileFlash, MIN_BLOCK_SIZE, ModuleStore, Name, UploadTarget};

use super::{Row, load_module, name_of, print_rows, save, tell};
use crate::cli::Options;
use crate::client::hex;
use crate::error::{EXIT_FILE, EXIT_OK, Error, Result};

/// The smallest flash that holds a file system, bytes.
const LEAST_SIZE: u32 = (*BLOCK_COUNTS.last().unwrap() * MIN_BLOCK_SIZE) as u32;

/// Makes an image that holds `files`. The image must not exist, so that none is lost.
pub(super) fn create(image: &Path, size: Option<u32>, files: &[PathBuf]) -> Result<u8> {
    if image.exists() {
        return Err(Error::File(format!("{} exists; remove it first", image.display())));
    }
    if size.is_some_and(|size| size < LEAST_SIZE) {
        return Err(Error::Argument(format!("--size: a flash has {LEAST_SIZE} bytes at least")));
    }
    let mut modules = Vec::<(String, Vec<u8>)>::new();
    for file in files {
        let name = name_of(file, "rename the file")?;
        if modules.iter().any(|(other, _)| *other == name) {
            return Err(Error::Argument(format!("two modules are called {name}; rename a file")));
        }
        modules.push((name, load_module(file)?));
    }
    let filled = fill(image, size, &modules);
    if filled.is_err() {
        // Half an image is worse than none.
        let _ = std::fs::remove_file(image);
    }
    filled.map(|()| EXIT_OK)
}

fn fill(image: &Path, size: Option<u32>, modules: &[(String, Vec<u8>)]) -> Result<()> {
    let flash = FileFlash::open(image, size).map_err(|error| Error::file("make", image, error))?;
    let mut store = ModuleStore::new(flash);
    store.format().map_err(|error| Error::file("format", image, error))?;
    for (name, bytes) in modules {
        add(&mut store, name, bytes).map_err(|error| Error::File(format!("{name}: {error}")))?;
    }
    let spans = store.usage().map_err(|error| Error::file("read", image, error))?.total;
    let has = image.metadata().map_err(|error| Error::file("read", image, error))?.len();
    if u64::from(spans) < has {
        // A device that has the flash spans the same.
        tell(&format!("{}: the file system spans {spans} of {has} B", image.display()));
    }
    Ok(())
}

fn add(
    store: &mut ModuleStore<FileFlash>,
    name: &str,
    bytes: &[u8],
) -> std::result::Result<(), wasmote_fs::Error> {
    let name = Name::new(name)?;
    let sha256 = Sha256::digest(bytes).into();
    let len = u32::try_from(bytes.len()).map_err(|_| wasmote_fs::Error::Full)?;
    let offset = store.upload_begin(&UploadTarget { len, sha256: Some(sha256) })?;
    store.upload_append(offset, bytes)?;
    store.upload_commit(&name, len, &sha256)
}

/// Lists the modules of an image, damaged ones marked.
pub(super) fn list(options: &Options, image: &Path) -> Result<u8> {
    let mut rows = Vec::new();
    let mut damaged = false;
    let listed = open(image)?.survey(|entry, found| {
        let good = matches!(found, Ok(()) | Err(wasmote_fs::Error::Unrecorded));
        damaged |= !good;
        let sha256 = entry.sha256.map(|hash| hex(&hash));
        rows.push(Row { name: entry.name.as_str().to_owned(), len: entry.len, sha256, damaged: Some(!good) });
    });
    listed.map_err(|error| Error::file("list", image, error))?;
    print_rows(&rows, options.json)?;
    Ok(if damaged { EXIT_FILE } else { EXIT_OK })
}

/// Copies a module out of an image.
pub(super) fn extract(image: &Path, name: &str, output: Option<&Path>) -> Result<u8> {
    let wrong = |error| {
        let image = image.display();
        Error::File(match error {
            wasmote_fs::Error::NotFound => {
                format!("{image}: {name}: no such module; `wasmote image ls` shows those there are")
            }
            error => format!("{image}: {name}: {error}"),
        })
    };
    let mut store = open(image)?;
    let name = Name::new(name).map_err(wrong)?;
    match store.verify(&name) {
        Ok(_) | Err(wasmote_fs::Error::Unrecorded) => {}
        Err(error) => return Err(wrong(error)),
    }
    let len = store.stat(&name).map_err(wrong)?.len;
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    let read = store.read_at(&name, 0, &mut bytes).map_err(wrong)?;
    if read != bytes.len() {
        return Err(wrong(wasmote_fs::Error::Corrupt));
    }
    let default = PathBuf::from(format!("{}.wasm", name.as_str()));
    save(&bytes, output.unwrap_or(&default))?;
    Ok(EXIT_OK)
}

/// Opens an image that is there.
fn open(image: &Path) -> Result<ModuleStore<FileFlash>> {
    if !image.is_file() {
        return Err(Error::File(format!("there is no image {}", image.display())));
    }
    let flash = FileFlash::open(image, None).map_err(|error| Error::file("open", image, error))?;
    Ok(ModuleStore::new(flash))
}
