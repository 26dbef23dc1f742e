//! A flash image with bytes changed and its checksums made right again, so that littlefs believes it: whatever it
//! says, commands end, and formatting makes it good. An input is changes: place and byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmote_fuzz::{SECTOR, flash, session};

/// What is typed at the prompt: everything that reads the flash or writes to it.
const COMMANDS: &[u8] = b"ls -l\rdf\rfsck\rcheck calc\rload calc\rrun spin\rmv calc other\rrm spin\r\
    autostart calc add 1 2\rls\r";

/// The checksum of littlefs: CRC-32, reflected, without a last inversion (`lfs_util.c`).
fn crc(state: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(state, |state, byte| {
        (0..8).fold(state ^ u32::from(*byte), |state, _| {
            state >> 1 ^ if state & 1 != 0 { 0xedb8_8320 } else { 0 }
        })
    })
}

/// Walks a sector's commits as littlefs does (`SPEC.md`, "Metadata pairs"), and makes their checksums right; gives
/// whether the first one was.
fn mend(sector: &mut [u8]) -> bool {
    let (mut at, mut last, mut first_good) = (4, u32::MAX, None);
    let mut begin = 0;
    while let Some(bytes) = sector.get(at..at + 4) {
        let stored = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let tag = u32::from_be_bytes(stored) ^ last;
        if tag >> 31 != 0 {
            break;
        }
        let len = if tag & 0x3ff == 0x3ff { 0 } else { (tag & 0x3ff) as usize };
        at += 4;
        last = tag;
        if tag >> 20 & 0x780 == 0x500 {
            let sum = crc(u32::MAX, &sector[begin..at]).to_le_bytes();
            let Some(place) = sector.get_mut(at..at + 4) else { break };
            first_good.get_or_insert(place == sum);
            place.copy_from_slice(&sum);
            last ^= (tag >> 20 & 1) << 31;
            begin = at + len;
        }
        at += len;
    }
    first_good.unwrap_or(false)
}

fuzz_target!(|input: &[u8]| {
    let mut flash = flash();
    let sectors = flash.as_bytes_mut().chunks_mut(SECTOR);
    let mut metadata: Vec<&mut [u8]> =
        sectors.filter_map(|sector| mend(&mut sector.to_vec()).then_some(sector)).collect();
    assert!(!metadata.is_empty(), "the image has directories");
    for change in input.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
        let count = metadata.len();
        metadata[place / SECTOR % count][place % SECTOR] ^= change[2];
    }
    for sector in metadata {
        mend(sector);
    }
    let mut store = session(flash, COMMANDS);
    store.format().and_then(|()| store.mount()).expect("a new file system mounts");
});
