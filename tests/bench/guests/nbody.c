// Floats of 64 bits with square roots and divisions: planets that attract each other.
#include "guest.h"

enum { BODIES = 5 };
typedef struct { double x, y, z, vx, vy, vz, mass; } body;
static body bodies[BODIES];

static void advance(double dt) {
    for (int i = 0; i < BODIES; i++) {
        body *a = &bodies[i];
        for (int j = i + 1; j < BODIES; j++) {
            body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz + 0.01;
            double mag = dt / (square * __builtin_sqrt(square));
            a->vx -= dx * b->mass * mag, a->vy -= dy * b->mass * mag, a->vz -= dz * b->mass * mag;
            b->vx += dx * a->mass * mag, b->vy += dy * a->mass * mag, b->vz += dz * a->mass * mag;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        body *a = &bodies[i];
        a->x += dt * a->vx, a->y += dt * a->vy, a->z += dt * a->vz;
    }
}

EXPORT int run(int n) {
    for (int i = 0; i < BODIES; i++) {
        body b = {i * 1.5, i * -0.7, i * i * 0.1, 0.1 * i, 0.2, -0.05 * i, 1.0 / (i + 1)};
        bodies[i] = b;
    }
    for (int i = 0; i < n * 100; i++) advance(0.001);
    return (int)(bodies[0].x * 1e6);
}
