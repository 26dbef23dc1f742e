//! The test bench: which board is tested, and the files that its sessions start from.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use crate::board::{Board, FLASH};
use crate::generated;
use crate::guests;
use crate::play::{Setting, Unexpected, play};
use crate::script::{Flash, Script};
use crate::terminal::Manner;

/// Environment variable with the command of the board to test instead of the native one.
pub const BOARD: &str = "WASMOTE_BOARD";

/// Size of the flash file in bytes: the native board's default.
pub const FLASH_SIZE: usize = 1 << 20;

/// How often a script may be late.
const TRIES: u32 = 3;

/// Files of the flash's size and content, made once.
const GUEST_IMAGE: &str = "guests.img";
const EMPTY_IMAGE: &str = "empty.img";

/// A board, the host tool, and the files that every place starts with.
pub struct Bench {
    /// The board under test.
    pub board: Board,
    /// Folder of the programs: the host tool, and the native board.
    pub programs: PathBuf,
    files: TempDir,
}

/// A folder of its own for one session, removed when dropped: flash file, guests and generated modules.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// The flash file.
    pub fn flash(&self) -> PathBuf {
        self.folder.path().join("flash.bin")
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Bench {
    /// Builds the programs of this workspace in the profile of the running test, and takes the board from
    /// `WASMOTE_BOARD`, or the native one.
    ///
    /// # Errors
    /// The build fails, or the flash images cannot be made.
    pub fn built() -> io::Result<Self> {
        let programs = build_programs()?;
        match std::env::var(BOARD) {
            Ok(command) => Self::new(&command, programs),
            Err(_) => Self::new(&native(&programs), programs),
        }
    }

    /// The bench of the tests that run at the same time, built by the first; its files go with the last of them.
    ///
    /// # Errors
    /// As [`Bench::built`].
    pub fn shared() -> io::Result<Arc<Self>> {
        static SHARED: Mutex<Weak<Bench>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bench) = shared.upgrade() {
            return Ok(bench);
        }
        let bench = Arc::new(Self::built()?);
        *shared = Arc::downgrade(&bench);
        Ok(bench)
    }

    /// Takes a board's command and the folder with the programs.
    ///
    /// # Errors
    /// The command names no flash file, or the flash images cannot be made.
    pub fn new(board: &str, programs: PathBuf) -> io::Result<Self> {
        let board = Board::parse(board).map_err(io::Error::other)?;
        let bench = Self { board, programs, files: TempDir::new()? };
        bench.make_files()?;
        Ok(bench)
    }

    fn make_files(&self) -> io::Result<()> {
        let folder = self.files.path();
        let modules = guests::ALL.iter().map(guests::Guest::built).collect::<Vec<_>>();
        for module in &modules {
            fs::copy(guests::folder().join(module), folder.join(module))?;
        }
        fs::write(folder.join("empty.wasm"), [])?;
        for shape in generated::SHAPES {
            fs::write(folder.join(format!("{}.wasm", shape.name)), generated::module(shape)?)?;
        }
        self.image(GUEST_IMAGE, &modules)?;
        self.image(EMPTY_IMAGE, &[])
    }

    /// Makes a flash file with modules by the host tool.
    fn image(&self, name: &str, modules: &[String]) -> io::Result<()> {
        let mut command = Command::new(self.programs.join("wasmote"));
        command.current_dir(self.files.path()).args(["image", "create", "-o", name, "--size"]);
        succeed(command.arg(FLASH_SIZE.to_string()).args(modules))
    }

    /// Makes a fresh place for a session.
    ///
    /// # Errors
    /// The files cannot be copied.
    pub fn place(&self, flash: Flash) -> io::Result<Place> {
        let place = Place { folder: TempDir::new()? };
        for entry in fs::read_dir(self.files.path())? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|extension| extension == "wasm") {
                fs::copy(entry.path(), place.folder.path().join(entry.file_name()))?;
            }
        }
        let image = |name: &str| self.files.path().join(name);
        match flash {
            Flash::Guests => fs::copy(image(GUEST_IMAGE), place.flash()).map(drop)?,
            Flash::Empty => fs::copy(image(EMPTY_IMAGE), place.flash()).map(drop)?,
            Flash::None => {}
            Flash::Corrupt => fs::write(place.flash(), generated::noise(FLASH_SIZE))?,
        }
        Ok(place)
    }

    /// Plays a script in a fresh place, and again where only its limits of time were missed: a machine that is busy
    /// with other things now and then misses one, but a board that is late misses all of [`TRIES`].
    ///
    /// # Errors
    /// The first line that is not as expected, with the whole transcript.
    pub fn play(&self, script: &Script, name: &str, manner: Manner) -> Result<(), String> {
        let mut tries = 1;
        loop {
            match self.play_once(script, name, manner) {
                Err(Unexpected { text, late: true }) if tries < TRIES => {
                    eprintln!("late, try {tries} of {TRIES}: {}", text.lines().next().unwrap_or_default());
                }
                outcome => return outcome.map_err(|unexpected| unexpected.text),
            }
            tries += 1;
        }
    }

    fn play_once(&self, script: &Script, name: &str, manner: Manner) -> Result<(), Unexpected> {
        let failed = |error| Unexpected { text: format!("{name}: {error}"), late: false };
        let place = self.place(script.flash).map_err(failed)?;
        let setting = Setting {
            board: &self.board,
            flash: &place.flash(),
            folder: place.folder(),
            programs: Some(&self.programs),
        };
        play(script, name, &setting, manner)
    }
}

/// Command of the native board.
pub fn native(programs: &Path) -> String {
    format!("{} --flash {FLASH}", programs.join("wasmote-native").display())
}

/// Builds the native board and the host tool beside the running test, and gives their folder.
///
/// # Errors
/// Cargo cannot be run, or the build fails: its messages are on standard error.
pub fn build_programs() -> io::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let outside = || io::Error::other(format!("{} is not in a target folder", test.display()));
    // Tests are in a folder below that of the programs.
    let folder = test.parent().ok_or_else(outside)?;
    let profile = if folder.ends_with("deps") { folder.parent().ok_or_else(outside)? } else { folder };
    let target = profile.parent().ok_or_else(outside)?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
        .args(["build", "--quiet", "-p", "wasmote-native", "-p", "wasmote-host", "--target-dir"])
        .arg(target);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    succeed(&mut cargo)?;
    Ok(profile.to_owned())
}

/// Says that something is not tested, and why: also where the test that says it is counted as passed, whose output the
/// test runner keeps to itself.
pub fn skipped(what: &str) {
    // That nobody reads it is no error.
    let _ = writeln!(io::stderr(), "SKIPPED: {what}");
}

/// Runs a command that has to succeed; what it says goes to standard error.
pub(crate) fn succeed(command: &mut Command) -> io::Result<()> {
    let why = match command.status() {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    Err(io::Error::other(format!("{command:?}: {why}")))
}
