/* One write(2) a line, so that lines of several threads and processes do not mix. */
#include "common/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static _Atomic int lowest_level = WEIR_LOG_WARN;

void weir_log_set_level(WeirLogLevel level)
{
    atomic_store_explicit(&lowest_level, (int)level, memory_order_relaxed);
}

void weir_log(WeirLogLevel level, const char *area, const char *format, ...)
{
    static const char *const names[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed))
        return;
    char line[4096];
    size_t room = sizeof line - 1; /* for the newline */
    int head = snprintf(line, room, "%s %s: ", names[level], area);
    size_t length = head > 0 ? strnlen(line, room) : 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + length, room - length, format, arguments);
    va_end(arguments);
    length = strnlen(line, room);
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\n' || line[i] == '\r')
            line[i] = ' ';
    }
    line[length++] = '\n';
    /* A log that can't be written must not stop a query. */
    if (write(STDERR_FILENO, line, length) < 0)
        return;
}
