// A switch in a loop: an interpreter of a small stack machine that counts Collatz steps.
#include "guest.h"

enum op { PUSH, LOAD, STORE, ADD, MUL, SHR, AND, JUMP, JUMP_ZERO, DUP, SUB, HALT };
// Offsets of jumps are places in this array.
static const int8_t collatz[] = {
    /*  0 */ LOAD, 0, PUSH, 1, SUB, JUMP_ZERO, 38, // while x != 1
    /*  7 */ LOAD, 0, PUSH, 1, AND, JUMP_ZERO, 24, //   if x is odd
    /* 14 */ LOAD, 0, PUSH, 3, MUL, PUSH, 1, ADD,  //     x = 3 x + 1
    /* 22 */ JUMP, 27,                             //   else
    /* 24 */ LOAD, 0, SHR,                         //     x = x / 2
    /* 27 */ STORE, 0, LOAD, 1, PUSH, 1, ADD,      //   count
    /* 34 */ STORE, 1, JUMP, 0,
    /* 38 */ HALT,
};

static int execute(const int8_t *program, int x) {
    int stack[16], vars[2] = {x, 0}, sp = 0, pc = 0;
    for (;;) {
        switch (program[pc++]) {
        case PUSH: stack[sp++] = program[pc++]; break;
        case LOAD: stack[sp++] = vars[program[pc++]]; break;
        case STORE: vars[program[pc++]] = stack[--sp]; break;
        case ADD: sp--; stack[sp - 1] += stack[sp]; break;
        case SUB: sp--; stack[sp - 1] -= stack[sp]; break;
        case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
        case AND: sp--; stack[sp - 1] &= stack[sp]; break;
        case SHR: stack[sp - 1] = (unsigned)stack[sp - 1] >> 1; break;
        case DUP: stack[sp] = stack[sp - 1]; sp++; break;
        case JUMP: pc = program[pc]; break;
        case JUMP_ZERO: pc = stack[--sp] ? pc + 1 : program[pc]; break;
        default: return vars[1];
        }
    }
}

EXPORT int run(int n) {
    int steps = 0;
    for (int round = 0; round < n; round++) steps += execute(collatz, 27 + (round & 31));
    return steps;
}
