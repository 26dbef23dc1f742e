#!/bin/sh
# Builds the workers and runs the benchmarks: the runtime's two back ends, its peers, and native code.
# usage: run.sh [--guests A,B] [--rounds N]
set -eu
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
out=$target/bench
mkdir -p "$out"

worker() { # name features
    cargo build --release -p wasmote-bench --bin worker --features "$2"
    cp "$target/release/worker" "$out/$1"
}
worker peers peers
worker loop loop-dispatch
worker threaded ""
cargo build --release -p wasmote-bench --bin bench

set -- "$@" "threaded=$out/threaded wasmote" "loop=$out/loop wasmote" \
    "wasmi=$out/peers wasmi" "stitch=$out/peers stitch" "tinywasm=$out/peers tinywasm"
if command -v clang >/dev/null; then
    for source in tests/bench/guests/*.c; do
        clang -O2 -fno-builtin -fno-math-errno -o "$out/native-$(basename "$source" .c)" "$source" tests/bench/native.c -lm
    done
    set -- "$@" "native=$out/native-{}"
fi
"$target/release/bench" "$@"
