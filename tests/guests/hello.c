/* Greets its first argument through the builtin printf, as RIOT's WebAssembly sample does. */

extern int printf(const char *format, ...);

__attribute__((visibility("default"))) int main(int argc, char **argv)
{
    printf("Hello %s %i\n", argc > 1 ? argv[1] : "wasmote", 2001);
    return 2468;
}
