// Calls through a table: a pipeline of small filters, as event handlers and device drivers have them.
#include "guest.h"

typedef int (*filter)(int value, int state);

static int scale(int v, int s) { return v * 3 + s; }
static int clamp(int v, int s) { return v > 4096 + s ? 4096 + s : v < -4096 ? -4096 : v; }
static int fold(int v, int s) { return (v ^ (v >> 7)) + s; }
static int swap(int v, int s) { return ((v & 255) << 8 | (v >> 8 & 255)) - s; }

static filter filters[8] = {scale, fold, clamp, swap, fold, scale, swap, clamp};

EXPORT int run(int n) {
    int value = 1;
    for (int i = 0; i < n * 4096; i++) {
        // A store that the compiler cannot see through keeps the calls indirect.
        *(volatile filter *)&filters[i & 7] = filters[i & 7];
        value = filters[i & 7](value, i);
    }
    return value;
}
