// Integers of 64 bits: SipHash-2-4.
#include "guest.h"

enum { SIZE = 1024 };
static uint64_t words[SIZE / 8];

static uint64_t rotl(uint64_t x, int by) { return x << by | x >> (64 - by); }

#define ROUND                                                                  \
    v0 += v1, v1 = rotl(v1, 13) ^ v0, v0 = rotl(v0, 32), v2 += v3;             \
    v3 = rotl(v3, 16) ^ v2, v0 += v3, v3 = rotl(v3, 21) ^ v0, v2 += v1;        \
    v1 = rotl(v1, 17) ^ v2, v2 = rotl(v2, 32)

static uint64_t siphash(uint64_t k0, uint64_t k1) {
    uint64_t v0 = k0 ^ 0x736f6d6570736575, v1 = k1 ^ 0x646f72616e646f6d;
    uint64_t v2 = k0 ^ 0x6c7967656e657261, v3 = k1 ^ 0x7465646279746573;
    for (int i = 0; i < SIZE / 8; i++) {
        v3 ^= words[i];
        ROUND; ROUND;
        v0 ^= words[i];
    }
    v3 ^= (uint64_t)SIZE << 56;
    ROUND; ROUND;
    v0 ^= (uint64_t)SIZE << 56;
    v2 ^= 0xff;
    ROUND; ROUND; ROUND; ROUND;
    return v0 ^ v1 ^ v2 ^ v3;
}

EXPORT int run(int n) {
    for (int i = 0; i < SIZE / 8; i++) words[i] = (uint64_t)i * 0x9e3779b97f4a7c15;
    uint64_t hash = 1;
    for (int round = 0; round < n; round++) hash = siphash(hash, round);
    return (int)(hash ^ hash >> 32);
}
