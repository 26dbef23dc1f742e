// Structures: a queue of events in a heap, by times of 64 bits, copied as a whole.
#include "guest.h"

enum { EVENTS = 300 };
typedef struct {
    int key;
    int64_t when;
    uint16_t id;
} event;
static event heap[EVENTS + 2];
static int count;

static void put(event e) {
    int at = ++count;
    for (; at > 1 && heap[at / 2].when > e.when; at /= 2) heap[at] = heap[at / 2];
    heap[at] = e;
}

static event take(void) {
    event first = heap[1], last = heap[count--];
    int at = 1, next;
    for (; (next = 2 * at) <= count; at = next) {
        if (next < count && heap[next + 1].when < heap[next].when) next++;
        if (heap[next].when >= last.when) break;
        heap[at] = heap[next];
    }
    heap[at] = last;
    return first;
}

EXPORT int run(int n) {
    uint32_t seed = 77, check = 0;
    count = 0;
    for (int i = 0; i < EVENTS; i++) put((event){i, next_random(&seed) % 10000, (uint16_t)i});
    for (int round = 0; round < n * EVENTS; round++) {
        event e = take();
        check += e.key * 3 + e.id + (uint32_t)e.when;
        e.when += 1 + next_random(&seed) % 5000;
        e.key ^= round;
        put(e);
    }
    return check;
}
