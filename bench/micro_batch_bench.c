/* What a micro-batch costs: `micro_batch_bench rate|files DIR BATCHES` runs a durable stateful count over two
 * partitions, batch after batch, and prints one line of JSON: p50_ms and p99_ms of a batch, and the medians of batches
 * 10-60 and of the last 50 (without every 10th, in which Spark's formats make source and sink logs whole). `rate` reads
 * rate-micro-batch into noop: the eight syncs of micro_batch_probe. `files` reads one small file a batch, which adds
 * the source's log. Times are taken between the ends of batches, by a listener. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/error.h"
#include "weir/weir.h"

#define WARM_UP 20
#define SAMPLE 50

typedef struct Ends {
    double *at_ms;
    long count, wanted;
    WeirSession *session;
} Ends;

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void on_progress(void *context, const char *json)
{
    Ends *ends = context;
    (void)json;
    if (ends->count < ends->wanted)
        ends->at_ms[ends->count++] = now_ms();
    if (ends->count == ends->wanted)
        weir_session_interrupt(ends->session);
}

static void must(WeirStatus status, const WeirError *error)
{
    if (status == WEIR_OK)
        return;
    fprintf(stderr, "[%s] %s\n", error->condition, error->message);
    exit(1);
}

static void execute(WeirSession *session, const char *format, const char *directory)
{
    char text[4096];
    WeirError error = {0};
    WeirResult *result = NULL;
    snprintf(text, sizeof(text), format, directory);
    must(weir_session_execute(session, text, &result, &error), &error);
    weir_result_free(result);
}

static void write_files(const char *directory, long count)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/in", directory);
    mkdir(path, 0777);
    for (long n = 0; n < count; n++) {
        snprintf(path, sizeof(path), "%s/in/%06ld.json", directory, n);
        FILE *file = fopen(path, "wb");
        if (file == NULL) {
            perror(path);
            exit(1);
        }
        for (int k = 0; k < 10; k++)
            fprintf(file, "{\"value\": %ld}\n", n * 10 + k);
        fclose(file);
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The median of batches first..first+SAMPLE-1 that are no compaction's. */
static double sample_median(const double *took, long first)
{
    double sample[SAMPLE];
    int count = 0;
    for (long n = first; n < first + SAMPLE; n++)
        if (n % 10 != 9)
            sample[count++] = took[n];
    qsort(sample, (size_t)count, sizeof(double), compare);
    return sample[count / 2];
}

static void report(const Ends *ends)
{
    long count = ends->count;
    double *took = calloc((size_t)count, sizeof(double));
    for (long n = 1; n < count; n++)
        took[n] = ends->at_ms[n] - ends->at_ms[n - 1];
    double early = sample_median(took, 10), late = sample_median(took, count - SAMPLE);
    count -= WARM_UP;
    qsort(took + WARM_UP, (size_t)count, sizeof(double), compare);
    printf("{\"batches\": %ld, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"early_ms\": %.3f, \"late_ms\": %.3f}\n", count,
           took[WARM_UP + count / 2], took[WARM_UP + count * 99 / 100], early, late);
    free(took);
}

int main(int argument_count, char **arguments)
{
    if (argument_count < 4)
        return 2;
    const char *directory = arguments[2];
    long batches = strtol(arguments[3], NULL, 10) + WARM_UP;
    if (batches < WARM_UP + 2 * SAMPLE)
        batches = WARM_UP + 2 * SAMPLE;
    mkdir(directory, 0777);
    WeirError error = {0};
    WeirSession *session = NULL;
    must(weir_session_open(NULL, &session, &error), &error);
    Ends ends = {.at_ms = calloc((size_t)batches, sizeof(double)), .wanted = batches, .session = session};
    WeirListener listener = {.context = &ends, .on_progress = on_progress};
    weir_session_add_listener(session, &listener);
    execute(session, "SET spark.sql.shuffle.partitions = 2%s", "");
    if (strcmp(arguments[1], "files") == 0) {
        write_files(directory, batches);
        execute(session,
                "CREATE TEMPORARY VIEW input (value BIGINT) USING json OPTIONS (path '%s/in', maxFilesPerTrigger '1')",
                directory);
    } else {
        execute(session, "CREATE TEMPORARY VIEW input USING `rate-micro-batch` OPTIONS (rowsPerBatch '10')%s", "");
    }
    execute(
        session,
        "CREATE STREAMING TABLE counts USING noop OPTIONS (outputMode 'update', checkpointLocation '%s/checkpoint') AS "
        "SELECT value %% 100 AS k, count(*) AS n FROM STREAM input GROUP BY value %% 100",
        directory);
    must(weir_query_await(weir_session_query(session, 0), -1, NULL, &error), &error);
    weir_session_close(session);
    report(&ends);
    free(ends.at_ms);
    return 0;
}
