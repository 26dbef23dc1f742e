#!/bin/sh
# Builds the guests that are committed beside their sources. Needs clang and lld with the wasm32 target.
set -eu
cd "$(dirname "$0")"
flags="--target=wasm32 -ffreestanding -fno-builtin -nostdlib -Wall"
link="-Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=4096"

# Flags are words.
# shellcheck disable=SC2086
for source in *.c; do
    clang $flags -O2 $link -o "${source%.c}.wasm" "$source"
done

# Modules of about 10 and 50 KB: many guests in one, once and in several builds of each.
sized="bigint crc32 dispatch fib fir hash list lz mandelbrot matmul_f64 matmul_i32 nbody qsort queens search sha256
    sieve siphash state vm"
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
compile() { # name flags...
    for guest in $sized; do
        name=${guest}_$1
        # shellcheck disable=SC2086
        clang $flags -D"run=run_$name" '-DEXPORT=__attribute__((visibility("default")))' "$2" "$3" \
            -c -o "$objects/$name.o" "$guest.c"
    done
}
mkdir -p sizes
compile os -Os -fno-unroll-loops
clang $flags $link -Wl,--export-dynamic -o sizes/10k.wasm "$objects"/*.o
compile o1 -O1 -fno-unroll-loops
compile o2 -O2 -funroll-loops
compile o3 -O3 -funroll-loops
clang $flags $link -Wl,--export-dynamic -o sizes/50k.wasm "$objects"/*.o
