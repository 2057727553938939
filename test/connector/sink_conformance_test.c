/* What every sink promises (connector/connector.h), checked for each sink in the box and for the example plug-in: the
 * rows of an epoch arrive whole, once, and only when the epoch is committed; a restarted sink knows what it holds.
 * ctest-label: full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/sink_output.h"
#include "session/session_private.h"
#include "sinks/sinks.h"
#include "support/simulated_query.h"
#include "support/test.h"

#define TASKS 3u
#define ROWS 5

typedef struct World World;

typedef struct Fixture {
    const char *name;
    const char *schema;
    const char *path; /* NULL: the sink takes none */
    void (*read)(World *world, WeirBuffer *content);
    enum { HOLDS_ROWS, HOLDS_COUNTS, HOLDS_NOTHING } holds;
} Fixture;

struct World {
    const Fixture *fixture;
    const WeirSinkType *type;
    WeirSession *session;
    WeirFileSystem *fs;
    WeirClock *clock;
    WeirRandom random;
    WeirMemoryTracker tracker;
    WeirArena arena;
    WeirConnectorOption option;
    WeirConnectorContext context;
    WeirBuffer printed; /* by the console, and by the functions of foreach and foreachBatch */
    char folder[64];
    WeirSink *sink;
};

/* ---- what a sink holds ---- */

static bool print(void *context, const char *text, size_t length)
{
    World *world = context;
    weir_buffer_append(&world->printed, text, length);
    return true;
}

static void read_printed(World *world, WeirBuffer *content)
{
    weir_buffer_append(content, world->printed.data, world->printed.length);
}

static bool append_text(void *context, const char *text, size_t length)
{
    weir_buffer_append(context, text, length);
    return true;
}

static void read_table(World *world, WeirBuffer *content)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    assert_ok(weir_session_execute(world->session, "SELECT * FROM q", &result, &error), error);
    assert_ok(weir_result_write(result, WEIR_FORMAT_JSON, append_text, content, &error), error);
    weir_result_free(result);
}

static void read_files(World *world, WeirBuffer *content)
{
    WeirError error = {0};
    WeirStatus status = weir_simulated_sink_lines(world->fs, "/out", content, &error);
    if (status != WEIR_OK && status != WEIR_ERROR_PATH_NOT_FOUND)
        fail_msg("[%s] %s", error.condition, error.message);
}

static void read_tally(World *world, WeirBuffer *content)
{
    char text[512];
    FILE *file = fopen(world->option.value, "r");
    size_t got = file == NULL ? 0 : fread(text, 1, sizeof(text), file);
    weir_buffer_append(content, text, got);
    if (file != NULL)
        fclose(file);
}

static void read_nothing(World *world, WeirBuffer *content)
{
    (void)world, (void)content;
}

static const Fixture fixtures[] = {
    {"console", "n INT, s STRING", NULL, read_printed, HOLDS_ROWS},
    {"memory", "n INT, s STRING", NULL, read_table, HOLDS_ROWS},
    {"foreach", "n INT, s STRING", NULL, read_printed, HOLDS_ROWS},
    {"foreachBatch", "n INT, s STRING", NULL, read_printed, HOLDS_ROWS},
    {"noop", "n INT, s STRING", NULL, read_nothing, HOLDS_NOTHING},
    {"text", "s STRING", "/out", read_files, HOLDS_ROWS},
    {"json", "n INT, s STRING", "/out", read_files, HOLDS_ROWS},
    {"csv", "n INT, s STRING", "/out", read_files, HOLDS_ROWS},
    {"tally", "n INT, s STRING", "tally", read_tally, HOLDS_COUNTS},
};

static WeirStatus take_batch(void *context, int64_t batch_id, WeirResult *rows, WeirError *error)
{
    World *world = context;
    (void)batch_id;
    return weir_result_write(rows, WEIR_FORMAT_JSON, append_text, &world->printed, error);
}

static WeirStatus open_row_writer(void *context, int64_t partition_id, int64_t epoch_id, bool *process, void **writer,
                                  WeirError *error)
{
    (void)partition_id, (void)epoch_id, (void)error;
    *process = true;
    *writer = context;
    return WEIR_OK;
}

