/* The operators' kernels beside plain C over the same bytes in the same run: word count (split, explode, count) and a
 * windowed count as in the Yahoo benchmark. Prints rates and ratios. One thread. */
#include <time.h>

#include "common/hash.h"
#include "operators/test_plan.h"

#define WORDS_MAX 50001u
#define LINES_PER_BATCH 400u
#define EVENT_BATCH 4096u
#define CAMPAIGNS 100u

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 11;
}

/* ---- text of skewed words ---- */

typedef struct Text {
    char *bytes;
    size_t length;
    uint64_t words;
} Text;

static Text make_text(size_t lines)
{
    Text text = {.bytes = malloc(lines * 14 * 17 + 64)};
    static char dictionary[WORDS_MAX][16];
    uint64_t random = 1;
    for (uint32_t i = 0; i < WORDS_MAX; i++) {
        uint32_t length = 2 + (uint32_t)(next_random(&random) % 14);
        snprintf(dictionary[i], 16, "%x", i);
        for (size_t k = strlen(dictionary[i]); k < length; k++)
            dictionary[i][k] = (char)('g' + next_random(&random) % 20);
    }
    for (size_t l = 0; l < lines; l++) {
        uint32_t count = 6 + (uint32_t)(next_random(&random) % 9);
        for (uint32_t w = 0; w < count; w++) {
            double u = (double)(next_random(&random) & 0xffffffff) / 4294967296.0;
            const char *word = dictionary[(uint32_t)(50000.0 * u * u * u * u)];
            size_t length = strlen(word);
            memcpy(text.bytes + text.length, word, length);
            text.length += length;
            text.bytes[text.length++] = w + 1 < count ? ' ' : '\n';
            text.words++;
        }
    }
    return text;
}

/* ---- a source of lines already split, as views into the text: what the text scanner and split(value, ' ') give ----
 */

typedef struct SplitSource {
    const Text *text;
    uint32_t partitions;
    WeirMemoryTracker *tracker;
    const WeirDataType *list_type;
} SplitSource;

typedef struct SplitReader {
    const SplitSource *source;
    const char *at, *end;
} SplitReader;

static WeirStatus split_open(WeirSource *opaque, const WeirInputPartition *partition, const WeirScanRequest *request,
                             WeirMemoryTracker *tracker, WeirReader **reader, WeirError *error)
{
    (void)request, (void)tracker, (void)error;
    const SplitSource *source = (const SplitSource *)(void *)opaque;
    SplitReader *made = weir_calloc(1, sizeof(*made));
    size_t first = source->text->length * partition->index / source->partitions;
    size_t last = source->text->length * (partition->index + 1) / source->partitions;
    while (first > 0 && source->text->bytes[first - 1] != '\n')
        first--;
    while (last > 0 && source->text->bytes[last - 1] != '\n')
        last--;
    *made = (SplitReader){.source = source, .at = source->text->bytes + first, .end = source->text->bytes + last};
    *reader = (WeirReader *)(void *)made;
    return WEIR_OK;
}

static WeirStatus split_next(WeirReader *opaque, WeirBatch **out, WeirError *error)
{
    SplitReader *reader = (SplitReader *)(void *)opaque;
    *out = NULL;
    if (reader->at >= reader->end)
        return WEIR_OK;
    WeirBatch *batch = weir_batch_new(1, reader->source->tracker);
    WEIR_TRY(weir_vector_init(&batch->columns[0], reader->source->list_type, LINES_PER_BATCH, &batch->arena, error));
    WEIR_TRY(weir_vector_init(&batch->columns[0].children[0], &weir_type_string, LINES_PER_BATCH * 16, &batch->arena,
                              error));
    uint32_t *offsets = batch->columns[0].values, lines = 0, words = 0;
    WeirStringView *views = batch->columns[0].children[0].values;
    const char *at = reader->at, *end = reader->end;
    while (lines < LINES_PER_BATCH && at < end) {
        const char *start = at;
        for (; *at != '\n'; at++) {
            if (*at != ' ')
                continue;
            views[words++] = weir_view_make(start, (uint32_t)(at - start));
            start = at + 1;
        }
        views[words++] = weir_view_make(start, (uint32_t)(at - start));
        offsets[++lines] = words;
        at++;
    }
    reader->at = at;
    batch->columns[0].length = batch->row_count = batch->selected_count = lines;
    batch->columns[0].children[0].length = words;
    *out = batch;
    return WEIR_OK;
}

