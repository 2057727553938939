/* The floor of a durable micro-batch: the eight syncs of a stateful count over two partitions, in plain C.
 * `micro_batch_probe DIR BATCHES` does for each batch what weir does with a source that keeps no log: publish
 * offsets/N; publish two deltas side by side; publish commits/N. Publishing is: write a temporary file, fsync, rename,
 * fsync of the folder. Prints one line of JSON: batches, p50_ms, p99_ms. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP 20

static const char *root;
static long batch;
static pthread_barrier_t begin_deltas, end_deltas;

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void must(int failed, const char *what)
{
    if (!failed)
        return;
    perror(what);
    exit(1);
}

static void publish(const char *folder, const char *name, size_t bytes)
{
    char temporary[4096], target[4096], content[4096];
    memset(content, 'x', sizeof(content));
    snprintf(temporary, sizeof(temporary), "%s/.%s.tmp", folder, name);
    snprintf(target, sizeof(target), "%s/%s", folder, name);
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    must(file < 0, temporary);
    must(write(file, content, bytes) != (ssize_t)bytes, temporary);
    must(fsync(file), temporary);
    must(close(file), temporary);
    must(rename(temporary, target), target);
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(directory < 0, folder);
    must(fsync(directory), folder);
    close(directory);
}

static void publish_in(const char *folder, const char *suffix, size_t bytes)
{
    char path[2048], name[64];
    snprintf(path, sizeof(path), "%s/%s", root, folder);
    snprintf(name, sizeof(name), "%ld%s", batch, suffix);
    publish(path, name, bytes);
}

static void *publish_deltas(void *folder)
{
    for (;;) {
        pthread_barrier_wait(&begin_deltas);
        if (batch < 0)
            return NULL;
        publish_in(folder, ".delta", 400);
        pthread_barrier_wait(&end_deltas);
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int argument_count, char **arguments)
{
    static char partitions[2][8] = {"0", "1"};
    if (argument_count < 3)
        return 2;
    root = arguments[1];
    long count = strtol(arguments[2], NULL, 10) + WARM_UP;
    char path[4096];
    const char *const folders[] = {"", "offsets", "commits", "0", "1"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
        must(mkdir(path, 0777), path);
    }
    double *took = calloc((size_t)count, sizeof(double));
    pthread_t threads[2];
    pthread_barrier_init(&begin_deltas, NULL, 3);
    pthread_barrier_init(&end_deltas, NULL, 3);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, publish_deltas, partitions[i]);
    for (long n = 0; n < count; n++) {
        double start = now_ms();
        batch = n;
        publish_in("offsets", "", 1100);
        pthread_barrier_wait(&begin_deltas);
        pthread_barrier_wait(&end_deltas);
        publish_in("commits", "", 40);
        took[n] = now_ms() - start;
    }
    batch = -1;
    pthread_barrier_wait(&begin_deltas);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    count -= WARM_UP;
    qsort(took + WARM_UP, (size_t)count, sizeof(double), compare);
    printf("{\"batches\": %ld, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", count, took[WARM_UP + count / 2],
           took[WARM_UP + count * 99 / 100]);
    free(took);
    return 0;
}
