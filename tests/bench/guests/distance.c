// The least of several: how many letters two words of 96 differ by (Levenshtein).
#include "guest.h"

enum { LETTERS = 96 };
static char a[LETTERS], b[LETTERS];
static int row[LETTERS + 1];

static int least(int x, int y) { return x < y ? x : y; }

EXPORT int run(int n) {
    uint32_t seed = 7;
    int check = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < LETTERS; i++) a[i] = 'a' + next_random(&seed) % 4, b[i] = 'a' + next_random(&seed) % 4;
        for (int j = 0; j <= LETTERS; j++) row[j] = j;
        for (int i = 1; i <= LETTERS; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= LETTERS; j++) {
                int up = row[j];
                row[j] = least(diagonal + (a[i - 1] != b[j - 1]), least(up, row[j - 1]) + 1);
                diagonal = up;
            }
        }
        check += row[LETTERS];
    }
    return check;
}
