// Floats of 64 bits: the product of two matrices.
#include "guest.h"

enum { SIZE = 40 };
static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

EXPORT int run(int n) {
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) a[i][j] = i + j * 0.5, b[i][j] = i - j * 0.25;
    double trace = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++) {
                double sum = 0;
                for (int k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
                c[i][j] = sum;
            }
        for (int i = 0; i < SIZE; i++) trace = trace * 0.5 + c[i][i], a[i][0] = trace * 1e-6;
    }
    return (int)trace;
}