static void reader_close(WeirReader *reader)
{
    weir_free(reader);
}

static const WeirSourceType split_source = {
    .open_partition = split_open, .next_batch = split_next, .close_reader = reader_close};
static const WeirFunction explode_function = {.name = "explode", .kind = WEIR_FUNCTION_GENERATOR};

/* GROUP BY `keys` with count(*), over `child`; puts out the first key and the count. */
static WeirPhysicalPlan *count_plan(WeirArena *arena, WeirPhysicalPlan *child, WeirExpression **keys,
                                    uint32_t key_count)
{
    WeirPhysicalPlan *plan = test_node(arena, WEIR_PHYSICAL_HASH_AGGREGATE, 1, child, NULL);
    plan->grouping = keys;
    plan->grouping_count = key_count;
    plan->aggregates = test_list(arena, 1, test_aggregate(arena, &test_count, &weir_type_long, NULL));
    plan->aggregate_count = 1;
    plan->expressions = test_list(arena, 2, test_bound(arena, "key", &weir_type_string, 0),
                                  test_bound(arena, "count", &weir_type_long, key_count));
    plan->expression_count = 2;
    test_set_output(plan,
                    test_list(arena, 2, test_attribute(arena, "key", &weir_type_string, 3),
                              test_attribute(arena, "n", &weir_type_long, 4)),
                    2);
    return plan;
}

static WeirPhysicalPlan *word_count_plan(WeirArena *arena, const WeirDataType *list_type)
{
    WeirPhysicalPlan *scan = test_scan(arena, test_list(arena, 1, test_attribute(arena, "words", list_type, 1)), 1);
    WeirExpression *generator = weir_expression_new(arena, WEIR_EXPRESSION_GENERATOR, test_origin);
    generator->function = &explode_function;
    generator->children = test_list(arena, 1, test_bound(arena, "words", list_type, 0));
    generator->child_count = 1;
    WeirPhysicalPlan *generate = test_node(arena, WEIR_PHYSICAL_GENERATE, 1, scan, NULL);
    generate->expressions = test_list(arena, 1, generator);
    generate->expression_count = 1;
    test_set_output(generate, test_list(arena, 1, test_attribute(arena, "word", &weir_type_string, 2)), 1);
    return count_plan(arena, generate, test_list(arena, 1, test_bound(arena, "word", &weir_type_string, 0)), 1);
}

/* ---- the same in plain C ---- */

typedef struct ProbeSlot {
    uint64_t head, tail; /* up to 16 bytes */
    uint64_t count;
} ProbeSlot;

static uint64_t probe_words(const Text *text, uint32_t *groups)
{
    const uint32_t mask = (1u << 17) - 1;
    ProbeSlot *table = calloc(mask + 1u, sizeof(*table));
    uint64_t words = 0;
    *groups = 0;
    const char *start = text->bytes;
    for (const char *at = text->bytes, *end = at + text->length; at < end; at++) {
        if (*at != ' ' && *at != '\n')
            continue;
        uint64_t key[2] = {0, 0};
        memcpy(key, start, (size_t)(at - start));
        uint32_t slot = (uint32_t)weir_table_hash_mix(key[0], key[1]) & mask;
        while (table[slot].count != 0 && (table[slot].head != key[0] || table[slot].tail != key[1]))
            slot = (slot + 1) & mask;
        *groups += table[slot].count == 0;
        table[slot].head = key[0];
        table[slot].tail = key[1];
        table[slot].count++;
        words++;
        start = at + 1;
    }
    free(table);
    return words;
}

typedef struct CountOutput {
    uint64_t rows, total;
} CountOutput;