static WeirStatus take_row(void *writer, const struct ArrowSchema *schema, const struct ArrowArray *batch, int64_t row,
                           WeirError *error)
{
    World *world = writer;
    const struct ArrowArray *texts = batch->children[1];
    const int32_t *offsets = texts->buffers[1];
    (void)error;
    assert_string_equal(schema->children[1]->name, "s");
    int64_t at = row + texts->offset + batch->offset;
    weir_buffer_append(&world->printed, (const uint8_t *)texts->buffers[2] + offsets[at],
                       (size_t)(offsets[at + 1] - offsets[at]));
    weir_buffer_append_text(&world->printed, "\n");
    return WEIR_OK;
}

static void close_row_writer(void *writer, const WeirError *failure)
{
    (void)writer;
    assert_null(failure);
}

/* ---- opening ---- */

static const char *no_setting(void *context, const char *key)
{
    (void)context, (void)key;
    return NULL;
}

static void open_sink(World *world)
{
    WeirError error = {0};
    assert_ok(world->type->open(&world->context, &world->sink, &error), error);
}

static void connect_session(World *world)
{
    WeirError error = {0};
    WeirSessionOptions options = {.struct_bytes = sizeof(options), .console = print, .console_context = world};
    WeirForeach foreach = {.context = world, .open = open_row_writer, .process = take_row, .close = close_row_writer};
    assert_ok(weir_session_open(&options, &world->session, &error), error);
    weir_session_foreach_batch(world->session, "q", take_batch, world);
    if (strcmp(world->fixture->name, "foreach") == 0)
        weir_session_foreach(world->session, "q", &foreach);
}

static World *new_world(const Fixture *fixture, const char *output_mode)
{
    WeirError error = {0};
    const WeirTimeZone *utc = NULL;
    World *world = calloc(1, sizeof(*world));
    world->fixture = fixture;
    weir_buffer_init(&world->printed, 0, NULL);
    connect_session(world);
    if (strcmp(fixture->name, "tally") == 0)
        assert_non_null(weir_connector_find_source("counter")); /* the plug-in's file has the source's name */
    world->type = weir_connector_find_sink(fixture->name);
    if (world->type == NULL)
        fail_msg("there is no sink %s", fixture->name);
    world->fs = weir_simulated_file_system_new(NULL);
    world->clock = weir_manual_clock_new(1700000000000);
    weir_random_init(&world->random, 7);
    weir_memory_tracker_init(&world->tracker, NULL, "test", 0);
    weir_arena_init(&world->arena, NULL);
    assert_ok(weir_time_zone_find("UTC", &utc, &error), error);
    snprintf(world->folder, sizeof(world->folder), "/tmp/weir-sink-XXXXXX");
    if (strcmp(fixture->name, "tally") == 0)
        assert_non_null(mkdtemp(world->folder));
    world->option.key = "path";
    world->option.value = fixture->path == NULL || fixture->path[0] == '/'
                              ? fixture->path
                              : weir_arena_printf(&world->arena, "%s/%s", world->folder, fixture->path);
    world->context = (WeirConnectorContext){
        .format = fixture->name,
        .options = {&world->option, fixture->path == NULL ? 0u : 1u},
        .fs = world->fs,
        .clock = world->clock,
        .random = &world->random,
        .tracker = &world->tracker,
        .zone = utc,
        .conf = no_setting,
        .checkpoint = "/ck",
        .durable = true,
        .query_name = "q",
        .query_id = "00000000-0000-0000-0000-000000000001",
        .run_id = "00000000-0000-0000-0000-000000000002",
        .output_mode = output_mode,
        .session = &world->session->connector_session,
    };
    assert_ok(weir_schema_from_ddl(fixture->schema, &world->arena, &world->context.schema, &error), error);
    if (strcmp(fixture->name, "memory") == 0)
        assert_ok(weir_session_add_memory_writer(world->session, "q", "q", world->context.schema, &error), error);
    open_sink(world);
    return world;
}

static void free_world(World *world)
{
    world->type->close(world->sink);
    if (strcmp(world->fixture->name, "tally") == 0) {
        unlink(world->option.value);
        rmdir(world->folder);
    }
    weir_session_close(world->session);
    weir_simulated_file_system_free(world->fs);
    weir_clock_free(world->clock);
    weir_arena_deinit(&world->arena);
    weir_buffer_deinit(&world->printed);
    assert_int_equal(world->tracker.used_bytes, 0); /* every batch and writer was given back */
    weir_memory_tracker_deinit(&world->tracker);
    free(world);
}

