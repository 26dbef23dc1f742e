//! `watch`: a module that is installed whenever its file changes.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::device::{connect, deliver, port_of};
use super::{load_module, name_of, print, tell};
use crate::cli::Options;
use crate::client::hex;
use crate::error::{EXIT_OK, Error, Result};

/// How often the file is looked at. It must be the same twice, as compilers write it in pieces.
const LOOK: Duration = Duration::from_millis(200);

/// Installs a module now and whenever its file changes, until Ctrl-C. What fails at first ends it; what fails later, as
/// when the file is no module for a while, is told, and tried again where it is the line.
pub(super) fn run(options: &Options, file: &Path, name: Option<&str>) -> Result<u8> {
    port_of(options)?;
    let name = name.map_or_else(|| name_of(file, "name it with --name"), |name| Ok(name.to_owned()))?;
    let mut installed = stamp(file);
    update(options, file, &name)?;
    let mut last = installed;
    let mut told: Option<String> = None;
    loop {
        std::thread::sleep(LOOK);
        let now = stamp(file);
        if now.is_some() && now == last && now != installed {
            let updated = update(options, file, &name);
            // A line that is busy or gone may be there again soon.
            if !matches!(updated, Err(Error::Line(_))) {
                installed = now;
            }
            let wrong = updated.err().map(|error| format!("wasmote: {error}"));
            if let Some(wrong) = wrong.as_ref().filter(|wrong| told.as_ref() != Some(wrong)) {
                tell(wrong);
            }
            told = wrong;
        }
        last = now;
    }
}

/// When a file was written, and its length; `None` while it is not there.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Installs the file, unless the device has it already, and makes its instance anew if there is one.
fn update(options: &Options, file: &Path, name: &str) -> Result<u8> {
    let bytes = load_module(file)?;
    let client = connect(options)?;
    if client.has(name, &bytes)? {
        return print(&format!("{name}: unchanged\n"));
    }
    let (sha256, seconds) = deliver(&client, name, &bytes)?;
    print(&format!("{name}: {} B, sha256 {}, {seconds:.1} s\n", bytes.len(), hex(&sha256)))?;
    let reloaded = client.execute(&["reload".to_owned(), name.to_owned()], options.timeout)?;
    if reloaded.output.starts_with("error[NOTLOADED]") {
        return Ok(EXIT_OK);
    }
    print(&reloaded.output)
}
