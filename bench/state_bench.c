/* What an operation on the state store costs, beside a plain open-addressing table of the same run: state_bench [keys]
 * [directory]. Keys are BIGINT (16 bytes as rows), values one BIGINT counter. Calls go through the store's front door
 * in runs of 256 after a prefetch, as the streaming aggregate does. The best of three runs counts: the machine is
 * shared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "checkpoint/checkpoint.h"
#include "columnar/data_type.h"
#include "common/clock.h"
#include "common/hash.h"
#include "state/state_store.h"

#define RUN 256u
#define REPEATS 3

typedef struct Bench {
    uint64_t keys;
    const char *directory;
    WeirArena *arena;
    WeirStateStore *store;
    int64_t version;
    double probe_ns;
} Bench;

/* Processor time for what computes, since the machine is shared; wall time for what waits for the disk. */
static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double now_seconds(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

static void check(WeirStatus status, const WeirError *error)
{
    if (status == WEIR_OK)
        return;
    fprintf(stderr, "[%s] %s\n", error->condition, error->message);
    exit(1);
}

static void report(const char *operation, double seconds, uint64_t count, double base_ns)
{
    double ns = seconds / (double)count * 1e9;
    printf("| %-34s | %8.1f | %8.1f | ", operation, ns, 1e3 / ns);
    if (base_ns > 0)
        printf("%5.2f |\n", ns / base_ns);
    else
        printf("%5s |\n", "");
}

/* Every number below `keys`, a power of two, once. */
static int64_t key_at(const Bench *bench, uint64_t i)
{
    return (int64_t)(i * 0x9e3779b97f4a7c15ull & (bench->keys - 1));
}

/* ---- the probe: keys and counters in one array, linear probing, half full ---- */
typedef struct Probe {
    struct {
        int64_t key, count;
    } * slots;
    uint64_t mask;
} Probe;

static uint64_t probe_slot(const Probe *probe, int64_t key)
{
    return weir_table_hash_mix((uint64_t)key, 1) & probe->mask;
}

static double run_probe(const Bench *bench)
{
    Probe probe = {.mask = 1};
    while (probe.mask < bench->keys * 2)
        probe.mask *= 2;
    probe.slots = calloc(probe.mask, sizeof *probe.slots);
    probe.mask--;
    double best = 1e9;
    for (int repeat = 0; repeat <= REPEATS; repeat++) {
        double start = now_seconds();
        for (uint64_t i = 0; i < bench->keys; i += RUN) {
            for (uint64_t j = i; j < i + RUN; j++)
                __builtin_prefetch(&probe.slots[probe_slot(&probe, key_at(bench, j) + 1)], 1);
            for (uint64_t j = i; j < i + RUN; j++) {
                int64_t key = key_at(bench, j) + 1; /* 0 is empty */
                uint64_t slot = probe_slot(&probe, key);
                while (probe.slots[slot].key != 0 && probe.slots[slot].key != key)
                    slot = (slot + 1) & probe.mask;
                probe.slots[slot].key = key;
                probe.slots[slot].count++;
            }
        }
        double seconds = now_seconds() - start;
        if (repeat > 0 && seconds < best) /* the first fills it */
            best = seconds;
    }
    free(probe.slots);
    return best;
}

/* ---- the store ---- */
typedef struct Keys {
    uint8_t rows[RUN][24];
    uint64_t hashes[RUN];
} Keys;

static void make_keys(const Bench *bench, uint64_t first, uint32_t key_size, Keys *keys)
{
    for (uint64_t j = 0; j < RUN; j++) {
        int64_t key = key_at(bench, first + j), time = key % 1000 * 1000000;
        memset(keys->rows[j], 0, 8);
        memcpy(keys->rows[j] + 8, &key, 8);
        memcpy(keys->rows[j] + 16, &time, 8);
        keys->hashes[j] = weir_state_hash(keys->rows[j], key_size);
    }
}

static void open_store(Bench *bench, bool windowed, bool durable)
{
    WeirError error;
    const WeirSchema *key, *value;
    check(weir_schema_from_ddl(windowed ? "k BIGINT, t TIMESTAMP" : "k BIGINT", bench->arena, &key, &error), &error);
    check(weir_schema_from_ddl("n BIGINT", bench->arena, &value, &error), &error);
    WeirStateStoreSpec spec = {
        .provider_class = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        .fs = weir_local_file_system(),
        .checkpoint = bench->directory,
        .operator_id = windowed,
        .store_name = "default",
        .key_schema = key,
        .value_schema = value,
        .event_time = windowed ? WEIR_STATE_EVENT_TIME_SLOT : WEIR_STATE_EVENT_TIME_NONE,
        .event_time_column = 1,
        .compression_codec = "lz4",
        .min_deltas_for_snapshot = 10,
        .batches_to_retain = 100,
        .durable = durable,
    };
    check(weir_state_store_open(&spec, &bench->store, &error), &error);
}

static double upsert_all(Bench *bench, uint32_t key_size)
{
    WeirError error;
    Keys keys;
    double start = now_seconds();
    for (uint64_t i = 0; i < bench->keys; i += RUN) {
        make_keys(bench, i, key_size, &keys);
        weir_state_store_prefetch(bench->store, keys.hashes, RUN);
        for (uint64_t j = 0; j < RUN; j++) {
            uint8_t *value;
            bool existed;
            check(weir_state_store_upsert(bench->store, keys.rows[j], key_size, keys.hashes[j], 16, &value, &existed,
                                          &error),
                  &error);
            int64_t count;
            memcpy(&count, value + 8, 8);
            count++;
            memcpy(value + 8, &count, 8);
        }
    }
    return now_seconds() - start;
}

static double put_all(Bench *bench)
{
    WeirError error;
    Keys keys;
    uint8_t value[16] = {0};
    double start = now_seconds();
    for (uint64_t i = 0; i < bench->keys; i += RUN) {
        make_keys(bench, i, 16, &keys);
        weir_state_store_prefetch(bench->store, keys.hashes, RUN);
        for (uint64_t j = 0; j < RUN; j++)
            check(weir_state_store_put(bench->store, keys.rows[j], 16, keys.hashes[j], value, 16, &error), &error);
    }
    return now_seconds() - start;
}

static double get_all(Bench *bench)
{
    Keys keys;
    uint64_t found = 0;
    double start = now_seconds();
    for (uint64_t i = 0; i < bench->keys; i += RUN) {
        make_keys(bench, i, 16, &keys);
        weir_state_store_prefetch(bench->store, keys.hashes, RUN);
        for (uint64_t j = 0; j < RUN; j++) {
            uint32_t size;
            found += weir_state_store_get(bench->store, keys.rows[j], 16, keys.hashes[j], &size) != NULL;
        }
    }
    double seconds = now_seconds() - start;
    if (found != bench->keys)
        exit(1);
    return seconds;
}

static WeirStatus count_row(void *context, const WeirStateRow *row, WeirError *error)
{
    (void)error;
    *(uint64_t *)context += row->value_size != 0;
    return WEIR_OK;
}

static double minimum(double a, double b)
{
    return a < b ? a : b;
}

static void bench_rows(Bench *bench)
{
    WeirError error;
    open_store(bench, false, false);
    check(weir_state_store_load(bench->store, 0, &error), &error);
    report("upsert of a new key", upsert_all(bench, 16), bench->keys, bench->probe_ns);
    double start = now_seconds();
    check(weir_state_store_prepare(bench->store, &error), &error);
    double prepare = now_seconds() - start;
    check(weir_state_store_publish(bench->store, &error), &error);
    WeirStateStoreMetrics metrics;
    weir_state_store_metrics(bench->store, &metrics);
    double upsert = 1e9, put = 1e9, get = 1e9, scan = 1e9, load = 1e9, commit = 1e9;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        int64_t version = weir_state_store_version(bench->store);
        check(weir_state_store_load(bench->store, version, &error), &error);
        upsert = minimum(upsert, upsert_all(bench, 16)); /* The second time: the first also marks each row. */
        upsert = minimum(upsert, upsert_all(bench, 16));
        put = minimum(put, put_all(bench));
        get = minimum(get, get_all(bench));
        uint64_t rows = 0;
        start = now_seconds();
        check(weir_state_store_scan(bench->store, count_row, &rows, &error), &error);
        scan = minimum(scan, now_seconds() - start);
        start = now_seconds();
        check(weir_state_store_prepare(bench->store, &error), &error);
        prepare = minimum(prepare, now_seconds() - start);
        check(weir_state_store_publish(bench->store, &error), &error);
        commit = minimum(commit, now_seconds() - start);
    }
    weir_state_store_close(bench->store);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        open_store(bench, false, false);
        start = now_seconds();
        check(weir_state_store_load(bench->store, 1, &error), &error);
        load = minimum(load, now_seconds() - start);
        weir_state_store_close(bench->store);
    }
    report("upsert of an existing key", upsert, bench->keys, bench->probe_ns);
    report("put of an existing key", put, bench->keys, bench->probe_ns);
    report("get", get, bench->keys, bench->probe_ns);
    report("scan, per row", scan, bench->keys, bench->probe_ns);
    report("prepare (encode), per touched row", prepare, bench->keys, bench->probe_ns);
    report("commit not synced, per touched row", commit, bench->keys, bench->probe_ns);
    report("load from a delta, per row", load, bench->keys, bench->probe_ns);
    printf("memory: %.1f bytes a row of 32 bytes (16 key, 16 value)\n",
           (double)metrics.memory_bytes / (double)bench->keys);
}

