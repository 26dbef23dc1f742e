//! Writes the linker script's memory regions for the configured chip.

use std::path::PathBuf;
use std::{env, fs, io};

/// Where the code memory and the RAM of the board begin (Arm AN386, memory map).
const FLASH_ORIGIN: u32 = 0x0000_0000;
const RAM_ORIGIN: u32 = 0x2000_0000;

/// What the linker takes of them, bytes: QEMU has 4 MB each, a real chip far less.
struct Chip {
    flash: u32,
    ram: u32,
}

const CHIP: Chip = Chip { flash: 512 * 1024, ram: 128 * 1024 };
const SMALL_CHIP: Chip = Chip { flash: 256 * 1024, ram: 64 * 1024 };

/// The main stack, bytes: what the deepest command needs, and a quarter of reserve.
const STACK: u32 = 12 * 1024;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os != "none") {
        return Ok(());
    }
    let chip = if env::var_os("CARGO_FEATURE_SMALL").is_some() { SMALL_CHIP } else { CHIP };
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("memory.x"), regions(&chip))?;
    // The interrupts have no names that a linker script would have to resolve.
    fs::write(out.join("device.x"), "")?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=--nmagic");
    Ok(())
}

/// The stack lies below everything else in RAM, so that its overflow leaves RAM, where the memory protection unit makes it
/// a fault, instead of overwriting variables. The heap takes what the variables leave.
fn regions(chip: &Chip) -> String {
    let (flash, ram) = (chip.flash, chip.ram);
    format!(
        "MEMORY {{
  FLASH : ORIGIN = {FLASH_ORIGIN:#x}, LENGTH = {flash}
  STACK : ORIGIN = {RAM_ORIGIN:#x}, LENGTH = {STACK}
  RAM   : ORIGIN = {RAM_ORIGIN:#x} + {STACK}, LENGTH = {ram} - {STACK}
}}
_stack_end = ORIGIN(STACK);
_stack_start = ORIGIN(STACK) + LENGTH(STACK);
"
    )
}
