/* Building the table of a join. */
#include "operators/join/join_table.h"

bool weir_join_key_is_null(const WeirVector *keys, const bool *null_safe, uint32_t key_count, uint32_t row)
{
    for (uint32_t i = 0; i < key_count; i++) {
        bool never = keys[i].kind == WEIR_VECTOR_FLAT && keys[i].validity == NULL && keys[i].type->id != WEIR_TYPE_VOID;
        if (!never && !null_safe[i] && weir_vector_is_null(&keys[i], row))
            return true;
    }
    return false;
}

static WeirStatus allocate(WeirJoinTable *table, WeirError *error)
{
    uint64_t slots = 16;
    while (slots < (uint64_t)table->row_count * 2)
        slots *= 2;
    uint64_t rows = table->row_count;
    uint64_t words = rows * table->layout->word_count;
    int64_t bytes = (int64_t)(slots * 4 + rows * 8 + words * 8 + (table->matched != NULL ? rows : 0));
    WEIR_TRY(weir_memory_reserve(table->tracker, bytes, error));
    table->reserved_bytes = bytes;
    table->mask = (uint32_t)slots - 1;
    table->heads = weir_calloc(slots, sizeof(uint32_t));
    table->next = weir_calloc(rows + 1, sizeof(uint32_t));
    table->tags = weir_calloc(rows + 1, sizeof(uint32_t));
    table->words = weir_malloc((words + 1) * sizeof(uint64_t));
    return WEIR_OK;
}

WeirStatus weir_join_table_init(WeirJoinTable *table, const WeirKeyLayout *layout, const bool *null_safe,
                                uint32_t key_count, WeirBatch *rows, bool marks_matches, WeirMemoryTracker *tracker,
                                WeirError *error)
{
    *table = (WeirJoinTable){.layout = layout,
                             .null_safe = null_safe,
                             .key_count = key_count,
                             .rows = rows,
                             .row_count = rows->row_count,
                             .column_count = rows->column_count - key_count,
                             .tracker = tracker};
    if (marks_matches)
        table->matched = weir_calloc((size_t)table->row_count + 1, 1);
    if (key_count == 0)
        return WEIR_OK;
    WEIR_TRY(allocate(table, error));
    const WeirVector *keys = rows->columns + table->column_count;
    uint64_t *hashes = weir_malloc(((size_t)table->row_count + 1) * sizeof(uint64_t));
    WeirStatus status = weir_key_fill(layout, keys, NULL, table->row_count, table->words, hashes, &rows->arena, error);
    for (uint32_t r = table->row_count;
         status == WEIR_OK && r-- > 0;) { /* backwards, so that chains are in row order */
        if (weir_join_key_is_null(keys, null_safe, key_count, r))
            continue;
        table->tags[r] = (uint32_t)(hashes[r] >> 32);
        uint32_t slot = table->tags[r] & table->mask;
        table->next[r] = table->heads[slot];
        table->heads[slot] = r + 1;
    }
    weir_free(hashes);
    return status;
}

void weir_join_table_deinit(WeirJoinTable *table)
{
    weir_batch_release(table->rows);
    weir_free(table->words);
    weir_free(table->heads);
    weir_free(table->next);
    weir_free(table->tags);
    weir_free(table->matched);
    if (table->tracker != NULL)
        weir_memory_release(table->tracker, table->reserved_bytes);
    *table = (WeirJoinTable){0};
}