static void bench_eviction(Bench *bench)
{
    WeirError error;
    open_store(bench, true, false);
    check(weir_state_store_load(bench->store, 0, &error), &error);
    report("upsert of a new key, event time", upsert_all(bench, 24), bench->keys, bench->probe_ns);
    uint64_t evicted = 0;
    double start = now_seconds();
    for (int64_t second = 0; second < 1000; second++) /* a thousandth of the rows each */
        check(weir_state_store_evict(bench->store, second * 1000000, count_row, &evicted, &error), &error);
    report("evict, per evicted row", now_seconds() - start, evicted, bench->probe_ns);
    start = now_seconds();
    for (int64_t i = 0; i < 100000; i++)
        check(weir_state_store_evict(bench->store, 1000000000 + i * 1000, count_row, &evicted, &error), &error);
    report("evict with nothing due, per call", now_seconds() - start, 100000, 0);
    weir_state_store_close(bench->store);
}

/* Small batches: what a commit costs that changes 100 rows of a large store. */
static void bench_small_commits(Bench *bench, bool durable)
{
    WeirError error;
    open_store(bench, false, durable);
    check(weir_state_store_load(bench->store, 1, &error), &error);
    enum { COMMITS = 50 };
    double start = seconds_of(CLOCK_MONOTONIC);
    Keys keys;
    for (int64_t commit = 0; commit < COMMITS; commit++) {
        make_keys(bench, (uint64_t)commit * RUN, 16, &keys);
        check(weir_state_store_load(bench->store, 1 + commit, &error), &error);
        for (uint64_t j = 0; j < 100; j++) {
            uint8_t *value;
            bool existed;
            check(weir_state_store_upsert(bench->store, keys.rows[j], 16, keys.hashes[j], 16, &value, &existed, &error),
                  &error);
        }
        check(weir_state_store_commit(bench->store, &error), &error);
    }
    report(durable ? "batch of 100 upserts, durable" : "batch of 100 upserts, not synced",
           seconds_of(CLOCK_MONOTONIC) - start, COMMITS, 0);
    weir_state_store_close(bench->store);
}

