/* Runs: building (hash, counting sort by partition, encode) and reading in tag order. */
#include "operators/exchange.h"

#include "common/hash.h"

struct WeirRun {
    WeirRun *next;
    uint64_t *offsets; /* [partition_count + 1] into data */
    uint8_t *data;
    int64_t reserved_bytes;
};

void weir_exchange_init(WeirExchange *exchange, uint32_t partition_count, WeirMemoryTracker *tracker)
{
    *exchange = (WeirExchange){.partition_count = partition_count, .tracker = tracker};
}

void weir_exchange_begin(WeirExchange *exchange, uint32_t unit_count)
{
    WEIR_ASSERT(exchange->first == NULL);
    exchange->unit_count = unit_count;
    exchange->first = weir_calloc(unit_count + 1, sizeof(WeirRun *));
    exchange->last = weir_calloc(unit_count + 1, sizeof(WeirRun *));
}

static void run_free(WeirRun *run, WeirMemoryTracker *tracker)
{
    weir_memory_release(tracker, run->reserved_bytes);
    weir_free(run->data);
    weir_free(run->offsets);
    weir_free(run);
}

void weir_exchange_deinit(WeirExchange *exchange)
{
    for (uint32_t unit = 0; unit < exchange->unit_count; unit++) {
        for (WeirRun *run = exchange->first[unit]; run != NULL;) {
            WeirRun *next = run->next;
            run_free(run, exchange->tracker);
            run = next;
        }
    }
    weir_free(exchange->first);
    weir_free(exchange->last);
    *exchange = (WeirExchange){0};
}

void weir_partition_rows(const WeirRunInput *input, uint32_t partition_count, uint32_t *partitions)
{
    uint32_t count = input->count;
    for (uint32_t k = 0; k < count; k++)
        partitions[k] = partition_count == 1 ? 0 : 42;
    if (partition_count == 1)
        return;
    for (uint32_t i = 0; i < input->key_count; i++) {
        if (i + 1 != input->skipped_key_plus_one)
            weir_vector_murmur3(&input->keys[i], input->selection, count, partitions);
    }
    for (uint32_t k = 0; k < count; k++) {
        int64_t remainder = (int64_t)(int32_t)partitions[k] % (int64_t)partition_count;
        partitions[k] = (uint32_t)(remainder < 0 ? remainder + partition_count : remainder);
    }
}

/* What building a run needs per row, in the scratch arena. */
typedef struct RunBuild {
    const WeirRunInput *input;
    const WeirVector **keys, **values;
    uint32_t *partitions, *key_sizes, *value_sizes, *order;
    bool single_view; /* one flat string key without nulls: its encoding is written here */
} RunBuild;

static const WeirVector **pointers_to(const WeirVector *vectors, uint32_t count, WeirArena *arena)
{
    const WeirVector **pointers = WEIR_ARENA_ARRAY(arena, const WeirVector *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        pointers[i] = &vectors[i];
    return pointers;
}

static WeirStatus build_prepare(RunBuild *build, const WeirRunInput *input, WeirArena *scratch, WeirError *error)
{
    build->input = input;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(scratch, ((size_t)input->count + 1) * 4 * sizeof(uint32_t), &memory, error));
    build->partitions = memory;
    build->key_sizes = build->partitions + input->count;
    build->value_sizes = build->key_sizes + input->count;
    build->order = build->value_sizes + input->count;
    build->keys = pointers_to(input->keys, input->key_count, scratch);
    build->values = pointers_to(input->values, input->value_count, scratch);
    const WeirVector *key = input->keys;
    build->single_view = input->key_count == 1 && key->kind == WEIR_VECTOR_FLAT && key->validity == NULL &&
                         weir_type_physical(key->type) == WEIR_PHYSICAL_VIEW;
    return WEIR_OK;
}

static inline uint32_t build_row(const RunBuild *build, uint32_t k)
{
    return build->input->selection == NULL ? k : build->input->selection[k];
}

static void measure(RunBuild *build)
{
    const WeirRunInput *input = build->input;
    for (uint32_t k = 0; k < input->count; k++) {
        uint32_t row = build_row(build, k);
        if (build->single_view)
            build->key_sizes[k] = 16 + ((((const WeirStringView *)input->keys->values)[row].length + 7) & ~7u);
        else
            build->key_sizes[k] = (uint32_t)weir_unsafe_row_size(build->keys, input->key_count, row);
        build->value_sizes[k] = input->rows != NULL
                                    ? input->row_bytes
                                    : (uint32_t)weir_unsafe_row_size(build->values, input->value_count, row);
    }
}

static inline void encode_view_key(const WeirStringView *view, uint32_t key_size, uint8_t *out)
{
    uint64_t head[2] = {0, (uint64_t)16 << 32 | view->length};
    memcpy(out, head, 16);
    if (key_size > 16) {
        memset(out + key_size - 8, 0, 8);
        memcpy(out + 16, weir_view_data(view), view->length);
    }
}

