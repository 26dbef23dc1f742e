/* Uses malloc, realloc and free of the host: a list of numbers that grows and shrinks. */

#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))

extern void *malloc(size_t size);
extern void *realloc(void *block, size_t size);
extern void free(void *block);

static int *numbers;
static int count;

/* Appends a number. Returns how many there are, or -1 when there is no memory. */
EXPORT int push(int number)
{
    int *more = realloc(numbers, (count + 1) * sizeof *numbers);
    if (more == NULL) {
        return -1;
    }
    numbers = more;
    numbers[count++] = number;
    return count;
}

/* Adds all numbers. */
EXPORT int sum(void)
{
    int total = 0;
    for (int i = 0; i < count; i++) {
        total += numbers[i];
    }
    return total;
}

/* Gives everything back. */
EXPORT void clear(void)
{
    free(numbers);
    numbers = NULL;
    count = 0;
}

/* Takes and gives back a block, writing to both of its ends. Returns whether there was memory for it. */
EXPORT int probe(unsigned size)
{
    volatile char *block = malloc(size);
    if (block == NULL) {
        return 0;
    }
    if (size > 0) {
        block[0] = 1;
        block[size - 1] = 2;
    }
    free((void *)block);
    return 1;
}
