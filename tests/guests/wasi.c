/* A program for WASI, built as it would be for a computer: `run wasi`, or `run wasi args|echo|read|clock|random|exit`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Answers lines until the input ends. */
static void echo(void)
{
    char line[64];
    for (;;) {
        fputs("name? ", stdout);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin)) {
            puts("nobody left");
            return;
        }
        fputs("Hello, ", stdout);
        fputs(line, stdout);
    }
}

/* Reads for ever, also beyond the end of the input. */
static void read_on(void)
{
    char byte;
    for (;;) {
        read(0, &byte, 1);
    }
}

/* Whether a sleep of 20 ms takes as long by both clocks. */
static int clocks(void)
{
    const long long least = 20 * 1000 * 1000;
    struct timespec before[2], after[2];
    clock_gettime(CLOCK_MONOTONIC, &before[0]);
    clock_gettime(CLOCK_REALTIME, &before[1]);
    usleep(20 * 1000);
    clock_gettime(CLOCK_MONOTONIC, &after[0]);
    clock_gettime(CLOCK_REALTIME, &after[1]);
    int fit = 0;
    for (int i = 0; i < 2; i++) {
        long long seconds = after[i].tv_sec - before[i].tv_sec;
        long long slept = seconds * 1000 * 1000 * 1000 + after[i].tv_nsec - before[i].tv_nsec;
        fit += slept >= least && slept < 50 * least;
    }
    return fit == 2;
}

/* Whether bytes of a length that one answer does not hold are there, and are others the next time. */
static int differs(void)
{
    static unsigned char one[100], other[100];
    if (getentropy(one, sizeof one) || getentropy(other, sizeof other)) {
        return 0;
    }
    int zeros = 0;
    for (unsigned i = 0; i < sizeof one; i++) {
        zeros += one[i] == 0;
    }
    return memcmp(one, other, sizeof one) != 0 && zeros < 20;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "args")) {
        for (int i = 0; i < argc; i++) {
            puts(argv[i]);
        }
    } else if (!strcmp(what, "echo")) {
        echo();
    } else if (!strcmp(what, "read")) {
        read_on();
    } else if (!strcmp(what, "clock")) {
        puts(clocks() ? "the clocks agree" : "the clocks are wrong");
    } else if (!strcmp(what, "random")) {
        puts(differs() ? "random" : "not random");
    } else if (!strcmp(what, "exit")) {
        exit(argc > 2 ? atoi(argv[2]) : 0);
    } else {
        puts("Hello from WASI");
    }
    return 0;
}
