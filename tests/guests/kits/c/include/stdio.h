#ifndef STDIO_H
#define STDIO_H
#include <stddef.h>
#include <stdarg.h>
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int sprintf(char *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *format, va_list args);
int vsprintf(char *buf, const char *format, va_list args);
int vsnprintf(char *buf, size_t size, const char *format, va_list args);
int puts(const char *s);
int putchar(int c);
#endif
