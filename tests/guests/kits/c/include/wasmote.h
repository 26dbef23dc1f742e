/* What is wasmote's own. */
#ifndef WASMOTE_H
#define WASMOTE_H

/* Makes a function one that `call` finds, by this name. */
#define EXPORT(name) __attribute__((export_name(#name)))

/* The sample boards' functions; `imports --available` lists those of a board. */
unsigned millis(void);
void sleep_ms(unsigned ms);
void led_set(int on);

#endif
