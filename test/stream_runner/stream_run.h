/* One case under way: its private folders, its session, and what its last run gave. */
#ifndef WEIR_TEST_STREAM_RUN_H
#define WEIR_TEST_STREAM_RUN_H

#include "stream_runner/stream_case.h"
#include "weir/weir.h"

typedef struct StreamBatch {
    int64_t batch_id;
    char *rows; /* JSON lines, as produced */
    bool expected;
} StreamBatch;

typedef struct StagedFile {
    const char *from, *to;
} StagedFile;

typedef struct StreamRun {
    StagedFile staged[256]; /* files that the next `run` shows */
    int staged_count;
    const StreamCase *stream_case;
    WeirArena arena;
    char root[512], input[560], checkpoint[560], output[560];
    const char *script;
    WeirSession *session;
    WeirBuffer console;
    StreamBatch *batches; /* of the last run */
    size_t batch_count, batch_capacity;
    WeirError failure; /* of the last run; status 0: none */
    bool failure_expected;
    int add_count;
    WeirBuffer problems; /* what did not match, a line each */
} StreamRun;

/* Records a mismatch at a step. */
void stream_run_problem(StreamRun *run, const StreamStep *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ${input}, ${checkpoint} and ${output} replaced. */
char *stream_run_expand(StreamRun *run, const char *text);
/* A PATH of the format: inside the checkpoint unless it begins with a folder's name. */
char *stream_run_path(StreamRun *run, const char *path);

/* stream_expect.c: compare one expectation. */
void stream_run_expect(StreamRun *run, const StreamStep *step);
/* After the expectations of a run: batches and failures that nothing expected. */
void stream_run_check_rest(StreamRun *run, const StreamStep *step);

#endif
