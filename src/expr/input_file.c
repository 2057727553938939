/* See input_file.h. */
#include "expr/input_file.h"

#include <stddef.h>

static _Thread_local WeirInputBlock current = {"", -1, -1};

void weir_input_file_set(const char *uri, int64_t start, int64_t length)
{
    current = uri == NULL ? (WeirInputBlock){"", -1, -1} : (WeirInputBlock){uri, start, length};
}

WeirInputBlock weir_input_file(void)
{
    return current;
}
