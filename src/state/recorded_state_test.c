/* State that real Spark wrote (test/checkpoint): weir loads it, finds the rows that Spark's own state reader found, and
 * writes the same bytes where Spark's are deterministic (deltas hold the puts in their order). */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "checkpoint/checkpoint.h"
#include "common/json.h"
#include "columnar/unsafe_row.h"
#include "state/state_files.h"
#include "support/simulated_file_system.h"

static WeirError failure;

typedef struct Stored {
    WeirArena *arena;
    const WeirSchema *key, *value;
    WeirStateStore *store;
    char directory[512];
} Stored;

static void open_store(Stored *stored, const char *fixture, int partition, const char *name, const char *codec)
{
    *stored = (Stored){.arena = weir_arena_new(NULL)};
    char *state = weir_arena_printf(stored->arena, "%s/checkpoint/%s/checkpoint/state", WEIR_TEST_DATA, fixture);
    const char *sub = strcmp(name, "default") == 0 ? "" : weir_arena_printf(stored->arena, "/%s", name);
    snprintf(stored->directory, sizeof stored->directory, "%s/0/%d%s", state, partition, sub);
    const char *key_json, *value_json;
    bool found;
    const char *first = weir_arena_printf(stored->arena, "%s/0/0%s", state, sub);
    assert_ok(weir_state_schema_read(weir_local_file_system(), first, stored->arena, &key_json, &value_json, &found,
                                     &failure),
              failure);
    assert_true(found);
    assert_ok(weir_type_from_json(key_json, strlen(key_json), stored->arena, &stored->key, &failure), failure);
    assert_ok(weir_type_from_json(value_json, strlen(value_json), stored->arena, &stored->value, &failure), failure);
    WeirStateStoreSpec spec = {
        .provider_class = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        .fs = weir_local_file_system(),
        .checkpoint = state,
        .partition_id = partition,
        .store_name = name,
        .key_schema = stored->key,
        .value_schema = stored->value,
        .compression_codec = codec,
        .min_deltas_for_snapshot = 10,
        .batches_to_retain = 100,
    };
    assert_ok(weir_state_store_open(&spec, &stored->store, &failure), failure);
}

static void close_store(Stored *stored)
{
    weir_state_store_close(stored->store);
    weir_arena_free(stored->arena);
}

static int64_t latest_version(const Stored *stored)
{
    int64_t version;
    assert_ok(weir_state_files_latest(weir_local_file_system(), stored->directory, &version, &failure), failure);
    return version;
}

/* A row as text "key|value", enough of it to compare: longs in slots, strings as text, structs in brackets. */
static void append_fields(const WeirSchema *schema, const uint8_t *row, WeirBuffer *text)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        if (i > 0)
            weir_buffer_append_char(text, ',');
        const WeirDataType *type = schema->fields[i].type;
        int64_t slot = weir_unsafe_row_get_slot(row, schema->field_count, i);
        const uint8_t *bytes = row + ((uint64_t)slot >> 32);
        if (weir_unsafe_row_is_null(row, i))
            weir_buffer_append_text(text, "null");
        else if (type->id == WEIR_TYPE_STRING)
            weir_buffer_append(text, bytes, (uint32_t)slot);
        else if (type->id == WEIR_TYPE_STRUCT)
            append_fields(type, bytes, text);
        else
            weir_buffer_append_format(text, "%lld", (long long)slot);
    }
}

/* The same text out of a JSON row of Spark. */
static int64_t micros_of(const char *text)
{
    int year, month, day, hour, minute, second;
    assert_int_equal(sscanf(text, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second), 6);
    assert_int_equal(year * 100 + month, 202401);
    return (19723 * 86400ll + (day - 1) * 86400ll + hour * 3600ll + minute * 60ll + second) * 1000000ll;
}

static void append_json(const WeirSchema *schema, const WeirJson *object, WeirBuffer *text)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        if (i > 0)
            weir_buffer_append_char(text, ',');
        const WeirDataType *type = schema->fields[i].type;
        const WeirJson *field = weir_json_get(object, schema->fields[i].name);
        int64_t number;
        if (field == NULL || field->kind == WEIR_JSON_NULL)
            weir_buffer_append_text(text, "null");
        else if (type->id == WEIR_TYPE_STRUCT)
            append_json(type, field, text);
        else if (type->id == WEIR_TYPE_TIMESTAMP)
            weir_buffer_append_format(text, "%lld", (long long)micros_of(weir_json_string(field)));
        else if (field->kind == WEIR_JSON_BOOLEAN)
            weir_buffer_append_text(text, field->boolean ? "1" : "0");
        else if (weir_json_int64(field, &number))
            weir_buffer_append_format(text, "%lld", (long long)number);
        else
            weir_buffer_append_text(text, weir_json_string(field));
    }
}

