/* See input_file.h. */
#include "expr/input_file.h"

#include <stddef.h>

static _Thread_local const char *current_file;

void weir_input_file_set(const char *uri)
{
    current_file = uri;
}
const char *weir_input_file(void)
{
    return current_file == NULL ? "" : current_file;
}
