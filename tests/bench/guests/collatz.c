// Integers of 64 bits: the steps of 3n + 1, with a branch that no predictor knows.
#include "guest.h"

EXPORT int run(int n) {
    uint64_t most = 0, total = 0;
    for (int first = 1; first <= n * 40; first++) {
        uint64_t x = first, steps = 0;
        for (; x != 1; steps++) x = x & 1 ? 3 * x + 1 : x >> 1;
        if (steps > most) most = steps;
        total += steps;
    }
    return (int)(total ^ most);
}