static void encode_entry(const RunBuild *build, uint32_t k, uint8_t *out)
{
    const WeirRunInput *input = build->input;
    uint32_t row = build_row(build, k);
    WeirRunEntry entry = {.key_size = build->key_sizes[k], .value_size = build->value_sizes[k]};
    uint8_t *key = out + sizeof(entry);
    if (build->single_view)
        encode_view_key(&((const WeirStringView *)input->keys->values)[row], entry.key_size, key);
    else
        weir_unsafe_row_encode(build->keys, input->key_count, row, key);
    entry.hash = weir_state_hash(key, entry.key_size);
    memcpy(out, &entry, sizeof(entry));
    uint8_t *value = key + entry.key_size;
    if (input->rows != NULL)
        memcpy(value, input->rows[k], input->row_bytes);
    else
        weir_unsafe_row_encode(build->values, input->value_count, row, value);
}

/* Offsets of each partition and, in `order`, the rows by partition, stable. */
static uint64_t sort_by_partition(const RunBuild *build, uint32_t partition_count, uint64_t *offsets)
{
    const WeirRunInput *input = build->input;
    uint32_t *starts = weir_calloc(partition_count + 1, sizeof(uint32_t));
    for (uint32_t k = 0; k < input->count; k++) {
        starts[build->partitions[k] + 1]++;
        offsets[build->partitions[k] + 1] += sizeof(WeirRunEntry) + build->key_sizes[k] + build->value_sizes[k];
    }
    for (uint32_t p = 0; p < partition_count; p++) {
        starts[p + 1] += starts[p];
        offsets[p + 1] += offsets[p];
    }
    for (uint32_t k = 0; k < input->count; k++)
        build->order[starts[build->partitions[k]]++] = k;
    weir_free(starts);
    return offsets[partition_count];
}

WeirStatus weir_exchange_add(WeirExchange *exchange, uint32_t unit, const WeirRunInput *input, WeirArena *scratch,
                             WeirError *error)
{
    if (input->count == 0)
        return WEIR_OK;
    RunBuild build;
    WEIR_TRY(build_prepare(&build, input, scratch, error));
    weir_partition_rows(input, exchange->partition_count, build.partitions);
    measure(&build);
    WeirRun *run = weir_calloc(1, sizeof(*run));
    run->offsets = weir_calloc(exchange->partition_count + 2, sizeof(uint64_t));
    uint64_t bytes = sort_by_partition(&build, exchange->partition_count, run->offsets);
    int64_t reserved = (int64_t)(bytes + (exchange->partition_count + 2) * sizeof(uint64_t) + sizeof(*run));
    WeirStatus status = weir_memory_reserve(exchange->tracker, reserved, error);
    if (status != WEIR_OK) {
        run_free(run, exchange->tracker);
        return status;
    }
    run->reserved_bytes = reserved;
    run->data = weir_malloc(bytes);
    uint8_t *out = run->data;
    for (uint32_t i = 0; i < input->count; i++) {
        uint32_t k = build.order[i];
        encode_entry(&build, k, out);
        out += sizeof(WeirRunEntry) + build.key_sizes[k] + build.value_sizes[k];
    }
    if (exchange->last[unit] == NULL)
        exchange->first[unit] = run;
    else
        exchange->last[unit]->next = run;
    exchange->last[unit] = run;
    return WEIR_OK;
}

/* ---- reading ---- */

static void cursor_enter(WeirExchangeCursor *cursor, const WeirRun *run)
{
    cursor->run = run;
    cursor->next = run->data + run->offsets[cursor->partition];
    cursor->end = run->data + run->offsets[cursor->partition + 1];
}

void weir_exchange_cursor_init(WeirExchangeCursor *cursor, const WeirExchange *exchange, uint32_t partition)
{
    *cursor = (WeirExchangeCursor){.exchange = exchange, .partition = partition};
}

static bool cursor_advance(WeirExchangeCursor *cursor)
{
    if (cursor->run != NULL && cursor->run->next != NULL) {
        cursor_enter(cursor, cursor->run->next);
        return true;
    }
    const WeirExchange *exchange = cursor->exchange;
    while (cursor->unit < exchange->unit_count) {
        const WeirRun *first = exchange->first[cursor->unit++];
        if (first != NULL) {
            cursor_enter(cursor, first);
            return true;
        }
    }
    return false;
}

uint32_t weir_exchange_cursor_next(WeirExchangeCursor *cursor, const WeirRunEntry **entries, uint32_t capacity)
{
    uint32_t count = 0;
    while (count < capacity) {
        if (cursor->next == cursor->end) {
            if (!cursor_advance(cursor))
                break;
            continue;
        }
        const WeirRunEntry *entry = (const WeirRunEntry *)(const void *)cursor->next;
        entries[count++] = entry;
        cursor->next += sizeof(*entry) + entry->key_size + entry->value_size;
    }
    return count;
}