/* ---- writing ---- */

/* Rows that say where they come from; every second physical row is dead. */
static WeirBatch *make_batch(World *world, int64_t epoch, uint32_t task, int first, int count)
{
    static const uint32_t odd[] = {1, 3, 5, 7, 9};
    WeirError error = {0};
    WeirBatchBuilder builder;
    WeirBatch *batch = NULL;
    uint32_t last = world->context.schema->field_count - 1;
    assert_ok(weir_batch_builder_init(&builder, world->context.schema, &world->tracker, &error), error);
    for (int row = 0; row < 2 * count; row++) {
        char text[64];
        snprintf(text, sizeof(text), row % 2 == 0 ? "dead" : "<e%lldt%ur%d>", (long long)epoch, task, first + row / 2);
        if (last > 0)
            weir_vector_builder_append_int(builder.columns[0], row);
        weir_vector_builder_append_bytes(builder.columns[last], text, strlen(text));
        weir_batch_builder_end_row(&builder);
    }
    assert_ok(weir_batch_builder_finish(&builder, &batch, &error), error);
    weir_batch_builder_deinit(&builder);
    if (batch != NULL) {
        batch->selection = odd;
        batch->selected_count = (uint32_t)count;
    }
    return batch;
}

static void write_task(World *world, WeirExecutionOutput *output, int64_t epoch, uint32_t task)
{
    WeirError error = {0};
    if (output->open_task != NULL)
        assert_ok(output->open_task(output->context, task, &error), error);
    for (int first = 0; first < ROWS; first += 2) {
        WeirBatch *batch = make_batch(world, epoch, task, first, ROWS - first < 2 ? ROWS - first : 2);
        assert_ok(output->consume(output->context, task, batch, &error), error);
        weir_batch_release(batch);
    }
}

typedef enum Ending { COMMIT, ABORT_AFTER_TASKS, ABORT_WITHIN_TASKS, ABORT_BEFORE_TASKS, COMMIT_EMPTY } Ending;

static void run_epoch(World *world, int64_t epoch, Ending ending)
{
    WeirError error = {0};
    WeirSinkOutput sink_output;
    WeirExecutionOutput output;
    uint32_t tasks = ending == ABORT_BEFORE_TASKS || ending == COMMIT_EMPTY ? 0 : TASKS;
    assert_ok(weir_sink_output_begin(&sink_output, world->type, world->sink, epoch, &output, &error), error);
    if (output.begin != NULL && ending != ABORT_BEFORE_TASKS)
        assert_ok(output.begin(output.context, tasks, &error), error);
    for (uint32_t task = 0; task < tasks; task++) {
        write_task(world, &output, epoch, task);
        bool failed = ending == ABORT_WITHIN_TASKS && task == TASKS - 1;
        if (output.close_task != NULL)
            assert_ok(output.close_task(output.context, task, failed, &error), error);
    }
    if (ending == COMMIT || ending == COMMIT_EMPTY)
        assert_ok(weir_sink_output_commit(&sink_output, &error), error);
    else
        weir_sink_output_abort(&sink_output);
    weir_sink_output_end(&sink_output);
}

/* ---- what holds ---- */

