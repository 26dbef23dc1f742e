//! The rows against WAMR's list of names and signatures.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ValType;
use crate::host::HostError;
use crate::libc::{LibcHost, LibcState, functions};

/// WAMR's libc-builtin in its own notation, addresses and sizes being `i`, 64 bits `I`; and the `abort` of C and of AssemblyScript.
const WAMR: &str = "
    printf(ii)i sprintf(iii)i snprintf(iiii)i vprintf(ii)i vsprintf(iii)i vsnprintf(iiii)i puts(i)i putchar(i)i
    memcmp(iii)i memcpy(iii)i memmove(iii)i memset(iii)i strchr(ii)i strcmp(ii)i strcpy(ii)i strlen(i)i
    strncmp(iii)i strncpy(iii)i malloc(i)i realloc(ii)i calloc(ii)i strdup(i)i _strdup(i)i free(i) atoi(i)i
    exit(i) strtol(iii)i strtoul(iii)i memchr(iii)i strncasecmp(iii)i strspn(ii)i strcspn(ii)i strstr(ii)i
    isupper(i)i isalpha(i)i isspace(i)i isgraph(i)i isprint(i)i isdigit(i)i isxdigit(i)i tolower(i)i toupper(i)i
    isalnum(i)i emscripten_memcpy_big(iii)i abort(i) abortStackOverflow(i) nullFunc_X(i)
    __cxa_allocate_exception(i)i __cxa_begin_catch(i) __cxa_throw(iii)
    clock_gettime(ii)i clock()I abort() abort(iiii)
";

struct Host;

impl LibcHost for Host {
    fn libc(&mut self) -> &mut LibcState {
        unreachable!("no function is called")
    }

    fn write(&mut self, _: &[u8]) -> usize {
        unreachable!("no function is called")
    }

    fn micros(&mut self) -> Result<u64, HostError> {
        unreachable!("no function is called")
    }
}

#[test]
fn has_wamrs_names_and_signatures() {
    let letters = |types: &[ValType]| -> String {
        let letter = |ty: &ValType| match ty {
            ValType::I32 => 'i',
            ValType::I64 => 'I',
            _ => '?',
        };
        types.iter().map(letter).collect()
    };
    let table = functions::<Host>();
    let mut rows: Vec<String> = table
        .functions()
        .map(|(name, row)| alloc::format!("{name}({}){}", letters(row.ty.params), letters(row.ty.results)))
        .collect();
    let mut wamr: Vec<&str> = WAMR.split_whitespace().collect();
    rows.sort();
    wamr.sort();
    assert_eq!(rows, wamr);
    assert_eq!(table.module, "env");
}
