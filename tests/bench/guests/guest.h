// What all guests share. A guest exports `run(n)`, does its work n times and returns a checksum, so that no
// compiler can drop the work and every engine can be held against native code.
#pragma once
#include <stdint.h>

#ifndef EXPORT
#ifdef __wasm__
#define EXPORT __attribute__((export_name("run")))
#else
#define EXPORT
#endif
#endif

// A generator of numbers that need no statistical quality (Marsaglia's xorshift).
static inline uint32_t next_random(uint32_t *state) {
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}
