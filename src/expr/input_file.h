/* The file, and the range of it, whose rows the current thread pushes through its pipeline: what input_file_name() and
 * its relatives give. Behind an exchange there is none. */
#ifndef WEIR_EXPR_INPUT_FILE_H
#define WEIR_EXPR_INPUT_FILE_H

#include <stdint.h>

typedef struct WeirInputBlock {
    const char *uri;       /* "" where there is none */
    int64_t start, length; /* in bytes; -1 where there is none */
} WeirInputBlock;

/* `uri` stays the caller's and must live until it is set again; NULL: none. */
void weir_input_file_set(const char *uri, int64_t start, int64_t length);
WeirInputBlock weir_input_file(void);

#endif
