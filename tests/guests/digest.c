/* SHA-256 (FIPS 180-4) over bytes that the caller writes one by one: real code with tables, loops and memory. */

#define EXPORT __attribute__((visibility("default")))

typedef unsigned int word;

static const word round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static word state[8];
static word block[16];
static unsigned long long length;

static word rotate(word value, int by)
{
    return (value >> by) | (value << (32 - by));
}

static void compress(void)
{
    word schedule[64];
    word v[8];
    for (int i = 0; i < 16; i++) {
        schedule[i] = block[i];
        block[i] = 0;
    }
    for (int i = 16; i < 64; i++) {
        word a = schedule[i - 15];
        word b = schedule[i - 2];
        schedule[i] = schedule[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)) + schedule[i - 7] +
                      (rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10));
    }
    for (int i = 0; i < 8; i++) {
        v[i] = state[i];
    }
    for (int i = 0; i < 64; i++) {
        word choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        word majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        word first = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + choice +
                     round_constants[i] + schedule[i];
        word second = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + majority;
        for (int j = 7; j > 0; j--) {
            v[j] = v[j - 1];
        }
        v[4] += first;
        v[0] = first + second;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

/* Starts a new digest. */
EXPORT void start(void)
{
    static const word initial[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    for (int i = 0; i < 8; i++) {
        state[i] = initial[i];
    }
    for (int i = 0; i < 16; i++) {
        block[i] = 0;
    }
    length = 0;
}

/* Adds one byte. */
EXPORT void add(int byte)
{
    int at = length % 64;
    block[at / 4] |= (word)(byte & 0xff) << (24 - at % 4 * 8);
    length++;
    if (at == 63) {
        compress();
    }
}

/* Ends the digest, and gives one of its eight words. */
EXPORT word finish(void)
{
    unsigned long long bits = length * 8;
    add(0x80);
    while (length % 64 != 56) {
        add(0);
    }
    for (int shift = 56; shift >= 0; shift -= 8) {
        add((int)(bits >> shift));
    }
    return state[0];
}

/* One of the eight words of a digest that has ended, or 0. */
EXPORT word get(unsigned index)
{
    return index < 8 ? state[index] : 0;
}

/* First word of the digest of the three bytes "abc": 0xba7816bf. */
EXPORT word abc(void)
{
    start();
    add('a');
    add('b');
    add('c');
    return finish();
}