typedef struct Rows {
    const Stored *stored;
    char **texts;
    size_t count;
} Rows;

static void add_text(Rows *rows, const WeirBuffer *text)
{
    rows->texts = weir_realloc(rows->texts, (rows->count + 1) * sizeof *rows->texts);
    rows->texts[rows->count++] = weir_strdup(weir_buffer_text(text));
}

static WeirStatus collect(void *context, const WeirStateRow *row, WeirError *error)
{
    (void)error;
    Rows *rows = context;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    append_fields(rows->stored->key, row->key, &text);
    weir_buffer_append_char(&text, '|');
    append_fields(rows->stored->value, row->value, &text);
    add_text(rows, &text);
    weir_buffer_deinit(&text);
    return WEIR_OK;
}

static void collect_expected(Rows *rows, const char *fixture, int partition, const char *store)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirBuffer file;
    weir_buffer_init(&file, 0, NULL);
    char *path = weir_arena_printf(arena, "%s/checkpoint/%s/state.jsonl", WEIR_TEST_DATA, fixture);
    assert_ok(weir_file_read_all(weir_local_file_system(), path, 1 << 30, &file, &failure), failure);
    for (char *line = file.data, *end; line < file.data + file.length; line = end + 1) {
        end = strchr(line, '\n');
        WeirJson *json;
        assert_ok(weir_json_parse(line, (size_t)(end - line), arena, &json, &failure), failure);
        int64_t id;
        assert_true(weir_json_int64(weir_json_get(json, "partition_id"), &id));
        if (id != partition || strcmp(weir_json_string(weir_json_get(json, "store")), store) != 0)
            continue;
        WeirBuffer text;
        weir_buffer_init(&text, 0, NULL);
        append_json(rows->stored->key, weir_json_get(json, "key"), &text);
        weir_buffer_append_char(&text, '|');
        append_json(rows->stored->value, weir_json_get(json, "value"), &text);
        add_text(rows, &text);
        weir_buffer_deinit(&text);
    }
    weir_buffer_deinit(&file);
    weir_arena_free(arena);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void assert_same_rows(Rows *actual, Rows *expected)
{
    assert_int_equal(actual->count, expected->count);
    qsort(actual->texts, actual->count, sizeof(char *), compare_texts);
    qsort(expected->texts, expected->count, sizeof(char *), compare_texts);
    for (size_t i = 0; i < actual->count; i++) {
        assert_string_equal(actual->texts[i], expected->texts[i]);
        weir_free(actual->texts[i]);
        weir_free(expected->texts[i]);
    }
    weir_free(actual->texts);
    weir_free(expected->texts);
}

static void check_rows(const char *fixture, const char *store, const char *codec)
{
    for (int partition = 0; partition < 2; partition++) {
        Stored stored;
        open_store(&stored, fixture, partition, store, codec);
        Rows loaded = {.stored = &stored}, scanned = {.stored = &stored}, expected = {.stored = &stored},
             again = {.stored = &stored};
        int64_t version = latest_version(&stored);
        assert_ok(weir_state_store_load(stored.store, version, &failure), failure);
        assert_ok(weir_state_store_scan(stored.store, collect, &loaded, &failure), failure);
        assert_ok(
            weir_state_files_scan(weir_local_file_system(), stored.directory, version, collect, &scanned, &failure),
            failure);
        collect_expected(&expected, fixture, partition, store);
        collect_expected(&again, fixture, partition, store);
        assert_same_rows(&loaded, &expected);
        assert_same_rows(&scanned, &again);
        close_store(&stored);
    }
}

static void test_rows_are_sparks(void **state)
{
    (void)state;
    check_rows("fixture_word_count", "default", "lz4");
    check_rows("word_count", "default", "lz4");
    check_rows("large_delta", "default", "lz4");
    check_rows("zstd_word_count", "default", "zstd");
    check_rows("windowed_count", "default", "lz4");
    check_rows("session_window", "default", "lz4");
    check_rows("deduplicate_within_watermark", "default", "lz4");
    check_rows("outer_join", "left-keyToNumValues", "lz4");
    check_rows("outer_join", "left-keyWithIndexToValue", "lz4");
    check_rows("outer_join", "right-keyToNumValues", "lz4");
    check_rows("outer_join", "right-keyWithIndexToValue", "lz4");
}

