/* A `.stream` file read into steps (test/stream/README.md is the format). */
#ifndef WEIR_TEST_STREAM_CASE_H
#define WEIR_TEST_STREAM_CASE_H

#include "common/memory.h"

typedef struct StreamStep {
    const char *line;     /* the step's own line */
    const char *keyword;  /* first word */
    const char *argument; /* the rest of the line, "" if none */
    const char *body;     /* NULL: the step has none */
    int number;           /* line in the file */
} StreamStep;

typedef struct StreamCase {
    WeirArena arena;
    const char *path;
    const char *needs; /* features of "# needs:", "" if none */
    bool manual_clock;
    StreamStep *steps;
    size_t step_count;
} StreamCase;

/* False with `message` set when the file cannot be read or is malformed. */
bool stream_case_read(StreamCase *stream_case, const char *path, const char **message);
void stream_case_free(StreamCase *stream_case);

#endif
