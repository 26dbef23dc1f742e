// Calls: the naive Fibonacci recursion.
#include "guest.h"

__attribute__((noinline)) static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

EXPORT int run(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += fib(20 + (i & 1));
    return sum;
}