/* Every version between the first and the last loads, with every type as a key. */
static void test_every_version_loads(void **state)
{
    (void)state;
    static const char *const fixtures[] = {"word_count", "windowed_count", "deduplicate", "session_window"};
    for (size_t i = 0; i < 4; i++) {
        for (int partition = 0; partition < 2; partition++) {
            Stored stored;
            open_store(&stored, fixtures[i], partition, "default", "lz4");
            int64_t latest = latest_version(&stored);
            assert_true(latest > 4);
            for (int64_t version = latest; version >= 0; version--)
                assert_ok(weir_state_store_load(stored.store, version, &failure), failure);
            close_store(&stored);
        }
    }
}

static WeirStatus rewrite(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    for (uint32_t i = 0; i < group->count; i++) {
        const WeirStateRow *row = &group->rows[i];
        if (group->entries[i] == WEIR_DELTA_REMOVE)
            WEIR_TRY(weir_delta_writer_remove(context, row->key, row->key_size, error));
        else
            WEIR_TRY(weir_delta_writer_put(context, row->key, row->key_size, row->value, row->value_size, error));
    }
    return WEIR_OK;
}

/* What weir decodes of a file of Spark and encodes again is the file, byte for byte. */
static void check_file_bytes(const char *directory, int64_t version, WeirDeltaKind kind)
{
    WeirFileSystem *fs = weir_local_file_system();
    WeirBuffer ours, theirs;
    weir_buffer_init(&ours, 0, NULL);
    weir_buffer_init(&theirs, 0, NULL);
    WeirDeltaWriter writer;
    weir_delta_writer_init(&writer, &weir_lz4_codec, weir_buffer_sink(&ours));
    assert_ok(weir_state_file_read(fs, directory, version, kind, rewrite, &writer, &failure), failure);
    assert_ok(weir_delta_writer_finish(&writer, &failure), failure);
    char *path = weir_state_file_path(directory, version, kind);
    assert_ok(weir_file_read_all(fs, path, 1 << 30, &theirs, &failure), failure);
    assert_int_equal(ours.length, theirs.length);
    assert_memory_equal(ours.data, theirs.data, ours.length);
    weir_free(path);
    weir_delta_writer_deinit(&writer);
    weir_buffer_deinit(&ours);
    weir_buffer_deinit(&theirs);
}

static void test_files_encode_to_the_same_bytes(void **state)
{
    (void)state;
    static const char *const stores[] = {"word_count/checkpoint/state/0/0",
                                         "word_count/checkpoint/state/0/1",
                                         "large_delta/checkpoint/state/0/0",
                                         "large_delta/checkpoint/state/0/1",
                                         "windowed_count/checkpoint/state/0/0",
                                         "deduplicate/checkpoint/state/0/1",
                                         "outer_join/checkpoint/state/0/0/left-keyWithIndexToValue"};
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        WeirArena *arena = weir_arena_new(NULL);
        char *directory = weir_arena_printf(arena, "%s/checkpoint/%s", WEIR_TEST_DATA, stores[i]);
        WeirStateFileSet set;
        assert_ok(weir_state_file_set_list(weir_local_file_system(), directory, arena, &set, &failure), failure);
        assert_true(set.delta_count > 0);
        for (size_t j = 0; j < set.delta_count; j++)
            check_file_bytes(directory, set.deltas[j], WEIR_DELTA_FILE);
        for (size_t j = 0; j < set.snapshot_count; j++)
            check_file_bytes(directory, set.snapshots[j], WEIR_SNAPSHOT_FILE);
        weir_arena_free(arena);
    }
}

static WeirStatus replay(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    for (uint32_t i = 0; i < group->count; i++) {
        const WeirStateRow *row = &group->rows[i];
        uint64_t hash = weir_state_hash(row->key, row->key_size);
        bool existed;
        if (group->entries[i] == WEIR_DELTA_REMOVE)
            WEIR_TRY(weir_state_store_remove(context, row->key, row->key_size, hash, &existed, error));
        else
            WEIR_TRY(weir_state_store_put(context, row->key, row->key_size, hash, row->value, row->value_size, error));
    }
    return WEIR_OK;
}

static void copy_file(WeirFileSystem *to, const char *from_path, const char *to_path)
{
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    assert_ok(weir_file_read_all(weir_local_file_system(), from_path, 1 << 30, &content, &failure), failure);
    assert_ok(weir_atomic_file_write(to, to_path, content.data, content.length, WEIR_RENAME_REPLACE, true,
                                     "state_delta", &failure),
              failure);
    weir_buffer_deinit(&content);
}

