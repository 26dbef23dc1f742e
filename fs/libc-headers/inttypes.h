// littlefs wants the types alone; its log lines, which would want the format macros, are compiled out.
#include <stdint.h>