/* The tenth id of a source log carries all entries before it. */
static void bench_compaction(Bench *bench)
{
    WeirError error;
    enum { ENTRIES = 1000000 };
    WeirClock *clock = weir_system_clock_new();
    const char **lines = weir_malloc(ENTRIES * sizeof *lines);
    for (uint32_t i = 0; i < ENTRIES; i++)
        lines[i] = weir_arena_printf(
            bench->arena, "{\"path\":\"file:///data/events/2024-01-01/part-%08u.json\",\"timestamp\":%u,\"batchId\":0}",
            i, i);
    WeirCompactibleLog *log;
    const char *directory = weir_path_join(bench->arena, bench->directory, "sources/0");
    check(weir_compactible_log_open(weir_local_file_system(), directory, "source_log", false, 10, 600000, 100, clock,
                                    &log, &error),
          &error);
    double seconds = 0;
    for (int64_t id = 0; id < 10; id++) {
        double start = now_seconds();
        check(weir_compactible_log_add(log, id, lines, id == 0 ? ENTRIES : 1, &error), &error);
        seconds = now_seconds() - start;
    }
    report("log compaction, per entry carried", seconds, ENTRIES, 0);
    weir_compactible_log_close(log);
    weir_clock_free(clock);
    weir_free(lines);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/weir_state_bench_XXXXXX";
    Bench bench = {.keys = argc > 1 ? strtoull(argv[1], NULL, 10) : 1 << 20, .arena = weir_arena_new(NULL)};
    while (bench.keys % RUN != 0 || (bench.keys & (bench.keys - 1)) != 0)
        bench.keys++;
    bench.directory = argc > 2 ? argv[2] : mkdtemp(folder);
    printf("%" PRIu64 " keys\n| %-34s | ns/op    | M op/s   | ratio |\n| --- | --- | --- | --- |\n", bench.keys,
           "operation");
    double probe = run_probe(&bench);
    bench.probe_ns = probe / (double)bench.keys * 1e9;
    report("plain table: upsert (the probe)", probe, bench.keys, bench.probe_ns);
    bench_rows(&bench);
    bench_eviction(&bench);
    bench_small_commits(&bench, false);
    bench_small_commits(&bench, true);
    bench_compaction(&bench);
    WeirError error;
    check(weir_directory_remove_all(weir_local_file_system(), bench.directory, &error), &error);
    weir_arena_free(bench.arena);
    return 0;
}
