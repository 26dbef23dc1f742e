// Bytes: searches words in a text, by Horspool's method.
#include "guest.h"

enum { SIZE = 8192 };
static uint8_t text[SIZE];
static const char *const words[] = {"ababacab", "abcabcaa", "ccccccb", "bacbacba"};

static int length(const char *s) {
    int n = 0;
    while (s[n]) n++;
    return n;
}

static int count(const char *word) {
    int n = length(word), found = 0, skip[256];
    for (int i = 0; i < 256; i++) skip[i] = n;
    for (int i = 0; i + 1 < n; i++) skip[(uint8_t)word[i]] = n - 1 - i;
    for (int at = 0; at + n <= SIZE; at += skip[text[at + n - 1]]) {
        int i = n - 1;
        while (i >= 0 && text[at + i] == (uint8_t)word[i]) i--;
        found += i < 0;
    }
    return found;
}

EXPORT int run(int n) {
    uint32_t seed = 5;
    for (int i = 0; i < SIZE; i++) text[i] = 'a' + (next_random(&seed) >> 8) % 3;
    int found = 0;
    for (int round = 0; round < n; round++)
        for (int i = 0; i < 4; i++) found += count(words[i]);
    return found;
}
