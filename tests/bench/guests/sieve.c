// Bytes and nested loops: the sieve of Eratosthenes.
#include "guest.h"

enum { SIZE = 32768 };
static uint8_t composite[SIZE];

EXPORT int run(int n) {
    int primes = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < SIZE; i++) composite[i] = 0;
        primes = 0;
        for (int i = 2; i < SIZE; i++) {
            if (composite[i]) continue;
            primes++;
            for (int j = 2 * i; j < SIZE; j += i) composite[j] = 1;
        }
    }
    return primes;
}
