/* map_sort(map): the map with its entries in the order of its keys (Spark's MapSort), so that equal maps have equal
 * bytes when they are grouped by. */
#include "expr/functions/collection_shared.h"

/* A heap sort of entry numbers by key: no recursion, no memory, and keys are unique, so that stability does not matter.
 */
static void sift_down(const WeirVector *keys, uint32_t *entries, uint32_t start, uint32_t count)
{
    for (uint32_t at = start, child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && weir_vector_compare_rows(keys, entries[child], keys, entries[child + 1]) < 0)
            child++;
        if (weir_vector_compare_rows(keys, entries[at], keys, entries[child]) >= 0)
            return;
        uint32_t swapped = entries[at];
        entries[at] = entries[child];
        entries[child] = swapped;
    }
}

static void sort_entries(const WeirVector *keys, uint32_t *entries, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(keys, entries, i, count);
    for (uint32_t left = count; left-- > 1;) {
        uint32_t largest = entries[0];
        entries[0] = entries[left];
        entries[left] = largest;
        sift_down(keys, entries, 0, left);
    }
}

WEIR_COLLECTION_KERNEL(map_sort_kernel)
{
    const WeirVector *map = arguments[0];
    WeirListRows rows = {result->values, 0};
    WeirColumnWriter keys, values;
    uint32_t *entries = NULL, capacity = 0;
    weir_column_writer_init(&keys, result->type->fields[0].type, call->count * 2, call->arena);
    weir_column_writer_init(&values, result->type->fields[1].type, call->count * 2, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(map, row, &list, &first);
        if (count > capacity) {
            capacity = count * 2;
            entries = WEIR_ARENA_ARRAY(call->arena, uint32_t, capacity);
        }
        for (uint32_t i = 0; i < count; i++)
            entries[i] = first + i;
        sort_entries(&list->children[0], entries, count);
        weir_list_rows_begin(&rows, row, keys.length);
        for (uint32_t i = 0; i < count; i++) {
            weir_column_writer_append_row(&keys, &list->children[0], entries[i]);
            weir_column_writer_append_row(&values, &list->children[1], entries[i]);
        }
    }
    weir_list_rows_finish(&rows, call->row_count, keys.length);
    WEIR_TRY(weir_column_writer_finish(&keys, &result->children[0], error));
    return weir_column_writer_finish(&values, &result->children[1], error);
}

static WeirStatus resolve_map_sort(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_map(call, 0, error));
    call->result_type = call->arguments[0]->type;
    return WEIR_OK;
}

const WeirFunction weir_functions_map_sort[] = {
    {.name = "map_sort",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_map_sort,
     .kernel = map_sort_kernel,
     .sql_format = "mapsort($1)"},
    {0},
};
