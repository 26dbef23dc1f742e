/* Counts, and greets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasmote.h>

static int count;

/* Adds to the count, and gives it. */
EXPORT(count_up) int count_up(int by)
{
    count += by;
    return count;
}

/* Prints the count in words, with text from the heap. */
EXPORT(report) void report(void)
{
    char *text = malloc(32);
    if (!text) {
        abort();
    }
    snprintf(text, 32, "the count is %d", count);
    puts(text);
    free(text);
}

int main(int argc, char **argv)
{
    const char *who = argc > 1 ? argv[1] : "world";
    printf("Hello, %s (%u letters)\n", who, (unsigned)strlen(who));
    return 0;
}
