// Integers of 32 and 64 bits mixed: products and remainders of numbers of 512 bits.
#include "guest.h"

enum { LIMBS = 16 };
static uint32_t a[LIMBS], b[LIMBS], product[2 * LIMBS];

static void multiply(void) {
    for (int i = 0; i < 2 * LIMBS; i++) product[i] = 0;
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < LIMBS; j++) {
            uint64_t t = (uint64_t)a[i] * b[j] + product[i + j] + carry;
            product[i + j] = (uint32_t)t;
            carry = t >> 32;
        }
        product[i + LIMBS] = (uint32_t)carry;
    }
}

static uint32_t remainder_of(uint32_t divisor) {
    uint64_t rest = 0;
    for (int i = 2 * LIMBS - 1; i >= 0; i--) rest = (rest << 32 | product[i]) % divisor;
    return (uint32_t)rest;
}

EXPORT int run(int n) {
    uint32_t seed = 13, check = 0;
    for (int i = 0; i < LIMBS; i++) a[i] = next_random(&seed), b[i] = next_random(&seed);
    for (int round = 0; round < n * 8; round++) {
        multiply();
        check += remainder_of(1000003);
        a[round & (LIMBS - 1)] = check;
    }
    return check;
}
