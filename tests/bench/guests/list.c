// Pointers: linked lists that are searched, reversed and merge-sorted, as CoreMark does.
#include "guest.h"

enum { NODES = 256 };
typedef struct node {
    struct node *next;
    int16_t key, value;
} node;
static node pool[NODES];

static node *reverse(node *list) {
    node *done = 0;
    while (list) {
        node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static node *find(node *list, int value) {
    while (list && list->value != value) list = list->next;
    return list;
}

static node *merge_sort(node *list, int by_key) {
    for (int size = 1;; size *= 2) {
        node *rest = list, **tail = &list;
        int merges = 0;
        while (rest) {
            node *p = rest, *q = p;
            int left = 0, right = size;
            merges++;
            while (left < size && q) left++, q = q->next;
            while (left > 0 || (right > 0 && q)) {
                node *taken;
                int from_p = left > 0;
                if (from_p && right > 0 && q) from_p = by_key ? p->key <= q->key : p->value <= q->value;
                if (from_p) taken = p, p = p->next, left--;
                else taken = q, q = q->next, right--;
                *tail = taken;
                tail = &taken->next;
            }
            rest = q;
        }
        *tail = 0;
        if (merges <= 1) return list;
    }
}

EXPORT int run(int n) {
    uint32_t seed = 11;
    for (int i = 0; i < NODES; i++) {
        pool[i].next = i + 1 < NODES ? &pool[i + 1] : 0;
        pool[i].key = next_random(&seed) >> 16;
        pool[i].value = i;
    }
    node *list = pool;
    int check = 0;
    for (int round = 0; round < n; round++) {
        list = merge_sort(list, round & 1);
        for (int i = 0; i < 8; i++) {
            node *found = find(list, (round * 31 + i * 57) & (NODES - 1));
            if (found) check += found->key;
        }
        list = reverse(list);
        check ^= list->value;
    }
    return check;
}