static uint32_t times(const char *text, const char *part)
{
    uint32_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void check_epoch(World *world, const char *content, int64_t epoch, uint32_t wanted)
{
    char token[64];
    for (uint32_t task = 0; task < TASKS; task++) {
        for (int row = 0; row < ROWS; row++) {
            snprintf(token, sizeof(token), "<e%lldt%ur%d>", (long long)epoch, task, row);
            if (times(content, token) != wanted)
                fail_msg("%s holds %s %u times, not %u", world->fixture->name, token, times(content, token), wanted);
        }
    }
}

/* Epochs up to `last` once, `absent` not at all. */
static void check_content(World *world, int64_t last, int64_t absent)
{
    WeirBuffer content;
    char counts[128] = "", line[32];
    weir_buffer_init(&content, 0, NULL);
    world->fixture->read(world, &content);
    const char *text = weir_buffer_text(&content);
    assert_int_equal(times(text, "dead"), 0);
    for (int64_t epoch = 0; epoch <= last; epoch++) {
        snprintf(line, sizeof(line), "%lld %u\n", (long long)epoch, TASKS * ROWS);
        strcat(counts, line);
        if (world->fixture->holds == HOLDS_ROWS)
            check_epoch(world, text, epoch, 1);
    }
    if (world->fixture->holds == HOLDS_ROWS)
        check_epoch(world, text, absent, 0);
    if (world->fixture->holds == HOLDS_COUNTS)
        assert_string_equal(text, counts);
    weir_buffer_deinit(&content);
}

static void check_last_committed(World *world, int64_t wanted)
{
    WeirError error = {0};
    int64_t last = -2;
    if (world->type->last_committed == NULL)
        return;
    assert_ok(world->type->last_committed(world->sink, &last, &error), error);
    assert_int_equal(last, wanted);
}

/* Rows of an ordered sink come by task, then as produced. */
static void check_order(World *world)
{
    WeirBuffer content;
    char first[64], second[64];
    weir_buffer_init(&content, 0, NULL);
    world->fixture->read(world, &content);
    const char *text = weir_buffer_text(&content);
    for (uint32_t i = 0; i + 1 < TASKS * ROWS; i++) {
        snprintf(first, sizeof(first), "<e0t%ur%u>", i / ROWS, i % ROWS);
        snprintf(second, sizeof(second), "<e0t%ur%u>", (i + 1) / ROWS, (i + 1) % ROWS);
        if (strstr(text, first) > strstr(text, second))
            fail_msg("%s: %s comes before %s", world->fixture->name, second, first);
    }
    weir_buffer_deinit(&content);
}

static void every_sink_keeps_the_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
        World *world = new_world(&fixtures[i], "append");
        WeirBuffer text;
        weir_buffer_init(&text, 0, NULL);
        world->type->describe(world->sink, &text);
        assert_true(text.length > 0);
        weir_buffer_deinit(&text);
        check_last_committed(world, -1);
        run_epoch(world, 0, COMMIT);
        check_content(world, 0, 1);
        check_last_committed(world, 0);
        if ((world->type->capabilities & WEIR_SINK_ORDERED) != 0)
            check_order(world);
        /* What is aborted leaves nothing, and can be written again. */
        for (Ending ending = ABORT_AFTER_TASKS; ending <= ABORT_BEFORE_TASKS; ending++) {
            run_epoch(world, 1, ending);
            check_content(world, 0, 1);
            check_last_committed(world, 0);
        }
        run_epoch(world, 1, COMMIT);
        check_content(world, 1, 2);
        /* A sink that knows what it holds does not take it twice, nor after a restart. */
        if (world->type->last_committed != NULL) {
            run_epoch(world, 1, COMMIT);
            check_content(world, 1, 2);
            world->type->close(world->sink);
            open_sink(world);
            check_last_committed(world, 1);
            run_epoch(world, 1, COMMIT);
            check_content(world, 1, 2);
        }
        run_epoch(world, 2, COMMIT);
        check_content(world, 2, 3);
        free_world(world);
    }
}

static void an_epoch_without_rows_is_an_epoch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
        World *world = new_world(&fixtures[i], "append");
        run_epoch(world, 0, COMMIT_EMPTY);
        check_last_committed(world, 0);
        free_world(world);
    }
}

static void no_sink_in_the_box_is_left_out(void **state)
{
    (void)state;
    uint32_t count = 0;
    const WeirSinkType *const *sinks = weir_builtin_sinks(&count);
    for (uint32_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof(fixtures) / sizeof(fixtures[0]); k++)
            found |= strcmp(sinks[i]->name, fixtures[k].name) == 0;
        if (!found)
            fail_msg("the sink %s has no fixture here", sinks[i]->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sink_keeps_the_contract),
        cmocka_unit_test(an_epoch_without_rows_is_an_epoch),
        cmocka_unit_test(no_sink_in_the_box_is_left_out),
    };
    const char *build = getenv("WEIR_TEST_BUILD");
    char path[4096];
    snprintf(path, sizeof(path), "%s/tests/plugins", build == NULL ? "." : build);
    setenv("WEIR_MODULE_PATH", path, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
