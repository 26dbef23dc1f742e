// Fixed-point numbers: eight controllers with products of 64 bits, limits and divisions.
#include "guest.h"

enum { LOOPS = 8, LIMIT = 100000 };
typedef struct {
    int32_t kp, ki, kd, integral, last, out, min, max;
} pid;
static pid loops[LOOPS];

static int32_t times(int32_t factor, int32_t x) { return (int32_t)((int64_t)factor * x >> 16); }

static int32_t limited(int64_t x, const pid *loop) {
    return x > loop->max ? loop->max : x < loop->min ? loop->min : (int32_t)x;
}

static int32_t step(pid *loop, int32_t set, int32_t is) {
    int32_t error = set - is, change = error - loop->last;
    loop->integral = limited((int64_t)loop->integral + times(loop->ki, error), loop);
    loop->last = error;
    int64_t sum = ((int64_t)loop->kp * error >> 16) + loop->integral + ((int64_t)loop->kd * change >> 16);
    return loop->out = limited(sum, loop);
}

EXPORT int run(int n) {
    uint32_t seed = 4;
    int32_t is[LOOPS] = {0}, check = 0;
    for (int i = 0; i < LOOPS; i++) loops[i] = (pid){40000 + i * 999, 3000 + i, 9000, 0, 0, 0, -LIMIT, LIMIT};
    for (int round = 0; round < n * 100; round++)
        for (int i = 0; i < LOOPS; i++) {
            int32_t set = 50000 + i * 100 + (int32_t)(next_random(&seed) & 63);
            is[i] += step(&loops[i], set, is[i]) / 16;
            is[i] -= is[i] / 50;
        }
    for (int i = 0; i < LOOPS; i++) check = check * 31 + is[i];
    return check;
}
