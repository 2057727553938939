/* map_sort(value): the value with the entries of all maps in it in the order of their keys (Spark's MapSort, and the
 * transforms around it), so that equal maps have equal bytes when they are grouped by. */
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

static void append_sorted(WeirArena *arena, WeirColumnWriter *writer, const WeirVector *vector, uint32_t row);

static void append_map(WeirArena *arena, WeirColumnWriter *writer, const WeirVector *flat, uint32_t row)
{
    const WeirVector *list;
    uint32_t first, count = weir_list_range(flat, row, &list, &first);
    uint32_t *entries = WEIR_ARENA_ARRAY(arena, uint32_t, count + 1);
    for (uint32_t i = 0; i < count; i++)
        entries[i] = first + i;
    sort_entries(&list->children[0], entries, count);
    for (uint32_t i = 0; i < count; i++) {
        weir_column_writer_append_row(&writer->children[0], &list->children[0], entries[i]);
        append_sorted(arena, &writer->children[1], &list->children[1], entries[i]);
    }
    weir_column_writer_end_list(writer);
}

/* One value with all the maps in it sorted; a key holds none. */
static void append_sorted(WeirArena *arena, WeirColumnWriter *writer, const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    bool is_null = at == WEIR_NULL_INDEX || flat->type->id == WEIR_TYPE_VOID ||
                   (flat->validity != NULL && !weir_bit_get(flat->validity, at));
    if (is_null || !weir_type_contains(writer->type, WEIR_TYPE_MAP)) {
        weir_column_writer_append_row(writer, vector, row);
    } else if (writer->type->id == WEIR_TYPE_MAP) {
        append_map(arena, writer, flat, at);
    } else if (writer->type->id == WEIR_TYPE_ARRAY) {
        const uint32_t *offsets = flat->values;
        for (uint32_t i = offsets[at]; i < offsets[at + 1]; i++)
            append_sorted(arena, &writer->children[0], &flat->children[0], i);
        weir_column_writer_end_list(writer);
    } else {
        for (uint32_t i = 0; i < writer->type->field_count; i++)
            append_sorted(arena, &writer->children[i], &flat->children[i], at);
        weir_column_writer_end_struct(writer);
    }
}

WEIR_COLLECTION_KERNEL(map_sort_kernel)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        while (writer.length < row)
            weir_column_writer_append_null(&writer);
        append_sorted(call->arena, &writer, arguments[0], row);
    }
    while (writer.length < call->row_count)
        weir_column_writer_append_null(&writer);
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus resolve_map_sort(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
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
