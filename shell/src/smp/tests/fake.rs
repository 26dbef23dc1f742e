//! A device in memory, for the tests of the server and of the host tool.

extern crate std;

use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

use sha2::{Digest as _, Sha256};
use wasmote_fs::Name;

use super::smp::{Device, Digest, Module, Output, Refusal, Task};

/// Modules in a map, commands with fixed answers, and switches for faults.
#[derive(Default)]
pub struct FakeDevice {
    pub modules: BTreeMap<String, Vec<u8>>,
    /// Bytes of the upload, and what it announced.
    pub upload: Option<Vec<u8>>,
    pub target: (u32, Option<Digest>),
    /// Bytes that the store holds; 0 for no limit.
    pub capacity: usize,
    /// Command lines that were run.
    pub lines: Vec<String>,
    /// How often an upload began, and was aborted.
    pub begun: usize,
    pub aborted: usize,
}

impl Device for FakeDevice {
    fn upload_begin(&mut self, _: &Name, len: u32, sha256: Option<&Digest>) -> Result<u32, Refusal> {
        let target = (len, sha256.copied());
        match &self.upload {
            Some(bytes) if sha256.is_some() && self.target == target => return Ok(bytes.len() as u32),
            _ => {}
        }
        self.begun += 1;
        self.target = target;
        self.upload = Some(Vec::new());
        Ok(0)
    }

    fn upload_append(&mut self, offset: u32, data: &[u8]) -> Result<u32, Refusal> {
        let bytes = self.upload.as_mut().ok_or(Refusal::NoUpload)?;
        let known = bytes.len().checked_sub(offset as usize).unwrap();
        if offset as usize + data.len() > self.target.0 as usize {
            return Err(Refusal::TooLong);
        }
        let fresh = &data[known..];
        if self.capacity > 0 && bytes.len() + fresh.len() > self.capacity {
            return Err(Refusal::NoSpace);
        }
        bytes.extend_from_slice(fresh);
        Ok(bytes.len() as u32)
    }

    fn upload_hash(&mut self) -> Result<Digest, Refusal> {
        let bytes = self.upload.as_ref().ok_or(Refusal::NoUpload)?;
        Ok(Sha256::digest(bytes).into())
    }

    fn upload_commit(&mut self, name: &Name, len: u32, sha256: &Digest) -> Result<(), Refusal> {
        if *sha256 != self.upload_hash()? {
            return Err(Refusal::HashMismatch);
        }
        let bytes = self.upload.take().ok_or(Refusal::NoUpload)?;
        assert_eq!(len as usize, bytes.len());
        self.modules.insert(name.to_string(), bytes);
        Ok(())
    }

    fn upload_abort(&mut self) {
        self.aborted += 1;
        self.upload = None;
    }

    fn stat(&mut self, name: &Name) -> Result<u32, Refusal> {
        let module = self.modules.get(name.as_str()).ok_or(Refusal::NotFound)?;
        Ok(module.len() as u32)
    }

    fn read_at(&mut self, name: &Name, offset: u32, buffer: &mut [u8]) -> Result<usize, Refusal> {
        let module = self.modules.get(name.as_str()).ok_or(Refusal::NotFound)?;
        let rest = module.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn hash(&mut self, name: &Name, offset: u32, len: u32) -> Result<Digest, Refusal> {
        let module = self.modules.get(name.as_str()).ok_or(Refusal::NotFound)?;
        Ok(Sha256::digest(&module[offset as usize..][..len as usize]).into())
    }

    fn list(&mut self, from: u32, each: &mut dyn FnMut(&Module<'_>) -> bool) -> Result<(), Refusal> {
        for (name, bytes) in self.modules.iter().skip(from as usize) {
            let module = Module { name, len: bytes.len() as u32, sha256: Some(Sha256::digest(bytes).into()) };
            if !each(&module) {
                break;
            }
        }
        Ok(())
    }

    fn delete(&mut self, name: &Name) -> Result<(), Refusal> {
        self.modules.remove(name.as_str()).map(drop).ok_or(Refusal::NotFound)
    }

    /// `echo TEXT`, `fail STATUS`, `flood COUNT` (so many `x`), `raw` (bytes that are no UTF-8).
    fn exec(&mut self, line: &str, out: &mut Output<'_>) -> i32 {
        self.lines.push(line.to_string());
        match line.split_once(' ').unwrap_or((line, "")) {
            ("echo", text) => {
                out.push(text.as_bytes());
                out.push(b"\n");
                0
            }
            ("fail", status) => status.parse().unwrap_or(1),
            ("flood", count) => {
                let count = count.split(' ').next().unwrap_or_default();
                (0..count.parse().unwrap_or(0)).for_each(|_| out.push(b"x"));
                0
            }
            ("raw", _) => {
                out.push(b"a\xff\xc3\xa9\xe2\x82");
                0
            }
            _ => {
                out.push(b"error[COMMAND]: unknown command; try help\n");
                127
            }
        }
    }

    fn tasks(&mut self, each: &mut dyn FnMut(&Task<'_>)) {
        each(&Task { name: "shell", stack_used: 1000, stack_size: 4096, ..Task::default() });
        each(&Task { name: "blink", state: 16, runtime: 123_456, ..Task::default() });
    }
}
