// Bytes with unpredictable copies: packs a text with back references and unpacks it again.
#include "guest.h"

enum { SIZE = 4096, WINDOW_BITS = 10, MOST = 66 };
static uint8_t plain[SIZE], packed[SIZE * 2], again[SIZE];
static int16_t heads[1 << WINDOW_BITS];

static int pack(void) {
    int out = 0;
    for (int i = 0; i < 1 << WINDOW_BITS; i++) heads[i] = -1;
    for (int at = 0; at < SIZE;) {
        int best = 0, from = -1;
        if (at + 3 < SIZE) {
            uint32_t hash = (plain[at] | plain[at + 1] << 8 | plain[at + 2] << 16) * 2654435761u >> (32 - WINDOW_BITS);
            from = heads[hash];
            heads[hash] = at;
            if (from >= 0)
                while (best < MOST && at + best < SIZE && plain[from + best] == plain[at + best]) best++;
        }
        if (best >= 4) {
            packed[out++] = 0x80 | (best - 4);
            packed[out++] = from;
            packed[out++] = from >> 8;
            at += best;
        } else {
            packed[out++] = plain[at++] & 0x7f;
        }
    }
    return out;
}

static int unpack(int size) {
    int out = 0;
    for (int at = 0; at < size;) {
        int c = packed[at++];
        if (c & 0x80) {
            int from = packed[at] | packed[at + 1] << 8;
            at += 2;
            for (int left = (c & 0x7f) + 4; left > 0; left--) again[out++] = again[from++];
        } else {
            again[out++] = c;
        }
    }
    return out;
}

EXPORT int run(int n) {
    static const char *const parts[] = {"the ", "quick ", "brown ", "fox ", "jumps ", "over ", "a ", "lazy ", "dog. "};
    uint32_t seed = 9;
    for (int at = 0; at < SIZE;)
        for (const char *p = parts[(next_random(&seed) >> 7) % 9]; *p && at < SIZE; p++) plain[at++] = *p;
    int check = 0;
    for (int round = 0; round < n; round++) {
        int size = pack();
        check += size + unpack(size) + again[(round * 97) & (SIZE - 1)];
    }
    return check;
}
