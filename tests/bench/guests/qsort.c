// Branches that do not predict: quicksort with insertion sort for short ranges.
#include "guest.h"

enum { SIZE = 2048 };
static int values[SIZE];

static void insertion(int low, int high) {
    for (int i = low + 1; i <= high; i++) {
        int x = values[i], j = i;
        for (; j > low && values[j - 1] > x; j--) values[j] = values[j - 1];
        values[j] = x;
    }
}

static void quick(int low, int high) {
    while (high - low > 12) {
        int pivot = values[low + (high - low) / 2], i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot) i++;
            while (values[j] > pivot) j--;
            if (i <= j) {
                int x = values[i];
                values[i++] = values[j];
                values[j--] = x;
            }
        }
        if (j - low < high - i) {
            quick(low, j);
            low = i;
        } else {
            quick(i, high);
            high = j;
        }
    }
    insertion(low, high);
}

EXPORT int run(int n) {
    uint32_t seed = 7;
    int check = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < SIZE; i++) values[i] = (int)next_random(&seed) >> 8;
        quick(0, SIZE - 1);
        for (int i = 1; i < SIZE; i++) check += values[i - 1] <= values[i];
        check ^= values[SIZE / 3];
    }
    return check;
}
