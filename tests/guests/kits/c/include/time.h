/* One clock, which starts at some moment and knows no date; the identifier of clock_gettime does not matter. */
#ifndef TIME_H
#define TIME_H
#define CLOCKS_PER_SEC 1000000000LL
#define CLOCK_MONOTONIC 1
typedef long long clock_t;
typedef long long time_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
clock_t clock(void);
int clock_gettime(int clock, struct timespec *time);
#endif
