// The string functions that littlefs calls, declared for builds without a C library.
#ifndef WASMOTE_STRING_H
#define WASMOTE_STRING_H

#include <stddef.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t count);
void *memset(void *destination, int value, size_t count);
int memcmp(const void *left, const void *right, size_t count);
size_t strlen(const char *string);
size_t strspn(const char *string, const char *accepted);
size_t strcspn(const char *string, const char *rejected);
char *strchr(const char *string, int character);
char *strcpy(char *restrict destination, const char *restrict source);

#endif
