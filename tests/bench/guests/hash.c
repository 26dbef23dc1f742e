// Strings and pointers: counts words with a hash table.
#include "guest.h"

enum { SLOTS = 512, WORDS = 400, MOST = 12 };
typedef struct {
    char word[MOST];
    int count;
} entry;
static entry entries[SLOTS];

static uint32_t hash_of(const char *s) {
    uint32_t hash = 2166136261u;
    while (*s) hash = (hash ^ (uint8_t)*s++) * 16777619u;
    return hash;
}

static int same(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static int add(const char *word) {
    uint32_t at = hash_of(word) & (SLOTS - 1);
    while (entries[at].count && !same(entries[at].word, word)) at = (at + 1) & (SLOTS - 1);
    if (!entries[at].count) {
        int i = 0;
        do entries[at].word[i] = word[i];
        while (word[i++]);
    }
    return ++entries[at].count;
}

static void number(char *to, unsigned x) {
    do *to++ = 'a' + x % 7, x /= 7;
    while (x);
    *to = 0;
}

EXPORT int run(int n) {
    uint32_t seed = 17;
    int check = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < SLOTS; i++) entries[i].count = 0;
        for (int i = 0; i < WORDS; i++) {
            char word[MOST];
            number(word, next_random(&seed) % 300 * 40);
            check += add(word);
        }
    }
    return check;
}
