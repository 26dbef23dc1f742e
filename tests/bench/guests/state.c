// Branches: a state machine that tells the numbers in a text apart, as CoreMark does.
#include "guest.h"

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, SCIENTIFIC, INVALID, STATES };
static const char text[] =
    "5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,+0.6e-12,"
    "T0.3e-1F,-T.T++Tq,1T3.4e4z,34.0e-T^,12,-3,,99.e7,+,0.0.1,7e,8e+,-9E10,";
static int counts[STATES];

static int is_digit(int c) { return c >= '0' && c <= '9'; }

static enum state step(enum state s, int c) {
    switch (s) {
    case START: return is_digit(c) ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID;
    case SIGN: return is_digit(c) ? INTEGER : c == '.' ? POINT : INVALID;
    case INTEGER: return is_digit(c) ? INTEGER : c == '.' ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : INVALID;
    case POINT: return is_digit(c) ? FRACTION : INVALID;
    case FRACTION: return is_digit(c) ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : INVALID;
    case EXPONENT: return is_digit(c) ? SCIENTIFIC : c == '+' || c == '-' ? EXPONENT_SIGN : INVALID;
    case EXPONENT_SIGN: return is_digit(c) ? SCIENTIFIC : INVALID;
    case SCIENTIFIC: return is_digit(c) ? SCIENTIFIC : INVALID;
    default: return INVALID;
    }
}

EXPORT int run(int n) {
    int check = 0;
    for (int round = 0; round < n * 8; round++) {
        enum state s = START;
        for (const char *p = text; *p; p++) {
            if (*p == ',') counts[s]++, s = START;
            else s = step(s, *p);
        }
    }
    for (int i = 0; i < STATES; i++) check = check * 31 + counts[i];
    return check;
}
