/* What every source promises (connector/connector.h), checked for each source in the box and for the example plug-in:
 * offsets are JSON, ranges of offsets give the same rows whenever, wherever and however they are read, and nothing that
 * was asked for is lost or doubled. ctest-label: full. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "columnar/value_text.h"
#include "common/json.h"
#include "session/session_private.h"
#include "sources/sources.h"
#include "support/simulated_file_system.h"
#include "support/test.h"

#define ROUND_ROWS 10

typedef struct World World;

/* A source and how its data come about. Each round of `add` makes ROUND_ROWS rows more, but where time makes them. */
typedef struct Fixture {
    const char *name;
    const char *schema; /* of the view; NULL: the source's own */
    const char *const *options;
    bool (*add)(World *world, int round); /* false: there are no more rounds */
    bool is_replayable;                   /* a new process reads old offsets again */
    bool gives_times;                     /* by the range that is asked for: a cut changes them, as in Spark */
} Fixture;

struct World {
    const Fixture *fixture;
    const WeirSourceType *type;
    WeirSession *session;
    WeirFileSystem *fs;
    WeirClock *clock;
    WeirRandom random;
    WeirMemoryTracker tracker;
    WeirArena arena;
    WeirConnectorOption options[8];
    WeirConnectorContext context;
    const WeirSchema *schema;
    WeirSource *source;
    int listener, connection;
    char port[8];
};

/* ---- data ---- */

static bool add_time(World *world, int round)
{
    (void)round;
    weir_manual_clock_advance(world->clock, 2000);
    return true;
}

static bool add_nothing(World *world, int round)
{
    (void)world;
    return round < 3; /* rows that are there from the start */
}

static bool add_file(World *world, int round)
{
    char path[64], text[ROUND_ROWS * 64];
    size_t length = 0;
    for (int row = 0; row < ROUND_ROWS; row++) {
        int number = round * ROUND_ROWS + row;
        const char *format = strcmp(world->fixture->name, "json") == 0  ? "{\"n\":%d,\"s\":\"word %d\"}\n"
                             : strcmp(world->fixture->name, "csv") == 0 ? "%d,word %d\n"
                                                                        : "%d word %d\n";
        length += (size_t)snprintf(text + length, sizeof(text) - length, format, number, number);
    }
    snprintf(path, sizeof(path), "/in/%04d", round);
    weir_simulated_file_system_put(world->fs, path, text, 1700000000000 + round * 1000);
    return true;
}

static bool add_block(World *world, int round)
{
    char text[ROUND_ROWS * 64];
    size_t length = 0;
    WeirError error = {0};
    for (int row = 0; row < ROUND_ROWS; row++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "{\"n\":%d,\"s\":\"word %d\"}\n",
                                   round * ROUND_ROWS + row, row);
    assert_ok(weir_session_memory_add_json(world->session, "m", text, length, &error), error);
    return true;
}

static bool add_lines(World *world, int round)
{
    char line[64];
    if (world->connection < 0)
        world->connection = accept(world->listener, NULL, NULL);
    assert_true(world->connection >= 0);
    for (int row = 0; row < ROUND_ROWS; row++) {
        int length = snprintf(line, sizeof(line), "line %d\n", round * ROUND_ROWS + row);
        assert_int_equal(write(world->connection, line, (size_t)length), length);
    }
    return true;
}

static const char *const rate_options[] = {"rowsPerSecond", "7", "numPartitions", "3", NULL};
static const char *const ramp_options[] = {"rowsPerSecond", "50", "rampUpTime", "5s", NULL};
static const char *const micro_batch_options[] = {"rowsPerBatch", "10", "numPartitions", "2", NULL};
static const char *const file_options[] = {"path", "/in", "maxFilesPerTrigger", "1", NULL};
static const char *const plug_in_options[] = {"rows", "25", "rowsPerBatch", "10", NULL};
static const char *const socket_options[] = {"host", "127.0.0.1", "port", NULL};
static const char *const no_options[] = {NULL};

