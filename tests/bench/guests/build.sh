#!/bin/sh
# Builds the guests that are committed beside their sources. Needs clang and lld with the wasm32 target.
set -eu
cd "$(dirname "$0")"
for source in *.c; do
    clang --target=wasm32 -O2 -ffreestanding -fno-builtin -nostdlib -Wall -Wl,--no-entry -Wl,--strip-all \
        -Wl,-z,stack-size=4096 -o "${source%.c}.wasm" "$source"
done
