/* See duration.h. */
#include "common/duration.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    int64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}};

static size_t unit_length(const char *text)
{
    size_t length = 0;
    while (isalpha((unsigned char)text[length]))
        length++;
    for (const char *rest = text + length; *rest != '\0'; rest++)
        if (!isspace((unsigned char)*rest))
            return 0;
    return length;
}

bool weir_duration_parse_ms(const char *text, int64_t *milliseconds)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || errno != 0)
        return false;
    size_t length = unit_length(end);
    if (length == 0) {
        while (isspace((unsigned char)*end))
            end++;
        *milliseconds = value;
        return *end == '\0';
    }
    if (length == 2 && strncasecmp(end, "us", 2) == 0) {
        *milliseconds = value / 1000;
        return true;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strlen(units[i].name) == length && strncasecmp(end, units[i].name, length) == 0)
            return !__builtin_mul_overflow((int64_t)value, units[i].ms, milliseconds);
    return false;
}
