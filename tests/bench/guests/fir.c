// Floats of 32 bits: a filter over samples, with saturation.
#include "guest.h"

enum { TAPS = 32, SAMPLES = 512 };
static float taps[TAPS], input[SAMPLES + TAPS], output[SAMPLES];

EXPORT int run(int n) {
    for (int i = 0; i < TAPS; i++) taps[i] = (float)(i + 1) / (TAPS * TAPS);
    uint32_t seed = 3;
    for (int i = 0; i < SAMPLES + TAPS; i++) input[i] = (float)((int)next_random(&seed) >> 16) / 32768.0f;
    float check = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < SAMPLES; i++) {
            float sum = 0;
            for (int k = 0; k < TAPS; k++) sum += taps[k] * input[i + k];
            output[i] = sum > 0.25f ? 0.25f : sum < -0.25f ? -0.25f : sum;
        }
        check += output[round & (SAMPLES - 1)];
    }
    return (int)(check * 1000);
}
