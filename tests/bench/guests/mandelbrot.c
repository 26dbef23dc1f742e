// Floats of 64 bits and a comparison that ends the loop.
#include "guest.h"

enum { SIZE = 32, LIMIT = 64 };

EXPORT int run(int n) {
    int inside = 0;
    for (int round = 0; round < n; round++)
        for (int row = 0; row < SIZE; row++)
            for (int column = 0; column < SIZE; column++) {
                double cx = column * (3.0 / SIZE) - 2.0, cy = row * (2.0 / SIZE) - 1.0 + round * 1e-4;
                double x = 0, y = 0;
                int i = 0;
                while (i < LIMIT && x * x + y * y < 4.0) {
                    double t = x * x - y * y + cx;
                    y = 2 * x * y + cy;
                    x = t;
                    i++;
                }
                inside += i;
            }
    return inside;
}