static WeirStatus count_consume(void *context, uint32_t task_index, WeirBatch *batch, WeirError *error)
{
    (void)task_index, (void)error;
    CountOutput *output = context;
    output->rows += batch->selected_count;
    const int64_t *counts = batch->columns[batch->column_count - 1].values;
    for (uint32_t k = 0; k < batch->selected_count; k++)
        output->total += (uint64_t)counts[weir_batch_row(batch, k)];
    return WEIR_OK;
}

static double run_plan(const WeirPhysicalPlan *plan, const WeirSourceType *type, void *source, uint32_t partition_count,
                       WeirMemoryTracker *tracker, CountOutput *counted)
{
    WeirError error = {0};
    const WeirEvalContext context = {.zone = weir_time_zone_utc(), .ansi = true};
    const WeirExecutionEnvironment environment = {.tracker = tracker, .context = &context};
    WeirInputPartition *partitions = calloc(partition_count, sizeof(*partitions));
    for (uint32_t p = 0; p < partition_count; p++)
        partitions[p].index = p;
    const WeirExecutionSource input = {type, source, partitions, partition_count};
    const WeirExecutionBatch batch = {.sources = &input, .source_count = 1};
    const WeirExecutionOutput output = {.context = counted, .ordered = true, .consume = count_consume};
    WeirExecution *execution = NULL;
    double start = now_seconds();
    WeirStatus status = weir_execution_new(plan, &environment, &execution, &error);
    if (status == WEIR_OK)
        status = weir_execution_run(execution, &batch, &output, NULL, &error);
    double seconds = now_seconds() - start;
    if (status != WEIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    weir_execution_free(execution);
    free(partitions);
    return seconds;
}

static void bench_word_count(size_t lines)
{
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "bench", 0);
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    Text text = make_text(lines);
    SplitSource source = {.text = &text, .partitions = (uint32_t)(text.length / (8u << 20)) + 1, .tracker = &tracker};
    source.list_type = weir_type_array(&arena, &weir_type_string, false);
    uint32_t groups = 0;
    double start = now_seconds();
    uint64_t words = probe_words(&text, &groups);
    double probe = now_seconds() - start;
    CountOutput counted = {0};
    double seconds = run_plan(word_count_plan(&arena, source.list_type), &split_source, &source, source.partitions,
                              &tracker, &counted);
    printf("word count: %.1f M words, %u groups; plain C %.1f M words/s, operators %.1f M words/s, ratio %.2f%s\n",
           (double)words / 1e6, groups, (double)words / probe / 1e6, (double)words / seconds / 1e6, seconds / probe,
           counted.rows == groups && counted.total == words ? "" : "  WRONG RESULT");
    free(text.bytes);
    weir_arena_deinit(&arena);
}

/* ---- windowed count: group by campaign and window (a struct), as the Yahoo benchmark after its join ---- */

typedef struct EventSource {
    uint32_t batches, partitions;
    WeirBatch *batch; /* the same rows again and again */
} EventSource;

typedef struct EventReader {
    const EventSource *source;
    uint32_t left;
} EventReader;

static WeirStatus event_open(WeirSource *opaque, const WeirInputPartition *partition, const WeirScanRequest *request,
                             WeirMemoryTracker *tracker, WeirReader **reader, WeirError *error)
{
    (void)partition, (void)request, (void)tracker, (void)error;
    EventReader *made = weir_calloc(1, sizeof(*made));
    made->source = (const EventSource *)(void *)opaque;
    made->left = made->source->batches / made->source->partitions;
    *reader = (WeirReader *)(void *)made;
    return WEIR_OK;
}

static WeirStatus event_next(WeirReader *opaque, WeirBatch **out, WeirError *error)
{
    (void)error;
    EventReader *reader = (EventReader *)(void *)opaque;
    *out = reader->left == 0 ? NULL : weir_batch_retain(reader->source->batch);
    reader->left -= reader->left > 0;
    return WEIR_OK;
}

static const WeirSourceType event_source = {
    .open_partition = event_open, .next_batch = event_next, .close_reader = reader_close};

static const WeirDataType *window_type(WeirArena *arena)
{
    const WeirField fields[2] = {{"start", &weir_type_timestamp, true, "{}"},
                                 {"end", &weir_type_timestamp, true, "{}"}};
    return weir_type_struct(arena, fields, 2);
}

