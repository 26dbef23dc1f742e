// Recursion with loops and bits: the queens' problem.
#include "guest.h"

static int place(int n, unsigned columns, unsigned left, unsigned right) {
    unsigned all = (1u << n) - 1, free = all & ~(columns | left | right);
    int found = columns == all;
    while (free) {
        unsigned bit = free & -free;
        free ^= bit;
        found += place(n, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

EXPORT int run(int n) {
    int found = 0;
    for (int i = 0; i < n; i++) found += place(6 + (i & 1), 0, 0, 0);
    return found;
}
