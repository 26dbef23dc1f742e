// Recursion and branches on bytes: a parser that descends through a text of JSON, with its numbers.
#include "guest.h"

static const char text[] =
    "{\"name\":\"sensor-7\",\"values\":[12,-5,3.25,1e3,0.001],\"ok\":true,\"next\":null,"
    "\"tags\":[\"a\",\"bb\\n\",\"c\\u0041\"],\"o\":{\"x\":1,\"y\":[[],{}]}} ";
static const char *p;
static int values;
static double sum;

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip(void) {
    while (*p == ' ' || *p == '\n' || *p == '\t' || *p == ',' || *p == ':') p++;
}

static int string(void) {
    int hash = 0;
    for (p++; *p && *p != '"'; hash = hash * 33 + *p++)
        if (*p == '\\' && *++p == 'u') p += 4;
    p++;
    return hash;
}

static int number(void) {
    double x = 0, unit = 1;
    int negative = *p == '-', exponent = 0;
    p += negative;
    while (is_digit(*p)) x = x * 10 + (*p++ - '0');
    if (*p == '.')
        for (p++; is_digit(*p);) unit /= 10, x += unit * (*p++ - '0');
    if (*p == 'e')
        for (p++; is_digit(*p);) exponent = exponent * 10 + (*p++ - '0');
    while (exponent-- > 0) x *= 10;
    sum += negative ? -x : x;
    return (int)x;
}

static int value(void) {
    int hash = 0;
    skip();
    values++;
    switch (*p) {
    case '{':
        for (p++, skip(); *p != '}'; skip()) hash ^= string(), hash += value();
        p++;
        return hash;
    case '[':
        for (p++, skip(); *p != ']'; skip()) hash = hash * 7 + value();
        p++;
        return hash;
    case '"': return string();
    case 't': p += 4; return 1;
    case 'f': p += 5; return 2;
    case 'n': p += 4; return 3;
    default: return number();
    }
}

EXPORT int run(int n) {
    int check = 0;
    for (int round = 0; round < n * 10; round++) p = text, check = check * 5 + value();
    return check + values + (int)sum;
}