static void assert_same_file(WeirFileSystem *fs, const char *path, const char *local_path)
{
    WeirBuffer ours, theirs;
    weir_buffer_init(&ours, 0, NULL);
    weir_buffer_init(&theirs, 0, NULL);
    assert_ok(weir_file_read_all(fs, path, 1 << 30, &ours, &failure), failure);
    assert_ok(weir_file_read_all(weir_local_file_system(), local_path, 1 << 30, &theirs, &failure), failure);
    assert_int_equal(ours.length, theirs.length);
    assert_memory_equal(ours.data, theirs.data, ours.length);
    weir_buffer_deinit(&ours);
    weir_buffer_deinit(&theirs);
}

/* A store that goes through the changes of each of Spark's batches commits Spark's bytes. */
static void check_commits(const char *fixture, int partition)
{
    Stored stored;
    open_store(&stored, fixture, partition, "default", "lz4");
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirStateStoreSpec spec = {
        .provider_class = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        .fs = fs,
        .checkpoint = "state",
        .store_name = "default",
        .key_schema = stored.key,
        .value_schema = stored.value,
        .compression_codec = "lz4",
        .min_deltas_for_snapshot = 10,
        .batches_to_retain = 100,
        .durable = true,
    };
    WeirStateStore *store;
    assert_ok(weir_state_store_open(&spec, &store, &failure), failure);
    int64_t latest = latest_version(&stored);
    for (int64_t version = 0; version < latest; version++) {
        assert_ok(weir_state_store_load(store, version, &failure), failure);
        assert_ok(weir_state_file_read(weir_local_file_system(), stored.directory, version + 1, WEIR_DELTA_FILE, replay,
                                       store, &failure),
                  failure);
        assert_ok(weir_state_store_commit(store, &failure), failure);
        char *ours = weir_state_file_path("state/0/0", version + 1, WEIR_DELTA_FILE);
        char *theirs = weir_state_file_path(stored.directory, version + 1, WEIR_DELTA_FILE);
        assert_same_file(fs, ours, theirs);
        weir_free(ours);
        weir_free(theirs);
    }
    weir_state_store_close(store);
    weir_simulated_file_system_free(fs);
    close_store(&stored);
}

static void test_commits_write_sparks_bytes(void **state)
{
    (void)state;
    for (int partition = 0; partition < 2; partition++) {
        check_commits("fixture_word_count", partition);
        check_commits("word_count", partition);
        check_commits("large_delta", partition);
        check_commits("windowed_count", partition);
        check_commits("deduplicate", partition);
    }
}

/* weir continues after Spark's newest version: its snapshot of Spark's files has the rows of Spark's own snapshot. */
static void test_snapshot_has_the_rows_of_sparks(void **state)
{
    (void)state;
    Stored stored;
    open_store(&stored, "windowed_count", 0, "default", "lz4");
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    for (int64_t version = 1; version <= 22; version++) {
        for (int kind = 0; kind < 2; kind++) {
            if (kind == WEIR_SNAPSHOT_FILE && version != 11)
                continue;
            char *from = weir_state_file_path(stored.directory, version, (WeirDeltaKind)kind);
            char *to = weir_state_file_path("state/0/0", version, (WeirDeltaKind)kind);
            assert_ok(fs->make_directories(fs, "state/0/0", true, &failure), failure);
            copy_file(fs, from, to);
            weir_free(from);
            weir_free(to);
        }
    }
    WeirStateFileSet set;
    assert_ok(weir_state_file_set_list(fs, "state/0/0", stored.arena, &set, &failure), failure);
    assert_ok(weir_state_snapshot_write(fs, "state/0/0", &set, 22, &weir_lz4_codec, true, NULL, &failure), failure);
    Rows ours = {.stored = &stored}, theirs = {.stored = &stored};
    for (int64_t version = 1; version <= 22; version++) {
        char *path = weir_state_file_path("state/0/0", version, WEIR_DELTA_FILE);
        assert_ok(fs->remove(fs, path, &failure), failure);
        weir_free(path);
    }
    assert_ok(weir_state_files_scan(fs, "state/0/0", 22, collect, &ours, &failure), failure);
    assert_ok(weir_state_files_scan(weir_local_file_system(), stored.directory, 22, collect, &theirs, &failure),
              failure);
    assert_true(theirs.count > 0);
    assert_same_rows(&ours, &theirs);
    weir_simulated_file_system_free(fs);
    close_store(&stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sparks),
        cmocka_unit_test(test_every_version_loads),
        cmocka_unit_test(test_files_encode_to_the_same_bytes),
        cmocka_unit_test(test_commits_write_sparks_bytes),
        cmocka_unit_test(test_snapshot_has_the_rows_of_sparks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
