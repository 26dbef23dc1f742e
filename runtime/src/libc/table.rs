//! The library's functions as a module's imports: one row each.

use super::{Env, LibcHost, LibcState, ctype, ending, heap, number, output, search, string, time};
use core::ops::Range;

use crate::Extern;
use crate::host::{Caller, Failed, HostError};
use crate::rows::{HostTable, rows};

/// The module name that all functions are imported from.
const MODULE: &str = "env";

impl<T: LibcHost + 'static> Env for Caller<'_, T> {
    fn fail(&mut self, why: impl Into<HostError>) -> Failed {
        Caller::fail(self, why)
    }

    fn why(&self) -> HostError {
        self.why
    }

    fn read(&mut self, addr: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let read = self.read_memory(addr, buf);
        self.keep(read)
    }

    fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Failed> {
        let written = self.write_memory(addr, bytes);
        self.keep(written)
    }

    fn fill(&mut self, addr: u32, len: u32, byte: u8) -> Result<(), Failed> {
        let filled = self.fill_memory(addr, len, byte);
        self.keep(filled)
    }

    fn copy(&mut self, dst: u32, src: u32, len: u32) -> Result<(), Failed> {
        let copied = self.copy_memory(dst, src, len);
        self.keep(copied)
    }

    fn zeros(&mut self, addr: u32) -> u32 {
        self.zero_memory(addr)
    }

    fn byte_len(&mut self) -> u32 {
        u32::try_from(self.memory_len()).unwrap_or(u32::MAX)
    }

    fn place_heap(&mut self, size: u32) -> Range<u32> {
        let len = self.byte_len();
        let base = match self.get_export("__heap_base") {
            Some(Extern::Global(global)) => self.store.inner.global_bits(global.0),
            _ => None,
        };
        let start = base.map_or(len, |base| base as u32).min(len);
        let end = start.saturating_add(size);
        self.reach_memory(end);
        start..end.min(self.byte_len())
    }

    fn libc(&mut self) -> &mut LibcState {
        self.data_mut().libc()
    }

    fn console(&mut self, bytes: &[u8]) -> usize {
        self.data_mut().write(bytes)
    }

    fn micros(&mut self) -> Result<u64, Failed> {
        let micros = self.data_mut().micros();
        self.keep(micros)
    }
}

/// The functions of the library, for `Linker::functions`. `abort` has rows that differ in type; the first is C's.
pub const fn functions<T: LibcHost + 'static>() -> &'static HostTable<T> {
    rows! {
        MODULE;

        "printf"(format, args) -> I32 = output::printf;
        "sprintf"(buf, format, args) -> I32 = output::sprintf;
        "snprintf"(buf, size, format, args) -> I32 = output::snprintf;
        // A va_list is the address that the variadic calls are given.
        "vprintf"(format, args) -> I32 = output::printf;
        "vsprintf"(buf, format, args) -> I32 = output::sprintf;
        "vsnprintf"(buf, size, format, args) -> I32 = output::snprintf;
        "puts"(s) -> I32 = output::puts;
        "putchar"(c) -> I32 = output::putchar;

        "memcpy"(dst, src, n) -> I32 = string::memcpy;
        "memmove"(dst, src, n) -> I32 = string::memcpy;
        "emscripten_memcpy_big"(dst, src, n) -> I32 = string::memcpy;
        "memset"(dst, c, n) -> I32 = string::memset;
        "memcmp"(a, b, n) -> I32 = string::memcmp;
        "memchr"(s, c, n) -> I32 = string::memchr;
        "strlen"(s) -> I32 = string::strlen;
        "strcmp"(a, b) -> I32 = string::strcmp;
        "strncmp"(a, b, n) -> I32 = string::strncmp;
        "strncasecmp"(a, b, n) -> I32 = string::strncasecmp;
        "strchr"(s, c) -> I32 = string::strchr;
        "strstr"(s, needle) -> I32 = search::strstr;
        "strspn"(s, accept) -> I32 = string::strspn;
        "strcspn"(s, reject) -> I32 = string::strcspn;
        "strcpy"(dst, src) -> I32 = string::strcpy;
        "strncpy"(dst, src, n) -> I32 = string::strncpy;

        "malloc"(size) -> I32 = heap::malloc;
        "calloc"(count, size) -> I32 = heap::calloc;
        "realloc"(ptr, size) -> I32 = heap::realloc;
        "free"(ptr) = heap::free;
        "strdup"(s) -> I32 = string::strdup;
        "_strdup"(s) -> I32 = string::strdup;

        "atoi"(s) -> I32 = number::atoi;
        "strtol"(s, end, base) -> I32 = number::strtol;
        "strtoul"(s, end, base) -> I32 = number::strtoul;

        "isupper"(c) -> I32 = ctype::isupper;
        "isalpha"(c) -> I32 = ctype::isalpha;
        "isspace"(c) -> I32 = ctype::isspace;
        "isgraph"(c) -> I32 = ctype::isgraph;
        "isprint"(c) -> I32 = ctype::isprint;
        "isdigit"(c) -> I32 = ctype::isdigit;
        "isxdigit"(c) -> I32 = ctype::isxdigit;
        "isalnum"(c) -> I32 = ctype::isalnum;
        "tolower"(c) -> I32 = ctype::tolower;
        "toupper"(c) -> I32 = ctype::toupper;

        "clock"() -> I64 = time::clock;
        "clock_gettime"(id, time) -> I32 = time::clock_gettime;

        "exit"(status) = ending::exit;
        // As C declares it, and as WAMR does for Emscripten.
        "abort"() = ending::abort;
        "abort"(code) = ending::abort_with;
        // AssemblyScript's, whose texts are its own objects.
        "abort"(message, file, line, column) = ending::abort_at;
        "abortStackOverflow"(code) = ending::stack_overflow;
        "nullFunc_X"(code) = ending::null_function;

        "__cxa_allocate_exception"(size) -> I32 = heap::malloc;
        "__cxa_begin_catch"(exception) = ending::begin_catch;
        "__cxa_throw"(exception, kind, destructor) = ending::throw;
    }
}