static WeirBatch *make_events(WeirArena *arena, WeirMemoryTracker *tracker)
{
    WeirBatch *batch = weir_batch_new(2, tracker);
    WeirError error;
    if (weir_vector_init(&batch->columns[0], &weir_type_string, EVENT_BATCH, &batch->arena, &error) != WEIR_OK ||
        weir_vector_init(&batch->columns[1], window_type(arena), EVENT_BATCH, &batch->arena, &error) != WEIR_OK)
        exit(1);
    uint64_t random = 7;
    WeirStringView *campaigns = batch->columns[0].values;
    int64_t *starts = batch->columns[1].children[0].values, *ends = batch->columns[1].children[1].values;
    for (uint32_t k = 0; k < EVENT_BATCH; k++) {
        char text[48];
        snprintf(text, sizeof(text), "%08x-0000-4000-8000-%012x", (unsigned)(next_random(&random) % CAMPAIGNS), 5u);
        campaigns[k] = weir_view_copy(&batch->arena, text, 36);
        starts[k] = (int64_t)(k / 1000) * 10000000;
        ends[k] = starts[k] + 10000000;
    }
    for (int c = 0; c < 2; c++)
        batch->columns[c].length = batch->columns[1].children[c].length = EVENT_BATCH;
    batch->row_count = batch->selected_count = EVENT_BATCH;
    return batch;
}

typedef struct ProbeEvent {
    uint8_t key[36];
    int64_t start, count;
} ProbeEvent;

static uint64_t probe_events(const WeirBatch *batch, uint32_t rounds)
{
    const uint32_t mask = 4095;
    ProbeEvent *table = calloc(mask + 1u, sizeof(*table));
    const WeirStringView *campaigns = batch->columns[0].values;
    const int64_t *starts = batch->columns[1].children[0].values;
    uint64_t total = 0;
    for (uint32_t r = 0; r < rounds; r++) {
        for (uint32_t k = 0; k < EVENT_BATCH; k++) {
            const uint8_t *data = weir_view_data(&campaigns[k]);
            uint32_t at = (uint32_t)weir_table_hash_mix(weir_table_hash_bytes(data, 36), (uint64_t)starts[k]) & mask;
            while (table[at].count != 0 && (table[at].start != starts[k] || memcmp(table[at].key, data, 36) != 0))
                at = (at + 1) & mask;
            memcpy(table[at].key, data, 36);
            table[at].start = starts[k];
            table[at].count++;
            total++;
        }
    }
    free(table);
    return total;
}

static void bench_windowed_count(uint32_t batches)
{
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "bench", 0);
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    EventSource source = {.batches = batches, .partitions = 8, .batch = make_events(&arena, &tracker)};
    WeirPhysicalPlan *scan = test_scan(&arena,
                                       test_list(&arena, 2, test_attribute(&arena, "campaign", &weir_type_string, 1),
                                                 test_attribute(&arena, "window", window_type(&arena), 2)),
                                       2);
    WeirPhysicalPlan *plan = count_plan(&arena, scan,
                                        test_list(&arena, 2, test_bound(&arena, "campaign", &weir_type_string, 0),
                                                  test_bound(&arena, "window", window_type(&arena), 1)),
                                        2);
    double start = now_seconds();
    uint64_t events = probe_events(source.batch, batches);
    double probe = now_seconds() - start;
    CountOutput counted = {0};
    double seconds = run_plan(plan, &event_source, &source, source.partitions, &tracker, &counted);
    printf("windowed count: %.1f M events; plain C %.1f M events/s, operators %.1f M events/s, ratio %.2f%s\n",
           (double)events / 1e6, (double)events / probe / 1e6, (double)events / seconds / 1e6, seconds / probe,
           counted.total == events ? "" : "  WRONG RESULT");
    weir_batch_release(source.batch);
    weir_arena_deinit(&arena);
}

int main(int count, char **arguments)
{
    size_t lines = count > 1 ? (size_t)strtoull(arguments[1], NULL, 10) : 1000000;
    bench_word_count(lines);
    bench_windowed_count((uint32_t)(lines / 800 + 1) * 8);
    return 0;
}