static const Fixture fixtures[] = {
    {"rate", NULL, rate_options, add_time, true, false},
    {"rate", NULL, ramp_options, add_time, true, true},
    {"rate-micro-batch", NULL, micro_batch_options, add_nothing, true, true},
    {"text", "value STRING", file_options, add_file, true, false},
    {"json", "n INT, s STRING", file_options, add_file, true, false},
    {"csv", "n INT, s STRING", file_options, add_file, true, false},
    {"memory", "n INT, s STRING", no_options, add_block, true, false},
    {"socket", NULL, socket_options, add_lines, false, false},
    {"counter", NULL, plug_in_options, add_nothing, true, false},
};

/* ---- opening ---- */

static void listen_on_some_port(World *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    world->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(world->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(world->listener, 4), 0);
    assert_int_equal(getsockname(world->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(world->port, sizeof(world->port), "%d", ntohs(address.sin_port));
}

static void set_options(World *world)
{
    uint32_t count = 0;
    const char *const *options = world->fixture->options;
    for (; options[count] != NULL; count += 2) {
        const char *value = options[count + 1] == NULL ? world->port : options[count + 1];
        world->options[count / 2] = (WeirConnectorOption){options[count], value};
        if (options[count + 1] == NULL) {
            count += 2;
            break;
        }
    }
    world->context.options = (WeirOptions){world->options, count / 2};
}

static const char *no_setting(void *context, const char *key)
{
    (void)context, (void)key;
    return NULL;
}

static void open_source(World *world)
{
    WeirError error = {0};
    world->context.schema = NULL;
    assert_ok(world->type->infer_schema(&world->context, true, &world->arena, &world->schema, &error), error);
    assert_true(world->schema->field_count > 0);
    world->context.schema = world->schema;
    assert_ok(world->type->open(&world->context, true, &world->source, &error), error);
}

static World *new_world(const Fixture *fixture)
{
    WeirError error = {0};
    World *world = calloc(1, sizeof(*world));
    const WeirTimeZone *utc = NULL;
    *world = (World){.fixture = fixture, .listener = -1, .connection = -1};
    assert_ok(weir_session_open(NULL, &world->session, &error), error);
    world->type = weir_connector_find_source(fixture->name);
    if (world->type == NULL)
        fail_msg("there is no source %s", fixture->name);
    world->fs = weir_simulated_file_system_new(NULL);
    world->clock = weir_manual_clock_new(1700000000000);
    weir_random_init(&world->random, 7);
    weir_memory_tracker_init(&world->tracker, NULL, "test", 0);
    weir_arena_init(&world->arena, NULL);
    assert_ok(weir_time_zone_find("UTC", &utc, &error), error);
    if (strcmp(fixture->name, "memory") == 0) {
        static const char view[] = "CREATE TEMPORARY VIEW m (n INT, s STRING) USING memory;";
        assert_ok(weir_session_run(world->session, view, sizeof(view) - 1, NULL, NULL, &error), error);
    }
    if (strcmp(fixture->name, "socket") == 0)
        listen_on_some_port(world);
    world->context = (WeirConnectorContext){
        .format = fixture->name,
        .relation_name = "m",
        .fs = world->fs,
        .clock = world->clock,
        .random = &world->random,
        .tracker = &world->tracker,
        .zone = utc,
        .conf = no_setting,
        .checkpoint = "/ck/sources/0",
        .durable = true,
        .query_name = "q",
        .query_id = "00000000-0000-0000-0000-000000000001",
        .run_id = "00000000-0000-0000-0000-000000000002",
        .session = &world->session->connector_session,
    };
    if (fixture->schema != NULL)
        assert_ok(weir_schema_from_ddl(fixture->schema, &world->arena, &world->context.user_schema, &error), error);
    set_options(world);
    if (strncmp(fixture->options[0] == NULL ? "" : fixture->options[1], "/in", 3) == 0)
        add_file(world, 0);
    open_source(world);
    return world;
}

static void free_world(World *world)
{
    world->type->close(world->source);
    if (world->connection >= 0)
        close(world->connection);
    if (world->listener >= 0)
        close(world->listener);
    weir_session_close(world->session);
    weir_simulated_file_system_free(world->fs);
    weir_clock_free(world->clock);
    weir_arena_deinit(&world->arena);
    assert_int_equal(world->tracker.used_bytes, 0); /* every batch and reader was given back */
    weir_memory_tracker_deinit(&world->tracker);
    free(world);
}

/* ---- reading ---- */

static const char *latest(World *world, const char *start)
{
    WeirError error = {0};
    const char *offset = NULL;
    assert_ok(world->type->latest_offset(world->source, start, WEIR_READ_DEFAULT, &world->arena, &offset, &error),
              error);
    if (offset == NULL)
        return start;
    WeirJson *json = NULL;
    assert_ok(weir_json_parse(offset, strlen(offset), &world->arena, &json, &error), error);
    return offset;
}

/* Data that come through a socket take their time; sources that give a bounded piece per call give all in the end. */
static const char *end_of_round(World *world, const char *start, int round)
{
    const char *end = latest(world, start);
    if (strcmp(world->fixture->name, "socket") != 0)
        return end;
    for (int tries = 0; tries < 5000 && (end == NULL || atoi(end) < (round + 1) * ROUND_ROWS - 1); tries++) {
        usleep(1000);
        end = latest(world, start);
    }
    return end;
}

static void append_rows(World *world, const WeirBatch *batch, const WeirScanRequest *request, WeirBuffer *lines)
{
    const WeirJsonWriteOptions json = {.zone = world->context.zone};
    WeirField fields[8];
    for (uint32_t i = 0; i < request->column_count; i++)
        fields[i] = world->schema->fields[request->columns[i]];
    const WeirSchema *schema = weir_type_struct(&world->arena, fields, request->column_count);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        weir_row_json(schema, batch->columns, weir_batch_row(batch, k), &json, lines);
        weir_buffer_append_text(lines, "\n");
    }
}

static void read_partition(World *world, const WeirInputPartition *partition, const WeirScanRequest *request,
                           uint32_t batches_max, WeirBuffer *lines)
{
    WeirError error = {0};
    WeirReader *reader = NULL;
    assert_ok(world->type->open_partition(world->source, partition, request, &world->tracker, &reader, &error), error);
    for (uint32_t number = 0; number < batches_max; number++) {
        WeirBatch *batch = NULL;
        assert_ok(world->type->next_batch(reader, &batch, &error), error);
        if (batch == NULL)
            break;
        assert_true(batch->selected_count <= request->batch_rows_max);
        assert_int_equal(batch->column_count, request->column_count);
        append_rows(world, batch, request, lines);
        weir_batch_release(batch);
    }
    world->type->close_reader(reader);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(WeirBuffer *lines)
{
    size_t count = 0, capacity = 1;
    for (size_t i = 0; i < lines->length; i++)
        capacity += lines->data[i] == '\n';
    char **rows = calloc(capacity, sizeof(char *)), *rest = NULL, *text = calloc(1, lines->length + 1);
    for (char *row = strtok_r((char *)(uintptr_t)weir_buffer_text(lines), "\n", &rest); row != NULL;
         row = strtok_r(NULL, "\n", &rest))
        rows[count++] = row;
    qsort(rows, count, sizeof(char *), by_text);
    for (size_t i = 0; i < count; i++)
        strcat(strcat(text, rows[i]), "\n");
    free(rows);
    return text;
}

/* The rows of (start, end], as sorted lines to be freed. */
static char *read_range(World *world, const char *start, const char *end, const WeirScanRequest *request)
{
    WeirError error = {0};
    WeirInputPartition *partitions = NULL;
    uint32_t count = 0;
    WeirBuffer lines;
    weir_buffer_init(&lines, 0, NULL);
    if (end != NULL)
        assert_ok(world->type->plan_partitions(world->source, start, end, &world->arena, &partitions, &count, &error),
                  error);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(i == 0 || partitions[i].index > partitions[i - 1].index);
        assert_true(partitions[i].bytes >= 0);
        read_partition(world, &partitions[i], request, UINT32_MAX, &lines);
    }
    char *text = sorted(&lines);
    weir_buffer_deinit(&lines);
    return text;
}

static const uint32_t all_columns[] = {0, 1, 2, 3, 4, 5, 6, 7};

static WeirScanRequest request_of(const World *world, uint32_t column_count, uint32_t rows)
{
    uint32_t all = world->schema->field_count;
    return (WeirScanRequest){
        .columns = all_columns, .column_count = column_count < all ? column_count : all, .batch_rows_max = rows};
}

static char *read_all_columns(World *world, const char *start, const char *end)
{
    WeirScanRequest request = request_of(world, UINT32_MAX, WEIR_BATCH_ROWS_DEFAULT);
    return read_range(world, start, end, &request);
}

static size_t line_count(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

static void same(const World *world, const char *what, char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        fail_msg("%s: %s gave\n%.400s\ninstead of\n%.400s", world->fixture->name, what, got, wanted);
    free(got);
}

/* ---- what holds ---- */

/* Three rounds of data: the offset after each, the first from the beginning. */
static void make_rounds(World *world, const char *offsets[4])
{
    offsets[0] = NULL;
    for (int round = 0; round < 3; round++) {
        assert_true(world->fixture->add(world, round));
        offsets[round + 1] = end_of_round(world, offsets[round], round);
        if (offsets[round + 1] == NULL)
            fail_msg("%s: no offset after round %d", world->fixture->name, round);
    }
}

static char *joined(char *first, char *second)
{
    WeirBuffer both;
    weir_buffer_init(&both, 0, NULL);
    weir_buffer_append_format(&both, "%s%s", first, second);
    free(first);
    free(second);
    char *text = sorted(&both);
    weir_buffer_deinit(&both);
    return text;
}

static void check_ranges(World *world, const char *const offsets[4])
{
    char *whole = read_all_columns(world, NULL, offsets[3]);
    assert_true(line_count(whole) >= 20);
    same(world, "reading a second time", read_all_columns(world, NULL, offsets[3]), whole);
    for (int cut = 1; cut <= 2 && !world->fixture->gives_times; cut++)
        same(world, "two ranges instead of one",
             joined(read_all_columns(world, NULL, offsets[cut]), read_all_columns(world, offsets[cut], offsets[3])),
             whole);
    same(world, "an empty range", read_all_columns(world, offsets[3], offsets[3]), "");
    assert_string_equal(latest(world, offsets[3]), latest(world, offsets[3]));
    free(whole);
}

static void check_requests(World *world, const char *const offsets[4])
{
    char *whole = read_all_columns(world, NULL, offsets[3]);
    for (uint32_t rows = 1; rows <= 7; rows += 6) {
        WeirScanRequest request = request_of(world, UINT32_MAX, rows);
        same(world, "small batches", read_range(world, NULL, offsets[3], &request), whole);
    }
    for (uint32_t columns = 0; columns < world->schema->field_count; columns++) {
        WeirScanRequest request = request_of(world, columns, WEIR_BATCH_ROWS_DEFAULT);
        char *part = read_range(world, NULL, offsets[3], &request);
        if (line_count(part) != line_count(whole))
            fail_msg("%s: %u columns have %zu rows instead of %zu", world->fixture->name, columns, line_count(part),
                     line_count(whole));
        free(part);
    }
    free(whole);
}

/* A task may end after its first batch (LIMIT), and readers of one source run at once. */
typedef struct Task {
    World *world;
    WeirInputPartition *partition;
    const WeirScanRequest *request;
    size_t rows;
} Task;

static void *run_task(void *context)
{
    Task *task = context;
    WeirReader *reader = NULL;
    WeirBatch *batch = NULL;
    const WeirSourceType *type = task->world->type;
    if (type->open_partition(task->world->source, task->partition, task->request, &task->world->tracker, &reader,
                             NULL) != WEIR_OK)
        return NULL;
    while (type->next_batch(reader, &batch, NULL) == WEIR_OK && batch != NULL) {
        task->rows += batch->selected_count;
        weir_batch_release(batch);
    }
    type->close_reader(reader);
    return NULL;
}

static void check_tasks(World *world, const char *const offsets[4])
{
    enum { TASKS = 4 };
    WeirError error = {0};
    WeirInputPartition *partitions = NULL;
    uint32_t count = 0;
    WeirBuffer ignored;
    WeirScanRequest request = request_of(world, UINT32_MAX, 3);
    pthread_t threads[TASKS];
    Task tasks[TASKS];
    weir_buffer_init(&ignored, 0, NULL);
    assert_ok(world->type->plan_partitions(world->source, NULL, offsets[3], &world->arena, &partitions, &count, &error),
              error);
    assert_true(count > 0);
    read_partition(world, &partitions[0], &request, 1, &ignored);
    read_partition(world, &partitions[0], &request, 0, &ignored);
    weir_buffer_deinit(&ignored);
    for (int i = 0; i < TASKS; i++) {
        tasks[i] = (Task){world, &partitions[0], &request, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, run_task, &tasks[i]), 0);
    }
    for (int i = 0; i < TASKS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < TASKS; i++)
        assert_int_equal(tasks[i].rows, tasks[0].rows);
    assert_true(tasks[0].rows > 0);
}

/* A new instance over the same checkpoint: the logged offsets mean the same rows. */
static void check_restart(World *world, const char *const offsets[4])
{
    char *whole = read_all_columns(world, NULL, offsets[3]), *last = read_all_columns(world, offsets[2], offsets[3]);
    world->type->close(world->source);
    world->source = NULL;
    open_source(world);
    same(world, "the last range after a restart", read_all_columns(world, offsets[2], offsets[3]), last);
    same(world, "all after a restart", read_all_columns(world, NULL, offsets[3]), whole);
    free(whole);
    free(last);
}

/* What is committed is not asked for again; the rest still is. */
static void check_commit(World *world, const char *const offsets[4])
{
    WeirError error = {0};
    char *last = read_all_columns(world, offsets[2], offsets[3]);
    if (world->type->commit != NULL)
        assert_ok(world->type->commit(world->source, offsets[2], &error), error);
    same(world, "the rest after a commit", read_all_columns(world, offsets[2], offsets[3]), last);
    free(last);
    if (world->fixture->add(world, 3)) {
        const char *next = end_of_round(world, offsets[3], 3);
        char *rows = read_all_columns(world, offsets[3], next);
        assert_true(line_count(rows) >= ROUND_ROWS);
        free(rows);
    }
}

static void check_frozen_end(World *world, const char *const offsets[4])
{
    WeirError error = {0};
    if ((world->type->capabilities & WEIR_SOURCE_AVAILABLE_NOW) == 0)
        return;
    assert_ok(world->type->prepare_available_now(world->source, &error), error);
    const char *end = offsets[3];
    for (int steps = 0; steps < 100; steps++) {
        const char *next = latest(world, end);
        if (strcmp(next, end) == 0)
            break;
        end = next;
    }
    world->fixture->add(world, 7);
    assert_string_equal(latest(world, end), end);
}

static void check_words(World *world)
{
    WeirBuffer text;
    WeirError error = {0};
    const char *offset = NULL;
    weir_buffer_init(&text, 0, NULL);
    world->type->describe(world->source, &text);
    assert_true(text.length > 0);
    weir_buffer_deinit(&text);
    assert_true((world->type->capabilities & (WEIR_SOURCE_BATCH | WEIR_SOURCE_MICRO_BATCH)) != 0);
    assert_ok(world->type->initial_offset(world->source, &world->arena, &offset, &error), error);
    world->type->close(NULL);
}

static void every_source_keeps_the_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
        const char *offsets[4];
        World *world = new_world(&fixtures[i]);
        check_words(world);
        make_rounds(world, offsets);
        check_ranges(world, offsets);
        check_requests(world, offsets);
        check_tasks(world, offsets);
        if (fixtures[i].is_replayable)
            check_restart(world, offsets);
        check_commit(world, offsets);
        check_frozen_end(world, offsets);
        free_world(world);
    }
}

static void no_source_in_the_box_is_left_out(void **state)
{
    (void)state;
    uint32_t count = 0;
    const WeirSourceType *const *sources = weir_builtin_sources(&count);
    for (uint32_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof(fixtures) / sizeof(fixtures[0]); k++)
            found |= strcmp(sources[i]->name, fixtures[k].name) == 0;
        if (!found)
            fail_msg("the source %s has no fixture here", sources[i]->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_source_keeps_the_contract),
        cmocka_unit_test(no_source_in_the_box_is_left_out),
    };
    const char *build = getenv("WEIR_TEST_BUILD");
    char path[4096];
    snprintf(path, sizeof(path), "%s/tests/plugins", build == NULL ? "." : build);
    setenv("WEIR_MODULE_PATH", path, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
