// Floats and integers in turn: a cubic spline through 64 points, and values on it.
#include "guest.h"

enum { POINTS = 64, VALUES = 500 };
static double y[POINTS], second[POINTS], u[POINTS];

static void fit(void) {
    second[0] = u[0] = second[POINTS - 1] = 0;
    for (int i = 1; i < POINTS - 1; i++) {
        double p = 0.5 * second[i - 1] + 2.0;
        second[i] = -0.5 / p;
        u[i] = (3.0 * (y[i + 1] - 2 * y[i] + y[i - 1]) - 0.5 * u[i - 1]) / p;
    }
    for (int i = POINTS - 2; i >= 0; i--) second[i] = second[i] * second[i + 1] + u[i];
}

static double at(double x) {
    int i = (int)x;
    double b = x - i, a = 1 - b;
    return a * y[i] + b * y[i + 1] + ((a * a * a - a) * second[i] + (b * b * b - b) * second[i + 1]) / 6.0;
}

EXPORT int run(int n) {
    uint32_t seed = 8;
    double check = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < POINTS; i++) y[i] = (int)(next_random(&seed) % 1000) / 7.0;
        fit();
        for (int k = 0; k < VALUES; k++) {
            double value = at(k * 0.126);
            check += __builtin_fabs(value) > 50 ? value : -value;
        }
    }
    return (int)check;
}
